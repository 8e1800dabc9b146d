// What to type instead: the help of the errors in expression_errors.cpp.
#include <algorithm>
#include <cctype>

#include "expr/function.h"
#include "parser/elaborator.h"
#include "parser/expression_parser.h"
#include "parser/mended_line.h"

namespace nabla {
namespace {

// The words that begin a statement of another language.
std::string_view foreign_word_help(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> rows[] = {
      {"def", "define a function as f(x) = …"},
      {"function", "define a function as f(x) = …"},
      {"func", "define a function as f(x) = …"},
      {"fn", "define a function as f(x) = …"},
      {"return", "the value of a function stands after '=': f(x) = …"},
      {"print", "a statement prints its value: write it alone"},
      {"from", "a file is read by import \"file.nabla\""},
      {"syms", "declare names by var x, y"},
      {"symbols", "declare names by var x, y"},
      {"int", "declare an integer by param k integer"},
      {"float", "declare a name by var x; everything is real"},
      {"double", "declare a name by var x; everything is real"},
      {"real", "declare a name by var x; everything is real"},
      {"variable", "declare a name by var x"},
      {"assume", "a domain is part of the declaration: var x > 0"},
      {"lim", "a limit is written limit(f, x = 0)"},
      {"∑", "a sum is written sum(x[i] for i in 1:n)"},
      {"Σ", "a sum is written sum(x[i] for i in 1:n)"},
      {"∏", "a product is written prod(x[i] for i in 1:n)"},
      {"Π", "a product is written prod(x[i] for i in 1:n)"},
  };
  for (const auto& [foreign, help] : rows) {
    if (foreign == word) return help;
  }
  return {};
}

// h(x): return x^2, and h(x) = x^2, as they stand behind 'def'; empty if it is something else.
std::string definition_of(std::string_view text) {
  const size_t close = text.find(')');
  if (close == std::string_view::npos || text.find('(') > close) return {};
  const std::string head(text.substr(0, close + 1));
  std::string_view rest = text.substr(close + 1);
  constexpr std::string_view by_colon = ": return ", by_equal = " = ";
  if (rest.substr(0, by_colon.size()) == by_colon)
    rest.remove_prefix(by_colon.size());
  else if (rest.substr(0, by_equal.size()) == by_equal)
    rest.remove_prefix(by_equal.size());
  else
    return {};
  return head + " = " + std::string(rest);
}

// Of d/dx f, what stands before f; its variable. Empty if that is something else.
std::string_view leibniz_variable(std::string_view text, uint32_t end) {
  uint32_t begin = end;
  while (begin > 0 && text[begin - 1] != '/' && text[begin - 1] != ' ') --begin;
  const std::string_view name = text.substr(begin, end - begin);
  const bool d = begin >= 2 && text.substr(begin - 2, 2) == "d/" && name.size() > 1 && name[0] == 'd';
  return d ? name.substr(1) : std::string_view();
}

// Of d²f/dx², where f begins; empty if that is something else.
std::string second_derivative(std::string_view text, uint32_t square, uint32_t begin) {
  const std::string_view rest = text.substr(begin);
  const size_t slash = rest.find("/d");
  if (square == 0 || text[square - 1] != 'd' || slash == std::string_view::npos || slash > 20) return {};
  size_t end = slash + 2;
  while (end < rest.size() && std::isalnum(static_cast<unsigned char>(rest[end])) != 0) ++end;
  return "diff(" + std::string(rest.substr(0, slash)) + ", " +
         std::string(rest.substr(slash + 2, end - slash - 2)) + ", 2)";
}

// "diff(x^2, x)" of a line that is diff x^2, x; empty if it is something else.
std::string with_parentheses(std::string_view text, Span line, Span word, uint32_t argument) {
  const std::string_view name = text.substr(word.begin, word.end - word.begin);
  const std::string_view rest = text.substr(argument, line.end - argument);
  const std::vector<std::string_view> names = builtin_names();
  const bool function = std::find(names.begin(), names.end(), name) != names.end();
  if (!function || word.begin != line.begin || line.end - line.begin > longest_mended_line) return {};
  if (rest.find_first_of("=;#") != std::string_view::npos) return {};
  return std::string(name) + "(" + std::string(rest) + ")";
}

}  // namespace

// What stands where a function without parentheses has its argument: sin 2x, sin^2(x).
std::string ExpressionParser::argument_text() const {
  const Token& now = tokens_.now();
  if (now.kind == TokenKind::left_paren) {
    const std::string inside = bracketed(tokens_.text(), now.span.begin);
    return inside.substr(1, inside.size() - 2);
  }
  const bool single = now.kind == TokenKind::name || now.kind == TokenKind::number;
  if (!single) return "x";
  const Token next = tokens_.peek();
  const bool factor =
      now.kind == TokenKind::number && next.kind == TokenKind::name && next.span.begin == now.span.end;
  const std::string argument = shown({now.span.begin, factor ? next.span.end : now.span.end});
  return find_function(argument) ? argument + "(x)" : argument;  // sin cos x
}

std::string ExpressionParser::operator_help() const {
  const std::string_view text = tokens_.text();
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  const std::string_view word = tokens_.text(before.span);
  const Span line = line_around(text, now.span.begin);
  if (const std::string_view help = foreign_word_help(word); !help.empty()) {
    const std::string definition = definition_of(text.substr(now.span.begin, line.end - now.span.begin));
    return definition.empty() ? std::string(help) : "write " + definition;
  }
  if (word == "lambda" && text.substr(now.span.end, 1) == ":") {  // lambda x: x^2
    const std::string_view body = text.substr(now.span.end + 1, line.end - now.span.end - 1);
    return "define a function: f(" + shown(now.span) + ") =" + std::string(body);
  }
  if (before.kind == TokenKind::name) {
    const std::string_view x = leibniz_variable(text, before.span.end);
    if (!x.empty()) return "write diff(" + shown({now.span.begin, line.end}) + ", " + std::string(x) + ")";
  }
  if (before.kind == TokenKind::name) {
    const std::string call = with_parentheses(text, line, before.span, now.span.begin);
    if (!call.empty()) return "write " + call;
  }
  if (tokens_.text(now.span) == "mod") return "write mod(a, b)";
  if (top_is(FrameKind::array)) {
    const std::string array = with_commas(text, frames_.back().begin.begin);
    return "separate the entries of a row by ','" + (array.empty() ? "" : ": " + array);
  }
  const bool shape =
      tree_.tree().kind(values_.back().node) == SyntaxKind::index && now.kind == TokenKind::name;
  if (shape && open_ == 0) {  // vector[n] x
    const std::string name = shown(last_span());
    for (const char* known : {"vector[", "matrix[", "tensor[", "row["}) {
      if (name.rfind(known, 0) == 0) return "write var " + shown(now.span) + " : " + name;
    }
  }
  if (before.kind == TokenKind::superscript) {
    const std::string second = second_derivative(text, before.span.begin, now.span.begin);
    if (!second.empty()) return "write " + second;
  }
  for (size_t i = frames_.size(); i-- > 0;) {
    if (frames_[i].level != Level::bracket) continue;
    if (frames_[i].kind == FrameKind::condition)
      return "write if c then a else b, with 'then' before " + called(now);
    break;
  }
  std::string line_help = with_products(text, now.span.begin);
  if (line_help.empty()) line_help = line_with(text, {before.span.end, now.span.begin}, "*");
  return "write " + line_help + " for a product" +
         (top_is(FrameKind::call) ? ", or ',' between two arguments" : "");
}

// The line with the brackets closed: all of them at its end, or the one that another bracket came for.
std::string ExpressionParser::closing_help(Span here) const {
  const Token& now = tokens_.now();
  const bool closer = now.kind == TokenKind::right_paren || now.kind == TokenKind::right_bracket;
  if (now.kind == TokenKind::semicolon) return "write ',' between two arguments";
  if (!closer && here.begin != here.end) return {};
  std::string closers;
  bool for_outer = false;  // what came closes a bracket further out
  for (size_t i = frames_.size(); i-- > 0 && closers.size() < 20;) {
    const FrameKind kind = frames_[i].kind;
    if (kind > FrameKind::array) continue;
    for_outer = closer && is_round(kind) == (now.kind == TokenKind::right_paren) && !closers.empty();
    if (for_outer) break;
    closers += is_round(kind) ? ')' : ']';
    if (closer && i == 0) break;
  }
  if (closer && !for_outer) closers.resize(1);
  const Span place = closer && for_outer ? Span{now.span.begin, now.span.begin} : here;
  return "write " + line_with(tokens_.text(), place, closers);
}

// ||x||
std::string ExpressionParser::norm_help() const {
  const std::string_view text = tokens_.text();
  const uint32_t begin = tokens_.now().span.end;
  const size_t end = text.find("||", begin);
  const bool near = end != std::string_view::npos && end - begin <= 30;
  const std::string x = near ? shown({begin, static_cast<uint32_t>(end)}) : "x";
  return "write norm2(" + x + ") or ‖" + x + "‖ for the norm";
}

}  // namespace nabla

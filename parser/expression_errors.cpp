// What to say when an expression cannot be read, and what was probably meant.
#include "expr/decimal.h"
#include "expr/function.h"
#include "parser/elaborator.h"
#include "parser/expression_parser.h"
#include "parser/mended_line.h"
#include "parser/respelled.h"

namespace nabla {
namespace {

bool is_end(TokenKind kind) { return kind == TokenKind::end_of_text || kind == TokenKind::newline; }

bool is_closer(TokenKind kind) {
  return kind == TokenKind::right_paren || kind == TokenKind::right_bracket || kind == TokenKind::comma ||
         kind == TokenKind::semicolon;
}

Failure failure(Code code, Span span, std::string message, std::string help, std::string note,
                Span note_span) {
  Failure f(code, span, std::move(message), std::move(help));
  f.diagnostic.notes.push_back({std::move(note), note_span, true});
  return f;
}

}  // namespace

bool ExpressionParser::is_function(NodeId n) const {
  const SyntaxTree& tree = tree_.tree();
  return tree.kind(n) == SyntaxKind::name && !parenthesised(n) && find_function(tree.name(n)).has_value();
}

size_t ExpressionParser::frame_below_signs() const {
  size_t i = frames_.size();
  while (i > 0 && frames_[i - 1].kind == FrameKind::negate) --i;
  return i;
}

void ExpressionParser::check_number(Span span) const {
  const std::string_view text = tokens_.text(span);
  const bool plain = text.size() <= limits_.literal_digits && text.find_first_of("eE") == text.npos;
  if (plain) return;
  const Decimal d = *scan_decimal(text);
  const uint64_t digits = d.whole.size() + d.decimals.size();
  const uint64_t up = d.scale > 0 ? static_cast<uint64_t>(d.scale) : 0;
  const uint64_t down = d.scale < 0 ? static_cast<uint64_t>(-d.scale) : 0;
  if (digits == 0 || std::max(digits + up, down) <= limits_.literal_digits) return;
  throw Failure(Code::literal_too_long, span,
                "a number with more than " + std::to_string(limits_.literal_digits) + " digits",
                "write a power, such as 10^100000");
}

// ---- operands ----

void ExpressionParser::missing_operand() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  const bool first = before.kind == TokenKind::end_of_text || before.kind == TokenKind::newline ||
                     before.kind == TokenKind::semicolon;
  if (is_end(now.kind)) {
    if (open_ > 0 && now.kind == TokenKind::end_of_text) unclosed();
    if (first) throw Failure(Code::missing_operand, now.span, "expected an expression");
    const bool word = before.kind == TokenKind::name;  // assert
    throw Failure(
        Code::missing_operand, before.span, "an operand is missing after " + called(before),
        word ? "write assert a == b" : "a statement goes on over the end of a line only inside brackets");
  }
  if (is_closer(now.kind)) missing_before_closer();
  const bool names_it = is_reserved(before.kind) && now.kind == TokenKind::assign;  // if = 3
  const bool named = first && is_reserved(now.kind) && tokens_.peek().kind == TokenKind::assign;
  if (names_it || named) {
    const Token& word = named ? now : before;
    throw Failure(Code::reserved_word, word.span, called(word) + " is a reserved word and cannot be a name",
                  "choose another name");
  }
  switch (now.kind) {
    case TokenKind::kw_let:
    case TokenKind::kw_in:
    case TokenKind::kw_wrt:
      misplaced_word({});
    case TokenKind::kw_then:
    case TokenKind::kw_else:
      if (!first) break;
      misplaced_word("write if c then a else b");
    case TokenKind::kw_for:
      misplaced_word("write [… for i in 1:n] or sum(… for i in 1:n)");
    case TokenKind::string:
      quoted_text(now.span);
    case TokenKind::prime: {
      const size_t end = tokens_.text().find('\'', now.span.end);
      const Span line = line_around(tokens_.text(), now.span.begin);
      if (end < line.end) quoted_text({now.span.begin, static_cast<uint32_t>(end + 1)});
      break;
    }
    case TokenKind::backslash:
      if (tokens_.peek().kind == TokenKind::name && tokens_.peek().span.begin == now.span.end)
        latex({now.span.begin, tokens_.peek().span.end});
      break;
    case TokenKind::bang:
      throw Failure(Code::foreign_spelling, now.span, "'!' stands after its operand", "write not x");
    case TokenKind::assign:
      if (before.kind == TokenKind::assign) {
        throw Failure(Code::missing_operand, now.span, "an operand is missing before '='",
                      "write '==' without a blank for equality");
      }
      if (!first) break;
      throw Failure(Code::malformed_definition, now.span, "a name is missing before '='", "write x = …");
    case TokenKind::colon:
      if (!first) break;
      throw Failure(Code::missing_operand, now.span, "an operand is missing before ':'",
                    "commands that begin with ':' are those of the prompt");
    default:
      break;
  }
  throw Failure(Code::missing_operand, now.span, "an operand is missing before " + called(now));
}

// 'x' and "x".
void ExpressionParser::quoted_text(Span span) const {
  const std::string_view inside = tokens_.text({span.begin + 1, span.end - 1});
  std::string help = "write " + line_with(tokens_.text(), span, inside);
  const Span line = line_around(tokens_.text(), span.begin);
  const std::string_view before = tokens_.text().substr(line.begin, span.begin - line.begin);
  for (const std::string_view call : {"symbols(", "Symbol(", "sym("}) {  // x = symbols("x")
    if (before.find(call) != std::string_view::npos) help = "declare names by var x, y";
  }
  throw Failure(Code::unexpected_token, span, "a quoted text stands only after 'import'", std::move(help));
}

// \sin(x)
void ExpressionParser::latex(Span span) const {
  const std::string line = respelled_line(tokens_.text(), span.begin);
  std::string help =
      line.empty() ? "write the formula with functions: sum(x), sqrt(x), inv(A)" : "write " + line;
  if (tokens_.text(span) == "\\int") help = "there are no integrals in Nabla";
  throw Failure(Code::foreign_spelling, span, "'" + shown(span) + "' is LaTeX: names stand without '\\'",
                std::move(help));
}

void ExpressionParser::missing_before_closer() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  const bool closes = now.kind == TokenKind::right_paren || now.kind == TokenKind::right_bracket;
  const Span both{before.span.begin, now.span.end};
  if (open_ == 0 && closes && frames_.empty()) {
    closes_nothing();
  }
  if (before.kind == TokenKind::left_paren && now.kind == TokenKind::right_paren) {
    const bool call = top_is(FrameKind::call);
    const std::string name = call ? shown(last_span()) : "";
    if (call && find_builtin(name) != nullptr)
      throw Failure(Code::missing_operand, both, "a call without arguments", "write " + name + "(x)");
    throw Failure(
        Code::missing_operand, both, call ? "a call without arguments" : "empty parentheses",
        call ? "write " + name + "(x), or " + name + " alone for a value" : "write an expression inside");
  }
  if (before.kind == TokenKind::left_bracket && now.kind == TokenKind::right_bracket) {
    if (top_is(FrameKind::index))
      throw Failure(Code::missing_operand, both, "an index without a value",
                    "write " + shown(last_span()) + "[1], or " + shown(last_span()) + " alone for all of it");
    throw Failure(Code::empty_brackets, both, "an array has at least one entry", "write [0], or remove it");
  }
  const bool separated = before.kind == TokenKind::comma || before.kind == TokenKind::semicolon;
  if (separated && open_ > 0 && now.kind != TokenKind::comma) {
    throw Failure(Code::trailing_comma, before.span, called(before) + " with nothing after it",
                  "write " + line_with(tokens_.text(), {before.span.begin, now.span.begin}, ""));
  }
  const bool binary =
      binary_operator(before.kind).level != Level::bracket || before.kind == TokenKind::assign;
  if (binary) {
    throw Failure(Code::missing_operand, before.span, "an operand is missing after " + called(before));
  }
  throw Failure(Code::missing_operand, now.span, "an operand is missing before " + called(now));
}

// ---- operators ----

void ExpressionParser::check_function_power() const {
  const SyntaxTree& tree = tree_.tree();
  const size_t i = frame_below_signs();
  NodeId base = values_.back().node;
  if (i > 0 && frames_[i - 1].kind == FrameKind::power) base = values_[frames_[i - 1].base].node;
  if (tree.kind(base) == SyntaxKind::power) base = tree.operand(base, 0);  // sin²
  if (!is_function(base)) return;
  const std::string name = shown(tree.span(base));
  const bool power = base != values_.back().node;
  const uint32_t end = tokens_.previous().span.end;
  const std::string exponent = power ? shown({tree.span(base).end, end}) : "";
  const std::string call = name + "(" + argument_text() + ")";
  std::string help = "write " + call + exponent;
  if (exponent == "^-1" || exponent == "^(-1)" || exponent == "⁻¹") {  // of books: the inverse function
    help = find_function("a" + name) ? "write a" + call + " for the inverse function, or 1/" + call
                                     : "write 1/" + call + " for the reciprocal";
  }
  throw Failure(Code::call_without_parentheses, Span{tree.span(base).begin, end},
                "the argument of '" + name + "' needs parentheses", std::move(help));
}

void ExpressionParser::missing_operator() const {
  const Token& now = tokens_.now();
  const Token& before = tokens_.previous();
  if (now.kind == TokenKind::string) quoted_text(now.span);
  check_function_power();
  const std::string_view text = tokens_.text();
  const bool latex_name =
      before.kind == TokenKind::name && before.span.begin > 0 && text[before.span.begin - 1] == '\\';
  if (latex_name) latex({before.span.begin - 1, before.span.end});
  throw Failure(Code::missing_operator, now.span,
                "an operator is missing between " + called(before) + " and " + called(now), operator_help());
}

// A bracket too many.
void ExpressionParser::closes_nothing() const {
  const Token& now = tokens_.now();
  const std::string line = line_with(tokens_.text(), now.span, "");
  throw Failure(Code::unexpected_closing, now.span, called(now) + " closes nothing",
                line.empty() ? "remove it" : "write " + line + ", or open the bracket before");
}

void ExpressionParser::unexpected() const {
  const Token& now = tokens_.now();
  switch (now.kind) {
    case TokenKind::right_paren:
    case TokenKind::right_bracket:
      closes_nothing();
    case TokenKind::comma:
      misplaced_comma();
    case TokenKind::bar:
    case TokenKind::double_bar:
      malformed_bars("no bar was opened here");
    case TokenKind::assign:
      misplaced_assign();
    case TokenKind::kw_for:
      misplaced_for();
    case TokenKind::kw_in:
      misplaced_in();
    default:
      break;
  }
  if (is_reserved(now.kind))
    misplaced_word(now.kind == TokenKind::kw_wrt ? "write derive f wrt x : grad" : "");
  missing_operator();
}

void ExpressionParser::misplaced_comma() const {
  const Span comma = tokens_.now().span, before = tokens_.previous().span;
  const Token next = tokens_.peek();
  const bool numbers = tokens_.previous().kind == TokenKind::number && next.kind == TokenKind::number &&
                       before.end == comma.begin && next.span.begin == comma.end;
  std::string help = "write [a; b] for a vector, and statements on lines of their own";
  if (numbers) {
    const std::string a = shown(before), b = shown(next.span);
    help = "write " + a + "." + b + " for the decimal number" + (b.size() == 3 ? ", or " + a + b : "");
  }
  throw Failure(Code::unexpected_token, comma, "a ',' outside of a list", std::move(help));
}

// 1/2x and 2^3x: the two readings, as far as the text goes.
void ExpressionParser::ambiguous_product(bool after_power) const {
  const Frame& frame = frames_[frame_below_signs() - 1];
  const Span number = tokens_.previous().span;
  std::string factor = "(…)";
  if (tokens_.is(TokenKind::left_paren)) factor = bracketed(tokens_.text(), tokens_.now().span.begin);
  if (tokens_.is(TokenKind::name)) {
    factor = shown(tokens_.now().span);
    const Token next = tokens_.peek();
    if (next.kind == TokenKind::left_paren) factor += bracketed(tokens_.text(), next.span.begin);
  }
  Span left{};  // up to the operator, and it included
  if (frame.kind == FrameKind::prefix_call) {
    left = frame.begin;
  } else {
    const NodeId base = values_[after_power ? frame.base : values_.size() - 2].node;
    const Operand op{base, frame.at & 0x7ffffff, static_cast<uint32_t>(frame.pending) & 31};
    left = {tree_.tree().span(base).begin, tree_.tree().operator_span(op).end};
    if (after_power) check_function_power();
  }
  const std::string_view text = tree_.tree().source().text;
  uint32_t sign = left.end - 1;  // the last character: '/', '^' or a root
  while (sign > left.begin && (static_cast<unsigned char>(text[sign]) & 0xc0) == 0x80) --sign;
  const std::string before = shown(left);
  const std::string digits = shown({left.end, number.end});
  throw Failure(
      Code::ambiguous_product, Span{left.begin, tokens_.now().span.end},
      "it is not clear how far " + called({TokenKind::name, {sign, left.end}}) + " reaches",
      "write " + before + digits + "*" + factor + " or " + before + "(" + digits + "*" + factor + ")");
}

void ExpressionParser::prime_after_number() const {
  const size_t i = frame_below_signs();
  std::string help = "a number is its own transpose";
  if (i > 0 && frames_[i - 1].kind == FrameKind::power) {
    const Span base = tree_.tree().span(values_[frames_[i - 1].base].node);
    help = "write (" + shown({base.begin, tokens_.previous().span.end}) + ")'";
  }
  throw Failure(Code::prime_after_number, tokens_.now().span,
                "the ' would transpose the number " + called(tokens_.previous()), std::move(help));
}

// ---- brackets and bars ----

void ExpressionParser::unclosed() const {
  size_t i = frames_.size() - 1;
  while (i > 0 && (frames_[i].kind == FrameKind::comprehension || frames_[i].level != Level::bracket)) --i;
  const Frame& frame = frames_[i];
  const Token& now = tokens_.now();
  const uint32_t after = tokens_.previous().span.end;
  const Span here = is_end(now.kind) || tokens_.after_line_break() ? Span{after, after} : now.span;
  switch (frame.kind) {
    case FrameKind::bars:
    case FrameKind::double_bars: {
      std::string help;
      if (is_end(now.kind)) help = "write " + line_with(tokens_.text(), here, shown(frame.begin));
      throw Failure(Code::malformed_bars, frame.begin, "this bar is not closed", std::move(help));
    }
    case FrameKind::condition:
    case FrameKind::then_value: {
      const std::string word = frame.kind == FrameKind::condition ? "'then'" : "'else'";
      throw failure(Code::unexpected_end, here, "expected " + word, "write if c then a else b",
                    "for this 'if'", frame.begin);
    }
    default:
      break;
  }
  const bool round = is_round(frame.kind);
  throw failure(Code::unclosed_bracket, here,
                std::string("expected ") + (round ? "')'" : "']'") + " before " + called(now),
                closing_help(here), std::string("this ") + (round ? "'('" : "'['") + " is not closed",
                frame.begin);
}

void ExpressionParser::wrong_closer() const {
  const Frame& frame = frames_.back();
  const Token& now = tokens_.now();
  if (frame.kind == FrameKind::group && now.kind == TokenKind::comma) {
    const std::string_view before = tokens_.text().substr(0, frame.begin.begin);
    const auto follows = [&](std::string_view word) {
      return before.size() >= word.size() && before.substr(before.size() - word.size()) == word;
    };
    const bool choice = follows("if") || follows("if ") || follows("Piecewise(");
    throw Failure(Code::unexpected_token, now.span, "a ',' inside parentheses, which hold one expression",
                  choice ? "write if c then a else b" : "write [a; b] for a vector");
  }
  if (frame.kind == FrameKind::comprehension) {
    const bool guard = frame.pending == Op::guard;
    throw Failure(Code::malformed_comprehension, now.span,
                  guard ? "the guard comes last" : called(now) + " inside a 'for'",
                  "write (e for i in 1:n, j in 1:m if c)");
  }
  if (frame.kind == FrameKind::condition || frame.kind == FrameKind::then_value) {
    const std::string word = frame.kind == FrameKind::condition ? "'then'" : "'else'";
    throw failure(Code::unexpected_token, now.span, "expected " + word + " before " + called(now),
                  "write if c then a else b", "for this 'if'", frame.begin);
  }
  unclosed();
}

void ExpressionParser::malformed_bars(std::string_view message) const {
  const Span span = tokens_.now().span;
  const bool adjacent = span.begin > 0 && tokens_.text()[span.begin - 1] == '|';
  const bool doubled = adjacent || tokens_.peek().kind == TokenKind::bar;
  std::string help = "write abs(x), or parentheses around the inner bars";
  if (doubled && expecting_operand_) help = norm_help();
  if (doubled && !expecting_operand_)
    help = "write " + line_with(tokens_.text(), {span.begin, span.end + 1}, "or") + " for a choice";
  throw Failure(Code::malformed_bars, span, std::string(message), std::move(help));
}

// ---- words ----

void ExpressionParser::misplaced_for() const {
  const Span span = tokens_.now().span;
  std::string message = "'for' belongs to the call or the brackets around it";
  std::string help = "write sum(… for i in 1:n) or [… for i in 1:n]";
  if (top_is(FrameKind::comprehension)) {
    message = "one 'for' takes all indices";
    help = "write … for i in 1:n, j in 1:m";
  } else if (top_is(FrameKind::call) || top_is(FrameKind::array)) {
    message = "'for' wants exactly one expression before it";
  }
  throw Failure(Code::malformed_comprehension, span, std::move(message), std::move(help));
}

void ExpressionParser::misplaced_in() const {
  const SyntaxTree& tree = tree_.tree();
  if (top_is(FrameKind::call) && argument_count() == 2 &&
      tree.kind(values_.back().node) == SyntaxKind::name) {
    const std::string callee = shown(tree.span(values_[frames_.back().base].node));
    const std::string index = shown(last_span());
    throw Failure(Code::index_before_body, Span{last_span().begin, tokens_.now().span.end},
                  "the index stands before the body of '" + callee + "'",
                  "write " + callee + "(… for " + index + " in …)");
  }
  misplaced_word("it stands after 'for' and in declarations");
}

void ExpressionParser::misplaced_assign() const {
  throw Failure(Code::assignment_for_equality, tokens_.now().span, "'=' defines a name; it does not compare",
                "write " + line_with(tokens_.text(), tokens_.now().span, "==") + " to compare");
}

// if c: a else b
void ExpressionParser::missing_then() const {
  const std::string_view text = tokens_.text();
  const Span begin = frames_.back().begin;
  const size_t colon = text.find(": ", begin.end);
  std::string help = "write if c then a else b";
  if (colon < tokens_.now().span.begin) {
    const auto at = static_cast<uint32_t>(colon);
    help = "write " + line_with(text, {at, at + 1}, " then");
  }
  throw failure(Code::unexpected_token, tokens_.now().span, "expected 'then' before 'else'", std::move(help),
                "for this 'if'", begin);
}

void ExpressionParser::misplaced_word(std::string_view help) const {
  const Token& now = tokens_.now();
  if (now.kind == TokenKind::kw_let) {
    const uint32_t next = tokens_.peek().span.begin;
    throw Failure(Code::reserved_word, now.span, "'let' is a reserved word",
                  "write " + line_with(tokens_.text(), {now.span.begin, next}, ""));
  }
  if (now.kind == TokenKind::kw_else && top_is(FrameKind::condition)) missing_then();
  if (now.kind == TokenKind::kw_if) {
    const std::string line = with_then_and_else(tokens_.text(), now.span.begin);
    if (!line.empty())
      throw Failure(Code::misplaced_word, now.span, called(now) + " cannot stand here", "write " + line);
  }
  throw Failure(Code::misplaced_word, now.span, called(now) + " cannot stand here", std::string(help));
}

}  // namespace nabla

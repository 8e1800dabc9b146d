#include "parser/mended_line.h"

#include <algorithm>

namespace nabla {
namespace {

bool is_operand_begin(TokenKind kind) {
  return kind == TokenKind::name || kind == TokenKind::number || kind == TokenKind::left_paren ||
         kind == TokenKind::left_bracket || kind == TokenKind::root;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_operand_end(TokenKind kind) {
  return kind == TokenKind::name || kind == TokenKind::number || kind == TokenKind::right_paren ||
         kind == TokenKind::right_bracket || kind == TokenKind::prime || kind == TokenKind::superscript;
}

std::vector<Token> tokens_of(const std::string& line) {
  std::vector<Token> tokens;
  Lexer lexer(line);
  for (Token t = lexer.next(); t.kind != TokenKind::end_of_text; t = lexer.next()) tokens.push_back(t);
  return tokens;
}

std::string with_products(std::string_view text, uint32_t offset) {
  const Span span = line_around(text, offset);
  if (span.end - span.begin > longest_mended_line) return {};
  const std::string line(text.substr(span.begin, span.end - span.begin));
  const std::vector<Token> tokens = tokens_of(line);
  uint32_t statement = 0;  // what stands before it on the line is right
  int depth = 0;
  for (const Token& t : tokens) {
    if (t.span.begin > offset - span.begin) break;
    if (t.kind == TokenKind::left_bracket || t.kind == TokenKind::left_paren) ++depth;
    if (t.kind == TokenKind::right_bracket || t.kind == TokenKind::right_paren) --depth;
    if (t.kind == TokenKind::semicolon && depth == 0) statement = t.span.end;
  }
  std::string out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& t = tokens[i];
    if (i > 0) {
      const Token& before = tokens[i - 1];
      const bool adjacent = before.span.end == t.span.begin;
      const bool bracket = t.kind == TokenKind::left_paren || t.kind == TokenKind::left_bracket;
      const bool call = bracket && before.kind == TokenKind::name;
      const bool index = t.kind == TokenKind::left_bracket && adjacent;
      const bool implied = before.kind == TokenKind::number && adjacent && t.kind != TokenKind::number;
      const bool product =
          is_operand_end(before.kind) && is_operand_begin(t.kind) && before.span.begin >= statement;
      if (product && !call && !index && !implied)
        out += '*';
      else
        out += line.substr(before.span.end, t.span.begin - before.span.end);
    }
    out += line.substr(t.span.begin, t.span.end - t.span.begin);
  }
  return out;
}

std::string with_commas(std::string_view text, uint32_t offset) {
  const Span span = line_around(text, offset);
  const std::string line(text.substr(offset, span.end - offset));
  if (line.size() > longest_mended_line) return {};
  const std::vector<Token> tokens = tokens_of(line);
  std::string out;
  int depth = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& t = tokens[i];
    if (i > 0) {
      const Token& before = tokens[i - 1];
      const bool apart = before.span.end < t.span.begin;
      const bool entries = is_operand_end(before.kind) && is_operand_begin(t.kind);
      out += apart && entries && depth == 1 ? ", "
                                            : line.substr(before.span.end, t.span.begin - before.span.end);
    }
    out += line.substr(t.span.begin, t.span.end - t.span.begin);
    if (t.kind == TokenKind::left_bracket || t.kind == TokenKind::left_paren) ++depth;
    const bool closes = t.kind == TokenKind::right_bracket || t.kind == TokenKind::right_paren;
    if (closes && --depth == 0) return out;
  }
  return {};
}

std::string with_then_and_else(std::string_view text, uint32_t offset) {
  const Span span = line_around(text, offset);
  if (span.end - span.begin > longest_mended_line) return {};
  std::string_view line = text.substr(span.begin, span.end - span.begin);
  std::string left;
  if (const size_t equals = line.find(" = "); equals != std::string_view::npos) {
    left = std::string(line.substr(0, equals + 3));
    line.remove_prefix(equals + 3);
  }
  if (line.find("then") != std::string_view::npos) return {};
  const bool question = line.find('?') != std::string_view::npos;
  const std::string_view first = question ? "?" : " if ", second = question ? ":" : " else ";
  const size_t i = line.find(first), j = line.find(second, i == std::string_view::npos ? 0 : i);
  if (i == std::string_view::npos || j == std::string_view::npos || line.find(first, i + 1) != line.npos)
    return {};
  const std::string a(trimmed(line.substr(0, i)));
  const std::string b(trimmed(line.substr(i + first.size(), j - i - first.size())));
  const std::string c(trimmed(line.substr(j + second.size())));
  if (a.empty() || b.empty() || c.empty()) return {};
  return left + "if " + (question ? a : b) + " then " + (question ? b : a) + " else " + c;
}

Span line_around(std::string_view text, uint32_t offset) {
  const auto at_end = [](char c) { return c == '\n' || c == '\r'; };
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  auto begin = std::min(offset, static_cast<uint32_t>(text.size())), end = begin;
  while (begin > 0 && !at_end(text[begin - 1])) --begin;
  while (end < text.size() && !at_end(text[end])) ++end;
  while (begin < end && blank(text[begin])) ++begin;
  while (begin < end && blank(text[end - 1])) --end;
  return {begin, end};
}

std::string line_with(std::string_view text, Span span, std::string_view replacement) {
  Span line = line_around(text, span.begin);
  line.end = std::max(line.end, span.end);
  std::string before(text.substr(line.begin, span.begin - line.begin));
  std::string after(text.substr(span.end, line.end - span.end));
  constexpr size_t most = longest_mended_line / 3;
  const auto inside = [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; };
  if (before.size() + after.size() > longest_mended_line) {
    if (before.size() > most) {
      size_t cut = before.size() - most;
      while (cut < before.size() && inside(before[cut])) ++cut;
      before = "…" + before.substr(cut);
    }
    if (after.size() > most) {
      size_t cut = most;
      while (cut > 0 && inside(after[cut])) --cut;
      after = after.substr(0, cut) + "…";
    }
  }
  return before + std::string(replacement) + after;
}

std::string bracketed(std::string_view text, uint32_t begin) {
  constexpr size_t longest = 30;
  const char open = text[begin];
  const char close = open == '(' ? ')' : ']';
  int depth = 0;
  for (size_t i = begin; i < text.size() && i < begin + longest; ++i) {
    if (text[i] == open) ++depth;
    if (text[i] == close && --depth == 0) return std::string(text.substr(begin, i + 1 - begin));
  }
  return std::string(1, open) + "…" + close;
}

}  // namespace nabla

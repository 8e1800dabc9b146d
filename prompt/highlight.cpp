#include "prompt/highlight.h"

#include <algorithm>

#include "parser/token.h"
#include "parser/token_stream.h"

namespace nabla::prompt {
namespace {

Style style_of(const Token& token, std::string_view text, bool begins_statement,
               const IsFunction& is_function) {
  switch (token.kind) {
    case TokenKind::invalid:
      return Style::wrong;
    case TokenKind::comment:
      return Style::comment;
    case TokenKind::number:
    case TokenKind::superscript:
      return Style::number;
    case TokenKind::string:
      return Style::string;
    case TokenKind::name:
      if (begins_statement && statement_word(text) != StatementWord::none) return Style::keyword;
      return is_function(text) ? Style::function : Style::plain;
    default:
      return is_reserved(token.kind) ? Style::keyword : Style::plain;
  }
}

void paint(std::vector<Style>& styles, Span span, Style style) {
  std::fill(styles.begin() + span.begin, styles.begin() + span.end, style);
}

bool opens(TokenKind kind) { return kind == TokenKind::left_paren || kind == TokenKind::left_bracket; }
bool closes(TokenKind kind) { return kind == TokenKind::right_paren || kind == TokenKind::right_bracket; }

}  // namespace

std::vector<Style> highlight(const std::string& text, size_t cursor, const IsFunction& is_function) {
  std::vector<Style> styles(text.size(), Style::plain);
  if (text.empty()) return styles;
  if (text[0] == ':' || text[0] == '?') {
    const size_t end = std::min(text.find_first_of(" \n"), text.size());
    std::fill(styles.begin(), styles.begin() + static_cast<std::ptrdiff_t>(end), Style::command);
    return styles;
  }
  std::vector<Token> open;
  Lexer lexer(text, true);
  bool begins = true;
  for (Token t = lexer.next(); t.kind != TokenKind::end_of_text; t = lexer.next()) {
    const std::string_view word = std::string_view(text).substr(t.span.begin, t.span.end - t.span.begin);
    paint(styles, t.span, style_of(t, word, begins, is_function));
    begins = t.kind == TokenKind::newline || t.kind == TokenKind::semicolon;
    if (opens(t.kind)) open.push_back(t);
    if (!closes(t.kind)) continue;
    const bool fits =
        !open.empty() && (open.back().kind == TokenKind::left_paren) == (t.kind == TokenKind::right_paren);
    if (!fits) {
      paint(styles, t.span, Style::wrong);
      continue;
    }
    const Span first = open.back().span;
    open.pop_back();
    if (cursor == first.begin || cursor == t.span.end) {
      paint(styles, first, Style::paired);
      paint(styles, t.span, Style::paired);
    }
  }
  return styles;
}

}  // namespace nabla::prompt

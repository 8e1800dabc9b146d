#include "parser/token_stream.h"

#include <array>
#include <utility>

namespace nabla {

StatementWord statement_word(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, StatementWord>, 8> words = {{
      {"dim", StatementWord::dim},
      {"param", StatementWord::param},
      {"var", StatementWord::var},
      {"const", StatementWord::constant},
      {"fun", StatementWord::fun},
      {"import", StatementWord::import},
      {"derive", StatementWord::derive},
      {"assert", StatementWord::assertion},
  }};
  if (name.size() < 3 || name.size() > 6) return StatementWord::none;
  for (const auto& [word, value] : words) {
    if (word == name) return value;
  }
  return StatementWord::none;
}

void TokenStream::fail() const { throw Failure(lexical_error(text_, now_.span)); }

void TokenStream::too_many() const {
  throw Failure(Code::too_many_tokens, now_.span,
                "the text has more than " + std::to_string(token_limit_) + " tokens",
                "divide it among files that import one another, or raise the limit");
}

void TokenStream::end_statement() {
  open_ = 0;
  previous_.kind = TokenKind::newline;
}

// Inside brackets a newline ends nothing, but brackets that are never closed must not swallow the rest of
// the text: if they are still open far away or at a line that begins with a declaration, the first
// newline counts.
void TokenStream::skip_statement() {
  constexpr int most_tokens_ahead = 2000;
  uint32_t depth = std::exchange(open_, 0);
  bool has_newline = false;
  Token newline;
  Lexer after_newline = lexer_;
  for (int ahead = 0;; step()) {
    switch (now_.kind) {
      case TokenKind::left_paren:
      case TokenKind::left_bracket:
        ++depth;
        break;
      case TokenKind::right_paren:
      case TokenKind::right_bracket:
        if (depth > 0) --depth;
        break;
      case TokenKind::semicolon:
        if (depth == 0) return;
        break;
      case TokenKind::newline: {
        if (depth == 0) return;
        Lexer next = lexer_;
        const Token first = next.next();
        const bool word =
            first.kind == TokenKind::name && statement_word(text(first.span)) != StatementWord::none;
        if (!has_newline) {
          has_newline = true;
          newline = now_;
          after_newline = lexer_;
        }
        if (word && next.next().kind == TokenKind::name) ahead = most_tokens_ahead;
        break;
      }
      default:
        break;
    }
    if (tokens_left_ == 0) {
      now_.kind = TokenKind::newline;  // the next advance() says so
      return;
    }
    if (now_.kind != TokenKind::end_of_text && (!has_newline || ahead++ < most_tokens_ahead)) continue;
    if (has_newline) {
      now_ = newline;
      lexer_ = after_newline;
    }
    return;
  }
}

}  // namespace nabla

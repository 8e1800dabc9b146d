// Tokens: what the lexer (lexer.re) makes of a text. The parser, the formatter and the highlighter read
// the same ones.
//
// Invariants: tokens stand in order and do not overlap; what lies between them is blanks and, unless
// comments are asked for, comments, and the brackets at the left of a matrix as the prompt draws it, where
// its rows begin. A text always ends with one token `end_of_text`, also at errors; a place that cannot be
// read is a token `invalid`, which lexical_error() explains.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "expr/diagnostic.h"

namespace nabla {

enum class TokenKind : uint8_t {
  end_of_text,
  newline,
  comment,  // only on request
  invalid,
  name,         // letters, digits and '_', first a letter; also ∑ and ∏, and $3, an answer of the prompt
  number,       // 12, 0.25, 1e-3
  string,       // "…"
  superscript,  // ², ⁻¹, ¹²: a whole number in superscript digits
  // brackets and separators
  left_paren,
  right_paren,
  left_bracket,   // [ or ⎡
  right_bracket,  // ] or ⎦
  comma,          // also the blanks between the entries of a drawn row
  semicolon,      // also ⎤ and ⎥, the end of a drawn row
  colon,
  bar,         // |
  double_bar,  // ‖
  // postfix operators
  prime,                // ' or ′
  transpose,            // ᵀ
  conjugate_transpose,  // ᴴ
  bang,                 // !
  // binary operators, and the unary + -
  plus,
  minus,
  dot_plus,
  dot_minus,
  star,
  slash,
  backslash,
  dot_star,   // .* or ⊙
  dot_slash,  // ./ or ⊘
  kron,       // ⊗
  cdot,       // ·
  times,      // ×
  caret,      // ^ or **
  dot_caret,
  assign,     // =
  equal,      // ==
  not_equal,  // != or ≠
  less,
  less_equal,  // <= or ≤
  greater,
  greater_equal,  // >= or ≥
  // prefix operators
  root,       // √
  cube_root,  // ∛
  nabla,      // ∇
  partial,    // ∂
  // reserved words
  kw_for,
  kw_in,  // also ∈
  kw_if,
  kw_then,
  kw_else,
  kw_and,  // also ∧
  kw_or,   // also ∨
  kw_not,  // also ¬
  kw_where,
  kw_wrt,
  kw_let,
};

struct Token {
  TokenKind kind = TokenKind::end_of_text;
  Span span;
};

class Lexer {
 public:
  // `text` must be followed by a NUL byte, as that of a std::string is, and outlive the lexer.
  explicit Lexer(std::string_view text, bool with_comments = false)
      : text_(text), cursor_(text.data()), with_comments_(with_comments) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") cursor_ += 3;  // a byte order mark
  }
  void next(Token& out);
  Token next() {
    Token t;
    next(t);
    return t;
  }
  uint32_t offset() const { return static_cast<uint32_t>(cursor_ - text_.data()); }
  void rewind(uint32_t offset) { cursor_ = text_.data() + offset; }  // to the end of a token

 private:
  Token other(const char* start);             // a character without a rule; an empty span: a blank
  const char* name_end(const char* p) const;  // where the letters, digits and marks from p on end
  // Whether two blanks or more divide entries of a drawn row, which has one blank inside its brackets.
  bool between_entries(const char* begin, const char* end) const;
  static const char* first_invalid(const char* begin, const char* end);  // in UTF-8, or nullptr

  std::string_view text_;
  const char* cursor_;
  bool with_comments_;
  // ⎡ a  b ⎤   The place in such a matrix: outside, in one of its rows, or behind ⎤ or ⎥.
  // ⎣ c  d ⎦
  enum class Drawn : uint8_t { none, row, row_end };
  Drawn drawn_ = Drawn::none;
};

// Why the token `invalid` at `span` cannot be read.
Diagnostic lexical_error(std::string_view text, Span span);

// How a token kind is called in a message: "','", "a name", "the end of the line".
std::string_view describe(TokenKind kind);

// "'x'", or what describe() says of a token without text of its own.
std::string token_in_message(std::string_view text, const Token& token);
std::string excerpt(std::string_view text);  // on one line and not longer than fits a message

inline bool is_reserved(TokenKind kind) { return kind >= TokenKind::kw_for; }

}  // namespace nabla

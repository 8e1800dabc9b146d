// The tokens as the parser sees them: one token ahead, without newlines inside brackets.
#pragma once

#include <string>

#include "expr/limits.h"
#include "parser/token.h"

namespace nabla {

class TokenStream {
 public:
  TokenStream(std::string_view text, const Limits& limits)
      : text_(text), lexer_(text), tokens_left_(limits.tokens), token_limit_(limits.tokens) {}

  const Token& now() const { return now_; }
  const Token& previous() const { return previous_; }
  bool is(TokenKind kind) const { return now_.kind == kind; }
  bool after_line_break() const { return line_break_; }  // skipped between previous() and now()
  std::string_view text(Span s) const { return text_.substr(s.begin, s.end - s.begin); }
  std::string_view text() const { return text_; }

  void advance() {  // throws Failure at a token that cannot be read
    previous_ = now_;
    line_break_ = false;
    step();
    while (now_.kind == TokenKind::newline && open_ > 0) {
      line_break_ = true;
      step();
    }
    if (now_.kind == TokenKind::invalid) fail();
  }
  // Over a bracket, which opens or closes a region where newlines are blanks.
  void open_bracket() {
    ++open_;
    advance();
  }
  void close_bracket() {
    if (open_ > 0) --open_;
    advance();
  }
  Token peek() const {  // the token after now(), newlines included
    Lexer ahead = lexer_;
    return ahead.next();
  }
  Lexer ahead() const { return lexer_; }  // its next() is the token after now()

  uint32_t open_brackets() const { return open_; }
  // Error recovery: goes on to the newline or semicolon that ends the statement in which reading failed,
  // or stays where it is, if the statement ended before.
  void skip_statement();
  void end_statement();  // now() begins the next one
  bool exhausted() const { return tokens_left_ == 0; }

 private:
  void step() {
    if (tokens_left_ == 0) too_many();
    --tokens_left_;
    lexer_.next(now_);
  }
  [[noreturn]] void fail() const;
  [[noreturn]] void too_many() const;

  std::string_view text_;
  Lexer lexer_;
  Token now_;
  Token previous_;
  bool line_break_ = false;
  uint32_t open_ = 0;
  uint64_t tokens_left_;
  uint64_t token_limit_;
};

// The words that begin a statement, but are names elsewhere.
enum class StatementWord : uint8_t { none, dim, param, var, constant, fun, import, derive, assertion };
StatementWord statement_word(std::string_view name);

}  // namespace nabla

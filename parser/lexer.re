// The tokens of the language. re2c makes a direct-coded automaton of this file; characters outside ASCII
// that are no operators are looked up in the Unicode tables (token.cpp).
#include <cstring>

#include "parser/token.h"

namespace nabla {

// Into a token that the caller holds: returned by value it would be put together in memory and read back
// as a whole before the parts have arrived there.
void Lexer::next(Token& out) {
  const char* const limit = text_.data() + text_.size();
  const char* cursor = cursor_;
  const char* marker = cursor;
  const char* start = cursor;

  const auto token = [&](TokenKind kind) {
    cursor_ = cursor;
    out.kind = kind;
    out.span.begin = static_cast<uint32_t>(start - text_.data());
    out.span.end = offset();
  };
  // ASCII letters may go on in others, which turns a reserved word into a name.
  const auto word = [&](TokenKind kind) {
    if (static_cast<unsigned char>(*cursor) < 0x80) return token(kind);
    const char* end = name_end(cursor);
    if (end != cursor) kind = TokenKind::name;
    cursor = end;
    return token(kind);
  };

next_token:
  start = cursor;
  /*!re2c
  re2c:define:YYCTYPE = "unsigned char";
  re2c:define:YYCURSOR = cursor;
  re2c:define:YYMARKER = marker;
  re2c:yyfill:enable = 0;
  re2c:yych:conversion = 1;
  re2c:encoding:utf8 = 1;

  digit = [0-9];
  letter = [A-Za-z];
  super = [\u2070\u00b9\u00b2\u00b3\u2074-\u2079];

  [ \t\f\v]+ {
    if (drawn_ == Drawn::row && between_entries(start, cursor)) return token(TokenKind::comma);
    goto next_token;
  }
  "\r\n" | "\n" | "\r" {
    if (drawn_ == Drawn::row) drawn_ = Drawn::none;  // the row has no end: not as the prompt draws it
    return token(TokenKind::newline);
  }
  "\x00" {
    if (start < limit) return token(TokenKind::invalid);
    cursor = limit;
    return token(TokenKind::end_of_text);
  }
  "#" {
    while (cursor < limit && *cursor != '\n' && *cursor != '\r') ++cursor;
    goto comment;
  }
  "/*" {
    const void* close = nullptr;
    for (const char* p = cursor; p < limit; ++p) {
      p = static_cast<const char*>(std::memchr(p, '*', static_cast<size_t>(limit - p)));
      if (p == nullptr) break;
      if (p[1] == '/') {
        close = p;
        break;
      }
    }
    if (close == nullptr) {
      cursor = limit;
      return token(TokenKind::invalid);
    }
    cursor = static_cast<const char*>(close) + 2;
    goto comment;
  }

  "for"    { return word(TokenKind::kw_for); }
  "in"     { return word(TokenKind::kw_in); }
  "if"     { return word(TokenKind::kw_if); }
  "then"   { return word(TokenKind::kw_then); }
  "else"   { return word(TokenKind::kw_else); }
  "and"    { return word(TokenKind::kw_and); }
  "or"     { return word(TokenKind::kw_or); }
  "not"    { return word(TokenKind::kw_not); }
  "where"  { return word(TokenKind::kw_where); }
  "wrt"    { return word(TokenKind::kw_wrt); }
  "let"    { return word(TokenKind::kw_let); }
  "\u2208" { return token(TokenKind::kw_in); }
  "\u2227" { return token(TokenKind::kw_and); }
  "\u2228" { return token(TokenKind::kw_or); }
  "\u00ac" { return token(TokenKind::kw_not); }

  letter (letter | digit | "_")*  { return word(TokenKind::name); }
  "$" digit+                      { return token(TokenKind::name); }  // an answer of the prompt
  [\u2211\u220f]                  { return token(TokenKind::name); }

  // Not a product of 0 and a name: in other languages it is a number.
  "0" [xXbBoO] digit (letter | digit | "_")*  { return token(TokenKind::invalid); }
  digit+ ("." digit+)? ([eE] [+-]? digit+)? {
    // "2e" alone is neither a number nor clearly 2*e; "2exp(x)" is a product.
    if ((*cursor | 0x20) == 'e' && name_end(cursor) == cursor + 1) {
      ++cursor;
      return token(TokenKind::invalid);
    }
    return token(TokenKind::number);
  }
  "\u207b"? super+  { return token(TokenKind::superscript); }

  ["] {
    while (cursor < limit && *cursor != '"' && *cursor != '\n' && *cursor != '\r') ++cursor;
    if (cursor == limit || *cursor != '"') return token(TokenKind::invalid);
    ++cursor;
    return token(TokenKind::string);
  }

  "("              { return token(TokenKind::left_paren); }
  ")"              { return token(TokenKind::right_paren); }
  "["              { return token(TokenKind::left_bracket); }
  "]"              { return token(TokenKind::right_bracket); }
  "\u23a1"         { drawn_ = Drawn::row; return token(TokenKind::left_bracket); }
  [\u23a2\u23a3] {
    if (drawn_ != Drawn::row_end) return token(TokenKind::invalid);
    drawn_ = Drawn::row;
    goto next_token;
  }
  [\u23a4\u23a5] {
    if (drawn_ != Drawn::row) return token(TokenKind::invalid);
    drawn_ = Drawn::row_end;
    return token(TokenKind::semicolon);
  }
  "\u23a6" {
    if (drawn_ != Drawn::row) return token(TokenKind::invalid);
    drawn_ = Drawn::none;
    return token(TokenKind::right_bracket);
  }
  ","              { return token(TokenKind::comma); }
  ";"              { return token(TokenKind::semicolon); }
  ":"              { return token(TokenKind::colon); }
  "|"              { return token(TokenKind::bar); }
  [\u2016\u2225]   { return token(TokenKind::double_bar); }
  "'" | "\u2032"   { return token(TokenKind::prime); }
  "\u1d40"         { return token(TokenKind::transpose); }
  "\u1d34"         { return token(TokenKind::conjugate_transpose); }
  "!"              { return token(TokenKind::bang); }
  "+"              { return token(TokenKind::plus); }
  "-" | "\u2212"   { return token(TokenKind::minus); }
  ".+"             { return token(TokenKind::dot_plus); }
  ".-"             { return token(TokenKind::dot_minus); }
  "*" | "\u2217"   { return token(TokenKind::star); }
  "/"              { return token(TokenKind::slash); }
  "\\"             { return token(TokenKind::backslash); }
  ".*" | "\u2299"  { return token(TokenKind::dot_star); }
  "./" | "\u2298"  { return token(TokenKind::dot_slash); }
  "\u2297"         { return token(TokenKind::kron); }
  [\u00b7\u22c5\u2219]  { return token(TokenKind::cdot); }
  "\u00d7"         { return token(TokenKind::times); }
  "^" | "**"       { return token(TokenKind::caret); }
  ".^"             { return token(TokenKind::dot_caret); }
  "="              { return token(TokenKind::assign); }
  "=="             { return token(TokenKind::equal); }
  "!=" | "\u2260"  { return token(TokenKind::not_equal); }
  "<"              { return token(TokenKind::less); }
  "<=" | "\u2264"  { return token(TokenKind::less_equal); }
  ">"              { return token(TokenKind::greater); }
  ">=" | "\u2265"  { return token(TokenKind::greater_equal); }
  "\u221a"         { return token(TokenKind::root); }
  "\u221b"         { return token(TokenKind::cube_root); }
  "\u2207"         { return token(TokenKind::nabla); }
  "\u2202"         { return token(TokenKind::partial); }

  // Spellings of other languages, which lexical_error() translates.
  "//" | "&&" | ":=" | "<>" | "~=" | "===" | "=>" | "=<" | "->" | ".'" | ".==" | ".!=" | ".<" | ".>"
      | ".<=" | ".>=" | ".**" | "+=" | "-=" | "*="
                   { return token(TokenKind::invalid); }
  "." (letter | digit) (letter | digit | "_")*  { return token(TokenKind::invalid); }

  * {
    out = other(start);
    if (out.span.begin != out.span.end) return;
    cursor = cursor_;  // a blank
    goto next_token;
  }
  */

comment:
  if (const char* bad = first_invalid(start, cursor)) {
    start = bad;
    cursor = bad + 1;
    return token(TokenKind::invalid);
  }
  if (with_comments_) return token(TokenKind::comment);
  goto next_token;
}

}  // namespace nabla

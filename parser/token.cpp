#include "parser/token.h"

#include <utf8proc.h>

#include "parser/unicode.h"

namespace nabla {
namespace {

bool is_ascii_name_char(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_superscript(char32_t c) {
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->decomp_type == UTF8PROC_DECOMP_TYPE_SUPER;
}

bool is_letter(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return false;  // full-width forms of ASCII look like it
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return !is_superscript(c);
    default:
      return false;
  }
}

bool continues_name(char32_t c) {
  if (c >= 0x2080 && c <= 0x2089) return true;  // subscript digits
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
      return true;
    default:
      return is_letter(c);
  }
}

}  // namespace

const char* Lexer::name_end(const char* p) const {
  const char* const limit = text_.data() + text_.size();
  while (true) {
    while (p < limit && is_ascii_name_char(static_cast<unsigned char>(*p))) ++p;
    if (p == limit || static_cast<unsigned char>(*p) < 0x80) return p;
    const CodePoint c = decode(p, limit);
    if (!c.valid || !continues_name(c.value)) return p;
    p += c.length;
  }
}

Token Lexer::other(const char* start) {
  const char* const limit = text_.data() + text_.size();
  const auto begin = static_cast<uint32_t>(start - text_.data());
  const CodePoint c = decode(start, limit);
  cursor_ = start + c.length;
  if (!c.valid) return {TokenKind::invalid, {begin, offset()}};
  if (c.value >= 0x80 && utf8proc_category(static_cast<utf8proc_int32_t>(c.value)) == UTF8PROC_CATEGORY_ZS) {
    return {TokenKind::invalid, {begin, begin}};
  }
  if (c.value < 0x80 || !is_letter(c.value)) return {TokenKind::invalid, {begin, offset()}};
  cursor_ = name_end(cursor_);
  return {TokenKind::name, {begin, offset()}};
}

bool Lexer::between_entries(const char* begin, const char* end) const {
  const auto is_bracket = [](std::string_view s) {  // U+23A1 ⎡ to U+23A6 ⎦
    return s.size() == 3 && s[0] == '\xE2' && s[1] == '\x8E' && s[2] >= '\xA1' && s[2] <= '\xA6';
  };
  const auto from = static_cast<size_t>(begin - text_.data()), to = static_cast<size_t>(end - text_.data());
  const std::string_view after = text_.substr(to, 3);
  return end - begin > 1 && !is_bracket(text_.substr(0, from).substr(from < 3 ? 0 : from - 3)) &&
         !is_bracket(after) && !after.empty() && after[0] != '\n' && after[0] != '\r';
}

const char* Lexer::first_invalid(const char* begin, const char* end) {
  for (const char* p = begin; p < end;) {
    if (static_cast<unsigned char>(*p) < 0x80) {
      ++p;
      continue;
    }
    const CodePoint c = decode(p, end);
    if (!c.valid) return p;
    p += c.length;
  }
  return nullptr;
}

std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::end_of_text:
      return "the end of the text";
    case TokenKind::newline:
      return "the end of the line";
    case TokenKind::comment:
      return "a comment";
    case TokenKind::invalid:
      return "this";
    case TokenKind::name:
      return "a name";
    case TokenKind::number:
      return "a number";
    case TokenKind::string:
      return "a quoted text";
    case TokenKind::superscript:
      return "a superscript";
    case TokenKind::left_paren:
      return "'('";
    case TokenKind::right_paren:
      return "')'";
    case TokenKind::left_bracket:
      return "'['";
    case TokenKind::right_bracket:
      return "']'";
    case TokenKind::comma:
      return "','";
    case TokenKind::semicolon:
      return "';'";
    case TokenKind::colon:
      return "':'";
    case TokenKind::bar:
      return "'|'";
    case TokenKind::double_bar:
      return "'‖'";
    case TokenKind::assign:
      return "'='";
    case TokenKind::kw_in:
      return "'in'";
    case TokenKind::kw_then:
      return "'then'";
    case TokenKind::kw_else:
      return "'else'";
    case TokenKind::kw_wrt:
      return "'wrt'";
    default:
      return "an operator";
  }
}

std::string token_in_message(std::string_view text, const Token& token) {
  if (token.kind == TokenKind::end_of_text || token.kind == TokenKind::newline) {
    return std::string(describe(token.kind));
  }
  return "'" + excerpt(text.substr(token.span.begin, token.span.end - token.span.begin)) + "'";
}

std::string excerpt(std::string_view text) {
  constexpr int most_characters = 40;
  std::string out;
  const char* const end = text.data() + text.size();
  int count = 0;
  for (const char* p = text.data(); p < end;) {
    if (++count > most_characters) return out + "…";
    const CodePoint c = decode(p, end);
    if (!c.valid || is_control(c.value)) {
      out += c.value == '\n' || c.value == '\t' ? " " : "\uFFFD";
    } else {
      out.append(p, c.length);
    }
    p += c.length;
  }
  return out;
}

}  // namespace nabla

// The explanation of tokens that cannot be read: the text is looked at again, at leisure.
#include <array>
#include <utility>

#include "parser/token.h"
#include "parser/unicode.h"

namespace nabla {
namespace {

struct LookAlike {
  char32_t value;
  std::string_view plain;
};

constexpr std::array<LookAlike, 26> look_alikes = {{
    {0x2010, "-"},  {0x2011, "-"},   {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"}, {0x2015, "-"},
    {0xFE63, "-"},  {0x00AD, "-"},   {0x2018, "'"},  {0x2019, "'"},  {0x201B, "'"}, {0x00B4, "'"},
    {0x2033, "''"}, {0x2034, "'''"}, {0x201C, "\""}, {0x201D, "\""}, {0x00F7, "/"}, {0x2215, "/"},
    {0x2044, "/"},  {0x2223, "|"},   {0x2236, ":"},  {0x02C6, "^"},  {0x22C6, "*"}, {0x2254, "="},
    {0x27E8, "("},  {0x27E9, ")"},
}};

struct Foreign {
  std::string_view written;
  std::string_view help;
};

constexpr std::array<Foreign, 20> foreign = {{
    {"//", "comments begin with '#'"},
    {"&&", "write 'and'"},
    {":=", "write '=' to define a name"},
    {"<>", "write '!='"},
    {"~=", "write '!='"},
    {"===", "write '=='"},
    {"=>", "write '>='"},
    {"->", "define a function as f(x) = …"},
    {".==", "write '==': a comparison gives one truth value"},
    {".!=", "write '!=': a comparison gives one truth value"},
    {".<", "write '<': a comparison gives one truth value"},
    {".>", "write '>': a comparison gives one truth value"},
    {".<=", "write '<=': a comparison gives one truth value"},
    {".>=", "write '>=': a comparison gives one truth value"},
    {".**", "write '.^'"},
    {"+=", "write x = x + …; a definition replaces the earlier one"},
    {"-=", "write x = x - …; a definition replaces the earlier one"},
    {"*=", "write x = x*…; a definition replaces the earlier one"},
    {"{", "brackets are ( ) and [ ]"},
    {"}", "brackets are ( ) and [ ]"},
}};

Diagnostic make(Code code, Span span, std::string message, std::string help = {}) {
  return {code, std::move(message), span, true, {}, std::move(help)};
}

std::string quote(std::string_view s) { return "'" + std::string(s) + "'"; }

Diagnostic point_error(std::string_view text, Span span, std::string_view written) {
  if (written == ".'") {
    return make(Code::transpose_spelling, span, "the transpose is written \"'\", not \".'\"",
                "write x' instead of x.'");
  }
  if (written == ".T" || written == ".H" || written == ".t") {
    return make(Code::transpose_spelling, span, "the transpose is written \"'\", not " + quote(written),
                "write A' instead of A" + std::string(written));
  }
  const bool after_digit = span.begin > 0 && text[span.begin - 1] >= '0' && text[span.begin - 1] <= '9';
  if (written.size() > 1 && written[1] >= '0' && written[1] <= '9') {
    return make(Code::incomplete_number, span, "a number does not begin with a decimal point",
                "write 0" + std::string(written));
  }
  if (after_digit) {
    return make(Code::incomplete_number, {span.begin, span.begin + 1},
                "a decimal point belongs to a number only if a digit follows",
                "write '1' or '1.0', and '1*x' for a product");
  }
  return make(Code::stray_character, span, quote(written) + " has no meaning: names have no parts",
              "a name has letters, digits and '_'");
}

Diagnostic character_error(Span span, char32_t c, std::string_view written) {
  const std::string code_point = code_point_name(c);
  for (const LookAlike& row : look_alikes) {
    if (row.value == c) {
      return make(Code::look_alike_character, span,
                  quote(written) + " (" + code_point + ") is not " + quote(row.plain),
                  "type the plain character " + std::string(row.plain));
    }
  }
  if (c >= 0xFF01 && c <= 0xFF5E) {  // full-width forms of ASCII
    const char plain = static_cast<char>(c - 0xFEE0);
    return make(Code::look_alike_character, span,
                quote(written) + " (" + code_point + ") is not " + quote({&plain, 1}),
                "type the plain character " + std::string(1, plain));
  }
  std::string help;
  if (c == '_') help = "a name begins with a letter";
  if (c == '%') help = "comments begin with '#'; the remainder is mod(a, b)";
  if (c == '&') help = "write 'and'";
  if (c == '~') help = "write 'not'";
  if (c == '@') help = "the matrix product is '*'";
  if (c == 0x207F) help = "write '^n'";
  const bool unseen = is_control(c) || c < 0x20;
  if (unseen) help = "remove it: it cannot be seen";
  const std::string shown = unseen ? std::string("the character") : quote(written);
  return make(Code::stray_character, span, shown + " (" + code_point + ") has no meaning here",
              std::move(help));
}

}  // namespace

Diagnostic lexical_error(std::string_view text, Span span) {
  const std::string_view written = text.substr(span.begin, span.end - span.begin);
  for (const Foreign& row : foreign) {
    if (row.written == written) {
      const bool bracket = written == "{" || written == "}";
      return make(bracket ? Code::stray_character : Code::foreign_spelling, span,
                  quote(written) + " has no meaning here", std::string(row.help));
    }
  }
  if (written.substr(0, 2) == "/*") {
    return make(Code::unterminated_comment, {span.begin, span.begin + 2}, "this comment is not closed",
                "close it with '*/'");
  }
  if (written[0] == '"') {
    return make(Code::unterminated_string, span, "this quoted text is not closed",
                "close it with '\"' on the same line");
  }
  if (written[0] == '.') return point_error(text, span, written);
  if (written[0] == '0' && written.size() > 2) {  // "0x10"
    const std::string name(written.substr(1));
    return make(Code::incomplete_number, span, quote(written) + " is not a number: numbers are decimal",
                "write its decimal value, or 0*" + name + " for a product");
  }
  if (written[0] >= '0' && written[0] <= '9') {  // "2e"
    const std::string digits(written.substr(0, written.size() - 1));
    return make(Code::incomplete_number, span,
                quote(written) + " is not a number: the exponent has no digits",
                "write " + digits + "*" + written.back() + " for a product");
  }
  const CodePoint c = decode(written.data(), written.data() + written.size());
  if (!c.valid) {
    return make(Code::invalid_utf8, span,
                "byte " + code_point_name(static_cast<unsigned char>(written[0])).substr(4) +
                    " is not valid UTF-8 here",
                "save the text as UTF-8");
  }
  return character_error(span, c.value, written);
}

}  // namespace nabla

// The explanation of tokens that cannot be read: the text is looked at again, at leisure.
#include <array>
#include <utility>

#include "parser/mended_line.h"
#include "parser/respelled.h"
#include "parser/token.h"
#include "parser/unicode.h"

namespace nabla {
namespace {

// What to say of a spelling that respelled_line() cannot replace, or that it should not replace without a
// word.
constexpr std::array<std::pair<std::string_view, std::string_view>, 28> hints = {{
    {"//", "a comment begins with '#'; the whole part of a quotient is floor(a/b)"},
    {"%", "a comment begins with '#'; the remainder is mod(a, b)"},
    {"->", "define a function as f(x) = …"},
    {"+=", "write x = x + …; a definition replaces the earlier one"},
    {"-=", "write x = x - …; a definition replaces the earlier one"},
    {"*=", "write x = x*…; a definition replaces the earlier one"},
    {"{", "brackets are ( ) and [ ]"},
    {"}", "brackets are ( ) and [ ]"},
    {"?", "write if c then a else b"},
    {"$", "only the number of an answer has one: $1"},
    {"_", "a name begins with a letter"},
    {"@", "the matrix product is '*'"},
    {"&", "write 'and'"},
    {"~", "write 'not'"},
    {"∞", "numbers are finite: a bound that is not there is left out, as in x > 0"},
    {"∫", "there are no integrals in Nabla"},
    {"±", "write the two statements"},
    {"½", "write (1/2)"},
    {"¼", "write (1/4)"},
    {"¾", "write (3/4)"},
    {"→", "a value is given by x = 0, a function defined by f(x) = …"},
    {"∆", "write Δ for the letter, or laplacian(f, x)"},
    {"ⁿ", "write '^n'"},
    {"⊤", "the transpose is written A'"},
    {"₁", "write norm1(x)"},
    {"₂", "‖x‖ is the Euclidean norm as it is"},
    {"“", "a text in quotes stands only after 'import'"},
    {"‘", "a text in quotes stands only after 'import'"},
}};

// Whether the comparison is one of arrays in another language.
bool is_dotted_comparison(std::string_view written) {
  return written.size() > 1 && written[0] == '.' &&
         (written[1] == '=' || written[1] == '!' || written[1] == '<' || written[1] == '>');
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Diagnostic make(Code code, Span span, std::string message, std::string help = {}) {
  return {code, std::move(message), span, true, {}, std::move(help)};
}

std::string quote(std::string_view s) { return "'" + std::string(s) + "'"; }

// "write A'*x", if the whole line can be written so.
std::string write_line(std::string_view text, Span span) {
  const std::string line = respelled_line(text, span.begin);
  return line.empty() ? line : "write " + line;
}

std::string hint(std::string_view text, Span span, std::string_view written) {
  if ((written == "//" || written == "%") && text.substr(span.end, 1) == " ")
    return "write " + line_with(text, span, "#") +
           (written == "%" ? " for a comment, mod(a, b) for a remainder"
                           : " for a comment, floor(a/b) for the whole part of a quotient");
  if (written == "@" && text.substr(span.end, 1) == "(" && text.substr(0, span.begin).find('=') != text.npos)
    return "define a function as f(x) = …";
  if (written == "?") {
    const std::string line = with_then_and_else(text, span.begin);
    if (!line.empty()) return "write " + line;
  }
  for (const auto& [spelling, help] : hints) {
    const bool certain = written != "@" && written != "$" && written != "{" && written != "}" &&
                         written != "&" && written != "~" && written != "->";
    if (spelling == written && certain) return std::string(help);
  }
  std::string line = write_line(text, span);
  if (!line.empty()) return line;
  for (const auto& [spelling, help] : hints) {
    if (spelling == written) return std::string(help);
  }
  const std::string_view plain = operator_respelled(written);
  return plain.empty() ? std::string() : "write " + quote(plain);
}

// The number that ends before `end`, and the one that begins there.
std::string_view digits_before(std::string_view text, uint32_t end) {
  uint32_t begin = end;
  while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
  return text.substr(begin, end - begin);
}

// np.linalg.inv(A) and x.sum()
Diagnostic parts_error(std::string_view text, Span span) {
  const auto in_name = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
  };
  while (span.begin > 0 && in_name(text[span.begin - 1])) --span.begin;
  while (span.end < text.size() && in_name(text[span.end])) ++span.end;
  const std::string written(text.substr(span.begin, span.end - span.begin));
  std::string help = write_line(text, span);
  const bool method = text.substr(span.end, 1) == "(";
  if (help.empty())
    help = method ? "a function stands before its argument: sum(x)" : "a name has letters, digits and '_'";
  return make(Code::stray_character, span, quote(written) + " has no meaning: names have no parts",
              std::move(help));
}

Diagnostic point_error(std::string_view text, Span span, std::string_view written) {
  if (written == ".'" || written == ".T" || written == ".H" || written == ".t") {
    const std::string quoted = written == ".'" ? "\".'\"" : quote(written);
    std::string help = write_line(text, span);
    if (help.empty()) help = "write A' instead of A" + std::string(written);
    return make(Code::transpose_spelling, span, "the transpose is written \"'\", not " + quoted,
                std::move(help));
  }
  const bool after_digit = span.begin > 0 && is_digit(text[span.begin - 1]);
  const std::string before(digits_before(text, span.begin));
  if (written.size() > 1 && is_digit(written[1])) {
    if (!after_digit)
      return make(Code::incomplete_number, span, "a number does not begin with a decimal point",
                  write_line(text, span).empty() ? "write 0" + std::string(written) : write_line(text, span));
    const bool exponent = before.size() < span.begin && (text[span.begin - before.size() - 1] | 0x20) == 'e';
    return exponent ? make(Code::incomplete_number, span, "an exponent is a whole number",
                           "write a power: 10^" + before + std::string(written))
                    : make(Code::incomplete_number, span, "a number has one decimal point");
  }
  if (written == "." && text.substr(span.end, 1) == ".") {
    std::string help = write_line(text, span);
    if (help.empty()) help = "write 1:n";
    return make(Code::foreign_spelling, {span.begin, span.end + 1}, "a range is written with ':', not '..'",
                std::move(help));
  }
  const bool exponent_follows = written.size() > 2 && (written[1] | 0x20) == 'e' && is_digit(written[2]);
  if (after_digit && exponent_follows) {
    return make(Code::incomplete_number, {span.begin, span.begin + 1},
                "a decimal point belongs to a number only if a digit follows",
                "write " + before + std::string(written.substr(1)));
  }
  if (after_digit) {
    return make(Code::incomplete_number, {span.begin, span.begin + 1},
                "a decimal point belongs to a number only if a digit follows",
                "write " + before + " or " + before + ".0, and " + before + "*x for a product");
  }
  return parts_error(text, span);
}

Diagnostic character_error(std::string_view text, Span span, char32_t c, std::string_view written) {
  const std::string code_point = code_point_name(c);
  const std::string_view plain = operator_respelled(written);
  if (c >= 0x80 && !plain.empty() && c != 0x207F) {
    return make(Code::look_alike_character, span,
                quote(written) + " (" + code_point + ") is not " + quote(plain), hint(text, span, written));
  }
  const bool unseen = is_control(c) || c < 0x20;
  if (unseen) {
    return make(Code::stray_character, span, "the character (" + code_point + ") has no meaning here",
                "remove it: it cannot be seen");
  }
  if (c == '_' && span.begin > 0 && is_digit(text[span.begin - 1])) {
    std::string digits(digits_before(text, span.begin));
    for (size_t i = span.begin; i < text.size() && (text[i] == '_' || is_digit(text[i])); ++i) {
      if (text[i] != '_') digits += text[i];
    }
    return make(Code::stray_character, span, "'_' cannot stand in a number", "write " + digits);
  }
  const std::string name = c < 0x80 ? "" : " (" + code_point + ")";
  return make(Code::stray_character, span, quote(written) + name + " has no meaning here",
              hint(text, span, written));
}

// '2e' and '0x10'.
Diagnostic number_error(Span span, std::string_view written) {
  if (written[0] == '0' && written.size() > 2) {
    const std::string name(written.substr(1));
    return make(Code::incomplete_number, span, quote(written) + " is not a number: numbers are decimal",
                "write its decimal value, or 0*" + name + " for a product");
  }
  const std::string digits(written.substr(0, written.size() - 1));
  return make(Code::incomplete_number, span, quote(written) + " is not a number: the exponent has no digits",
              "write " + digits + "*" + written.back() + " for a product");
}

}  // namespace

Diagnostic lexical_error(std::string_view text, Span span) {
  const std::string_view written = text.substr(span.begin, span.end - span.begin);
  if (written.substr(0, 2) == "/*") {
    return make(Code::unterminated_comment, {span.begin, span.begin + 2}, "this comment is not closed",
                "close it with '*/'");
  }
  if (written[0] == '"') {
    return make(Code::unterminated_string, span, "this quoted text is not closed",
                "close it with '\"' on the same line");
  }
  if (is_dotted_comparison(written)) {
    std::string help = hint(text, span, written);
    return make(Code::foreign_spelling, span,
                quote(written) + " has no meaning here: a comparison gives one truth value", std::move(help));
  }
  if (written.size() > 1 && written[0] == '.' && written != ".**") return point_error(text, span, written);
  if (written == ".") return point_error(text, span, written);
  if (is_digit(written[0])) return number_error(span, written);
  const CodePoint c = decode(written.data(), written.data() + written.size());
  if (!c.valid) {
    return make(Code::invalid_utf8, span,
                "byte " + code_point_name(static_cast<unsigned char>(written[0])).substr(4) +
                    " is not valid UTF-8 here",
                "save the text as UTF-8");
  }
  if (written.size() == c.length) return character_error(text, span, c.value, written);
  return make(Code::foreign_spelling, span, quote(written) + " has no meaning here",
              hint(text, span, written));
}

}  // namespace nabla

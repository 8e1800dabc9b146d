// The lexer: token kinds and spans, Unicode, and what is said of characters that are no tokens.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "expr/name_spelling.h"
#include "parser/parse.h"
#include "parser/token.h"
#include "parser/unicode.h"

using namespace nabla;
using T = TokenKind;

namespace {

std::vector<Token> tokens(const std::string& text, bool with_comments = false) {
  std::vector<Token> out;
  Lexer lexer(text, with_comments);
  do {
    out.push_back(lexer.next());
  } while (out.back().kind != T::end_of_text);
  return out;
}

std::vector<T> kinds(const std::string& text, bool with_comments = false) {
  std::vector<T> out;
  for (const Token& t : tokens(text, with_comments)) out.push_back(t.kind);
  out.pop_back();
  return out;
}

Diagnostic error_of(const std::string& text) {
  for (const Token& t : tokens(text)) {
    if (t.kind == T::invalid) return lexical_error(text, t.span);
  }
  FAIL("no invalid token in " << text);
  return {};
}

std::string slice(const std::string& text, Span s) { return text.substr(s.begin, s.end - s.begin); }

std::string first_name(const std::string& text) {
  const ParsedText p = parse_expression(text);
  return std::string(p.tree.name(0));
}

}  // namespace

TEST_CASE("tokens of the language") {
  CHECK(kinds("").empty());
  CHECK(kinds("x1 + 2.5e-3*y") == std::vector{T::name, T::plus, T::number, T::star, T::name});
  CHECK(kinds("1./x") == std::vector{T::number, T::dot_slash, T::name});
  CHECK(kinds("x.^-1'") == std::vector{T::name, T::dot_caret, T::minus, T::number, T::prime});
  CHECK(kinds("a**b^c") == std::vector{T::name, T::caret, T::name, T::caret, T::name});
  CHECK(kinds("a<=b>=c==d!=e<f>g=h") ==
        std::vector{T::name, T::less_equal, T::name, T::greater_equal, T::name, T::equal, T::name,
                    T::not_equal, T::name, T::less, T::name, T::greater, T::name, T::assign, T::name});
  CHECK(kinds("for in if then else and or not where wrt let") ==
        std::vector{T::kw_for, T::kw_in, T::kw_if, T::kw_then, T::kw_else, T::kw_and, T::kw_or, T::kw_not,
                    T::kw_where, T::kw_wrt, T::kw_let});
  CHECK(kinds("fork inner iffy lets") == std::vector(4, T::name));
  CHECK(kinds("2exp(x)") == std::vector{T::number, T::name, T::left_paren, T::name, T::right_paren});
  CHECK(kinds("\"a b.nabla\"") == std::vector{T::string});
}

TEST_CASE("tokens outside ASCII") {
  CHECK(kinds("∇f ∂x √2 ∛3") ==
        std::vector{T::nabla, T::name, T::partial, T::name, T::root, T::number, T::cube_root, T::number});
  CHECK(kinds("a·b×c⊙d⊘e⊗f") == std::vector{T::name, T::cdot, T::name, T::times, T::name, T::dot_star,
                                            T::name, T::dot_slash, T::name, T::kron, T::name});
  CHECK(kinds("a≤b≥c≠d") ==
        std::vector{T::name, T::less_equal, T::name, T::greater_equal, T::name, T::not_equal, T::name});
  CHECK(kinds("Aᵀ Bᴴ C⁻¹ x² y¹²") == std::vector{T::name, T::transpose, T::name, T::conjugate_transpose,
                                                 T::name, T::superscript, T::name, T::superscript, T::name,
                                                 T::superscript});
  CHECK(kinds("‖x‖ i ∈ S ∧ ¬t ∨ u") == std::vector{T::double_bar, T::name, T::double_bar, T::name, T::kw_in,
                                                   T::name, T::kw_and, T::kw_not, T::name, T::kw_or,
                                                   T::name});
  CHECK(kinds("λ_max σ² ё 变量 x₁") ==
        std::vector{T::name, T::name, T::superscript, T::name, T::name, T::name});
  CHECK(kinds("a\u00A0+\u3000b") == std::vector{T::name, T::plus, T::name});  // blanks of Unicode
  CHECK(kinds("a \u2212 b") == std::vector{T::name, T::minus, T::name});
}

TEST_CASE("a matrix as the prompt draws it") {
  const std::vector<T> one_line = kinds("[a+b, f(c , d);e, -2]"),
                       two_lines = kinds("[a+b, f(c , d);\ne, -2]");
  CHECK(kinds("⎡ a + b  f(c, d) ⎤ ⎣ e      -2      ⎦") == one_line);
  CHECK(kinds("⎡ a + b  f(c, d) ⎤\n⎣ e      -2      ⎦") == two_lines);
  CHECK(kinds("⎡ a+b\t f(c,d)   ⎤ \r\n   ⎣   e  -2⎦") == two_lines);
  CHECK(kinds("⎡ a ⎤ ⎢ b ⎥ ⎣ c ⎦'") == kinds("[a; b; c]'"));
  CHECK(kinds("⎡ a ⎤ ⎣ b ⎦  + c  + d") == kinds("[a; b] + c + d"));  // outside blanks mean nothing
  for (const char* text : {"⎢ a", "a ⎤", "a ⎦", "⎡ a ⎤ ⎦", "⎡ a ⎤ b ⎥", "⎡ a\n ⎣ b ⎦", "⎡ a ⎤ ⎣ b ⎦ ⎢ c"}) {
    INFO(text);
    const std::vector<T> all = kinds(text);
    CHECK(std::count(all.begin(), all.end(), T::invalid) > 0);
  }
  CHECK(error_of("x ⎢ y").message == "'⎢' (U+23A2) has no meaning here");
}

TEST_CASE("line ends, comments and byte order mark") {
  CHECK(kinds("a\nb") == std::vector{T::name, T::newline, T::name});
  CHECK(kinds("a\r\nb") == std::vector{T::name, T::newline, T::name});
  CHECK(kinds("a\rb") == std::vector{T::name, T::newline, T::name});
  CHECK(kinds("\xEF\xBB\xBF x") == std::vector{T::name});
  CHECK(kinds("a # b c\nd /* e\nf */ g") == std::vector{T::name, T::newline, T::name, T::name});
  CHECK(kinds("a # b\n/* c */", true) == std::vector{T::name, T::comment, T::newline, T::comment});
  CHECK(kinds("/***/ a /* * / **/") == std::vector{T::name});
  CHECK(kinds("# only").empty());
}

TEST_CASE("spans are bytes of the text") {
  const std::string text = "λ2 ≤ 1e-3";
  const std::vector<Token> t = tokens(text);
  REQUIRE(t.size() == 4);
  CHECK(slice(text, t[0].span) == "λ2");
  CHECK(slice(text, t[1].span) == "≤");
  CHECK(slice(text, t[2].span) == "1e-3");
  CHECK(t[3].span == Span{12, 12});
}

TEST_CASE("names have one spelling inside") {
  CHECK(ascii_name("λ") == "lambda");
  CHECK(ascii_name("λ_max") == "lambda_max");
  CHECK(ascii_name("σ2") == "sigma2");
  CHECK(ascii_name("Δx") == "Δx");
  CHECK(ascii_name("x₁₂") == "x_12");
  CHECK(ascii_name("x") == "x");
  CHECK(unicode_name("lambda_max") == "λ_max");
  CHECK(unicode_name("lambdas") == "lambdas");
  CHECK(greek_letter("omega") == "ω");
  for (const char* name : {"x", "alpha", "mu_2", "Sigma", "varphi1", "Δx", "a_pi_b"}) {
    CHECK(ascii_name(unicode_name(name)) == name);
  }
  CHECK(first_name("π") == "pi");
  CHECK(first_name("e\u0301t") == "\u00E9t");  // NFC
  CHECK(first_name("µ") == "mu");              // the micro sign
  CHECK(first_name("Σ") == "Sigma");
  CHECK(first_name("Σ(x for i in 1:2)") == "sum");
  CHECK(first_name("∑(x for i in 1:2)") == "sum");
  CHECK(first_name("∏(x)") == "prod");
}

TEST_CASE("what is said of characters that are no tokens") {
  struct Row {
    std::string text;
    Code code;
    std::string marked;  // the text under the caret
    std::string help;    // part of it
  };
  const std::vector<Row> rows = {
      {"x @ 2", Code::stray_character, "@", "x * 2"},
      {"a & b", Code::stray_character, "&", "and"},
      {"a && b", Code::foreign_spelling, "&&", "and"},
      {"{x}", Code::stray_character, "{", ""},
      {"_x", Code::stray_character, "_", "letter"},
      {"a $ b", Code::stray_character, "$", ""},
      {"5 % 2", Code::stray_character, "%", "mod"},
      {"x // y", Code::foreign_spelling, "//", "#"},
      {"x := 1", Code::foreign_spelling, ":=", "="},
      {"x <> 1", Code::foreign_spelling, "<>", "!="},
      {"x .== y", Code::foreign_spelling, ".==", "=="},
      {"a – b", Code::look_alike_character, "–", "-"},
      {"a ÷ b", Code::look_alike_character, "÷", "/"},
      {"x’", Code::look_alike_character, "’", "'"},
      {"f（x）", Code::look_alike_character, "（", "("},
      {"2e", Code::incomplete_number, "2e", "2*e"},
      {"2e + 1", Code::incomplete_number, "2e", "2*e"},
      {"1.5E", Code::incomplete_number, "1.5E", "1.5*E"},
      {".5", Code::incomplete_number, ".5", "0.5"},
      {"1.", Code::incomplete_number, ".", "1.0"},
      {"x.'", Code::transpose_spelling, ".'", "x'"},
      {"A.T", Code::transpose_spelling, ".T", "A'"},
      {"A.shape", Code::stray_character, "A.shape", ""},
      {"xⁿ", Code::stray_character, "ⁿ", "^n"},
      {"/* open", Code::unterminated_comment, "/*", "*/"},
      {"\"open\n", Code::unterminated_string, "\"open", "\""},
      {std::string("a\0b", 3), Code::stray_character, std::string(1, '\0'), ""},
      {"a\x1b[2J", Code::stray_character, "\x1b", ""},
      {"x + \xff", Code::invalid_utf8, "\xff", "UTF-8"},
      {"x\xc3", Code::invalid_utf8, "\xc3", "UTF-8"},
      {"\xed\xa0\x80", Code::invalid_utf8, "\xed", "UTF-8"},  // a surrogate
      {"# \xff\n", Code::invalid_utf8, "\xff", "UTF-8"},
      {"😀", Code::stray_character, "😀", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Diagnostic d = error_of(row.text);
    CHECK(spelling(d.code) == spelling(row.code));
    CHECK(slice(row.text, d.span) == row.marked);
    CHECK_THAT(d.help, Catch::Matchers::Contains(row.help));
  }
  CHECK_THAT(error_of("a – b").message, Catch::Matchers::Contains("U+2013"));
  CHECK_THAT(error_of("😀").message, Catch::Matchers::Contains("U+1F600"));
}

TEST_CASE("any bytes are read to the end") {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const size_t length = random() % 40;
    for (size_t i = 0; i < length; ++i) text += static_cast<char>(random() % 256);
    uint32_t last = 0;
    for (const Token& t : tokens(text, round % 2 == 0)) {
      REQUIRE(t.span.begin >= last);
      REQUIRE(t.span.end >= t.span.begin);
      REQUIRE(t.span.end <= text.size());
      REQUIRE((t.span.end > t.span.begin || t.kind == T::end_of_text));
      if (t.kind == T::invalid) {
        const Diagnostic d = lexical_error(text, t.span);
        REQUIRE(d.span.end <= text.size());
        REQUIRE(d.span.begin < d.span.end);
      }
      last = t.span.end;
    }
    REQUIRE(last == text.size());
  }
}

// Each error of the grammar with its code, place and help, and how reading goes on after it.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "parser/parse.h"
#include "parser/unicode.h"
#include "tests/syntax_text.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Error {
  std::string text;
  Code code;
  uint32_t column;  // in code points, from 1
  std::string help;
};

uint32_t column(const std::string& text, uint32_t offset) {
  const size_t line = text.rfind('\n', offset == 0 ? std::string::npos : offset - 1);
  const size_t begin = offset == 0 || line == std::string::npos ? 0 : line + 1;
  return count_code_points(std::string_view(text).substr(begin, offset - begin)) + 1;
}

void check_errors(const std::vector<Error>& rows) {
  for (const Error& row : rows) {
    CAPTURE(row.text);
    const ParsedText p = statements(row.text);
    CHECK(p.errors.size() == 1);
    if (p.errors.empty()) continue;
    const Diagnostic& d = p.errors[0];
    CAPTURE(d.message, d.help);
    CHECK(spelling(d.code) == spelling(row.code));
    CHECK(column(row.text, d.span.begin) == row.column);
    CHECK_THAT(d.help, Catch::Matchers::Contains(row.help));
    CHECK(!d.message.empty());
  }
}

}  // namespace

TEST_CASE("every promised error of the language, with code and column") {
  check_errors({
      {"1/2x", Code::ambiguous_product, 1, "1/2*x or 1/(2*x)"},
      {"a + 1/2x", Code::ambiguous_product, 5, "1/2*x or 1/(2*x)"},
      {"1/2sin(x)", Code::ambiguous_product, 1, "1/2*sin(x) or 1/(2*sin(x))"},
      {"a/3(x+1)", Code::ambiguous_product, 1, "a/3*(x+1) or a/(3*(x+1))"},
      {"1/-2x", Code::ambiguous_product, 1, "1/-2*x or 1/(-2*x)"},
      {"a./2x", Code::ambiguous_product, 1, "a./2*x"},
      {"2^3x", Code::ambiguous_product, 1, "2^3*x or 2^(3*x)"},
      {"√2x", Code::ambiguous_product, 1, "√2*x or √(2*x)"},
      {"2e", Code::incomplete_number, 1, "2*e"},
      {"x + 2e", Code::incomplete_number, 5, "2*e"},
      {"0x10", Code::incomplete_number, 1, "0*x10"},
      {"1 + 0b11", Code::incomplete_number, 5, "0*b11"},
      {"0o17", Code::incomplete_number, 1, "0*o17"},
      {"ｘ + 1", Code::look_alike_character, 1, "x"},
      {"a + bｘ", Code::look_alike_character, 6, "x"},
      {"A^-1'", Code::prime_after_number, 5, "(A^-1)'"},
      {"2'", Code::prime_after_number, 2, "transpose"},
      {"A.T", Code::transpose_spelling, 2, "A'"},
      {"x.'", Code::transpose_spelling, 2, "x'"},
      {"sum(i in 1:n) a[i]", Code::index_before_body, 5, "sum(… for i in …)"},
      {"sin x", Code::call_without_parentheses, 1, "sin(x)"},
      {"2*sin x + 1", Code::call_without_parentheses, 3, "sin(x)"},
      {"(sin x)", Code::call_without_parentheses, 2, "sin(x)"},
      {"sin^2(x)", Code::call_without_parentheses, 1, "sin(x)^2"},
      {"sin²(x)", Code::call_without_parentheses, 1, "sin(x)²"},
      {"if x = 1 then 0 else 1", Code::assignment_for_equality, 6, "=="},
      {"assert a = b", Code::assignment_for_equality, 10, "=="},
      {"(a = b)", Code::assignment_for_equality, 4, "=="},
      {"r = a = b", Code::assignment_for_equality, 7, "=="},
  });
}

TEST_CASE("missing operands and operators") {
  check_errors({
      {"x + * y", Code::missing_operand, 5, ""},
      {"x +", Code::missing_operand, 3, "brackets"},
      {"x + \ny", Code::missing_operand, 3, "brackets"},
      {"* x", Code::missing_operand, 1, ""},
      {"x = ", Code::missing_operand, 3, ""},
      {"(x + ) * 2", Code::missing_operand, 4, ""},
      {"f()", Code::missing_operand, 2, ""},
      {"()", Code::missing_operand, 1, ""},
      {"x[]", Code::missing_operand, 2, ""},
      {"f(,x)", Code::missing_operand, 3, ""},
      {"f(x,,y)", Code::missing_operand, 5, ""},
      {"x[:n]", Code::missing_operand, 3, "1:n"},
      {"[]", Code::empty_brackets, 1, ""},
      {"f(x,)", Code::trailing_comma, 4, ""},
      {"[1, 2, ]", Code::trailing_comma, 6, ""},
      {"[1; 2; ]", Code::trailing_comma, 6, ""},
      {"x y", Code::missing_operator, 3, "x*y"},
      {"2 x", Code::missing_operator, 3, "2*x"},
      {"x 2", Code::missing_operator, 3, "x*2"},
      {"(a)(b)", Code::missing_operator, 4, "*"},
      {"(a) b", Code::missing_operator, 5, "*"},
      {"(f)(b)", Code::missing_operator, 4, "*"},
      {"[1 2]", Code::missing_operator, 4, ","},
      {"x!(y)", Code::missing_operator, 3, ""},
      {"2[1]", Code::missing_operator, 2, ""},
      {"2 (x)", Code::missing_operator, 3, "*"},
      {"!x", Code::foreign_spelling, 1, "not"},
      {
          "a \"b\"",
          Code::unexpected_token,
          3,
          "",
      },
      {"\"b\"", Code::unexpected_token, 1, ""},
  });
}

TEST_CASE("brackets, bars and words out of place") {
  check_errors({
      {"sin(x", Code::unclosed_bracket, 6, ""},
      {"(a + (b)", Code::unclosed_bracket, 9, ""},
      {"[1, 2)", Code::unclosed_bracket, 6, ""},
      {"f(x; y)", Code::unclosed_bracket, 4, ""},
      {"f(x]", Code::unclosed_bracket, 4, ""},
      {"x + 1)", Code::unexpected_closing, 6, ""},
      {"]", Code::unexpected_closing, 1, ""},
      {"(a, b)", Code::unexpected_token, 3, "[a; b]"},
      {"a, b", Code::unexpected_token, 2, "[a; b]"},
      {"|x", Code::malformed_bars, 1, ""},
      {"x|", Code::malformed_bars, 2, ""},
      {"|x + |y||", Code::malformed_bars, 6, "abs"},
      {"||x||", Code::malformed_bars, 2, "norm2"},
      {"x || y", Code::malformed_bars, 3, "or"},
      {"|x‖", Code::malformed_bars, 3, ""},
      {"(|x)|", Code::malformed_bars, 2, ""},
      {"if a then b", Code::unexpected_end, 12, "else"},
      {"if a", Code::unexpected_end, 5, "then"},
      {"(if a then b)", Code::unexpected_token, 13, "else"},
      {"a + if b then c else d", Code::misplaced_word, 5, "parentheses"},
      {"2*not b", Code::misplaced_word, 3, "parentheses"},
      {"then 1", Code::misplaced_word, 1, "if c then a else b"},
      {"x else 1", Code::misplaced_word, 3, ""},
      {"a if b else c", Code::misplaced_word, 3, "then"},
      {"x in y", Code::misplaced_word, 3, ""},
      {"let x = 1", Code::reserved_word, 1, ""},
      {"x for i in 1:n", Code::malformed_comprehension, 3, "sum("},
      {"(x for i in 1:n)", Code::malformed_comprehension, 4, ""},
      {"sum(a, b for i in 1:n)", Code::malformed_comprehension, 10, ""},
      {"sum(a for i in 1:n for j in 1:m)", Code::malformed_comprehension, 20, ","},
      {"sum(a for i in 1:n, b)", Code::not_an_index, 22, "in"},
      {"sum(a for i in 1:n if i > 1, j in 1:n)", Code::malformed_comprehension, 28, ""},
      {"sum(a for i = 1:n)", Code::not_an_index, 13, "in"},
      {"sum(a for 3 in 1:n)", Code::not_an_index, 11, ""},
      {"sum(a for if in 1:n)", Code::reserved_word, 11, ""},
      {"f(k = 1, x)", Code::positional_after_keyword, 10, ""},
      {"end + 1", Code::misplaced_end, 1, "x[end]"},
      {"1:2:3", Code::unexpected_token, 4, ""},
      {"x where", Code::unexpected_token, 8, "where"},
      {"x where t", Code::unexpected_token, 10, "="},
      {"∂f", Code::unexpected_token, 3, "∂f/∂x"},
      {"∂²f/∂x", Code::unexpected_token, 1, ""},
      {"∂f/∂2", Code::unexpected_token, 5, ""},
      {"∇-f", Code::misplaced_word, 2, "parentheses"},
  });
}

TEST_CASE("malformed statements") {
  check_errors({
      {"var x vector[n]", Code::unknown_property, 7, "var x : vector[n]"},
      {"var x : vectr[n]", Code::unknown_property, 9, "vector"},
      {"var S : matrix[n, n] symetric", Code::unknown_property, 22, "symmetric"},
      {"var x : vector", Code::malformed_declaration, 15, ""},
      {"var x : matrix[n]", Code::malformed_declaration, 9, ""},
      {"var x :", Code::malformed_declaration, 8, "scalar"},
      {"var", Code::malformed_declaration, 4, ""},
      {"dim 3", Code::malformed_declaration, 5, ""},
      {"dim n : scalar", Code::malformed_declaration, 7, ">="},
      {"var x = 3", Code::malformed_declaration, 7, "const"},
      {"dim n >= 2, d", Code::malformed_declaration, 11, "dim n >= 2; dim d"},
      {"var x, x", Code::duplicate_name, 8, ""},
      {"var x,", Code::malformed_declaration, 7, ""},
      {"var in", Code::reserved_word, 5, ""},
      {"var end", Code::reserved_word, 5, ""},
      {"var for : scalar", Code::reserved_word, 5, ""},
      {"param l : scalar >=", Code::missing_operand, 18, ""},
      {"param l : scalar in 0, 1", Code::malformed_declaration, 21, "in (a, b)"},
      {"param l : scalar in (0; 1)", Code::malformed_declaration, 23, ""},
      {"const c", Code::malformed_declaration, 8, ""},
      {"const 3 = c", Code::malformed_declaration, 7, ""},
      {"fun g", Code::malformed_declaration, 6, ""},
      {"fun g(scalar)", Code::malformed_declaration, 14, ""},
      {"fun g() : scalar", Code::malformed_declaration, 7, "scalar"},
      {"import x", Code::malformed_declaration, 8, ""},
      {"import \"a", Code::unterminated_string, 8, ""},
      {"derive f wrt x", Code::malformed_declaration, 15, ""},
      {"derive f wrt x : gradient", Code::unknown_output, 18, "grad"},
      {"derive f wrt x : value, hes", Code::unknown_output, 25, "hess"},
      {"x + 1 = 2", Code::malformed_definition, 1, "=="},
      {"2 = x", Code::malformed_definition, 1, ""},
      {"f(2) = 3", Code::malformed_definition, 1, "f(x)"},
      {"(r) = 3", Code::malformed_definition, 1, ""},
      {"= 3", Code::malformed_definition, 1, ""},
      {"f(x, x) = 2", Code::duplicate_name, 6, ""},
      {"f(x: vektor[n]) = 2", Code::unknown_property, 6, "vector"},
      {"f(in) = 2", Code::misplaced_word, 3, ""},
  });
}

TEST_CASE("a note shows the opening bracket") {
  const ParsedText p = statements("sin(x + (2)");
  REQUIRE(p.errors.size() == 1);
  REQUIRE(p.errors[0].notes.size() == 1);
  CHECK(p.errors[0].notes[0].span == Span{3, 4});
}

TEST_CASE("expression texts") {
  CHECK(tree("\n x +\n 1 \n") == "(sum x +1)");
  const auto code_of = [](const std::string& text) {
    try {
      parse_expression(text);
    } catch (const Failure& f) {
      return spelling(f.diagnostic.code);
    }
    return std::string("none");
  };
  CHECK(code_of("") == spelling(Code::missing_operand));
  CHECK(code_of(" # nothing") == spelling(Code::missing_operand));
  CHECK(code_of("x; y") == spelling(Code::several_statements));
  CHECK(code_of("var x") == spelling(Code::unexpected_statement));
  CHECK(code_of("x = 1") == spelling(Code::assignment_for_equality));
  CHECK(code_of("x)") == spelling(Code::unexpected_closing));
  CHECK(code_of("x\ny") == spelling(Code::missing_operator));
}

TEST_CASE("reading goes on after an error, statement by statement") {
  const ParsedText p = statements("x + * y\ny + 1\nsin(x y\nz = 2; 3 +; w\nvar q\n@ 4\nf(x +\nvar t\nu");
  std::vector<std::string> codes;
  for (const Diagnostic& d : p.errors) codes.push_back(std::string(info(d.code).name));
  CHECK(codes == std::vector<std::string>{"missing_operand", "missing_operator", "missing_operand",
                                          "stray_character", "missing_operator"});
  std::string kinds;
  for (const Statement& s : p.statements) kinds += s.kind == StatementKind::invalid ? '!' : '.';
  CHECK(kinds == "!.!.!..!!.");
  CHECK(!p.incomplete);
  CHECK(statements("a = [1 2;\n 3, 4]\ny = 5").statements.size() == 2);
  CHECK(statements("sin(x + 2\ny = 3").statements.size() == 2);
  CHECK(statements("(\n\n@\n)\n1/2x\n").errors.size() == 2);
  // An open bracket reaches no further than a line that begins with a declaration.
  const ParsedText open = statements("f(x y\nvar q\nz)\n");
  CHECK(open.errors.size() == 2);
  CHECK(open.declarations.size() == 1);
  std::string many;
  for (int i = 0; i < 3000; ++i) many += "+\n";
  CHECK(statements(many).errors.size() == most_errors);
}

TEST_CASE("a text that only lacks its end is incomplete") {
  for (const char* text : {"f(x", "[1, 2;\n", "sin(x +", "var x : matrix[n,", "/* note", "x = (1 +\n  2",
                           "f(", "sum(x[i] for i in 1:n", "(if a then b", "x[i,"}) {
    CAPTURE(text);
    CHECK(statements(text).incomplete);
  }
  for (const char* text : {"f(x)", "x +", "f(x))", "1/2x + (", "f(x y\n(", "", "if a then b"}) {
    CAPTURE(text);
    CHECK(!statements(text).incomplete);
  }
}

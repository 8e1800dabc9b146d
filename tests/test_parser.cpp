// The parser: precedence and the reading of each construction (docs/language.md rules), each promised error
// with its place, recovery and limits.
#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "parser/nearest.h"
#include "parser/parse.h"
#include "parser/unicode.h"

using namespace nabla;

namespace {

const char* op_text(Op op) {
  switch (op) {
    case Op::plus:
      return "+";
    case Op::minus:
      return "-";
    case Op::dot_plus:
      return ".+";
    case Op::dot_minus:
      return ".-";
    case Op::times:
      return "*";
    case Op::juxtaposed:
      return "_";
    case Op::divide:
      return "/";
    case Op::left_divide:
      return "\\";
    case Op::dot_times:
      return ".*";
    case Op::dot_divide:
      return "./";
    case Op::kron:
      return "kron";
    case Op::cdot:
      return "dot";
    case Op::cross:
      return "cross";
    case Op::power:
      return "^";
    case Op::dot_power:
      return ".^";
    case Op::less:
      return "<";
    case Op::less_equal:
      return "<=";
    case Op::equal:
      return "==";
    case Op::not_equal:
      return "!=";
    case Op::greater:
      return ">";
    case Op::greater_equal:
      return ">=";
    case Op::new_row:
      return ";";
    case Op::index:
      return "for";
    case Op::guard:
      return "if";
    default:
      return "";
  }
}

const char* kind_text(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::sum:
      return "sum";
    case SyntaxKind::product:
      return "product";
    case SyntaxKind::power:
      return "power";
    case SyntaxKind::negate:
      return "neg";
    case SyntaxKind::transpose:
      return "t";
    case SyntaxKind::ctranspose:
      return "h";
    case SyntaxKind::bars:
      return "bars";
    case SyntaxKind::range:
      return "range";
    case SyntaxKind::compare:
      return "compare";
    case SyntaxKind::logical_not:
      return "not";
    case SyntaxKind::logical_and:
      return "and";
    case SyntaxKind::logical_or:
      return "or";
    case SyntaxKind::conditional:
      return "if";
    case SyntaxKind::where:
      return "where";
    case SyntaxKind::call:
      return "call";
    case SyntaxKind::keyword_argument:
      return "key";
    case SyntaxKind::index:
      return "index";
    case SyntaxKind::array:
      return "array";
    case SyntaxKind::comprehension:
      return "for";
    case SyntaxKind::partial:
      return "partial";
    default:
      return "?";
  }
}

std::string show(const SyntaxTree& t, NodeId n) {
  switch (t.kind(n)) {
    case SyntaxKind::name:
      return std::string(t.name(n));
    case SyntaxKind::primed_name:
      return std::string(t.name(n)) + std::string(t.prime_count(n), '\'');
    case SyntaxKind::number:
      return std::string(t.literal(n));
    case SyntaxKind::integer:
      return "#" + std::to_string(t.value(n));
    case SyntaxKind::all:
      return ":";
    case SyntaxKind::end:
      return "end";
    default:
      break;
  }
  std::string out = std::string("(") + kind_text(t.kind(n));
  for (const Operand& o : t.operands(n)) out += std::string(" ") + op_text(o.op()) + show(t, o.node);
  return out + ")";
}

std::string tree(const std::string& text) {
  const ParsedText p = parse_expression(text);
  return show(p.tree, p.statements.at(0).root);
}

ParsedText statements(const std::string& text, const Limits& limits = {}) {
  return parse_statements(make_source("t.nabla", text), limits);
}

// Every node is the operand of one node or a root, after its operands, with a span around theirs.
void check_tree(const ParsedText& p) {
  const SyntaxTree& t = p.tree;
  for (const Statement& s : p.statements) {
    REQUIRE(s.span.begin <= s.span.end);
    REQUIRE(s.span.end <= t.source().text.size());
    if (s.kind == StatementKind::invalid || s.root == no_node) continue;
    std::vector<int> used(s.root + 1, 0);
    for (NodeId n = s.first_node; n <= s.root; ++n) {
      REQUIRE(t.span(n).begin < t.span(n).end);
      REQUIRE(t.span(n).end <= s.span.end);
      REQUIRE(t.span(n).begin >= s.span.begin);
      for (const Operand& o : t.operands(n)) {
        REQUIRE(o.node < n);
        ++used[o.node];
        REQUIRE(t.span(o.node).begin >= t.span(n).begin);
        REQUIRE(t.span(o.node).end <= t.span(n).end);
      }
    }
    if (s.kind != StatementKind::expression) continue;
    for (NodeId n = s.first_node; n < s.root; ++n) REQUIRE(used[n] == 1);
  }
}

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

TEST_CASE("precedence, from the table of the language") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a+b*c", "(sum a +(product b *c))"},
      {"a-b-c+d", "(sum a -b -c +d)"},
      {"a*b/c\\d", "(product a *b /c \\d)"},
      {"a-(b-c)", "(sum a -(sum b -c))"},
      {"(a+b)+c", "(sum (sum a +b) +c)"},
      {"2^3^2", "(power 2 ^(power 3 ^2))"},
      {"2.^3^2", "(power 2 .^(power 3 ^2))"},
      {"-x^2", "(neg (power x ^2))"},
      {"2^-x", "(power 2 ^(neg x))"},
      {"2^-x^2", "(power 2 ^(neg (power x ^2)))"},
      {"2^-x*y", "(product (power 2 ^(neg x)) *y)"},
      {"-x*y", "(product (neg x) *y)"},
      {"a*-b", "(product a *(neg b))"},
      {"a - -b", "(sum a -(neg b))"},
      {"+x", "x"},
      {"--x", "(neg (neg x))"},
      {"1./x", "(product 1 ./x)"},
      {"a.*b./c", "(product a .*b ./c)"},
      {"a.+b.-c", "(sum a .+b .-c)"},
      {"a⊗b", "(product a kronb)"},
      {"a·b×c", "(product a dotb crossc)"},
      {"a**2", "(power a ^2)"},
      {"x'*y", "(product (t x) *y)"},
      {"x*y'", "(product x *(t y))"},
      {"x'*A*x", "(product (t x) *A *x)"},
      {"A^-1*b", "(product (power A ^(neg 1)) *b)"},
      {"(A^-1)'", "(t (power A ^(neg 1)))"},
      {"A''", "(t (t A))"},
      {"x'^2", "(power (t x) ^2)"},
      {"x^y'", "(power x ^(t y))"},
      {"Aᵀ*Bᴴ", "(product (t A) *(h B))"},
      {"A⁻¹", "(power A ^(neg #1))"},
      {"-x²", "(neg (power x ^#2))"},
      {"x¹²", "(power x ^#12)"},
      {"2²", "(power 2 ^#2)"},
      {"x!", "(call factorial x)"},
      {"x!^2", "(power (call factorial x) ^2)"},
      {"2x", "(product 2 _x)"},
      {"2x^2", "(product 2 _(power x ^2))"},
      {"2x*3y", "(product 2 _x *3 _y)"},
      {"-2x", "(product (neg 2) _x)"},
      {"3(x+1)", "(product 3 _(sum x +1))"},
      {"2sin(x)", "(product 2 _(call sin x))"},
      {"2exp(x)", "(product 2 _(call exp x))"},
      {"2√x", "(product 2 _(call sqrt x))"},
      {"2e-3", "2e-3"},
      {"2e5x", "(product 2e5 _x)"},
      {"2pi", "(product 2 _pi)"},
      {"√x^2", "(call sqrt (power x ^2))"},
      {"√x*y", "(product (call sqrt x) *y)"},
      {"2^√3", "(power 2 ^(call sqrt 3))"},
      {"∛(x)", "(call cbrt x)"},
      {"a:b+1", "(range a (sum b +1))"},
      {"a < b+1 <= c", "(compare a <(sum b +1) <=c)"},
      {"a == b != c", "(compare a ==b !=c)"},
      {"(a < b) == c", "(compare (compare a <b) ==c)"},
      {"not a < b and c > d or e", "(or (and (not (compare a <b)) (compare c >d)) e)"},
      {"a or b and not c", "(or a (and b (not c)))"},
      {"a or b or c", "(or a b c)"},
      {"not not a", "(not (not a))"},
      {"if a then b else c", "(if a b c)"},
      {"if a then b else c + d", "(if a b (sum c +d))"},
      {"if a then b else if c then d else e", "(if a b (if c d e))"},
      {"if a then if b then c else d else e", "(if a (if b c d) e)"},
      {"if if a then b else c then d else e", "(if (if a b c) d e)"},
      {"1 + (if a < 0 then 1 else 2)", "(sum 1 +(if (compare a <0) 1 2))"},
      {"a + t where t = 2", "(where (sum a +t) t 2)"},
      {"a where s = 2*b, t = s + 1", "(where a s (product 2 *b) t (sum s +1))"},
      {"if a then b else c where t = 2", "(where (if a b c) t 2)"},
      {"a where s = 1 where t = 2", "(where (where a s 1) t 2)"},
      {"a where s = if b then 1 else 2", "(where a s (if b 1 2))"},
      {"|x|", "(bars x)"},
      {"|x| + |y|", "(sum (bars x) +(bars y))"},
      {"|x + (|y|)|", "(bars (sum x +(bars y)))"},
      {"2*|x|", "(product 2 *(bars x))"},
      {"|-x|", "(bars (neg x))"},
      {"f(|x|, |y|)", "(call f (bars x) (bars y))"},
      {"‖x‖^2", "(power (call norm2 x) ^2)"},
      {"λ + lambda", "(sum lambda +lambda)"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(tree(text) == expected);
    check_tree(statements(text));
  }
}

TEST_CASE("calls, indices, arrays and comprehensions") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"f(x, y+1)", "(call f x (sum y +1))"},
      {"f(x)'", "(t (call f x))"},
      {"f(g(x))", "(call f (call g x))"},
      {"f (x)", "(call f x)"},
      {"g'(x)", "(call g' x)"},
      {"g''(x, y)", "(call g'' x y)"},
      {"x'", "(t x)"},
      {"x'[1]", "(index (t x) 1)"},
      {"D(g,1,2)(x,y)", "(call (call D g 1 2) x y)"},
      {"grad(f)([1;2])", "(call (call grad f) (array ;1 ;2))"},
      {"taylor(e, x = a, n)", "(call taylor e (key x a) n)"},
      {"limit(e, x = a, left)", "(call limit e (key x a) left)"},
      {"subs(e, x = a, y = b+1)", "(call subs e (key x a) (key y (sum b +1)))"},
      {"eval(e, digits = 30)", "(call eval e (key digits 30))"},
      {"softmax(A, dim = 1)", "(call softmax A (key dim 1))"},
      {"subs(x, x = a where a = 2, y = 3)", "(call subs x (key x (where a a 2)) (key y 3))"},
      {"x[i]", "(index x i)"},
      {"A[i, :]", "(index A i :)"},
      {"A[:, 1]", "(index A : 1)"},
      {"A[:]", "(index A :)"},
      {"x[2:n]", "(index x (range 2 n))"},
      {"x[end-1]", "(index x (sum end -1))"},
      {"x[2:end]", "(index x (range 2 end))"},
      {"x[y[end]+end]", "(index x (sum (index y end) +end))"},
      {"x[k[i]]", "(index x (index k i))"},
      {"(x+y)[1]", "(index (sum x +y) 1)"},
      {"f(x)[1][2]", "(index (index (call f x) 1) 2)"},
      {"[a, b]", "(array ;a b)"},
      {"[a; b]", "(array ;a ;b)"},
      {"[1, 2; 3, 4]", "(array ;1 2 ;3 4)"},
      {"[A, B; C, D]'", "(t (array ;A B ;C D))"},
      {"[1,\n 2;\n 3, 4]", "(array ;1 2 ;3 4)"},
      {"sum(x[i] for i in 1:n)", "(call sum (for (index x i) fori (range 1 n)))"},
      {"sum(e for i in 1:n, j in 1:i if j != i)",
       "(call sum (for e fori (range 1 n) forj (range 1 i) if(compare j !=i)))"},
      {"[i+j for i in 1:n, j in 1:m]", "(array ;(for (sum i +j) fori (range 1 n) forj (range 1 m)))"},
      {"sum(if i > 1 then a else b for i in 1:n)",
       "(call sum (for (if (compare i >1) a b) fori (range 1 n)))"},
      {"sum(x for i ∈ 1:n)", "(call sum (for x fori (range 1 n)))"},
      {"sum(sum(a for i in 1:n) for j in 1:m)",
       "(call sum (for (call sum (for a fori (range 1 n))) forj (range 1 m)))"},
      {"Σ(x[i] for i in 1:n)", "(call sum (for (index x i) fori (range 1 n)))"},
      {"∏(i for i in 1:n)", "(call prod (for i fori (range 1 n)))"},
      {"∇f", "(call grad f)"},
      {"∇f(x)", "(call grad (call f x))"},
      {"∇f + g", "(sum (call grad f) +g)"},
      {"∇²f", "(call hess f)"},
      {"∇·F", "(call div F)"},
      {"∇×F", "(call curl F)"},
      {"∂f/∂x", "(partial f x)"},
      {"∂f(x)/∂x*2", "(product (partial (call f x) x) *2)"},
      {"∂(x^2*y)/∂y", "(partial (product (power x ^2) *y) y)"},
      {"∂²f/∂x∂y", "(partial f x y)"},
      {"∂³f/∂x²∂y", "(partial f x x y)"},
      {"a/(∂f/∂x)", "(product a /(partial f x))"},
      {"2∂f/∂x", "(product 2 _(partial f x))"},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(tree(text) == expected);
    check_tree(statements(text));
  }
}

TEST_CASE("operators know where they stand") {
  const std::string text = "a ≤ b";
  const ParsedText p = parse_expression(text);
  const Operand b = p.tree.operands(p.statements[0].root)[1];
  CHECK(p.tree.text(p.tree.operator_span(b)) == "≤");
  const ParsedText q = parse_expression("3x ** 2");
  const auto factors = q.tree.operands(q.statements[0].root);
  CHECK(q.tree.operator_span(factors[1]) == Span{1, 1});
  CHECK(q.tree.text(q.tree.operator_span(q.tree.operands(factors[1].node)[1])) == "**");
  CHECK(q.tree.text(factors[1].node) == "x ** 2");
  const ParsedText r = parse_expression("((x)) + 1");
  CHECK(r.tree.text(r.tree.operand(r.statements[0].root, 0)) == "((x))");
}

TEST_CASE("statements") {
  const std::string text =
      "dim n, d\n"
      "dim m >= 2; param X : matrix[n, d]  # data\r\n"
      "param k : vector[n] integer in [1, d]\n"
      "var x, y, z\n"
      "var S : matrix[n,n] spd\n"
      "param l : scalar >= 0\n"
      "param q : scalar > 0 <= 2*l in (0, 1] != 1/2\n"
      "var Z : matrix[n, n] complex; var T : tensor[n, d, 3]; var r0 : row[n-1]\n"
      "const c = 3/2\n"
      "f(w) = w'*w\n"
      "g(w: vector[d], S: matrix[n,n] spd, t) = t\n"
      "r = X*w - y\n"
      "fun h(scalar, vector[n]) : scalar\n"
      "import \"common.nabla\"\n"
      "derive f wrt w, x : value, grad, hess, hvp\n"
      "derive f : jac, jvp, vjp, batch\n"
      "assert grad(f, w) == X'*r\n"
      "x + 1\n"
      "dim = 3; var(x)";
  const ParsedText p = statements(text);
  for (const Diagnostic& d : p.errors) FAIL_CHECK(d.message << " at " << d.span.begin);
  check_tree(p);
  CHECK(p.statements.size() == 23);
  REQUIRE(p.declarations.size() == 11);
  CHECK(p.declarations[0].word == DeclarationWord::dim);
  CHECK(p.declarations[0].names.size() == 2);
  CHECK(p.declarations[1].type.properties.at(0).kind == PropertyKind::greater_equal);
  CHECK(p.declarations[2].type.shape.word == ShapeWord::matrix);
  const Declaration& k = p.declarations[3];
  REQUIRE(k.type.properties.size() == 2);
  CHECK(k.type.properties[0].kind == PropertyKind::integer);
  CHECK(k.type.properties[1].kind == PropertyKind::interval);
  CHECK(!k.type.properties[1].low_open);
  CHECK(show(p.tree, k.type.properties[1].high) == "d");
  CHECK(p.declarations[4].type.shape.word == ShapeWord::none);
  CHECK(p.declarations[5].type.properties.at(0).word == "spd");
  const auto& q = p.declarations[7].type.properties;
  REQUIRE(q.size() == 4);
  CHECK(show(p.tree, q[1].high) == "(product 2 *l)");
  CHECK(q[2].low_open);
  CHECK(!q[2].high_open);
  CHECK(show(p.tree, q[3].low) == "(product 1 /2)");
  CHECK(p.declarations[8].type.properties.at(0).kind == PropertyKind::complex);
  CHECK(p.declarations[9].type.shape.extents.size() == 3);
  REQUIRE(p.definitions.size() == 5);
  CHECK(p.definitions[0].is_const);
  CHECK(p.definitions[1].is_function);
  REQUIRE(p.definitions[2].parameters.size() == 3);
  CHECK(p.definitions[2].parameters[0].type.shape.word == ShapeWord::vector);
  CHECK(p.definitions[2].parameters[1].type.properties.at(0).word == "spd");
  CHECK(p.definitions[2].parameters[2].type.shape.word == ShapeWord::none);
  CHECK(!p.definitions[3].is_function);
  CHECK(p.functions.at(0).parameters.size() == 2);
  CHECK(p.functions[0].result.word == ShapeWord::scalar);
  CHECK(p.imports.at(0).path == "common.nabla");
  REQUIRE(p.derives.size() == 2);
  CHECK(p.derives[0].variables.size() == 2);
  CHECK(p.derives[0].outputs.at(3).output == Output::hvp);
  CHECK(p.derives[1].variables.empty());
  CHECK(p.derives[1].outputs.at(3).output == Output::batch);
  CHECK(p.statements.at(19).kind == StatementKind::assertion);
  CHECK(p.tree.text(p.statements[20].span) == "x + 1");
}

TEST_CASE("every promised error of the language, with code and column") {
  check_errors({
      {"1/2x", Code::ambiguous_product, 1, "1/2*x or 1/(2*x)"},
      {"a + 1/2x", Code::ambiguous_product, 5, "1/2*x or 1/(2*x)"},
      {"1/2sin(x)", Code::ambiguous_product, 1, "1/2*sin(…) or 1/(2*sin(…))"},
      {"a/3(x+1)", Code::ambiguous_product, 1, "a/3*(…) or a/(3*(…))"},
      {"1/-2x", Code::ambiguous_product, 1, "1/-2*x or 1/(-2*x)"},
      {"a./2x", Code::ambiguous_product, 1, "a./2*x"},
      {"2^3x", Code::ambiguous_product, 1, "2^3*x or 2^(3*x)"},
      {"√2x", Code::ambiguous_product, 1, "√2*x or √(2*x)"},
      {"2e", Code::incomplete_number, 1, "2*e"},
      {"x + 2e", Code::incomplete_number, 5, "2*e"},
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
      {"then 1", Code::missing_operand, 1, ""},
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
      {"var x vector[n]", Code::unknown_property, 7, "':'"},
      {"var x : vectr[n]", Code::unknown_property, 9, "vector"},
      {"var S : matrix[n, n] symetric", Code::unknown_property, 22, "symmetric"},
      {"var x : vector", Code::malformed_declaration, 15, ""},
      {"var x : matrix[n]", Code::malformed_declaration, 9, ""},
      {"var x :", Code::malformed_declaration, 8, "scalar"},
      {"var", Code::malformed_declaration, 4, ""},
      {"dim 3", Code::malformed_declaration, 5, ""},
      {"dim n : scalar", Code::malformed_declaration, 7, ">="},
      {"var x = 3", Code::malformed_declaration, 7, "const"},
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

TEST_CASE("line ends, byte order mark, comments, empty texts") {
  CHECK(statements("").statements.empty());
  CHECK(statements("\xEF\xBB\xBF").statements.empty());
  CHECK(statements(" \n\t;;\r\n# c\n/* d */\n").statements.empty());
  CHECK(statements("\xEF\xBB\xBFx = 1\r\ny = 2\rz = 3").statements.size() == 3);
  CHECK(statements("f(x,\r\n  y)").errors.empty());
  CHECK(statements("a /* \n */ + b").statements.size() == 1);
  CHECK(statements("a # + b\n- c").statements.size() == 2);
}

TEST_CASE("limits, at their value and one past it") {
  const auto errors = [](const std::string& text, const Limits& limits) {
    const ParsedText p = statements(text, limits);
    return p.errors.empty() ? std::string("none") : std::string(info(p.errors[0].code).name);
  };
  Limits few;
  few.input_bytes = 5;
  CHECK(errors("x + y", few) == "none");
  CHECK(errors("x + yy", few) == "input_too_large");
  few = {};
  few.tokens = 4;  // the end of the text is one
  CHECK(errors("x + y", few) == "none");
  CHECK(errors("x + y'", few) == "too_many_tokens");
  CHECK(errors("x\ny\nz\n", few) == "too_many_tokens");
  few = {};
  few.arguments = 3;
  CHECK(errors("f(a, b, c)", few) == "none");
  CHECK(errors("f(a, b, c, d)", few) == "too_many_arguments");
  CHECK(errors("[a; b; c]", few) == "none");
  CHECK(errors("[a; b; c; d]", few) == "too_many_arguments");
  CHECK(errors("T[1, 2, 3]", few) == "none");
  CHECK(errors("T[1, 2, 3, 4]", few) == "too_many_arguments");
  CHECK(errors("var a, b, c", few) == "none");
  CHECK(errors("var a, b, c, d", few) == "too_many_arguments");
  CHECK(errors("a + b + c + d + e", few) == "none");
  few = {};
  few.nodes = 3;
  CHECK(errors("a + b", few) == "none");
  CHECK(errors("a + -b", few) == "node_limit");
  few = {};
  few.literal_digits = 5;
  CHECK(errors("12345 + 0.1234 + 1e4 + 1e-5 + 00000001", few) == "none");
  for (const char* text : {"123456", "1.23456", "1e5", "1e-6", "12e4", "1e99999999999999999999"}) {
    CHECK(errors(text, few) == "literal_too_long");
  }
  CHECK(errors("1e9999", {}) == "none");
  CHECK(errors("1e10000", {}) == "literal_too_long");
  CHECK(errors(std::string(10000, '9'), {}) == "none");
  CHECK(errors(std::string(10001, '9'), {}) == "literal_too_long");
  CHECK(errors("∂⁶⁴f/∂x⁶⁴", {}) == "none");
  CHECK(errors("∂⁶⁵f/∂x⁶⁵", {}) == "order_too_large");
}

TEST_CASE("nesting is bounded and costs no machine stack") {
  const auto nested = [](const std::string& open, const std::string& close, size_t n) {
    std::string text;
    for (size_t i = 0; i < n; ++i) text += open;
    text += "x";
    for (size_t i = 0; i < n; ++i) text += close;
    return text;
  };
  struct Row {
    std::string open, close;
  };
  const std::vector<Row> rows = {{"(", ")"},   {"sin(", ")"},  {"[", "]"}, {"x[", "]"},
                                 {"-", ""},    {"2^", ""},     {"√", ""},  {"if x > 0 then 1 else ", ""},
                                 {"not ", ""}, {"(1+2*", ")"}, {"+", ""}};
  for (const Row& row : rows) {
    CAPTURE(row.open);
    CHECK(statements(nested(row.open, row.close, 10'000)).errors.empty());
    const ParsedText p = statements(nested(row.open, row.close, 10'001));
    REQUIRE(!p.errors.empty());
    CHECK(p.errors[0].code == Code::nesting_too_deep);
  }
  const ParsedText p = statements(nested("(", ")", 100'000));
  REQUIRE(p.errors.size() == 1);
  CHECK(p.errors[0].span == Span{10'000, 10'001});
  // Chains and postfix operators do not nest.
  std::string sum = "x", primes = "A";
  for (int i = 0; i < 100'000; ++i) {
    sum += "+x";
    primes += "'";
  }
  CHECK(statements(sum).errors.empty());
  CHECK(statements(primes).errors.empty());
  CHECK(statements(nested("f(", ")", 5'000)).statements.size() == 1);
}

TEST_CASE("random texts never crash, and every place is inside the text") {
  const std::vector<std::string> pieces = {
      "x",      "y1",      "sin",     "2",        "1.5",   "e",      "(",      ")",
      "[",      "]",       ",",       ";",        ":",     "\n",     "+",      "-",
      "*",      "/",       "^",       "'",        "|",     "‖",      "=",      "==",
      "<",      " ",       " ",       "for",      "in",    "if",     "then",   "else",
      "and",    "not",     "where",   "wrt",      "var ",  "dim ",   "param ", "fun ",
      "const ", "derive ", "assert ", "import ",  "\"a\"", "scalar", "vector", "matrix",
      "end",    "²",       "⁻¹",      "∇",        "∂",     "√",      "ᵀ",      ".*",
      "!",      "#c\n",    "/*",      "*/",       "\xff",  "λ",      "Σ(",     " for i in 1:n",
      "value",  "let",     "> 0",     "in (0,1)", ".T",    "2e"};
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const size_t length = random() % 24;
    for (size_t i = 0; i < length; ++i) {
      if (round % 4 == 0) {
        text += static_cast<char>(random() % 256);
      } else {
        text += pieces[random() % pieces.size()];
        if (round % 2 == 0) text += ' ';
      }
    }
    CAPTURE(text);
    const ParsedText p = statements(text);
    check_tree(p);
    for (const Diagnostic& d : p.errors) {
      REQUIRE(d.span.begin <= d.span.end);
      REQUIRE(d.span.end <= text.size());
      REQUIRE(!d.message.empty());
    }
    try {
      parse_expression(text);
    } catch (const Failure& f) {
      REQUIRE(f.diagnostic.span.end <= text.size());
    }
  }
}

TEST_CASE("the nearest name") {
  const std::vector<std::string_view> names = {"lambda", "sin", "cos", "sinh", "sum", "x", "y"};
  CHECK(nearest("lamda", names) == "lambda");
  CHECK(nearest("sni", names) == "sin");
  CHECK(nearest("sinn", names) == "sin");
  CHECK(nearest("smu", names) == "sum");
  CHECK(nearest("z", names).empty());
  CHECK(nearest("gamma", names).empty());
  CHECK(did_you_mean("cso", names) == "did you mean 'cos'?");
  CHECK(did_you_mean("zzzzz", names).empty());
  CHECK(edit_distance("ab", "ba", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("λx", "μx", 3) == 1);
  CHECK(edit_distance("aaaa", "bbbb", 2) == 3);
}

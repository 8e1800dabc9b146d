// The parser: precedence and the reading of each construction (docs/language.md rules), limits, and texts
// at random.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "parser/nearest.h"
#include "parser/parse.h"
#include "tests/syntax_text.h"

using namespace nabla;
using namespace nabla::test;

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
  // At one edit from sign, sin and sinh: doubled or swapped letters first, then the longest common beginning.
  const std::vector<std::string_view> signs = {"sign", "sin", "sinh", "log", "tr", "hess"};
  CHECK(nearest("sinn", signs) == "sin");
  CHECK(nearest("sihn", signs) == "sinh");
  CHECK(nearest("siggn", signs) == "sign");
  // What they are called elsewhere, if it is among the names.
  CHECK(nearest("ln", signs) == "log");
  CHECK(nearest("trace", signs) == "tr");
  CHECK(nearest("hessian", signs) == "hess");
  CHECK(nearest("arcsin", signs).empty());
  CHECK(did_you_mean("cso", names) == "did you mean 'cos'?");
  CHECK(did_you_mean("zzzzz", names).empty());
  CHECK(edit_distance("ab", "ba", 3) == 1);
  CHECK(edit_distance("kitten", "sitting", 5) == 3);
  CHECK(edit_distance("λx", "μx", 3) == 1);
  CHECK(edit_distance("aaaa", "bbbb", 2) == 3);
}

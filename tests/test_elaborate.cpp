// Elaboration of scalar expressions, names and statements.
#include <catch2/catch.hpp>

#include "expr/operator.h"
#include "expr/print.h"
#include "expr/shape_text.h"
#include "expr/table_text.h"
#include "parser/elaborate.h"
#include "parser/parse.h"

namespace nabla {
namespace {

struct Session {
  Context ctx;
  Names names;

  explicit Session(bool implicit = true) : names(ctx, implicit) {}
  Elaborated last(std::string_view text) {
    const auto parsed = std::make_shared<const ParsedText>(
        parse_statements(make_source("<test>", std::string(text)), ctx.limits()));
    Elaborated e;
    for (const Statement& s : parsed->statements) e = elaborate_statement(ctx, names, parsed, s);
    return e;
  }
  Ref operator()(std::string_view text, Mode mode = Mode::canonical) {
    return elaborate(ctx, names, text, mode);
  }
  std::string text(std::string_view t) { return print(ctx, (*this)(t)); }
};

Diagnostic error(Session& s, std::string_view text) {
  try {
    s.last(text);
  } catch (const Failure& f) {
    return f.diagnostic;
  }
  FAIL("no error: " << text);
  return {};
}

TEST_CASE("elaborate: arithmetic goes to the folding constructors") {
  Session s;
  Context& c = s.ctx;
  const Ref x = c.variable("x"), y = c.variable("y");
  CHECK(s("2 + 3*4 - 6/3") == c.number(12));
  CHECK(s("0.1 + 1e-3") == c.number(Rational::fraction(101, 1000)));
  CHECK(s("2^3^2") == c.number(512));
  CHECK(s("-x^2") == c.negate(c.power(x, 2)));
  CHECK(s("2^-x") == c.power(c.number(2), c.negate(x)));
  CHECK(s("2x + 3(x+1)") == c.add(c.scale(c.number(5), x), c.number(3)));
  CHECK(s("x/y/2") == c.scale(c.number(Rational::fraction(1, 2)), c.divide(x, y)));
  CHECK(s("x\\y") == c.divide(y, x));
  CHECK(s("2\\x*y") == s("x*y/2"));
  CHECK(s("x - y - x") == c.negate(y));
  CHECK(s("x*x") == c.power(x, 2));
  CHECK(s("x .* y ./ 2 .^ 3") == s("x*y/8"));
  CHECK(s("x'") == x);
  CHECK(s("|x - y|") == c.function(Fn::abs, {c.subtract(x, y)}));
  CHECK(s("sqrt(x^2)") == c.function(Fn::abs, {x}));
  CHECK(s("e^x") == c.function(Fn::exp, {x}));
  CHECK(s("exp(1)") == s("e"));
  CHECK(s("sin(pi/6)") == c.number(Rational::fraction(1, 2)));
  CHECK(s("4!") == c.number(24));
  CHECK(s("im^2") == minus_one);
  CHECK(s("max(x, y, 1)") == c.function(Fn::max, {c.function(Fn::max, {x, y}), one}));
  CHECK(s("if x > 0 then x else -x") == c.select(c.compare(Relation::less, zero, x), x, c.negate(x)));
  CHECK(s("if 1 < 2 <= 2 then x else y") == x);
  CHECK(s("if not (1 < 2) or 2 == 3 then x else y") == y);
  CHECK(s("t1*t2 where t1 = x + y, t2 = t1^2") == c.power(c.add(x, y), 3));
  CHECK(s("(t where t = x) + (t where t = y)") == c.add(x, y));
}

TEST_CASE("elaborate: the written form folds nothing") {
  Session s;
  Context& c = s.ctx;
  const Ref x = c.variable("x"), y = c.variable("y");
  const auto node = [&](Written op, Ref a, Ref b) {
    const Ref pair[2] = {a, b};
    return c.written(op, pair);
  };
  CHECK(s("x - x + y", Mode::written) == node(Written::add, node(Written::subtract, x, x), y));
  CHECK(s("2*x/x", Mode::written) == node(Written::divide, node(Written::multiply, c.number(2), x), x));
  CHECK(s("x\\y", Mode::written) == node(Written::divide, y, x));
  CHECK(s("x^2^0", Mode::written) == node(Written::power, x, node(Written::power, c.number(2), zero)));
  const Ref arguments[1] = {zero};
  CHECK(s("sin(0)", Mode::written) == c.written_function(Fn::sin, arguments));
  s.last("f(x) = x - x\nr = y*0");
  CHECK(written_body(c, s.names, *s.names.definition("f")) == node(Written::subtract, x, x));
  CHECK(s("f(y)", Mode::written) == node(Written::subtract, y, y));
  CHECK(s("r", Mode::written) == node(Written::multiply, y, zero));
  CHECK(s("r") == zero);
}

TEST_CASE("elaborate: definitions see what stood before them") {
  Session s;
  s.last("a = 2\nf(x) = a*x\na = 3\ng(x) = f(x) + a");
  CHECK(s.text("f(y)") == "2*y");
  CHECK(s.text("g(1)") == "5");
  s.last("f(x) = f(x) + 1");  // the older f
  CHECK(s.text("f(y)") == "2*y + 1");
  CHECK(s.text("g(1)") == "5");
  CHECK(error(s, "h(x) = h(x - 1)").code == Code::unknown_function);
  s.last("const c = 3/2\nc2 = c*y");
  CHECK(s.text("c2") == "3*y/2");
  s.last("pi = 3");
  CHECK(s.text("pi") == "3");
}

TEST_CASE("elaborate: a chain of 20,000 definitions does not recurse") {
  Session s;
  std::string text = "f0(x) = x\n";
  for (int k = 1; k <= 20000; ++k) {
    text += "f" + std::to_string(k) + "(y) = f" + std::to_string(k - 1) + "(y) + 1\n";
    if (k == 200) s.last(text);
  }
  Session t;
  t.last(text);
  CHECK(t.text("f20000(0)") == "20000");
  CHECK(s.text("f200(z)") == "z + 200");
}

TEST_CASE("elaborate: names") {
  Session s, file(false);
  CHECK(s.text("x1 + x_2 + lambda + lambda_3 + x_i") == s.text("x_i + λ + λ₃ + x1 + x₂"));
  CHECK(error(s, "xx + 1").code == Code::unknown_name);
  CHECK(error(s, "x_max").code == Code::unknown_name);
  CHECK(error(file, "x").code == Code::unknown_name);
  file.last("var lambda\nparam alpha > 0");
  const Diagnostic d = error(file, "1 + lamda*2");
  CHECK(d.code == Code::unknown_name);
  CHECK(d.span == Span{4, 9});
  CHECK(d.help == "did you mean 'lambda'?");
  CHECK(error(file, "sni(lambda)").help == "did you mean 'sin'?");
  CHECK(file.text("sqrt(alpha^2)") == "alpha");
  s.last("var x");
  CHECK(error(s, "x(y + 1)").code == Code::not_a_function);
  CHECK(error(s, "sin + 1").code == Code::not_a_value);
  CHECK(error(s, "f(x)").code == Code::unknown_function);
  CHECK(error(s, "atan2(x)").code == Code::wrong_argument_count);
  CHECK(error(s, "sin(x, y)").message == "'sin' takes 1 argument, not 2");
  CHECK(error(s, "sin(x = 2)").code == Code::unknown_keyword);
  CHECK(error(s, "(x > 0)*y").code == Code::truth_value_as_number);
  CHECK(error(s, "if x then 1 else 2").code == Code::not_a_truth_value);
  CHECK(error(s, "1/(2 - 2)").code == Code::division_by_zero);
  CHECK(error(s, "0^-1").code == Code::division_by_zero);
  CHECK(error(s, "log(-1)").code == Code::outside_domain);
  CHECK(error(s, "sqrt(-4)").code == Code::outside_domain);
  CHECK(error(s, "const c = x").code == Code::not_constant);
  s.last("f(u) = 1/u");
  const Diagnostic inner = error(s, "y + f(0)");
  CHECK(inner.code == Code::division_by_zero);
  CHECK(inner.span == Span{4, 8});  // the call, not a place in another text
  REQUIRE(inner.notes.size() == 1);
}

TEST_CASE("elaborate: declarations") {
  Session s(false);
  s.last("dim n, m; dim k >= 2\nvar x, y : vector[n]; param A : matrix[n, 2*m + 1] ; param l in (0, 1]");
  const auto shape = [&](const char* t) { return shape_text(s.ctx, s.ctx[s(t)].shape); };
  CHECK(shape("x") == "vector[n]");
  CHECK(shape("A") == "matrix[n, 2*m+1]");
  CHECK(s.ctx.symbol(s("A")).role == Role::parameter);
  CHECK(s.ctx.symbol(s("n")).role == Role::extent);
  CHECK(s.ctx.symbol(s("l")).domain.lower == zero);
  CHECK(s.ctx.symbol(s("l")).domain.lower_open);
  CHECK(s.ctx.symbol(s("l")).domain.upper == one);
  CHECK(s("abs(l)") == s("l"));
  CHECK(s("if n > 0 then 1 else 0") == one);
  CHECK(error(s, "var z : vector[y]").code == Code::not_an_extent);
  CHECK(error(s, "var z : vector[0]").code == Code::bad_extent);
  CHECK(error(s, "var z : vector[1/2]").code == Code::bad_extent);
  CHECK(error(s, "var z : vector[n/2]").code == Code::bad_extent);
  CHECK(error(s, "var S : matrix[n, m] symmetric").code == Code::not_square);
  CHECK(error(s, "var S : vector[n] spd").code == Code::not_a_matrix);
  CHECK(error(s, "param p in [2, 1]").code == Code::empty_domain);
  CHECK(error(s, "var a, a").code == Code::duplicate_name);
  CHECK(error(s, "dim d >= 0").code == Code::bad_extent);
  s.last("var S : matrix[n, n] spd");
  CHECK(s.ctx.symbol(s("S")).structure == Structure::spd);
}

TEST_CASE("elaborate: derive, assert and import") {
  Session s(false);
  s.last("dim n\nvar x : vector[n]\nparam A : matrix[n, n]\nvar t\nf(x) = x'*A*x\nr = t^2 + t");
  const Elaborated d = s.last("derive f wrt x : value, grad");
  CHECK(d.derive.function == "f");
  CHECK(d.derive.value == s("x'*A*x"));
  CHECK(d.derive.variables == std::vector<Ref>{s("x")});
  CHECK(d.derive.outputs == std::vector<DerivedOutput>{Output::value, Output::grad});
  CHECK(s.last("derive r : grad").derive.variables == std::vector<Ref>{s("t")});
  CHECK(error(s, "derive g wrt x : grad").code == Code::unknown_function);
  CHECK(error(s, "derive f wrt q : grad").code == Code::unknown_name);
  const Elaborated a = s.last("assert A*x == (x'*A')'");
  REQUIRE(a.comparisons.size() == 1);
  CHECK(a.comparisons[0].left == a.comparisons[0].right);
  CHECK(error(s, "assert A*x == x'").code == Code::shape_mismatch);
  CHECK(error(s, "import \"x.nabla\"").code == Code::not_yet_available);
}

TEST_CASE("elaborate: operators have the shape of their value") {
  Session s(false);
  s.last("dim n, m\nvar x : vector[n]\nvar A : matrix[n, m]\nvar a, b\nparam c\nf(u: vector[n]) = u'*u");
  s.last("fun g(scalar) : scalar\nfun h(scalar, scalar) : scalar");
  const auto shape = [&](const char* t) { return shape_text(s.ctx, s.ctx[s(t)].shape); };
  CHECK(shape("grad(x'*x, x)") == "vector[n]");
  CHECK(shape("grad(f, u)") == "vector[n]");
  CHECK(shape("grad(sum(A), A)") == "matrix[n, m]");
  CHECK(shape("jac(A'*x, x)") == "matrix[m, n]");
  CHECK(shape("jac(sum(x), x)") == "row[n]");
  CHECK(shape("hess(x'*x, x)") == "matrix[n, n]");
  CHECK(shape("hess(sum(A), A)") == "tensor[n, m, n, m]");
  CHECK(shape("grad(a*b*c)") == "vector[2]");
  CHECK(shape("hess(a*b, a, b)") == "matrix[2, 2]");
  CHECK(shape("jac([a; b; a*b], a, b)") == "matrix[3, 2]");
  CHECK(shape("jac([a; b; a*b], [a; b])") == "matrix[3, 2]");
  CHECK(shape("jvp(A'*x, x, x)") == "vector[m]");
  CHECK(shape("vjp(A'*x, x, A'*x)") == "vector[n]");
  CHECK(shape("hvp(x'*x, x, x)") == "vector[n]");
  CHECK(shape("diff(x, a)") == "vector[n]");
  CHECK(shape("laplacian(x'*x, x)") == "scalar");
  CHECK(shape("div(x, x)") == "scalar");
  CHECK(s("diff(a^3, a, 0)") == s("a^3"));
  CHECK(s("∂(a*b)/∂a") == s("diff(a*b, a)"));
  CHECK(s("∂²(a*b)/∂a∂b") == s("diff(a*b, a, b)"));
  const uint16_t twice[1] = {2}, first[2] = {1, 0};
  const Ref a = s("a"), both[2] = {s("a"), s("b")};
  const auto function = [&](const char* name) { return s.names.find(name)->value; };
  CHECK(s("g''(a)") == s.ctx.opaque(function("g"), twice, {&a, 1}));
  CHECK(s("D(h,1)(a, b)") == s.ctx.opaque(function("h"), first, both));
  CHECK(s("sin'(a)") == s("diff(sin(a), a)"));
  CHECK(error(s, "grad(A'*x, x)").code == Code::not_a_scalar);
  CHECK(error(s, "diff(a^2, 2)").code == Code::not_a_variable);
  CHECK(error(s, "diff(a^2, a, -1)").code == Code::bad_order);
  CHECK(error(s, "diff(a^2, a, 65)").code == Code::order_too_large);
  CHECK(error(s, "grad(c^2)").code == Code::not_a_variable);
  CHECK(error(s, "grad(sum(x)*a)").code == Code::wrong_argument);
  CHECK(error(s, "jvp(x, x, a)").code == Code::shape_mismatch);
  CHECK(error(s, "limit(a, a = 0, up)").code == Code::wrong_argument);
  CHECK(error(s, "h'(a)").code == Code::wrong_argument_count);
  CHECK(error(s, "D(g,2)(a)").code == Code::wrong_argument);
  CHECK(error(s, "subs(a^2, a = x)").code == Code::shape_mismatch);
}

TEST_CASE("elaborate: table texts have placeholders") {
  Context ctx;
  const Ref x = placeholder(ctx, "x"), dx = placeholder(ctx, "dx");
  CHECK(parse_table_text(ctx, "cos(x) .* dx") == ctx.multiply(ctx.function(Fn::cos, {x}), dx));
  CHECK(ctx.symbol(x).role == Role::placeholder);
  CHECK_THROWS_AS(parse_table_text(ctx, "cos(w)"), Failure);
}

TEST_CASE("elaborate: names survive a collection of garbage") {
  Session s;
  s.last("f(x) = x^2 + y\nr = f(2)");
  const uint32_t mark = s.ctx.mark();
  s.last("h(x) = f(x)*f(x + 1)\nvar q");
  for (int i = 0; i < 100; ++i) s("h(" + std::to_string(i) + ")*x");
  std::vector<Ref*> roots;
  s.names.append_roots(roots);
  s.ctx.keep(mark, roots);
  CHECK(s.text("f(3)") == "y + 9");
  CHECK(s.text("h(1)") == s.text("(1 + y)*(4 + y)"));
  CHECK(s.text("q") == "q");
}

}  // namespace
}  // namespace nabla

// Closed-form derivatives. The expected forms are textbook calculus, written by hand; where several forms are
// usual, the one of the same canonical expression. Traps are numbered as in tests/data/traps.tsv.
#include <catch2/catch.hpp>
#include <cmath>

#include "diff/derivative.h"
#include "expr/diagnostic.h"
#include "expr/walk.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

struct Row {
  const char* expression;
  const char* variable;
  const char* derivative;
};

Code failure_of(Context& ctx, Ref e, Ref x) {
  try {
    diff(ctx, e, x);
  } catch (const Failure& f) {
    return f.diagnostic.code;
  }
  return Code::internal_error;
}

}  // namespace

TEST_CASE("derivatives of formulas are those of the textbook", "[diff]") {
  const Row rows[] = {
      {"3", "x", "0"},
      {"x", "x", "1"},
      {"y", "x", "0"},
      {"x^2 + 3*x*y + y^3", "x", "2*x + 3*y"},
      {"x^n", "x", "n*x^(n-1)"},  // T25
      {"a^x", "x", "a^x*log(a)"},
      {"x^x", "x", "x*x^(x-1) + x^x*log(x)"},
      {"x^n", "n", "x^n*log(x)"},  // T28
      {"1/x", "x", "-1/x^2"},
      {"sqrt(x)", "x", "1/(2*sqrt(x))"},
      {"x/(1 + x)", "x", "1/(1 + x) - x/(1 + x)^2"},
      {"sin(x)^2", "x", "2*sin(x)*cos(x)"},
      {"sin(cos(x))", "x", "-sin(x)*cos(cos(x))"},
      {"exp(-x^2/2)", "x", "-x*exp(-x^2/2)"},
      {"log(x^2 + 1)", "x", "2*x/(x^2 + 1)"},
      {"x*log(x)", "x", "log(x) + 1"},
      {"tan(x)", "x", "1 + tan(x)^2"},
      {"atan(x/y)", "x", "1/(y*(1 + x^2/y^2))"},
      {"atan2(y, x)", "x", "-y/(x^2 + y^2)"},
      {"atan2(y, x)", "y", "x/(x^2 + y^2)"},
      {"abs(x)", "x", "sign(x)"},                                // T29
      {"abs(x)^2", "x", "2*x"},                                  // T31
      {"floor(x)", "x", "0"},                                    // T34
      {"mod(x, 1)", "x", "1"},                                   // T44
      {"acosh(x)", "x", "1/sqrt(x^2 - 1)"},                      // T47
      {"1 - -2*x", "x", "2"},                                    // T56
      {"sqrt(exp(x) + a)", "x", "exp(x)/(2*sqrt(exp(x) + a))"},  // T58
      {"-x + x*(6 + x)", "x", "5 + 2*x"},                        // T68
      {"erf(x)", "x", "2/sqrt(pi)*exp(-x^2)"},
      {"lgamma(x)", "x", "digamma(x)"},
      {"digamma(x)", "x", "trigamma(x)"},
      {"gamma(x)", "x", "gamma(x)*digamma(x)"},
      {"sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"},
      {"softplus(x)", "x", "sigmoid(x)"},
      {"Si(x)", "x", "sinc(x)"},
      {"Ei(x)", "x", "exp(x)/x"},
      {"li(x)", "x", "1/log(x)"},
      {"hypot(x, y)", "x", "x/hypot(x, y)"},
      {"max(x, y)", "x", "if x >= y then 1 else 0"},
      {"min(x, y)", "y", "if x <= y then 0 else 1"},
      {"if b < 0 then b^2 else sqrt(b)", "b", "if b < 0 then 2*b else 1/(2*sqrt(b))"},  // T40
      {"sinh(x)*cosh(y)", "x", "cosh(x)*cosh(y)"},
  };
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.expression << " by " << row.variable) {
      Texts t;
      CHECK(diff(t.ctx, t(row.expression), t(row.variable)) == t(row.derivative));
    }
  }
}

TEST_CASE("higher and mixed derivatives", "[diff]") {
  Texts t;
  const Ref x = t("x"), y = t("y");
  CHECK(diff(t.ctx, t("log(1 + x)"), x, 6) == t("-120/(1 + x)^6"));  // T59
  CHECK(diff(t.ctx, t("x^5"), x, 5) == t("120"));
  CHECK(diff(t.ctx, t("x^5"), x, 6) == zero);
  CHECK(diff(t.ctx, t("sin(x)"), x, 4) == t("sin(x)"));
  CHECK(diff(t.ctx, t("exp(2*x)"), x, 10) == t("1024*exp(2*x)"));
  CHECK(diff(t.ctx, t("x"), x, 0) == x);
  CHECK(diff(t.ctx, diff(t.ctx, t("sin(x*y)"), x), y) == diff(t.ctx, diff(t.ctx, t("sin(x*y)"), y), x));
  CHECK(diff(t.ctx, diff(t.ctx, t("x^2*y^3"), x), y) == t("6*x*y^2"));
  CHECK_NOTHROW(diff(t.ctx, t("exp(x)"), x, 64));
  CHECK_THROWS_AS(diff(t.ctx, t("exp(x)"), x, 65), Failure);
}

TEST_CASE("opaque functions are differentiated by the chain rule", "[diff]") {
  Texts t;
  t.declare_function("g", 1);
  t.declare_function("h", 2);
  const Ref x = t("x");
  CHECK(diff(t.ctx, t("g(2*x)"), x) == t("2*g'(2*x)"));  // T67
  CHECK(diff(t.ctx, t("g(x)"), x, 2) == t("g''(x)"));
  CHECK(diff(t.ctx, t("h(x, x^2)"), x) == t("D(h,1)(x, x^2) + 2*x*D(h,2)(x, x^2)"));  // T65
  CHECK(diff(t.ctx, diff(t.ctx, t("h(x, y)"), x), t("y")) == t("D(h,1,2)(x, y)"));
  CHECK(diff(t.ctx, t("diff(g(x), x) + g(x)"), t("y")) == zero);
}

TEST_CASE("what has no derivative is refused by name", "[diff]") {
  Texts t;
  const Ref x = t("x");
  CHECK(failure_of(t.ctx, t("if x == 0 then 0 else x"), x) == Code::equality_condition);  // T41
  CHECK(failure_of(t.ctx, t("if x != 0 then sin(x)/x else 1"), x) == Code::equality_condition);
  CHECK_NOTHROW(diff(t.ctx, t("if y == 0 then 0 else x"), x));
  CHECK(failure_of(t.ctx, t("polygamma(x, 2)"), x) == Code::cannot_differentiate);
  CHECK_NOTHROW(diff(t.ctx, t("polygamma(2, x)"), x));
}

TEST_CASE("the function table is closed under differentiation", "[diff][table]") {
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& f = row(function_at(i));
    if (f.shape != ShapeRule::elementwise || f.value == nullptr) continue;
    for (size_t k = 0; k < f.max_args; ++k) {
      if ((f.not_differentiable >> k & 1) != 0) continue;
      DYNAMIC_SECTION(f.name << " in argument " << k + 1) {
        Texts t;
        const Ref arguments[] = {t("x"), t("y"), t("z")};
        const Ref e = t.ctx.function(f.fn, std::span<const Ref>(arguments, f.max_args));
        const Ref third = diff(t.ctx, e, arguments[k], 3);
        for (Ref r : nodes_below(t.ctx, third)) {
          CHECK(t.ctx.kind(r) != Kind::opaque);
          if (t.ctx.kind(r) == Kind::function) CHECK(row(t.ctx.function_of(r)).value != nullptr);
          if (t.ctx.kind(r) == Kind::symbol) CHECK(t.ctx.symbol(r).role != Role::placeholder);
        }
      }
    }
  }
}

TEST_CASE("long chains and shared sums are differentiated without recursion", "[diff]") {
  Texts t;
  const Ref x = t("x");
  Ref f = x;  // T85
  for (int i = 0; i < 30000; ++i) f = t.ctx.add(t.ctx.multiply(t.ctx.function(Fn::sin, {f}), f), x);
  const Ref d = diff(t.ctx, f, x);
  CHECK(nodes_below(t.ctx, d).size() < 300'000);
  Ref deep = x;
  for (int i = 0; i < 100'000; ++i) deep = t.ctx.function(Fn::sin, {deep});
  CHECK(diff(t.ctx, deep, x) != zero);
}

TEST_CASE("the derivative of a long sum is the sum of the derivatives", "[diff]") {
  Texts t;
  const Ref x = t("x");
  std::vector<Ref> terms, derivatives;
  for (int i = 1; i <= 500; ++i) {
    terms.push_back(t.ctx.multiply(t.ctx.number(i), t.ctx.function(Fn::sin, {t.ctx.power(x, i)})));
    const Ref slope = t.ctx.multiply(t.ctx.number(i), t.ctx.power(x, i - 1));
    const Ref list[] = {t.ctx.number(i), slope, t.ctx.function(Fn::cos, {t.ctx.power(x, i)})};
    derivatives.push_back(t.ctx.product(list));
  }
  CHECK(diff(t.ctx, t.ctx.sum(terms), x) == t.ctx.sum(derivatives));
  CHECK(diff(t.ctx, t.ctx.function(Fn::exp, {t.ctx.sum(terms)}), x) ==
        t.ctx.multiply(t.ctx.function(Fn::exp, {t.ctx.sum(terms)}), t.ctx.sum(derivatives)));
}

TEST_CASE("products are differentiated inside the sum that they stand in", "[diff]") {
  Texts t;
  const Ref x = t("x"), y = t("y");
  std::vector<Ref> terms, derivatives;
  for (int i = 1; i <= 100; ++i) {  // i x^i y sin(i y x)
    const Ref sine = t.ctx.function(Fn::sin, {t.ctx.scale(t.ctx.number(i), t.ctx.multiply(x, y))});
    const Ref cosine = t.ctx.function(Fn::cos, {t.ctx.scale(t.ctx.number(i), t.ctx.multiply(x, y))});
    const Ref term[] = {t.ctx.number(i), t.ctx.power(x, i), y, sine};
    const Ref by_power[] = {t.ctx.number(i * i), t.ctx.power(x, i - 1), y, sine};
    const Ref by_sine[] = {t.ctx.number(i * i), t.ctx.power(x, i), t.ctx.power(y, 2), cosine};
    terms.push_back(t.ctx.product(term));
    derivatives.push_back(t.ctx.product(by_power));
    derivatives.push_back(t.ctx.product(by_sine));
  }
  const Ref s = t.ctx.sum(terms), ds = t.ctx.sum(derivatives);
  CHECK(diff(t.ctx, s, x) == ds);
  CHECK(diff(t.ctx, t.ctx.add(t.ctx.scale(t.ctx.number(3), s), t("x*y")), x) ==
        t.ctx.add(t.ctx.scale(t.ctx.number(3), ds), y));
  // One of the products stands outside the sum as well.
  const Ref shared =
      t.ctx.add(t.ctx.multiply(y, s), t.ctx.function(Fn::exp, {t.ctx.split_coefficient(terms[6]).body}));
  const Ref expected =
      t.ctx.add(t.ctx.multiply(y, ds),
                diff(t.ctx, t.ctx.function(Fn::exp, {t.ctx.split_coefficient(terms[6]).body}), x));
  CHECK(diff(t.ctx, shared, x) == expected);
  CHECK(diff(t.ctx, s, x, 2) == diff(t.ctx, diff(t.ctx, s, x), x));
}

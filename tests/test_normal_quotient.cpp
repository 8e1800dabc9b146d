// Scalars as one quotient of polynomials in kernels. Expected: the quotient and product rules, by hand.
#include <catch2/catch.hpp>

#include "diff/derivative.h"
#include "expr/count.h"
#include "simplify/normal_quotient.h"
#include "simplify/zero_test.h"
#include "tests/kept_values.h"
#include "tests/texts.h"

using namespace nabla;
using test::check_values;
using test::Texts;

TEST_CASE("normal quotient: derivatives as books write them", "[passes]") {
  Texts t;
  Weight weight(t.ctx);
  // Each by the quotient and product rules, by hand.
  const struct {
    const char *function, *derivative;
    uint64_t order;
  } rows[] = {
      {"x/(1 + x^2)", "(1 - x^2)/(1 + x^2)^2", 1},
      {"log(x)/x", "(1 - log(x))/x^2", 1},
      {"log(x)/x", "(11 - 6*log(x))/x^4", 3},
      {"sqrt(x)*exp(-x^2)", "exp(-x^2)*(1 - 4*x^2)/(2*sqrt(x))", 1},
      {"1/(1 + exp(-x))", "exp(x)/(exp(x) + 1)^2", 1},
      {"x^n*exp(-a*x)", "x^(n - 1)*exp(-a*x)*(n - a*x)", 1},
      {"exp(sin(x))*x^5/(1 + x^2)", "x^4*exp(sin(x))*(x*cos(x)*(x^2 + 1) + 3*x^2 + 5)/(x^2 + 1)^2", 1},
      {"sin(x)/(2 + cos(x))", "(1 + 2*cos(x))/(2 + cos(x))^2", 1},
      {"sinh(x)/cosh(x)", "1/cosh(x)^2", 1},
  };
  for (const auto& row : rows) {
    INFO(row.function);
    const Ref d = diff(t.ctx, t(row.function), t("x"), row.order);
    CHECK(normal_quotient(t.ctx, weight, d) == t(row.derivative));
  }
}

TEST_CASE("normal quotient: a tenth derivative of moderate size", "[passes]") {
  Texts t;
  Weight weight(t.ctx);
  const Ref d = diff(t.ctx, t("exp(sin(x))*x^5/(1 + x^2)"), t("x"), 10);
  const Ref q = normal_quotient(t.ctx, weight, d);
  CHECK(count_nodes(t.ctx, q).nodes <= 2500);  // Maxima 5.45, ratsimp: 2,511
  CHECK(proved_zero(t.ctx, t.ctx.subtract(d, q)));
  CHECK_FALSE(proved_zero(t.ctx, t.ctx.subtract(d, t.ctx.add(q, t("x/10000")))));
}

TEST_CASE("normal quotient: values are kept, and what has none stays refused", "[passes]") {
  check_values([](Context& ctx, Ref e) {
    Weight weight(ctx);
    const Ref q = normal_quotient(ctx, weight, e);
    return weight(q) <= weight(e) ? q : e;
  });
  Texts t;
  Weight weight(t.ctx);
  CHECK(normal_quotient(t.ctx, weight, t("(sin(x)^2 + cos(x)^2 - 1)*y")) == zero);
  const Ref e = t("y/(sin(x)^2 + cos(x)^2 - 1)");
  CHECK(normal_quotient(t.ctx, weight, e) == e);
}

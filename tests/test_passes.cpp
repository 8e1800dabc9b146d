// The named passes: expand, factor, collect, together, apart and cancel.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "diff/derivative.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "simplify/passes.h"
#include "simplify/zero_test.h"
#include "tests/kept_values.h"
#include "tests/texts.h"

using namespace nabla;
using test::check_values;
using test::RandomText;
using test::Texts;

namespace {

using Row = std::pair<const char*, const char*>;

}  // namespace

// ---- expand ----

TEST_CASE("expand: textbook identities", "[passes]") {
  Texts t;
  // The binomial theorem and the laws of powers (Abramowitz and Stegun, 3.1.1 to 3.1.6), by hand.
  const Row rows[] = {
      {"(x + y)^2", "x^2 + 2*x*y + y^2"},
      {"(x - y)*(x + y)", "x^2 - y^2"},
      {"(x - y)*(x^2 + x*y + y^2)", "x^3 - y^3"},
      {"(x + 1/x)^2", "x^2 + 2 + 1/x^2"},
      {"(exp(x) + exp(-x))^2", "exp(2*x) + 2 + exp(-2*x)"},
      {"(x^n + 1)^2", "x^(2*n) + 2*x^n + 1"},
      {"(sqrt(x) + 1)^2", "x + 2*sqrt(x) + 1"},
      {"(sqrt(2) + x)^3", "x^3 + 3*sqrt(2)*x^2 + 6*x + 2*sqrt(2)"},
      {"(x + 1)^(3/2)", "x*sqrt(x + 1) + sqrt(x + 1)"},
      {"(abs(x) + 1)^2", "x^2 + 2*abs(x) + 1"},
      {"x*(x + 1)/(y + 1)^2", "x^2/(y + 1)^2 + x/(y + 1)^2"},
      {"sin((x + 1)^2)", "sin(x^2 + 2*x + 1)"},
      {"exp(x*(x + 1))*(x + 1)", "x*exp(x^2 + x) + exp(x^2 + x)"},
      {"(im*x + 1)^2", "-x^2 + 2*im*x + 1"},
      {"(x + 1)*(x + 1)^(-1/2)", "sqrt(x + 1)"},
      {"(1 + sqrt(1 + x))^2", "2 + x + 2*sqrt(1 + x)"},
      {"(2^n + 1)*(2^n - 1)", "2^(2*n) - 1"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(expand(t.ctx, t(given)) == t(form));
    CHECK(expand(t.ctx, t(form)) == t(form));
  }
}

TEST_CASE("expand: what is no identity over the reals stays", "[passes]") {
  Texts t;
  // sqrt(-1)*sqrt(-1) is not sqrt(1); at x = -1, m = n = 1/2 only the left of (x^(m + n)) has a value.
  for (const char* text : {"sqrt(x*y)", "sqrt(x)*sqrt(y)", "x^(m + n)", "(x*y)^n", "1/(x*(x + 1))",
                           "sqrt(x*(x + 1))", "log(x*y)", "sin(x + y)", "exp(x + y)"}) {
    INFO(text);
    CHECK(expand(t.ctx, t(text)) == t(text));
  }
  CHECK(expand(t.ctx, t("(sqrt(x) + sqrt(y))^2")) == t("x + 2*sqrt(x)*sqrt(y) + y"));
  CHECK(expand(t.ctx, t("(sqrt(x*y) + 1)^2")) == t("x*y + 2*sqrt(x*y) + 1"));
}

TEST_CASE("expand: values are kept", "[passes]") {
  check_values([](Context& ctx, Ref e) { return expand(ctx, e); });
}

TEST_CASE("expand: a polynomial is a sum of monomials, whatever it was", "[passes]") {
  // Two polynomials are equal if and only if their expansions are one and the same.
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Texts t;
    RandomText random(seed);
    const std::string a = random(2), b = random(2), c = random(2);
    if ((a + b + c).find('/') != std::string::npos) continue;
    INFO("seed " << seed << ": " << a << ", " << b << ", " << c);
    const std::string left = "(" + a + ")*((" + b + ") + (" + c + "))";
    const std::string right = "(" + a + ")*(" + b + ") + (" + c + ")*(" + a + ")";
    CHECK(expand(t.ctx, t(left)) == expand(t.ctx, t(right)));
  }
}

TEST_CASE("expand: vectors, matrices and branches", "[passes]") {
  Texts t;
  t.run("var u, v : vector[3]; var A, B : matrix[3, 3]; dim n; var w : vector[n]");
  const Row rows[] = {
      {"x*(x + 1)*A*v", "x^2*A*v + x*A*v"},
      {"(A + B)*(u - v)", "A*u - A*v + B*u - B*v"},
      {"(A + B)^2", "A*A + A*B + B*A + B*B"},
      {"(A + B)^3", "A^3 + A^2*B + A*B*A + A*B^2 + B*A^2 + B*A*B + B^2*A + B^3"},
      {"(A + B)*(A + B)^2*u", "A^3*u + A^2*B*u + A*B*A*u + A*B^2*u + B*A^2*u + B*A*B*u + B^2*A*u + B^3*u"},
      {"(A + x*eye(3))^3", "A^3 + 3*x*A^2 + 3*x^2*A + x^3*eye(3)"},
      {"(u + v)'*(u + v)", "u'*u + 2*u'*v + v'*v"},
      {"(x + 1)*(u + v)'*(u + v)", "x*u'*u + 2*x*u'*v + x*v'*v + u'*u + 2*u'*v + v'*v"},
      {"(u + v).^2", "u.^2 + 2*u.*v + v.^2"},
      {"tr((A + B)*A)", "tr(A*A) + tr(A*B)"},
      {"sum((w[i] + 1)^2 for i in 1:n)", "sum(w[i]^2 for i in 1:n) + 2*sum(w) + n"},
      {"inv(A + B)*(A + B)", "eye(3)"},
      {"inv(A + B)*v", "inv(A + B)*v"},
      {"if x < 0 then x*(x + 1) else y", "if x < 0 then x^2 + x else y"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(expand(t.ctx, t(given)) == t(form));
    CHECK(expand(t.ctx, t(form)) == t(form));
  }
  Notes notes;
  const Ref large = t("(A + B)^60");
  CHECK(expand(t.ctx, large, &notes) == large);
  CHECK(notes.size() == 1);
}

TEST_CASE("expand: a denominator that is 0 everywhere is refused", "[passes]") {
  Texts t;
  CHECK_THROWS_AS(expand(t.ctx, t("(x + 1)^2/((x + 1)^2 - x^2 - 2*x - 1)")), Failure);
}

TEST_CASE("expand: what is too large stays, and a note names the limit", "[passes]") {
  Limits limits;
  limits.expanded_terms = 10;
  Texts t(limits);
  Notes notes;
  CHECK(expand(t.ctx, t("(x + y)^9"), &notes) == expand(t.ctx, t("(x + y)^8*(x + y)")));
  CHECK(notes.empty());
  CHECK(expand(t.ctx, t("(x + y)^10"), &notes) == t("(x + y)^10"));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("expanded_terms: 10") != std::string::npos);
  CHECK(expand(t.ctx, t("x*(x + 1) + (x + y)^10")) == t("x^2 + x + (x + y)^10"));
  Texts big;
  const Ref e = big("(a + b + c + d + f)^1000");
  CHECK(expand(big.ctx, e) == e);
  const Ref deep = big("(1 + x)^100000 + (a + b + c)^(2^40)");
  CHECK(expand(big.ctx, deep) == deep);
}

// ---- factor ----

TEST_CASE("factor: textbook factorisations", "[passes]") {
  Texts t;
  t.run("param p > 0; param k integer");
  const Row rows[] = {
      {"x^2 - y^2", "(x - y)*(x + y)"},
      {"x^3 - y^3", "(x - y)*(x^2 + x*y + y^2)"},
      {"x^4 + 4*y^4", "(x^2 + 2*x*y + 2*y^2)*(x^2 - 2*x*y + 2*y^2)"},  // Sophie Germain
      {"1 - x^2", "(1 - x)*(x + 1)"},
      {"x - x^2", "x*(1 - x)"},
      {"4 - 4*x^2", "4*(1 - x)*(x + 1)"},
      {"a*x + a*y + b*x + b*y", "(a + b)*(x + y)"},
      {"x^3 - 3*x^2 + 3*x - 1", "(x - 1)^3"},
      {"a^3 + b^3 + c^3 - 3*a*b*c", "(a + b + c)*(a^2 + b^2 + c^2 - a*b - b*c - a*c)"},
      {"exp(2*x) + 2*exp(x) + 1", "(exp(x) + 1)^2"},
      {"exp(2*x) - 1", "(exp(x) - 1)*(exp(x) + 1)"},
      {"p^(2*n) - 1", "(p^n - 1)*(p^n + 1)"},
      {"x^(2*k) - 1", "(x^k - 1)*(x^k + 1)"},
      {"sin(x)^2 - cos(x)^2", "(sin(x) - cos(x))*(sin(x) + cos(x))"},
      {"(x^2 - 1)/(x^2 + 2*x + 1)", "(x - 1)/(x + 1)"},
      {"sqrt(x)*(x^2 - 1)", "sqrt(x)*(x - 1)*(x + 1)"},
      {"x - 2*sqrt(x) + 1", "(sqrt(x) - 1)^2"},
      {"x^n*x^2 - x^n", "x^n*(x - 1)*(x + 1)"},
      {"x/2 + y/3", "x/2 + y/3"},
      {"im*x^2 + im", "im*(x^2 + 1)"},
      {"x^2 - x^2", "0"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(factor(t.ctx, t(given)) == t(form));
    CHECK(factor(t.ctx, t(form)) == t(form));
  }
}

TEST_CASE("factor: what is irreducible over the rationals, or no identity over the reals, stays",
          "[passes]") {
  Texts t;
  // x^(2*n) - 1 is defined at x = -1, n = 1/2, and x^n is not.
  for (const char* text : {"x^2 - 2", "x^2 + 1", "x^4 + 1", "-x^2 - 1", "x^(2*n) - 1", "x + y",
                           "sqrt(x) + sqrt(y)", "sin(x^2 - 1)", "x^2 + y^2"}) {
    INFO(text);
    CHECK(factor(t.ctx, t(text)) == t(text));
  }
}

TEST_CASE("factor: products of irreducible polynomials come back", "[passes]") {
  // Irreducible over the rationals: by Eisenstein at 2, 3 and 7, linear ones, and quadratics without real
  // zeros.
  const char* irreducible[] = {"x^3 + 2*x + 2", "x^5 - 3",       "2*x^2 + 7*y",
                               "x + y + z",     "x^2 + y^2 + 1", "x*y + z"};
  Texts t;
  for (const char* a : irreducible) {
    for (const char* b : irreducible) {
      if (a == b) continue;
      const Ref p = t("(" + std::string(a) + ")^2*(" + b + ")*z/(" + b + " + 1)");
      INFO(a << ", " << b);
      const Ref f = factor(t.ctx, expand(t.ctx, p));
      CHECK(f == factor(t.ctx, p));
      const Ref over = t(std::string(b) + " + 1");
      CHECK(cancel(t.ctx, t.ctx.multiply(f, over)) == expand(t.ctx, t.ctx.multiply(p, over)));
      const Ref q = t("(" + std::string(a) + ")^2*(" + b + ")");
      CHECK(factor(t.ctx, expand(t.ctx, q)) == q);
    }
  }
}

TEST_CASE("factor: values are kept", "[passes]") {
  check_values([](Context& ctx, Ref e) { return factor(ctx, e); });
}

TEST_CASE("factor: what is too large stays, and a note says so", "[passes]") {
  Texts t;
  Notes notes;
  CHECK(factor(t.ctx, t("x^840 - 1"), &notes) == t("x^840 - 1"));
  CHECK(notes.size() == 1);
}

// ---- together and cancel ----

TEST_CASE("together: one denominator, in the factors that were written", "[passes]") {
  Texts t;
  const Row rows[] = {
      {"1/(x - 1) + 1/(x + 1)", "2*x/((x - 1)*(x + 1))"},
      {"1/x + 1/(x + 1)", "(2*x + 1)/(x*(x + 1))"},
      {"a/(x^2 - 1) + b/(x^2 - 1)", "(a + b)/(x^2 - 1)"},
      {"1/(x - 1) + 1/(x^2 - 1)", "(x + 2)/(x^2 - 1)"},
      {"(x + 1)^2*(1/a + 1/b)", "(a + b)*(x + 1)^2/(a*b)"},
      {"1/(1 + 1/(1 + 1/x))", "(x + 1)/(2*x + 1)"},
      {"1/(x*(x + 1)^2) + 1/(x + 1)^3", "(2*x + 1)/(x*(x + 1)^3)"},
      {"1/sqrt(1 + x) + sqrt(1 + x)", "(x + 2)/sqrt(x + 1)"},
      {"1/sqrt(x) + sqrt(x)", "(x + 1)/sqrt(x)"},
      {"x/y + y/x", "(x^2 + y^2)/(x*y)"},
      {"1/x - 1/x^2", "(x - 1)/x^2"},
      {"(x + 1)^2 + (y + 1)^3/2", "(x + 1)^2 + (y + 1)^3/2"},
      {"exp(-x) + 1", "exp(-x) + 1"},
      {"1/sin(x) + sin(x)/cos(x)", "(cos(x) + sin(x)^2)/(sin(x)*cos(x))"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(together(t.ctx, t(given)) == t(form));
    CHECK(together(t.ctx, t(form)) == t(form));
  }
  check_values([](Context& ctx, Ref e) { return together(ctx, e); });
}

TEST_CASE("cancel: lowest terms", "[passes]") {
  Texts t;
  const Row rows[] = {
      {"(x^2 - 1)/(x - 1)", "x + 1"},
      {"(x^3 - y^3)/(x - y)", "x^2 + x*y + y^2"},
      {"(2*x^2 - 2)/(x^2 - 2*x + 1)", "(2*x + 2)/(x - 1)"},
      {"(x^2 - 1)/(x - 1)/2 + 1/3", "x/2 + 5/6"},
      {"(exp(2*x) - 1)/(exp(x) + 1)", "exp(x) - 1"},
      {"(x - 1)/(sqrt(x) - 1)", "sqrt(x) + 1"},
      {"(x^2 + 2*x + 1)/(x + 1)^(3/2)", "sqrt(x + 1)"},
      {"(x*y + y)/(x + 1)^(5/2)", "y/(x + 1)^(3/2)"},
      {"(im*x + 1)*(im*x - 1)", "-x^2 - 1"},
      {"(x^2 + 1)/x", "(x^2 + 1)/x"},
      {"(abs(x)^3 + abs(x))/abs(x)", "x^2 + 1"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(cancel(t.ctx, t(given)) == t(form));
    CHECK(cancel(t.ctx, t(form)) == t(form));
  }
  check_values([](Context& ctx, Ref e) { return cancel(ctx, e); });
}

TEST_CASE("passes: a denominator that is 0 wherever it is defined is refused", "[passes]") {
  Texts t;
  const Ref e = t("1/((x + 1)^2 - x^2 - 2*x - 1) + x");
  CHECK_THROWS_AS(together(t.ctx, e), Failure);
  CHECK_THROWS_AS(cancel(t.ctx, e), Failure);
  CHECK_THROWS_AS(factor(t.ctx, t("x/(sqrt(2)*sqrt(2*y) - 2*sqrt(y))")), Failure);
}

TEST_CASE("passes: values of roots are not combined", "[passes]") {
  Texts t;
  // sqrt(x)*sqrt(y) and sqrt(x*y) differ where both are negative.
  for (const char* text :
       {"sqrt(x)*sqrt(y)", "sqrt(x*y)", "(x*y)^(1/3)", "sqrt(x^2)", "1/(sqrt(x)*sqrt(y))"}) {
    const Ref e = t(text);
    INFO(text);
    CHECK(factor(t.ctx, e) == e);
    CHECK(together(t.ctx, e) == e);
    CHECK(cancel(t.ctx, e) == e);
  }
  CHECK(cancel(t.ctx, t("sqrt(x)*sqrt(y) - sqrt(x*y)")) == t("sqrt(x)*sqrt(y) - sqrt(x*y)"));
}

// ---- collect and apart ----

TEST_CASE("collect: powers of one name", "[passes]") {
  Texts t;
  const Row rows[] = {
      {"a*x + b*x + c", "(a + b)*x + c"},
      {"(x + a)^2*(x + b)", "x^3 + (2*a + b)*x^2 + (a^2 + 2*a*b)*x + a^2*b"},
      {"x*y + x^2*y + x/y + 1", "x^2*y + x*(y + 1/y) + 1"},
      {"a*x^n + b*x^n + x", "(a + b)*x^n + x"},
      {"sqrt(x)*a + x*b + sqrt(x)", "b*x + (a + 1)*sqrt(x)"},
      {"(a + b)/x + c/x", "(a + b + c)/x"},
      {"a*x*sin(x) + b*x", "x*(a*sin(x) + b)"},
      {"a + b", "a + b"},
      {"a*x/(b + 1) + x", "x*(a/(b + 1) + 1)"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(collect(t.ctx, t(given), t("x")) == t(form));
    CHECK(collect(t.ctx, t(form), t("x")) == t(form));
  }
  CHECK(collect(t.ctx, t("a*exp(2*x) + b*exp(2*x) + exp(x)"), t("exp(x)")) == t("(a + b)*exp(2*x) + exp(x)"));
  check_values([](Context& ctx, Ref e) { return collect(ctx, e, ctx.variable("x")); });
}

TEST_CASE("apart: partial fractions", "[passes]") {
  Texts t;
  std::vector<Ref> where;
  // Bronstein, Symbolic Integration I, 2nd ed. 2005, ch. 1, and by hand.
  const Row rows[] = {
      {"1/(x^2 - 1)", "1/(2*(x - 1)) - 1/(2*(x + 1))"},
      {"(x^3 + 1)/(x^2 - 3*x + 2)", "x + 3 - 2/(x - 1) + 9/(x - 2)"},
      {"1/(x^2*(x + 1)^3)", "1/x^2 - 3/x + 3/(x + 1) + 2/(x + 1)^2 + 1/(x + 1)^3"},
      {"1/(x^3 - 1)", "1/(3*(x - 1)) - (x + 2)/(3*(x^2 + x + 1))"},
      {"x^5/(x^2 + a^2)^2", "x - 2*a^2*x/(x^2 + a^2) + a^4*x/(x^2 + a^2)^2"},
      {"1/(a*x^2 + a*x)", "1/(a*x) - 1/(a*(x + 1))"},
      {"exp(x)/(x^2 - x)", "exp(x)/(x - 1) - exp(x)/x"},
      {"1/(x^4 + 1)", "1/(x^4 + 1)"},
      {"x^2 + 1", "x^2 + 1"},
      {"y/(y + 1)", "y/(y + 1)"},
  };
  for (const auto& [given, form] : rows) {
    INFO(given);
    CHECK(apart(t.ctx, t(given), t("x"), where) == t(form));
    CHECK(apart(t.ctx, t(form), t("x"), where) == t(form));
  }
  CHECK(where.empty());
  CHECK(apart(t.ctx, t("1/((x - a)*(x - b))"), t("x"), where) ==
        t("1/((a - b)*(x - a)) - 1/((a - b)*(x - b))"));
  REQUIRE(where.size() == 1);
  CHECK(print(t.ctx, where[0]) == "a - b != 0");
  check_values([](Context& ctx, Ref e) {
    std::vector<Ref> conditions;
    const Ref fractions = apart(ctx, e, ctx.variable("x"), conditions);
    return conditions.empty() ? fractions : e;
  });
}

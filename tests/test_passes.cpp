// The named passes: expand, factor, collect, together, apart and cancel.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "simplify/passes.h"
#include "tests/texts.h"

using namespace nabla;
using test::Texts;

namespace {

using Row = std::pair<const char*, const char*>;

// Random rational functions of x, y and z, as text: sums, products, small powers, quotients.
class RandomText {
 public:
  explicit RandomText(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  std::string operator()(int depth) {
    const uint64_t kind = depth == 0 ? next() % 2 : 2 + next() % 6;
    switch (kind) {
      case 0:
        return std::string(1, "xyz"[next() % 3]);
      case 1:
        return std::to_string(1 + next() % 5);
      case 2:
      case 3:
        return "(" + (*this)(depth - 1) + (next() % 2 ? " + " : " - ") + (*this)(depth - 1) + ")";
      case 4:
      case 5:
        return (*this)(depth - 1) + "*" + (*this)(depth - 1);
      case 6:
        return "(" + (*this)(depth - 1) + ")^" + std::to_string(2 + next() % 3);
      default:
        return "(" + (*this)(depth - 1) + ")/(" + (*this)(depth - 1) + ")";
    }
  }
  int64_t number(int64_t most) {
    return static_cast<int64_t>(next() % static_cast<uint64_t>(2 * most + 1)) - most;
  }

 private:
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return (state_ ^= state_ << 17) >> 11;
  }
  uint64_t state_;
};

// The exact value at a rational point; none where a denominator is 0.
Ref exact_value(Texts& t, Ref e, const std::vector<Ref>& point) {
  const char* names[] = {"x", "y", "z"};
  std::vector<std::pair<Ref, Ref>> pairs;
  for (size_t i = 0; i < 3; ++i) pairs.emplace_back(t(names[i]), point[i]);
  try {
    return substitute(t.ctx, e, pairs);
  } catch (const Failure&) {
    return {};
  }
}

// Random texts, each a value at random points before and after a pass.
template <class Pass>
void check_values(Pass pass) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Texts t;
    RandomText random(seed);
    const std::string text = random(3 + static_cast<int>(seed % 2));
    INFO("seed " << seed << ": " << text);
    Ref e, result;
    try {
      e = t(text);
      result = pass(t.ctx, e);
    } catch (const Failure& failure) {
      CHECK(failure.diagnostic.code == Code::division_by_zero);
      continue;
    }
    CHECK(pass(t.ctx, result) == result);
    for (int k = 0; k < 3; ++k) {
      std::vector<Ref> point;
      for (int i = 0; i < 3; ++i)
        point.push_back(t.ctx.number(Rational(random.number(50)) / Rational(7 + random.number(6))));
      const Ref before = exact_value(t, e, point);
      if (before) CHECK(exact_value(t, result, point) == before);
    }
  }
}

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

TEST_CASE("expand: vectors, matrices and branches in their scalars", "[passes]") {
  Texts t;
  t.run("var v : vector[3]; var A : matrix[3, 3]");
  CHECK(expand(t.ctx, t("x*(x + 1)*A*v")) == t("(x^2 + x)*A*v"));
  CHECK(expand(t.ctx, t("if x < 0 then x*(x + 1) else y")) == t("if x < 0 then x^2 + x else y"));
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

// Values modulo primes never disagree with proofs: what is proved to be 0 does not differ from 0 by residues.
#include <catch2/catch.hpp>

#include "diff/derivative.h"
#include "expr/modulus.h"
#include "simplify/residue_test.h"
#include "simplify/zero_test.h"
#include "tests/antiderivatives.h"
#include "tests/paths.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

bool differs(const std::string& text) {
  Texts t;
  t.run("var x, y, z; var p, q > 0");
  return differs_by_residues(t.ctx, t(text));
}

}  // namespace

// Against the remainder of a division, for a modulus near 2^62 and a small one.
TEST_CASE("residues multiply and divide", "[residues]") {
  for (const uint64_t modulus : {uint64_t{3192369367362793679}, uint64_t{101}}) {
    const Modulus m(modulus);
    uint64_t a = 12'345'678'901'234'567, b = 98'765'432'109'876'543;
    for (int i = 0; i < 100; ++i) {
      a = a * 6364136223846793005u + 1442695040888963407u;
      b = b * 6364136223846793005u + 1013904223u;
      const auto expected =
          static_cast<uint64_t>(static_cast<unsigned __int128>(a % modulus) * (b % modulus) % modulus);
      CHECK(m.plain(m.multiply(m.from(a), m.from(b))) == expected);
      if (b % modulus != 0) CHECK(m.plain(m.multiply(m.from(b), m.inverse(m.from(b)))) == 1);
    }
    CHECK(m.add(m.from(int64_t{-5}), m.from(int64_t{5})) == 0);
  }
}

// Identities of the functions (Abramowitz and Stegun, 4.2-4.6), and the same with an error.
TEST_CASE("residues keep the relations between functions", "[residues]") {
  for (const char* zero : {
           "sin(x)^2 + cos(x)^2 - 1",
           "sin(2*x - y/3) - sin(2*x)*cos(y/3) + cos(2*x)*sin(y/3)",
           "tan(2*x) - 2*tan(x)/(1 - tan(x)^2)",
           "exp(x + y/2)^2 - exp(2*x)*exp(y)",
           "exp(exp(x) + exp(y)) - exp(exp(x))*exp(exp(y))",
           "exp(sin(x)^2 + cos(x)^2) - e",
           "cosh(x)^2 - sinh(x)^2 - 1",
           "sqrt(p*q + p) - sqrt(p)*sqrt(q + 1)",
           "(p^x)^2*p^y - p^(2*x + y)",
           "sqrt(8*p + 8*q) - 2*sqrt(2)*sqrt(p + q)",
           "p^(1/3)*p^(1/2) - p^(5/6)",
           "erf(x^2 - y^2) + erf((y - x)*(y + x))",
           "sin(sqrt(p*q + p)) - sin(sqrt(p)*sqrt(q + 1))",
       }) {
    INFO(zero);
    CHECK_FALSE(differs(zero));
    CHECK(differs(std::string(zero) + " + x/1000"));
  }
  // The root of a square is its absolute value; what relations there are is not known in general.
  for (const char* zero :
       {"sqrt(p^2 + 2*p*q + q^2) - p - q", "log(x*y) - log(x) - log(y)", "abs(x)*abs(y) - abs(x*y)",
        "atan(2*x/(1 - x^2)) - 2*atan(x)", "sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3)",
        "gamma(x + 1) - x*gamma(x)", "sin(x + pi/3) - sin(x)/2 - sqrt(3)*cos(x)/2",
        "sqrt(49 - x^2) - 7*sqrt(1 - x^2/49)"}) {
    INFO(zero);
    CHECK_FALSE(differs(zero));
  }
}

TEST_CASE("residues do not contradict proofs", "[residues]") {
  int zeros = 0, refuted = 0;
  for (const char* file : {"antiderivatives_300.tsv", "own_derivatives.tsv"}) {
    for (const test::Antiderivative& r :
         test::antiderivatives(std::string(paths::source) + "/tests/data/" + file)) {
      Texts t;
      for (const auto& name : test::names_of_row(r.integrand + " " + r.antiderivative + " " + r.variable))
        t.declare(name, {});
      const Ref f = t(r.integrand), derivative = diff(t.ctx, t(r.antiderivative), t(r.variable));
      INFO(file << ", row " << r.number << ": " << r.integrand);
      const Ref difference = t.ctx.subtract(derivative, f);
      const ZeroTest test = test_zero(t.ctx, difference);
      CHECK(test.answer == ZeroTest::Answer::proved);
      CHECK_FALSE(differs_by_residues(t.ctx, difference));
      ++zeros;
      const Ref other = t.ctx.scale(t.ctx.number(Rational::fraction(10001, 10000)), derivative);
      refuted += differs_by_residues(t.ctx, t.ctx.subtract(other, f));
    }
  }
  CHECK(zeros == 600);
  CHECK(refuted > 300);
}

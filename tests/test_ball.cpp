// Certified arithmetic: enclosures hold, undefined is told from unknown, digits are right, and no request
// runs away. Expected digits are from published constants.
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>

#include "expr/ball.h"
#include "expr/number.h"
#include "tests/processor_clock.h"

using namespace nabla;

namespace {

Ball at(double x) { return Ball(x, 200); }
Ball wide(double low, double high) { return Ball::interval(low, high, 200); }
bool unknown(const Ball& b) { return !b.is_finite() && !b.is_undefined(); }

}  // namespace

TEST_CASE("digits are those of the constants", "[ball]") {
  CHECK(Ball::pi(400).digits(50) == "3.1415926535897932384626433832795028841971693993751");  // OEIS A000796
  CHECK(Ball::e(400).digits(50) == "2.7182818284590452353602874713526624977572470937000");   // OEIS A001113
  CHECK(sqrt(Ball(2).with_precision(400)).digits(30) == "1.41421356237309504880168872421");  // OEIS A002193
  CHECK((-digamma(Ball(1).with_precision(400))).digits(30) == "0.577215664901532860606512090082");  // A001620
  CHECK(Ball(Rational::fraction(-22, 7), 300).digits(20) == "-3.1428571428571428571");
}

TEST_CASE("digits are rounded correctly or not given", "[ball]") {
  CHECK(at(0.125).digits(10) == "0.125");
  CHECK(at(0.125).digits(2) == "0.13");  // halves away from zero
  CHECK(at(-2.5).digits(1) == "-3");
  CHECK(at(1e15).digits(20) == "1000000000000000");
  CHECK(at(99.96).digits(3) == "100");
  CHECK(at(9.5).digits(1) == "1e+1");
  CHECK(at(0.0009995).digits(3) == "0.000999");  // the double lies below 9.995e-4
  CHECK(at(0).digits(5) == "0");
  CHECK(Ball::fraction(1, 3, 200).digits(12) == "0.333333333333");
  CHECK(Ball::fraction("602214076000000000000000", "1", 200).digits(9) == "6.02214076e+23");
  CHECK(Ball::fraction("1", "1000000000000000000000000000000", 200).digits(3) == "1.00e-30");
  CHECK_FALSE(wide(1.2, 1.3).digits(3));
  CHECK(wide(1.23, 1.24).digits(2) == "1.2");
  CHECK_FALSE(wide(1.24, 1.26).digits(2));
  CHECK_FALSE(wide(-1, 1).digits(1));
  CHECK_FALSE(Ball::pi(60).digits(30));
  CHECK(wide(1.2, 1.3).to_string(10).substr(0, 4) == "1 +/");
  CHECK(at(0.5).to_string() == "0.5");
  CHECK(Ball::undefined().to_string() == "undefined");
  CHECK(Ball::unknown().to_string() == "unknown");
}

TEST_CASE("digits agree with the C library's rounding", "[ball]") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const double mantissa = 1 + static_cast<double>(random() >> 12) * 0x1p-52;
    const double x = std::ldexp(mantissa, static_cast<int>(random() % 80) - 40);
    char text[64];
    std::snprintf(text, sizeof text, "%.11e", x);  // glibc rounds correctly; ties need more than 53 bits here
    const auto mine = at(x).digits(12);
    REQUIRE(mine);
    CHECK(std::stod(*mine) == std::stod(text));
  }
}

TEST_CASE("rational numbers of any size", "[ball]") {
  CHECK(Ball(Rational::fraction(1, 3), 100).contains(Ball::fraction(1, 3, 300)));
  CHECK(Ball(Rational(7), 100).is_exact());
  const auto big = factorial(50, 100'000);
  REQUIRE(big);
  CHECK(Ball(*big, 500).overlaps(gamma(Ball(51).with_precision(500))));
  CHECK(Ball(*big, 500).digits(10) == "3.041409320e+64");
  CHECK(unknown(Ball::fraction("12x", "1", 100)));
  CHECK(unknown(Ball(std::numeric_limits<double>::infinity())));
}

TEST_CASE("undefined is told from unknown", "[ball]") {
  const Ball around_zero = wide(-1e-30, 1e-30);
  CHECK(log(at(-1)).is_undefined());
  CHECK(log(at(0)).is_undefined());
  CHECK(unknown(log(around_zero)));
  CHECK(sqrt(at(-1)).is_undefined());
  CHECK(unknown(sqrt(around_zero)));
  CHECK(sqrt(at(0)).is_zero());
  CHECK((at(1) / at(0)).is_undefined());
  CHECK(unknown(at(1) / around_zero));
  CHECK(asin(at(1.5)).is_undefined());
  CHECK(unknown(asin(wide(0.9, 1.1))));
  CHECK(acosh(at(0.5)).is_undefined());
  CHECK(atanh(at(1)).is_undefined());
  CHECK(gamma(at(-3)).is_undefined());
  CHECK(unknown(gamma(wide(-3.1, -2.9))));
  CHECK(gamma(at(-2.5)).is_finite());
  CHECK(polygamma(1, at(0)).is_undefined());
  CHECK(polygamma(at(0.5), at(1)).is_undefined());
  CHECK(Ei(at(0)).is_undefined());
  CHECK(li(at(1)).is_undefined());
  CHECK(Ci(at(-1)).is_undefined());
  CHECK((log(at(-1)) * 0 + 1).is_undefined());
  CHECK((log(at(-1)) + Ball::unknown()).is_undefined());
  CHECK(unknown(unite(log(at(-1)), at(1))));
}

TEST_CASE("powers follow the real conventions", "[ball]") {
  const Ball third = Ball::fraction(1, 3, 200);
  CHECK(pow(at(-8), third).is_undefined());
  CHECK(pow(at(-8), Rational::fraction(1, 3)).is_undefined());
  CHECK(pow(at(-2), at(3)).contains(at(-8)));
  CHECK(pow(at(4), Rational::fraction(-3, 2)).contains(at(0.125)));
  CHECK(pow(at(0), at(0)).contains(at(1)));
  CHECK(pow(at(-3), at(0)).contains(at(1)));
  CHECK(pow(at(0), third).is_zero());
  const Ball around_0 = Ball::interval(-0.5, 0.5, 64);
  CHECK(pow(around_0, at(2)).contains(at(0.25)));
  CHECK(pow(around_0, at(3)).contains(at(-0.125)));
  CHECK_FALSE(pow(around_0, at(-1)).is_finite());
  CHECK(pow(at(0), at(-1)).is_undefined());
  CHECK(pow(at(0), -third).is_undefined());
  CHECK(pow(at(10), at(-2)).overlaps(Ball::fraction(1, 100, 200)));
  CHECK(unknown(pow(at(-8), wide(0.9, 1.1))));
  CHECK(unknown(pow(wide(-1, 1), third)));
  CHECK(pow(wide(-1, 1), at(2)).contains(at(0)));
  const Ball near = pow(abs(wide(0, 2)), at(0.5));
  CHECK((unknown(near) || near.contains(at(1.25))));
}

TEST_CASE("comparisons have three answers", "[ball]") {
  CHECK((at(1) < at(2)) == Truth::yes);
  CHECK((at(2) < at(2)) == Truth::no);
  CHECK((at(2) <= at(2)) == Truth::yes);
  CHECK((wide(1, 3) < at(2)) == Truth::unknown);
  CHECK((at(2) == at(2)) == Truth::yes);
  CHECK((Ball::pi(100) == Ball::pi(100)) == Truth::unknown);
  CHECK((Ball::pi(100) == at(3)) == Truth::no);
  CHECK((Ball::unknown() < at(1)) == Truth::unknown);
  CHECK(both(Truth::no, Truth::unknown) == Truth::no);
  CHECK(both(Truth::yes, Truth::unknown) == Truth::unknown);
  CHECK(either(Truth::yes, Truth::unknown) == Truth::yes);
  CHECK(either(Truth::no, Truth::unknown) == Truth::unknown);
  CHECK((!Truth::no) == Truth::yes);
  CHECK(select(Truth::unknown, at(1), at(5)).contains(at(3)));
  CHECK(select(Truth::no, at(1), at(5)).contains(at(5)));
}

// Every function of a wide ball contains its value at points of the ball.
TEST_CASE("enclosures hold on intervals", "[ball]") {
  std::mt19937_64 random(11);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  using Real = Ball (*)(const Ball&);
  const Real functions[] = {
#define NABLA_NAME(name) name,
      NABLA_BALL_FUNCTIONS(NABLA_NAME)
#undef NABLA_NAME
  };
  size_t index = 0;
  for (const Real f : functions) {
    int finite = 0;
    for (int i = 0; i < 200; ++i) {
      const double low = 8 * uniform() - 3, width = std::ldexp(uniform(), -static_cast<int>(random() % 30));
      const Ball enclosure = f(wide(low, low + width));
      if (!enclosure.is_finite()) continue;
      ++finite;
      for (int j = 0; j < 4; ++j) {
        const double x = low + width * uniform();
        const Ball point = f(Ball(x, 300));
        INFO("function " << index << " at " << x << " in [" << low << ", " << low + width << "]");
        REQUIRE(point.is_finite());
        CHECK(enclosure.overlaps(point));
        CHECK(enclosure.lower() <= point.upper());
        CHECK(point.lower() <= enclosure.upper());
      }
    }
    INFO("function " << index++);
    CHECK(finite > 20);
  }
}

TEST_CASE("values that a ball straddles", "[ball]") {
  CHECK(floor(wide(1.5, 2.5)).contains(at(1)));
  CHECK(floor(wide(1.5, 2.5)).contains(at(2)));
  CHECK(round(wide(-0.4, 0.4)).is_zero());
  CHECK(round(at(2.5)).contains(at(3)));
  CHECK(round(at(-2.5)).contains(at(-3)));
  CHECK(cbrt(wide(-8, 27)).contains(at(-2)));
  CHECK(cbrt(at(-8)).contains(at(-2)));
  CHECK(sign(wide(-1, 1)).contains(at(1)));
  CHECK(atan2(at(0), at(0)).is_zero());
  CHECK(hypot(wide(-1e-9, 1e-9), wide(-1e-9, 1e-9)).contains(at(1e-9)));
}

TEST_CASE("accessors bound the ball", "[ball]") {
  const Ball b = wide(1, 2);
  CHECK(b.lower() <= 1);
  CHECK(b.upper() >= 2);
  CHECK(b.midpoint() == 1.5);
  CHECK(b.radius() >= 0.5);
  CHECK(at(3).accurate_bits() == Ball::max_precision);
  CHECK(Ball::pi(300).accurate_bits() > 290);
  CHECK(Ball::unknown().accurate_bits() == 0);
  CHECK(at(3).magnitude_bits().value() >= 2);
  CHECK_FALSE(at(0).magnitude_bits());
  CHECK(Ball::pi(100).radius() > 0);
  CHECK(Ball::pi(1'000'000).precision() == Ball::max_precision);
  Ball copy = b, moved = std::move(copy);
  CHECK(moved.overlaps(b));
  CHECK(moved.precision() == 200);
}

// Arb cannot be interrupted: huge arguments, orders and precisions must end quickly all the same.
TEST_CASE("no request runs away", "[ball]") {
  using Clock = nabla::test::ProcessorClock;
  using Real = Ball (*)(const Ball&);
  const Real functions[] = {
#define NABLA_NAME(name) name,
      NABLA_BALL_FUNCTIONS(NABLA_NAME)
#undef NABLA_NAME
  };
  const Ball largest = exp(exp(Ball(40.0, 100)));  // its exponent has 58 bits
  REQUIRE(largest.is_finite());
  const Ball arguments[] = {at(1e308), at(-1e308), at(5e-324), at(1e9),
                            at(-1e9),  largest,    -largest,   1 / largest};
  for (const long precision : {100L, 20'000L}) {
    for (const Ball& x : arguments) {
      size_t index = 0;
      for (const Real f : functions) {
        const auto start = Clock::now();
        f(x.with_precision(precision));
        INFO("function " << index++ << " of " << x.to_string() << " at " << precision);
        CHECK(Clock::now() - start < std::chrono::seconds(1));
      }
      const auto start = Clock::now();
      for (const int k : {1, 2, 50, 1000, 100'000}) polygamma(k, x.with_precision(precision));
      pow(abs(x), x), pow(x, Ball(1000).with_precision(precision)), pow(at(1.5), x), atan2(x, x), hypot(x, x);
      CHECK(Clock::now() - start < std::chrono::seconds(2));
    }
  }
  CHECK(unknown(exp(exp(exp(exp(at(10)))))));
  CHECK(exp(-largest).contains(at(0)));
  CHECK(erf(largest).overlaps(at(1)));
  CHECK(erfc(-largest).overlaps(at(2)));
  Ball tower = at(3);
  for (int i = 0; i < 200; ++i) tower = tower * tower;
  CHECK(unknown(tower));
}

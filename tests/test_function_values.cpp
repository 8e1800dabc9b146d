// Values of the function table that none of its columns can vouch for, from published tables.
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "expr/ball.h"
#include "expr/function.h"

using namespace nabla;

namespace {

using Point = std::vector<double>;

}  // namespace

// A&S: Abramowitz and Stegun, Handbook of Mathematical Functions (1964).
TEST_CASE("values from published tables", "[functions]") {
  struct Known {
    Fn fn;
    Point at;
    double value;
    const char* source;
  };
  const Known table[] = {
      {Fn::digamma, {1}, -0.57721566490153286, "A&S 6.3.2, Euler's constant 6.1.3"},
      {Fn::digamma, {0.5}, -1.96351002602142348, "A&S 6.3.3"},
      {Fn::trigamma, {1}, 1.64493406684822644, "A&S 6.4.2, zeta(2)"},
      {Fn::polygamma, {2, 1}, -2.40411380631918857, "A&S 6.4.2, -2*zeta(3)"},
      {Fn::gamma, {1.5}, 0.88622692545275801, "A&S 6.1.9"},
      {Fn::gamma, {1.0 / 3}, 2.67893853470774763, "A&S 6.1.13"},
      {Fn::lgamma, {0.5}, 0.57236494292470009, "A&S 6.1.8, log(pi)/2"},
      {Fn::factorial, {10}, 3628800, "10!"},
      {Fn::beta, {2, 3}, 1.0 / 12, "DLMF 5.12.1"},
      {Fn::beta, {-0.5, 2.5}, -4.71238898038468986, "gamma(-1/2)*gamma(5/2)/gamma(2) = -3*pi/2, A&S 6.1.9"},
      {Fn::erf, {0.5}, 0.52049987781304654, "A&S table 7.1"},
      {Fn::erfc, {1}, 0.15729920705028513, "A&S table 7.1"},
      {Fn::erfi, {1}, 1.65042575879754288, "OEIS A099288"},
      {Fn::Si, {1}, 0.94608307036718301, "A&S table 5.1"},
      {Fn::Si, {3.14159265358979312}, 1.85193705198246617, "Wilbraham-Gibbs constant, OEIS A036792"},
      {Fn::Si, {10}, 1.65834759421887405, "A&S table 5.1"},
      {Fn::Ci, {1}, 0.33740392290096813, "A&S table 5.1"},
      {Fn::Ci, {10}, -0.04545643300445537, "A&S table 5.1"},
      {Fn::Ei, {1}, 1.89511781635593676, "A&S table 5.1"},
      {Fn::Ei, {-1}, -0.21938393439552029, "A&S table 5.1, -E1(1)"},
      {Fn::li, {2}, 1.04516378011749279, "OEIS A069284"},
      {Fn::gelu, {1}, 0.84134474606854293, "A&S table 26.1, the normal distribution at 1"},
      {Fn::sinc, {1}, 0.84147098480789651, "A&S table 4.6"},
  };
  for (const Known& k : table) {
    const Function& f = row(k.fn);
    INFO(f.name << " at " << k.at[0] << ", " << k.source);
    CHECK(f.value(k.at.data()) == Approx(k.value).epsilon(4e-15).margin(0));
    std::vector<Ball> arguments;
    for (const double x : k.at) arguments.emplace_back(x, 100);
    const Ball b = f.ball(arguments.data(), 100);
    CHECK(b.midpoint() == Approx(k.value).epsilon(1e-15).margin(0));
    CHECK(b.accurate_bits() > 80);
  }
}

TEST_CASE("zeros from published tables", "[functions]") {
  const auto near_zero = [](Fn fn, double x) { return std::abs(row(fn).value(&x)) < 1e-15; };
  CHECK(near_zero(Fn::digamma, 1.4616321449683623));  // A&S 6.3.19
  CHECK(near_zero(Fn::Ei, 0.37250741078136663));      // A&S 5.1, log of the Soldner constant
  CHECK(near_zero(Fn::Ci, 0.61650548562071623));      // OEIS A133746
  CHECK(near_zero(Fn::li, 1.4513692348833810));       // Soldner's constant, OEIS A070769
}

// (k - 1)!/x^k*(k/x + k/(x + 1)*… + 1) for large x: so small that it is 0, or so large, and soon.
TEST_CASE("polygamma of large orders ends", "[functions]") {
  const auto at = [](double k, double x) {
    const Point p{k, x};
    return row(Fn::polygamma).value(p.data());
  };
  CHECK(at(3.7e31, 4e31) == 0);
  CHECK(std::isinf(at(3.7e31, 2)));
}

TEST_CASE("documented conventions", "[functions]") {
  const auto at = [](Fn fn, Point p) { return row(fn).value(p.data()); };
  const auto slope = [](Fn fn, Point p) {
    Point out(p.size());
    row(fn).partials(p.data(), row(fn).value(p.data()), out.data());
    return out;
  };
  CHECK(at(Fn::sign, {0}) == 0);
  CHECK(at(Fn::step, {0}) == 0);
  CHECK(slope(Fn::relu, {0})[0] == 0);
  CHECK(slope(Fn::abs, {0})[0] == 0);
  CHECK(slope(Fn::max, {2, 2}) == Point{1, 0});
  CHECK(slope(Fn::min, {2, 2}) == Point{1, 0});
  CHECK(at(Fn::sinc, {0}) == 1);
  CHECK(at(Fn::round, {2.5}) == 3);
  CHECK(at(Fn::round, {-2.5}) == -3);
  CHECK(at(Fn::mod, {-7, 3}) == 2);
  CHECK(at(Fn::mod, {7, -3}) == -2);
  CHECK(at(Fn::cbrt, {-8}) == -2);
  CHECK(std::isnan(at(Fn::pow, {-8, 1.0 / 3})));
  CHECK(at(Fn::pow, {0, 0}) == 1);
  CHECK(at(Fn::atan2, {0, 0}) == 0);
  CHECK(at(Fn::acot, {-1}) == Approx(3 * 3.14159265358979324 / 4).epsilon(1e-15));
  CHECK(at(Fn::elu, {-1}) == Approx(-0.63212055882855768).epsilon(1e-15));  // 1/e - 1
  for (const Fn fn : {Fn::max, Fn::min}) {
    CHECK(std::isnan(at(fn, {1, NAN})));
    CHECK(std::isnan(at(fn, {NAN, 1})));
  }
}

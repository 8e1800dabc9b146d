// The columns of every row of the function table against each other: the double value against the certified
// one, the partial derivatives against central differences of the certified value, and the texts against
// both.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "expr/ball.h"
#include "expr/function.h"
#include "tests/formula.h"

using namespace nabla;
using nabla::test::Formula;
using nabla::test::Names;

namespace {

using Point = std::vector<double>;

std::vector<Fn> scalar_rows() {
  std::vector<Fn> rows;
  for (size_t i = 0; i < function_count(); ++i) {
    if (row(function_at(i)).value) rows.push_back(function_at(i));
  }
  return rows;
}

Names names_at(const Point& p, long precision) {
  Names names{{"x", Ball(p[0], precision)}};
  if (p.size() > 1) names.insert_or_assign("y", Ball(p[1], precision));
  return names;
}

Truth holds(std::string_view condition, const Point& p) {
  const Names names = names_at(p, 300);
  return condition.empty() ? Truth::yes : Formula(condition, names, 300).truth();
}

Ball ball_at(const Function& f, const Point& p, long precision) {
  std::vector<Ball> args;
  for (const double x : p) args.emplace_back(x, precision);
  return f.ball(args.data(), precision);
}

// With a width, the arguments are all numbers within that relative distance.
std::vector<Ball> ball_partials_at(const Function& f, const Point& p, long precision, double width = 0) {
  std::vector<Ball> args, out(p.size());
  for (const double x : p) {
    const bool fixed = f.not_differentiable >> args.size() & 1;
    const Ball factor = fixed ? Ball(1) : Ball::interval(1 - width, 1 + width, precision);
    args.push_back(Ball(x, precision) * factor);
  }
  f.ball_partials(args.data(), f.ball(args.data(), precision), out.data(), precision);
  return out;
}

// The value with at least 80 certain bits, unless it is 0, below the doubles, or cannot be had at 5,000 bits.
Ball accurate(const Function& f, const Point& p) {
  long precision = 160;
  const auto enough = [](const Ball& b) {
    const bool tiny = b.upper() - b.lower() <= 2 * std::numeric_limits<double>::denorm_min();
    return b.accurate_bits() >= 80 || b.is_undefined() || tiny;
  };
  Ball b = ball_at(f, p, precision);
  while (!enough(b) && precision < 5000) b = ball_at(f, p, precision *= 2);
  return b;
}

// Numbers that formulas are full of, numbers of all sizes, and numbers next to 1, where domains end.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  double operator()() {
    static constexpr double nice[] = {0, 0.25, 0.5, 0.75, 1, 1.5, 2,  2.5, 3,
                                      4, 5,    6,   7.5,  8, 10,  20, 100, 170};
    const auto below = [this](uint64_t n) { return static_cast<int>(random_() % n); };
    const double sign = random_() % 2 ? 1 : -1;
    switch (random_() % 8) {
      case 0:
        return sign * nice[random_() % std::size(nice)] + 0.0;  // never -0, which is no real number
      case 1:
        return sign * (1 + (random_() % 2 ? 1 : -1) * std::ldexp(uniform(), -below(50)));
      case 2:
        return sign * std::ldexp(1 + uniform(), below(2000) - 1000);
      case 3:
        return sign * 800 * uniform();
      case 4:
        return uniform();
      default:
        return sign * std::exp(16 * uniform() - 9);
    }
  }

 private:
  std::mt19937_64 random_;
};

// `count` points inside (or outside) the domain.
std::vector<Point> points(const Function& f, size_t count, bool inside) {
  Draw draw(1 + static_cast<uint64_t>(f.fn));
  std::vector<Point> found;
  for (int tries = 0; tries < 40'000 && found.size() < count; ++tries) {
    Point p;
    for (int i = 0; i < f.max_args; ++i) p.push_back(draw());
    if (f.fn == Fn::polygamma && inside) p[0] = std::floor(std::fmod(std::abs(p[0]), 12));
    if (holds(f.domain, p) == (inside ? Truth::yes : Truth::no)) found.push_back(p);
  }
  return found;
}

bool between(const Point& p, double low, double high) {
  return std::all_of(p.begin(), p.end(), [=](double x) { return low <= std::abs(x) && std::abs(x) <= high; });
}

std::string show(const Function& f, const Point& p) {
  std::string text = std::string(f.name) + "(";
  char buffer[40];
  for (size_t i = 0; i < p.size(); ++i) {
    std::snprintf(buffer, sizeof buffer, "%s%.17g", i ? ", " : "", p[i]);
    text += buffer;
  }
  return text + ")";
}

// The allowed error of a double value: ulps*|f| + conditioned * sum |x_k df/dx_k|, in units of 2^-52. The
// second part is what rounding the arguments alone would cost: a function that forms x + y, x/sqrt(2) or
// gamma of a rounded number cannot do better, and near a zero it is an absolute error.
struct Tolerance {
  double ulps = 2;  // one libm call is within 1 ulp in glibc, and our own operations add to it
  double conditioned = 0;
};

Tolerance tolerance(Fn fn) {
  static const std::map<Fn, Tolerance> special = {
      // compositions of two to five correctly conditioned steps of at most 1 ulp each
      {Fn::sec, {3}},
      {Fn::csc, {3}},
      {Fn::cot, {3}},
      {Fn::sech, {4}},
      {Fn::csch, {4}},
      {Fn::coth, {4}},
      {Fn::asec, {5}},
      {Fn::acsc, {5}},
      {Fn::acot, {3}},
      {Fn::asech, {5}},
      {Fn::acsch, {4}},
      {Fn::acoth, {4}},
      {Fn::sigmoid, {4}},
      {Fn::softplus, {4}},
      {Fn::silu, {5}},
      {Fn::elu, {2}},
      {Fn::logit, {4}},
      // glibc states 2 ulps for the hyperbolic functions and their inverses
      {Fn::sinh, {3}},
      {Fn::cosh, {3}},
      {Fn::tanh, {3}},
      {Fn::asinh, {3}},
      {Fn::acosh, {3}},
      {Fn::atanh, {3}},
      // x - y rounds; the terms of the sum cancel where the result is near 0
      {Fn::logaddexp, {2, 1}},
      // the argument x/sqrt(2) of erfc rounds twice
      {Fn::gelu, {4, 1}},
      // glibc states up to 10 ulps for tgamma, and lgamma is absolute near its zeros
      {Fn::gamma, {10}},
      {Fn::factorial, {12}},
      {Fn::lgamma, {6, 0.5}},
      // three gammas of up to 10 ulps, or an exponent whose size is that of the conditioning
      {Fn::beta, {30, 2}},
      // 14 steps of a recurrence and a series; the sums are up to 2.7 near the zero of digamma, where the
      // error is absolute; 45 units are the promised 1e-14
      {Fn::digamma, {10, 4}},
      {Fn::trigamma, {16, 1}},
      {Fn::polygamma, {45, 1}},
      {Fn::erfi, {30}},
      {Fn::Si, {8}},
      {Fn::Ci, {12, 4}},
      {Fn::Ei, {40, 2}},
      {Fn::li, {40, 2}},
  };
  const auto it = special.find(fn);
  return it == special.end() ? Tolerance{} : it->second;
}

// How far `value` is from the certified value in units of the tolerance; 0 if both overflow.
double excess(const Function& f, const Point& p, const Ball& expected, double value) {
  const double exact = expected.midpoint();
  const double largest = std::numeric_limits<double>::max();
  if (!std::isfinite(exact) || std::isinf(value)) {
    const bool both_overflow = std::isinf(value) && std::abs(exact) > largest * (1 - 1e-12);
    return both_overflow && (value > 0) == (exact > 0) ? 0 : HUGE_VAL;
  }
  const Tolerance t = tolerance(f.fn);
  double allowed = t.ulps * std::abs(exact);
  if (t.conditioned > 0) {
    const auto partials = ball_partials_at(f, p, 400);
    for (size_t k = 0; k < p.size(); ++k) {
      const Ball c = abs(Ball(p[k], 400) * partials[k]);
      if (c.is_finite()) allowed += t.conditioned * c.upper();
    }
  }
  const double error = (Ball(value, 200) - expected).midpoint();
  // below the normal numbers the unit is fixed, and x*exp(x) has it up to 745 times
  return std::abs(error) / (allowed * 0x1p-52 + 1024 * std::numeric_limits<double>::denorm_min());
}

}  // namespace

TEST_CASE("the double value agrees with the certified value", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    const auto sample = points(f, 600, true);
    REQUIRE(sample.size() >= 400);
    double worst = 0;
    Point worst_point = sample[0];
    for (const Point& p : sample) {
      const Ball expected = accurate(f, p);
      INFO(show(f, p) << " = " << expected.to_string(20));
      REQUIRE_FALSE(expected.is_undefined());
      if (!expected.is_finite()) continue;  // beyond the bounds of Ball
      const double e = excess(f, p, expected, f.value(p.data()));
      if (!(e <= worst)) worst = e, worst_point = p;
    }
    const std::string value = accurate(f, worst_point).to_string(20);
    INFO(show(f, worst_point) << " = " << value << ", not " << f.value(worst_point.data()));
    CHECK(worst <= 1);
  }
}

TEST_CASE("outside the domain nothing is finite", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    if (f.domain.empty()) continue;
    // exp(i*pi)-like points aside, cos(x) = 0 has no solution among the doubles
    const auto sample = points(f, 100, false);
    for (const Point& p : sample) {
      INFO(show(f, p));
      CHECK(ball_at(f, p, 2400).is_undefined());  // x + 1 is exact for every double
      CHECK_FALSE(std::isfinite(f.value(p.data())));
    }
  }
}

TEST_CASE("a column of points is the value at each", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    const auto sample = points(f, 50, true);
    std::vector<Point> columns(f.max_args);
    for (const Point& p : sample) {
      for (size_t k = 0; k < p.size(); ++k) columns[k].push_back(p[k]);
    }
    std::vector<const double*> args;
    for (const Point& c : columns) args.push_back(c.data());
    std::vector<double> out(sample.size());
    f.column(args.data(), out.data(), out.size());
    for (size_t i = 0; i < out.size(); ++i) {
      INFO(show(f, sample[i]));
      CHECK(out[i] == f.value(sample[i].data()));
    }
  }
}

TEST_CASE("partial derivatives are those of the certified value", "[functions]") {
  const long precision = 600;
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    int checked = 0;
    for (const Point& p : points(f, 300, true)) {
      if (holds(f.where, p) != Truth::yes || !between(p, 1e-4, 100)) continue;
      const auto partials = ball_partials_at(f, p, precision);
      for (size_t k = 0; k < p.size(); ++k) {
        INFO(show(f, p) << " in argument " << k);
        if (f.not_differentiable >> k & 1) {
          CHECK_FALSE(partials[k].is_finite());
          continue;
        }
        // (f(x + h) - f(x - h))/(2h): the error is about h^2*f'''/6, far below 2^-100
        const Ball h = Ball(std::ldexp(std::min(1.0, std::abs(p[k])), -160), precision);
        std::vector<Ball> above, below;
        for (const double x : p) above.emplace_back(x, precision);
        below = above;
        above[k] += h, below[k] -= h;
        const Ball difference = f.ball(above.data(), precision) - f.ball(below.data(), precision);
        if (!difference.is_finite()) continue;  // next to the edge of the domain
        const Ball slope = difference / (2 * h);
        const Ball error = abs(slope - partials[k]);
        const Ball scale = abs(partials[k]) + abs(ball_at(f, p, precision));
        CHECK((error <= scale * Ball(0x1p-100, precision)) == Truth::yes);
        ++checked;
      }
    }
    INFO(f.name);
    CHECK(checked >= 60);
  }
}

// The double partials serve a comparison of derivatives at 1e-8 or so; they are plain formulas, whose terms
// may cancel, so the error is measured against the partial, the size of f/x, and what rounding the arguments
// can change (beta next to a pole of digamma(x + y)).
TEST_CASE("double partials agree with the certified ones", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    int checked = 0;
    for (const Point& p : points(f, 300, true)) {
      if (!between(p, 1e-3, 50)) continue;
      const auto expected = ball_partials_at(f, p, 600);
      const auto nearby = ball_partials_at(f, p, 600, 0x1p-50);
      const double value = f.value(p.data());
      std::vector<double> partials(p.size());
      f.partials(p.data(), value, partials.data());
      for (size_t k = 0; k < p.size(); ++k) {
        INFO(show(f, p) << " in argument " << k << ": " << partials[k]);
        INFO("not " << expected[k].to_string());
        const double exact = expected[k].midpoint();
        if (!expected[k].is_finite()) {
          CHECK_FALSE(std::isfinite(partials[k]));
        } else if (std::abs(exact) < 1e290 && std::isfinite(value)) {
          const double scale = std::abs(exact) + std::abs(value / p[k]);
          if (!nearby[k].is_finite()) continue;
          CHECK(std::abs(partials[k] - exact) <= 1e-11 * scale + nearby[k].radius() + 1e-300);
          ++checked;
        }
      }
    }
    INFO(f.name);
    CHECK(checked >= 60);
  }
}

TEST_CASE("the text of the differential gives the same partial derivatives", "[functions]") {
  const long precision = 600;
  const char* differentials[] = {"dx", "dy"};
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    int checked = 0;
    for (const Point& p : points(f, 200, true)) {
      if (holds(f.where, p) != Truth::yes || !between(p, 1e-4, 1000)) continue;
      const auto partials = ball_partials_at(f, p, precision);
      for (size_t k = 0; k < p.size(); ++k) {
        if (f.not_differentiable >> k & 1) {
          CHECK(f.differential.find(differentials[k]) == std::string_view::npos);
          continue;
        }
        Names names = names_at(p, precision);
        names.insert_or_assign("f", ball_at(f, p, precision));
        for (size_t j = 0; j < p.size(); ++j) names.insert_or_assign(differentials[j], Ball(j == k ? 1 : 0));
        const Ball slope = Formula(f.differential, names, precision).value();
        INFO(show(f, p) << " in argument " << k << ": " << f.differential << " = " << slope.to_string(20)
                        << ", not " << partials[k].to_string(20));
        if (!slope.is_finite() && !partials[k].is_finite()) continue;  // both beyond the bounds of Ball
        const Ball error = abs(slope - partials[k]);
        const Ball scale = abs(partials[k]) + abs(ball_at(f, p, precision)) + Ball(0x1p-1000);
        CHECK(slope.overlaps(partials[k]));
        if ((error <= scale * Ball(0x1p-80, precision)) == Truth::yes) ++checked;
      }
    }
    INFO(f.name);
    CHECK(checked >= 60);
  }
}

TEST_CASE("exact values are exact", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    std::string_view text = row(fn).exact;
    while (!text.empty()) {
      const size_t end = std::min(text.find(';'), text.size());
      const std::string_view item = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      INFO(item);
      const size_t equals = item.find(" = ");
      REQUIRE(equals != std::string_view::npos);
      const Names none;
      const Ball left = Formula(item.substr(0, equals), none, 400).value();
      const Ball right = Formula(item.substr(equals + 3), none, 400).value();
      CHECK(left.overlaps(right));
      CHECK((left - right).radius() < 0x1p-190);
    }
  }
}

TEST_CASE("parity and stable forms hold", "[functions]") {
  for (const Fn fn : scalar_rows()) {
    const Function& f = row(fn);
    for (const Point& p : points(f, 60, true)) {
      INFO(show(f, p));
      if (f.parity != Parity::none && between(p, 0, 1e6)) {
        REQUIRE(p.size() == 1);
        const Ball mirrored = ball_at(f, {-p[0]}, 300), value = ball_at(f, p, 300);
        CHECK(mirrored.overlaps(f.parity == Parity::odd ? -value : value));
        CHECK(f.value(Point{-p[0]}.data()) == (f.parity == Parity::odd ? -1 : 1) * f.value(p.data()));
      }
      if (const size_t arrow = f.stable.find("->"); arrow != std::string_view::npos && between(p, 0, 1e6)) {
        const Names names = names_at(p, 300);
        const Ball from = Formula(f.stable.substr(0, arrow - 1), names, 300).value();
        const Ball to = Formula(f.stable.substr(arrow + 2), names, 300).value();
        if (from.is_finite()) CHECK(from.overlaps(to));
      }
    }
  }
}

TEST_CASE("every row is complete and found by its name", "[functions]") {
  std::set<std::string_view> names;
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& f = row(function_at(i));
    INFO(f.name);
    CHECK(f.fn == function_at(i));
    CHECK(names.insert(f.name).second);
    CHECK(find_function(f.name) == f.fn);
    CHECK_FALSE(f.help.empty());
    CHECK_FALSE(f.example.empty());
    CHECK(f.example.find(f.name == "factorial" ? "!" : f.name) != std::string_view::npos);
    CHECK(f.weight > 0);
    if (!f.value) continue;
    CHECK_FALSE(f.differential.empty());
    CHECK_FALSE(f.cpp.empty());
    CHECK_FALSE(f.latex.empty());
  }
  CHECK_FALSE(find_function("sine"));
  CHECK_FALSE(find_function(""));
}

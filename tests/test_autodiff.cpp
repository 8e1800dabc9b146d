// Automatic differentiation: forward and reverse mode, in doubles and in balls. Expected values are hand
// calculus, exact integer arithmetic (where doubles do not round, the two modes must agree to the last bit),
// and central differences of certified values, in which no derivative is known to the program.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "eval/certify.h"
#include "eval/dual.h"
#include "eval/points.h"
#include "eval/reverse.h"
#include "expr/diagnostic.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

struct Model {
  Tape tape;
  size_t inputs;

  std::vector<double> unit(size_t k) const {
    std::vector<double> v(inputs);
    v[k] = 1;
    return v;
  }
  std::vector<double> forward_gradient(std::span<const double> at) const {
    std::vector<double> g;
    for (size_t k = 0; k < inputs; ++k) g.push_back(forward(tape, at, unit(k))[0].v);
    return g;
  }
  std::vector<double> reverse_gradient(std::span<const double> at) const {
    Reverse reverse(tape);
    reverse.move_to(at);
    std::vector<double> g(inputs);
    reverse.gradient(0, g);
    return g;
  }
  std::vector<double> forward_hessian(std::span<const double> at) const {
    std::vector<double> h;
    for (size_t i = 0; i < inputs; ++i) {
      for (size_t j = 0; j < inputs; ++j) h.push_back(forward(tape, at, unit(i), unit(j))[0].vw);
    }
    return h;
  }
  std::vector<double> reverse_hessian(std::span<const double> at) const {
    Reverse reverse(tape);
    reverse.move_to(at);
    std::vector<double> h, line(inputs);
    for (size_t i = 0; i < inputs; ++i) {
      reverse.hessian_vector(0, unit(i), line);
      h.insert(h.end(), line.begin(), line.end());
    }
    return h;
  }
};

Model model(Context& ctx, Ref e, std::span<const Ref> inputs) {
  return {compile(ctx, {&e, 1}, inputs), inputs.size()};
}

Model model(Texts& t, const std::string& text, std::vector<std::string> names) {
  std::vector<Ref> inputs;
  for (const std::string& n : names) inputs.push_back(t(n));
  return model(t.ctx, t.written(text), inputs);
}

// NaN equals NaN.
void check_same(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (size_t k = 0; k < a.size(); ++k) {
    INFO("entry " << k << ": " << a[k] << " and " << b[k]);
    CHECK((a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k]))));
  }
}

void check_close(const std::vector<double>& a, const std::vector<double>& b, double relative) {
  REQUIRE(a.size() == b.size());
  for (size_t k = 0; k < a.size(); ++k) {
    INFO("entry " << k);
    CHECK(a[k] == Approx(b[k]).epsilon(relative).margin(0));
  }
}

// Both modes give this gradient, exactly.
void check_gradient(const Model& m, std::vector<double> at, const std::vector<double>& expected) {
  check_same(m.forward_gradient(at), expected);
  check_same(m.reverse_gradient(at), expected);
}

void check_hessian(const Model& m, std::vector<double> at, const std::vector<double>& expected) {
  check_same(m.forward_hessian(at), expected);
  check_same(m.reverse_hessian(at), expected);
}

double relative_error(const Ball& a, const Ball& b) {
  const Ball d = abs(a - b);
  return d.is_zero() ? 0 : (d / (abs(b) + Ball(0x1p-200, 53))).upper();
}

constexpr long difference_precision = 2000;

// (f(x + h e_i) - f(x - h e_i)) / 2h and the like with h = 2^-400: what is cut off is about h^2.
class Differences {
 public:
  Differences(const Tape& tape, std::span<const double> at)
      : tape_(tape), at_(exact_balls(at, difference_precision)) {}

  Ball first(size_t i) const { return (value(i, 1, i, 0) - value(i, -1, i, 0)) / (h() + h()); }
  Ball second(size_t i, size_t j) const {
    if (i == j) return (value(i, 1, i, 0) + value(i, -1, i, 0) - 2 * value(i, 0, i, 0)) / (h() * h());
    return (value(i, 1, j, 1) + value(i, -1, j, -1) - value(i, 1, j, -1) - value(i, -1, j, 1)) /
           (4 * h() * h());
  }

 private:
  static Ball h() { return Ball(0x1p-400, difference_precision); }
  Ball value(size_t i, int a, size_t j, int b) const {
    std::vector<Ball> x = at_;
    x[i] += Ball(a) * h();
    x[j] += Ball(b) * h();
    return forward(tape_, x, {}, {}, difference_precision)[0].value;
  }

  const Tape& tape_;
  std::vector<Ball> at_;
};

std::vector<Ball> unit_ball(size_t n, size_t k, long precision) {
  std::vector<double> v(n);
  v[k] = 1;
  return exact_balls(v, precision);
}

// First and second derivatives in balls against differences of values, relative 1e-25; and the doubles of
// both modes against those, relative `rounding`.
void check_against_differences(const Model& m, std::vector<double> at, double rounding) {
  constexpr long precision = 600;
  const Differences differences(m.tape, at);
  const auto x = exact_balls(at, precision);
  const auto g = m.reverse_gradient(at), fg = m.forward_gradient(at);
  const auto h = m.reverse_hessian(at), fh = m.forward_hessian(at);
  for (size_t i = 0; i < m.inputs; ++i) {
    for (size_t j = 0; j < m.inputs; ++j) {
      INFO("inputs " << i << ", " << j);
      const auto f = forward(m.tape, x, unit_ball(m.inputs, i, precision), unit_ball(m.inputs, j, precision),
                             precision)[0];
      const Ball first = differences.first(i), second = differences.second(i, j);
      CHECK(relative_error(f.v, first) < 1e-25);
      CHECK(relative_error(f.vw, second) < 1e-25);
      CHECK(g[i] == Approx(first.midpoint()).epsilon(rounding).margin(1e-300));
      CHECK(fg[i] == Approx(first.midpoint()).epsilon(rounding).margin(1e-300));
      CHECK(h[i * m.inputs + j] == Approx(second.midpoint()).epsilon(rounding).margin(1e-300));
      CHECK(fh[i * m.inputs + j] == Approx(second.midpoint()).epsilon(rounding).margin(1e-300));
    }
  }
}

}  // namespace

TEST_CASE("gradient and Hessian of Rosenbrock's function", "[autodiff]") {
  Texts t;
  const Model m = model(t, "100*(y - x^2)^2 + (1 - x)^2", {"x", "y"});
  // At (-1, 2), by hand: the gradient is (-400 x (y - x^2) - 2 (1 - x), 200 (y - x^2)).
  check_gradient(m, {-1, 2}, {396, 200});
  check_hessian(m, {-1, 2}, {1200 * 1 - 400 * 2 + 2, 400, 400, 200});
}

TEST_CASE("every operation, by hand calculus", "[autodiff]") {
  Texts t;
  check_gradient(model(t, "x/y", {"x", "y"}), {3, 2}, {0.5, -0.75});
  check_hessian(model(t, "x/y", {"x", "y"}), {3, 2}, {0, -0.25, -0.25, 0.75});
  check_gradient(model(t, "x^3 - 4*x + 7", {"x"}), {2}, {8});
  check_hessian(model(t, "x^3 - 4*x + 7", {"x"}), {2}, {12});
  check_gradient(model(t, "x^-2", {"x"}), {2}, {-0.25});
  check_hessian(model(t, "x^-2", {"x"}), {2}, {0.375});
  check_gradient(model(t, "sqrt(x)", {"x"}), {4}, {0.25});
  check_hessian(model(t, "sqrt(x)", {"x"}), {4}, {-1.0 / 32});
  check_gradient(model(t, "x^(3/2)", {"x"}), {4}, {3});
  check_gradient(model(t, "x^(-1/2)", {"x"}), {4}, {-1.0 / 16});
  // d(x^y) = y x^(y-1) dx + x^y log(x) dy; at x = 1 the logarithm is 0.
  check_gradient(model(t, "x^y", {"x", "y"}), {1, 3}, {3, 0});
  check_hessian(model(t, "x^y", {"x", "y"}), {1, 3}, {6, 1, 1, 0});
  check_gradient(model(t, "-x*y*z", {"x", "y", "z"}), {0, 3, 0}, {0, 0, 0});
  check_gradient(model(t, "x*y*z", {"x", "y", "z"}), {0, 3, 5}, {15, 0, 0});
  check_gradient(model(t, "if x < y then x^2 else y^3", {"x", "y"}), {3, 5}, {6, 0});
  check_gradient(model(t, "if x < y then x^2 else y^3", {"x", "y"}), {5, 3}, {0, 27});
  check_gradient(model(t, "x + x + x + x + x + x + x", {"x"}), {1}, {7});
}

TEST_CASE("powers at the edge of their domain", "[autodiff]") {
  Texts t;
  check_gradient(model(t, "x^2", {"x"}), {0}, {0});
  check_hessian(model(t, "x^2", {"x"}), {0}, {2});
  check_hessian(model(t, "x^3", {"x"}), {0}, {0});
  check_gradient(model(t, "x^0", {"x"}), {0}, {0});
  check_gradient(model(t, "x^y", {"x", "y"}), {0, 2}, {0, 0});
  check_gradient(model(t, "x^y", {"x", "y"}), {0, 1}, {1, 0});
  check_gradient(model(t, "x^(3/2)", {"x"}), {0}, {0});
  check_gradient(model(t, "(-2)^3*x", {"x"}), {1}, {-8});
  // A negative base has a derivative in the base where the exponent is an integer, none in the exponent.
  check_gradient(model(t, "x^y", {"x", "y"}), {-2, 3}, {12, undefined});
  check_gradient(model(t, "sqrt(x)", {"x"}), {0}, {undefined});
}

TEST_CASE("what is not taken never poisons", "[autodiff]") {
  Texts t;
  // sqrt(max(0, x^2 - z^2)) is 0 around (1, 2), although sqrt'(0) does not exist.
  const Model clipped = model(t, "sqrt(max(0, x^2 - z^2))", {"x", "z"});
  check_gradient(clipped, {1, 2}, {0, 0});
  check_hessian(clipped, {1, 2}, {0, 0, 0, 0});
  check_gradient(clipped, {5, 3}, {1.25, -0.75});
  const Model branch = model(t, "if b < 0 then b^2 else sqrt(b)", {"b"});
  check_gradient(branch, {-1}, {-2});
  check_hessian(branch, {-1}, {2});
  check_gradient(branch, {4}, {0.25});
  check_gradient(model(t, "if x > 0 then x*log(x) else 0", {"x"}), {-3}, {0});
  check_gradient(model(t, "if x > 0 then 1/x else x", {"x"}), {0}, {1});
  check_gradient(model(t, "if x > 0 and log(x) < 1 then x^2 else 3*x", {"x"}), {-3}, {3});
  check_gradient(model(t, "max(0, x)^(1/2) + y", {"x", "y"}), {-1, 2}, {0, 1});
  check_gradient(model(t, "polygamma(floor(k), x) - polygamma(1, x)", {"k", "x"}), {1.5, 2}, {0, 0});
  // The branch taken does.
  check_gradient(branch, {0}, {undefined});
  // In balls as well.
  const auto f = forward(clipped.tape, exact_balls(std::vector<double>{1, 2}, 128), unit_ball(2, 0, 128),
                         unit_ball(2, 1, 128), 128)[0];
  CHECK(f.v.is_zero());
  CHECK(f.w.is_zero());
  CHECK(f.vw.is_zero());
}

TEST_CASE("conventions at kinks", "[autodiff]") {
  Texts t;
  check_gradient(model(t, "abs(x)", {"x"}), {0}, {0});
  check_gradient(model(t, "sign(x)*y", {"x", "y"}), {0, 3}, {0, 0});
  check_gradient(model(t, "relu(x)", {"x"}), {0}, {0});
  check_gradient(model(t, "max(x, y)", {"x", "y"}), {2, 2}, {1, 0});
  check_gradient(model(t, "min(x, y)", {"x", "y"}), {2, 2}, {1, 0});
  check_gradient(model(t, "floor(x)*y", {"x", "y"}), {2, 3}, {0, 2});
  check_gradient(model(t, "leaky_relu(x, y)", {"x", "y"}), {-2, 0.25}, {0.25, -2});
}

TEST_CASE("first and second derivatives of every row against differences of its value", "[autodiff]") {
  const std::vector<double> candidates = {-3.7, -1.6, -0.45, 0.3, 0.85, 1.4, 2.6, 5.3};
  for (size_t f = 0; f < function_count(); ++f) {
    const Function& r = row(function_at(f));
    if (r.value == nullptr) continue;
    Context ctx;
    const std::vector<Ref> xy = {ctx.variable("x"), ctx.variable("y")};
    const std::span<const Ref> inputs(xy.data(), r.max_args);
    const bool order = r.not_differentiable == 1;  // the first argument is an integer
    const Ref two = ctx.number(2);
    const std::vector<Ref> fixed = {two, xy[0]};
    const Model m = order ? model(ctx, ctx.written_function(r.fn, fixed), {xy.data(), 1})
                          : model(ctx, ctx.written_function(r.fn, inputs), inputs);
    size_t points = 0;
    for (size_t k = 0; k < candidates.size(); ++k) {
      std::vector<double> at = {candidates[k]};
      if (m.inputs == 2) at.push_back(candidates[(k * 5 + 3) % candidates.size()]);
      const auto value = forward(m.tape, exact_balls(at, 128), {}, {}, 128)[0].value;
      if (!value.is_finite()) continue;
      ++points;
      INFO(r.name << " at " << at[0] << (at.size() > 1 ? ", " + std::to_string(at[1]) : ""));
      check_against_differences(m, at, 1e-11);
    }
    INFO(r.name);
    CHECK(points >= 2);
  }
}

TEST_CASE("the modes agree to the last bit where nothing rounds", "[autodiff]") {
  Random random(7);
  const std::vector<std::string> unary = {"abs", "sign", "floor", "relu", "step", "round"};
  for (int round = 0; round < 300; ++round) {
    Context ctx;
    std::vector<Ref> inputs, pool;
    for (const char* name : {"x", "y", "z"}) inputs.push_back(ctx.variable(name));
    pool = inputs;
    pool.push_back(ctx.number(2));
    pool.push_back(ctx.number(-3));
    const auto pick = [&](size_t n) { return static_cast<size_t>(random.bits() % n); };
    for (int step = 0; step < 12; ++step) {
      const Ref a = pool[pick(pool.size())], b = pool[pick(pool.size())];
      const Ref pair[2] = {a, b};
      switch (pick(8)) {
        case 0:
          pool.push_back(ctx.written(Written::add, pair));
          break;
        case 1:
          pool.push_back(ctx.written(Written::subtract, pair));
          break;
        case 2:
          pool.push_back(ctx.add(a, b));
          break;
        case 3:
          pool.push_back(ctx.subtract(ctx.scale(ctx.number(3), a), b));
          break;
        case 4:
          pool.push_back(ctx.multiply(inputs[pick(3)], a));
          break;
        case 5:
          pool.push_back(ctx.select(ctx.compare(Relation::less, a, b), a, ctx.multiply(b, inputs[0])));
          break;
        case 6:
          pool.push_back(ctx.function(*find_function(unary[pick(unary.size())]), {a}));
          break;
        default:
          pool.push_back(ctx.function(pick(2) ? Fn::max : Fn::min, {a, b}));
          break;
      }
    }
    const Model m = model(ctx, pool.back(), inputs);
    std::vector<double> at;
    for (int k = 0; k < 3; ++k) at.push_back(std::floor(random.uniform(-4, 5)));
    INFO("round " << round);
    REQUIRE(std::abs(forward(m.tape, at, {})[0].value) < 0x1p50);
    check_same(m.forward_gradient(at), m.reverse_gradient(at));
    check_same(m.forward_hessian(at), m.reverse_hessian(at));
  }
}

TEST_CASE("composite functions against differences of their values", "[autodiff]") {
  Texts t;
  check_against_differences(model(t, "exp(sin(x*y))*y^3/(1 + x^2)", {"x", "y"}), {0.7, -1.3}, 1e-13);
  check_against_differences(model(t, "log(x^2 + exp(y))^y", {"x", "y"}), {1.5, 2.25}, 1e-13);
  check_against_differences(model(t, "atan2(x*y, z)*hypot(x, y - z)", {"x", "y", "z"}), {1.5, 2, -0.75},
                            1e-12);
  check_against_differences(model(t, "erf(x/sqrt(2))*gamma(y)^z", {"x", "y", "z"}), {0.5, 2.5, 1.25}, 1e-12);
  check_against_differences(model(t, "if x*y > 1 then lgamma(x*y) else x", {"x", "y"}), {2.5, 1.5}, 1e-12);
}

TEST_CASE("weights of outputs and products with the Hessian", "[autodiff]") {
  Texts t;
  const std::vector<Ref> inputs = {t("x"), t("y")}, roots = {t("x^2*y"), t("x*y^3")};
  const Tape tape = compile(t.ctx, roots, inputs);
  Reverse reverse(tape);
  reverse.move_to(std::vector<double>{2, 3});
  CHECK(reverse.value(0) == 12);
  CHECK(reverse.value(1) == 54);
  std::vector<double> g(2);
  reverse.gradient(std::vector<double>{10, 1}, g);  // 10 (2xy, x^2) + (y^3, 3xy^2)
  check_same(g, {10 * 12 + 27, 10 * 4 + 54});
  // Hessians: (2y, 2x; 2x, 0) and (0, 3y^2; 3y^2, 6xy); the direction is (1, -1).
  reverse.hessian_vector(std::vector<double>{10, 1}, std::vector<double>{1, -1}, g);
  check_same(g, {10 * (6 - 4) - 27, 10 * 4 + 27 - 36});
}

TEST_CASE("a chain of a million operations", "[autodiff]") {
  Context ctx;
  const Ref x = ctx.variable("x");
  Ref e = x;
  for (int k = 0; k < 1'000'000; ++k) e = ctx.written_function(Fn::sin, {&e, 1});
  const Model m = model(ctx, e, {&x, 1});
  REQUIRE(m.tape.size() == 1'000'001);
  // sin^n(x) ~ sqrt(3/n) (de Bruijn, Asymptotic Methods in Analysis, 8.6), so it is near 0.001732.
  const auto f = forward(m.tape, std::vector<double>{1}, std::vector<double>{1})[0];
  CHECK(f.value == Approx(std::sqrt(3e-6)).epsilon(1e-4));
  check_close(m.reverse_gradient(std::vector<double>{1}), {f.v}, 1e-9);
  Ref s = x;
  for (int k = 0; k < 1'000'000; ++k) {
    const Ref pair[2] = {s, x};
    s = ctx.written(Written::add, pair);
  }
  check_gradient(model(ctx, s, {&x, 1}), {1}, {1'000'001});
}

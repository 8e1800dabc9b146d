// Second partials of the functions of the table, from its column of first partials alone.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "eval/arithmetic.h"

namespace nabla {
namespace {

using Row = std::array<Ball, max_operands>;

Ball power_of_two(long e, long precision) { return pow(Ball(2).with_precision(precision), Rational(e)); }

Row partials_at(const Function& f, size_t count, const Ball* x, size_t moved, const Ball& by,
                long precision) {
  Row at, out;
  for (size_t k = 0; k < count; ++k) at[k] = k == moved ? x[k] + by : x[k];
  f.ball_partials(at.data(), f.ball(at.data(), precision), out.data(), precision);
  return out;
}

// A jump stays as it is when the step is doubled, where a smooth difference doubles.
bool jumps(const Ball& near, const Ball& far) {
  return !near.contains_zero() && std::abs(near.midpoint()) > 0.75 * std::abs(far.midpoint());
}

bool accurate(const Ball& b) { return b.is_finite() && b.radius() <= 1e-14 * std::abs(b.midpoint()) + 1e-28; }

}  // namespace

void second_differences(Fn fn, size_t count, const Ball* x, long precision, Second<Ball>& out) {
  if (fn == Fn::min || fn == Fn::max) {  // linear on both sides of a tie, which takes the first argument
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < count; ++j) out.at[i][j] = Ball(0).with_precision(precision);
    }
    return;
  }
  const Function& f = row(fn);
  const auto differentiable = [&](size_t k) { return ((f.not_differentiable >> k) & 1) == 0; };
  for (size_t i = 0; i < count; ++i) {
    if (!differentiable(i)) {
      for (size_t j = 0; j < count; ++j) out.at[i][j] = out.at[j][i] = Ball::unknown();
      continue;
    }
    // Small beside x and beside 1, the scale on which sin and its like change however large x is.
    const long size = std::min(x[i].magnitude_bits().value_or(0), 0L);
    const Ball h = power_of_two(size - precision / 3, precision);
    const Ball h2 = h + h;
    const Row up = partials_at(f, count, x, i, h, precision),
              down = partials_at(f, count, x, i, -h, precision);
    const Row up2 = partials_at(f, count, x, i, h2, precision),
              down2 = partials_at(f, count, x, i, -h2, precision);
    for (size_t j = i; j < count; ++j) {
      if (!differentiable(j)) continue;
      const Ball near = up[j] - down[j], far = up2[j] - down2[j];
      const Ball slope = near / h2, change = far / (h2 + h2) - slope;
      out.at[i][j] = jumps(near, far) ? Ball::unknown() : unite(slope - change, slope + change);
      out.at[j][i] = out.at[i][j];
    }
  }
}

void function_seconds(Fn fn, size_t count, const double* x, Second<double>& out) {
  Second<Ball> balls;
  for (long precision : {160, 480, 1440}) {
    Row at;
    for (size_t k = 0; k < count; ++k) at[k] = Ball(x[k], precision);
    second_differences(fn, count, at.data(), precision, balls);
    bool enough = true;
    for (size_t k = 0; k < count; ++k) {
      for (size_t l = 0; l < count; ++l) enough &= accurate(balls.at[k][l]);
    }
    if (enough || row(fn).not_differentiable != 0) break;
  }
  for (size_t k = 0; k < count; ++k) {
    for (size_t l = 0; l < count; ++l) out.at[k][l] = balls.at[k][l].midpoint();
  }
}

void Arithmetic<double>::function_seconds(const Instruction& i, const double* x, Second<double>& out) const {
  nabla::function_seconds(i.fn(), i.count, x, out);
}

void Arithmetic<Ball>::function_seconds(const Instruction& i, const Ball* x, Second<Ball>& out) const {
  second_differences(i.fn(), i.count, x, precision_, out);
}

}  // namespace nabla

#include "eval/certify.h"

#include <algorithm>
#include <cmath>

#include "eval/columns.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

std::vector<Ball> balls(std::span<const Rational> numbers, long precision) {
  std::vector<Ball> result;
  result.reserve(numbers.size());
  for (const Rational& q : numbers) result.emplace_back(q, precision);
  return result;
}

Ball last_order(const Dual<Ball>& f, bool first, bool second) {
  if (f.value.is_undefined()) return f.value;
  return second ? f.vw : first ? f.v : f.value;
}

[[noreturn]] void refuse_undefined(Context& ctx, Ref e, const Tape& tape, std::span<const Rational> point) {
  std::vector<double> at;
  for (const Rational& q : point) at.push_back(q.to_double());
  const std::vector<double> values = values_at(tape, at);
  const uint32_t output = tape.outputs()[0];
  const Ref part = std::isfinite(values[output]) ? e : tape.origin(undefined_part(tape, values, output));
  throw Failure(Code::undefined_value, "'" + short_text(ctx, part) + "' is undefined here");
}

}  // namespace

std::vector<Ball> exact_balls(std::span<const double> numbers, long precision) {
  std::vector<Ball> result;
  result.reserve(numbers.size());
  for (const double x : numbers) result.emplace_back(x, precision);
  return result;
}

Ball certify(Budget& budget, const Tape& tape, size_t output, std::span<const Rational> point,
             std::span<const Rational> v, std::span<const Rational> w, long bits, long most) {
  for (long precision = 64;; precision = std::min(2 * precision, most)) {
    budget.spend(tape.size() * static_cast<uint64_t>(precision / 32));
    const auto all =
        forward(tape, balls(point, precision), balls(v, precision), balls(w, precision), precision);
    Ball result = last_order(all[output], !v.empty(), !w.empty());
    const bool enough = result.is_undefined() || (result.is_finite() && result.accurate_bits() >= bits);
    if (enough || precision >= most) return result;
  }
}

std::string certified_digits(Context& ctx, Ref e, int digits, std::span<const std::pair<Ref, Rational>> at) {
  constexpr int most_digits = 6000;  // of Ball::digits
  if (digits < 1 || digits > most_digits) {
    throw Failure(Code::bad_value, "between 1 and " + std::to_string(most_digits) +
                                       " digits can be computed, not " + std::to_string(digits));
  }
  std::vector<Ref> inputs;
  std::vector<Rational> point;
  for (const auto& [name, value] : at) {
    inputs.push_back(name);
    point.push_back(value);
  }
  const Tape tape = compile(ctx, {&e, 1}, inputs);
  const long wanted = static_cast<long>(std::ceil(digits * 3.33));  // log2(10) < 3.33
  const long most = std::min(std::max(certify_precision, 4 * wanted), Ball::max_precision);
  // A few more bits than digits; more again where rounding is not decided, as at 0.5 +- something tiny.
  for (long bits = wanted + 8;; bits *= 2) {
    const Ball value = certify(ctx.budget(), tape, 0, point, {}, {}, bits, most);
    if (value.is_undefined()) refuse_undefined(ctx, e, tape, point);
    if (const auto text = value.digits(digits)) return *text;
    if (bits > most || !value.is_finite() || value.accurate_bits() < bits) {
      throw Failure(Code::undecided,
                    std::to_string(digits) + " digits of '" + short_text(ctx, e) + "' do not settle at " +
                        std::to_string(most) + " bits of precision: " + value.to_string(),
                    "simplify the expression, or ask for fewer digits");
    }
  }
}

}  // namespace nabla

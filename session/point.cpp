#include "session/point.h"

#include <cmath>

#include "eval/certify.h"
#include "eval/columns.h"
#include "eval/tape.h"
#include "expr/ball.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"

namespace nabla {
namespace {

bool divides_by_zero(const Instruction& i, std::span<const double> values) {
  if (i.op == TapeOp::divide) return values[i.b] == 0;
  return i.op == TapeOp::power_integer && i.exponent() < 0 && values[i.a] == 0;
}

// What the outputs take their values from at this point: of branches the one that is taken.
std::vector<bool> needed(const Tape& tape, std::span<const double> values) {
  std::vector<bool> list(tape.size());
  for (uint32_t output : tape.outputs()) list[output] = true;
  for (size_t k = tape.size(); k-- > 0;) {
    if (!list[k]) continue;
    const Instruction& i = tape[k];
    if (i.op == TapeOp::select) {
      list[i.a] = true;
      list[values[i.a] != 0 ? i.b : i.c] = true;
    } else if ((i.op == TapeOp::conjunction && values[k] == 0) ||
               (i.op == TapeOp::disjunction && values[k] != 0)) {
      list[values[i.a] == values[k] ? i.a : i.b] = true;  // which decides, whatever the other is
    } else {
      for (size_t o = 0; o < i.count; ++o) list[i.operand(o)] = true;
    }
  }
  return list;
}

// An infinity on the way may be a pole, as in atan(log(0)), or stand for a number that is too large, as in
// log(exp(1000)): where one is met, the outputs are certified at the point as it is printed.
void certify_beyond_infinity(Context& ctx, const Tape& tape, std::span<const double> all,
                             std::span<const double> point, std::vector<double>& values,
                             const std::string& where) {
  constexpr long bits = 60, most_bits = 512;
  const std::vector<bool> list = needed(tape, all);
  size_t met = 0;
  while (met < tape.size() && !(list[met] && std::isinf(all[met]))) ++met;
  if (met == tape.size()) return;
  std::vector<Rational> exact;
  for (double v : point)
    exact.push_back(*Rational::parse(decimal(std::abs(v)), 10'000) * Rational(v < 0 ? -1 : 1));
  for (size_t k = 0; k < values.size(); ++k) {
    const Ball ball = certify(ctx.budget(), tape, k, exact, {}, {}, bits, most_bits);
    if (ball.is_undefined())
      throw Failure(Code::undefined_value,
                    "'" + short_text(ctx, tape.origin(met)) + "' is undefined" + where);
    if (ball.is_finite() && (ball.accurate_bits() >= bits || ball.is_exact())) values[k] = ball.midpoint();
  }
}

}  // namespace

std::string point_text(Context& ctx, std::span<const Ref> inputs, std::span<const double> point) {
  constexpr size_t shown = 12;
  std::string text;
  for (size_t i = 0; i < inputs.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + short_text(ctx, inputs[i]) + " = " + decimal(point[i]);
  }
  return inputs.size() > shown ? text + ", …" : text;
}

std::vector<double> values_at_point(Context& ctx, std::span<const Ref> roots, std::span<const Ref> inputs,
                                    std::span<const double> point) {
  const Tape tape = compile(ctx, roots, inputs);
  const std::vector<double> all = values_at(tape, point);
  std::vector<double> values;
  const std::string where = inputs.empty() ? "" : " at " + point_text(ctx, inputs, point);
  for (uint32_t output : tape.outputs()) {
    values.push_back(all[output]);
    if (std::isfinite(all[output])) continue;
    const uint32_t part = undefined_part(tape, all, output);
    if (divides_by_zero(tape[part], all)) {
      throw Failure(Code::undefined_value,
                    "division by zero in '" + short_text(ctx, tape.origin(part)) + "'" + where);
    }
    const char* what = std::isnan(all[part]) ? "' is undefined" : "' is infinite or too large for a double";
    throw Failure(Code::undefined_value, "'" + short_text(ctx, tape.origin(part)) + what + where);
  }
  certify_beyond_infinity(ctx, tape, all, point, values, where);
  return values;
}

Numbers numbers_at_point(Context& ctx, Ref e, std::span<const Ref> inputs, std::span<const double> point) {
  Numbers numbers;
  const Shape& shape = ctx.shape_of(e);
  numbers.row = shape.row;
  for (Ref extent : shape.extents) {
    if (!ctx.is_number(extent) || !ctx.value(extent).as_int()) {
      throw Failure(Code::not_yet_available, "arrays of symbolic size are not taken entry by entry",
                    "declare the extents as numbers: var x : vector[3]");
    }
    numbers.extents.push_back(static_cast<uint64_t>(*ctx.value(extent).as_int()));
  }
  const std::vector<Ref> roots = entries(ctx, e);
  numbers.entries = values_at_point(ctx, roots, inputs, point);
  return numbers;
}

}  // namespace nabla

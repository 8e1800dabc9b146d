#include "session/point.h"

#include <cmath>

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

// A pole on the way whose infinity is no longer seen in the value: atan(log(0)), log(0) < 1.
void refuse_poles(Context& ctx, const Tape& tape, std::span<const double> values, const std::string& where) {
  const std::vector<bool> list = needed(tape, values);
  for (size_t k = 0; k < tape.size(); ++k) {
    const Instruction& i = tape[k];
    if (!list[k] || i.op != TapeOp::function || !std::isinf(values[k])) continue;
    double arguments[3] = {};
    for (size_t o = 0; o < i.count; ++o) arguments[o] = values[i.operand(o)];
    if (is_pole(i.fn(), {arguments, i.count}))
      throw Failure(Code::undefined_value, "'" + short_text(ctx, tape.origin(k)) + "' is undefined" + where);
  }
}

}  // namespace

bool is_pole(Fn f, std::span<const double> arguments) {
  constexpr long bits = 64;
  Ball balls[3];
  for (size_t k = 0; k < arguments.size(); ++k) {
    if (!std::isfinite(arguments[k])) return false;
    balls[k] = Ball(arguments[k], bits);
  }
  return row(f).ball != nullptr && row(f).ball(balls, bits).is_undefined();
}

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
  refuse_poles(ctx, tape, all, where);
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

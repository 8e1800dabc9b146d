#include "eval/switches.h"

#include <algorithm>
#include <cmath>

namespace nabla {
namespace {

enum class Meeting : uint8_t { none, at_zero, at_tie, at_integer, at_half_integer, at_integer_ratio };

Meeting meeting_of(const Instruction& c) {
  if (c.op == TapeOp::compare) return Meeting::at_tie;
  if (c.op != TapeOp::function) return Meeting::none;
  switch (c.fn()) {
    case Fn::abs:
    case Fn::sign:
    case Fn::step:
    case Fn::relu:
    case Fn::leaky_relu:
    case Fn::elu:
      return Meeting::at_zero;
    case Fn::max:
    case Fn::min:
      return Meeting::at_tie;
    case Fn::floor:
    case Fn::ceil:
      return Meeting::at_integer;
    case Fn::round:
      return Meeting::at_half_integer;
    case Fn::mod:
      return Meeting::at_integer_ratio;
    default:
      return Meeting::none;
  }
}

constexpr double closeness = 1e-6;

bool close_to_integer(double x) {
  return std::abs(x - std::round(x)) <= closeness * std::max(1.0, std::abs(x));
}

// The size of what is added to give a value: the scale on which it is close to zero.
double scale_of(const Tape& tape, std::span<const double> values, uint32_t i) {
  const Instruction& c = tape[i];
  switch (c.op) {
    case TapeOp::add:
    case TapeOp::subtract:
      return std::max(std::abs(values[c.a]), std::abs(values[c.b]));
    case TapeOp::shift:
      return std::max(std::abs(values[c.a]), std::abs(tape.number(c.b)));
    default:
      return std::abs(values[i]);
  }
}

bool is_near(const Tape& tape, std::span<const double> values, const Instruction& c) {
  const double x = values[c.a], y = c.count > 1 ? values[c.b] : 0;
  switch (meeting_of(c)) {
    case Meeting::none:
      return false;
    case Meeting::at_zero:
      return std::abs(x) <= closeness * scale_of(tape, values, c.a);
    case Meeting::at_tie:
      return std::abs(x - y) <=
             closeness * std::max(scale_of(tape, values, c.a), scale_of(tape, values, c.b));
    case Meeting::at_integer:
      return close_to_integer(x);
    case Meeting::at_half_integer:
      return close_to_integer(x + 0.5);
    case Meeting::at_integer_ratio:
      return close_to_integer(x / y);
  }
  return false;
}

}  // namespace

Switches::Switches(Context& ctx, const Tape& tape) : tape_(tape) {
  std::vector<bool> real(tape.size());  // depends on an input that is not declared integer
  for (uint32_t i = 0; i < tape.size(); ++i) {
    const Instruction& c = tape[i];
    if (c.op == TapeOp::input) real[i] = (ctx[tape.inputs()[c.a]].facts & integer_valued) == 0;
    for (size_t k = 0; k < c.count; ++k) real[i] = real[i] || real[c.operand(k)];
    if (real[i] && meeting_of(c) != Meeting::none) found_.push_back(i);
  }
}

size_t Switches::near(std::span<const double> values) const {
  const auto at = std::find_if(found_.begin(), found_.end(),
                               [&](uint32_t i) { return is_near(tape_, values, tape_[i]); });
  return at == found_.end() ? tape_.size() : *at;
}

}  // namespace nabla

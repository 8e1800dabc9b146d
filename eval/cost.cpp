#include "eval/cost.h"

#include <bit>
#include <cstdlib>

namespace nabla {
namespace {

constexpr double division = 4, square_root = 4, general_power = 20;

// Multiplications of x^k by repeated squaring, and a division if k < 0.
double power_cost(int32_t k) {
  const uint32_t n = static_cast<uint32_t>(std::abs(k));
  const int multiplications = static_cast<int>(std::bit_width(n)) - 1 + std::popcount(n) - 1;
  return multiplications + (k < 0 ? division : 0);
}

double weight(const Instruction& c) {
  switch (c.op) {
    case TapeOp::input:
    case TapeOp::number:
    case TapeOp::constant:
      return 0;
    case TapeOp::divide:
      return division;
    case TapeOp::power_integer:
      return power_cost(c.exponent());
    case TapeOp::power_half:
      return square_root + power_cost(c.exponent());
    case TapeOp::power:
      return general_power;
    case TapeOp::function:
      return row(c.fn()).weight;
    default:
      return 1;
  }
}

}  // namespace

double weighted_cost(const Tape& tape) {
  double total = 0;
  for (const Instruction& c : tape.code()) total += weight(c);
  return total;
}

double unit_cost(const Tape& tape) {
  double total = 0;
  for (const Instruction& c : tape.code()) total += weight(c) > 0 ? 1 : 0;
  return total;
}

}  // namespace nabla

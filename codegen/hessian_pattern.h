// Which second derivatives of a tape's outputs are 0 whatever the point, and directions that tell the others.
//
// Two inputs meet where an operation that is not linear has both below its operands; where they never meet,
// their second derivative is 0, and automatic differentiation of the tape gives exactly 0. Inputs that meet
// no input in common share a direction: along the sum of their units each entry of the product with the
// Hessian is that of one of them (Curtis, Powell and Reid, "On the estimation of sparse Jacobian matrices",
// 1974).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "eval/tape.h"
#include "expr/budget.h"

namespace nabla {

class HessianPattern {
 public:
  // By the inputs `variables` (their numbers on the tape). Nothing where the tape is too long for it.
  static std::optional<HessianPattern> of(Budget& budget, const Tape& tape,
                                          std::span<const uint32_t> variables);

  // Whether the variables number i and j meet.
  bool meets(size_t i, size_t j) const { return (row(i)[j / 64] >> j % 64 & 1) != 0; }
  // The variables in groups that share a direction, each in one of them, ascending.
  std::vector<std::vector<uint32_t>> groups() const;

 private:
  explicit HessianPattern(size_t count) : count_(count), words_((count + 63) / 64), bits_(count * words_) {}
  std::span<const uint64_t> row(size_t i) const { return {bits_.data() + i * words_, words_}; }
  void meet(Budget& budget, std::span<const uint64_t> a, std::span<const uint64_t> b);

  size_t count_, words_;
  std::vector<uint64_t> bits_;  // row by row
};

}  // namespace nabla

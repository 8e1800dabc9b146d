// Where the pieces of a function meet: comparisons of real numbers, and the kinks and jumps of abs, sign,
// max, floor, … At such points a derivative follows a convention, or does not exist.
//
// Comparisons among integer data are no switches: nothing is differentiated along them.
#pragma once

#include <span>
#include <vector>

#include "eval/tape.h"

namespace nabla {

class Switches {
 public:
  Switches(Context& ctx, const Tape& tape);  // the tape must outlive it
  bool any() const { return !found_.empty(); }
  // The instruction of a switch that lies within a relative distance of 1e-6 of the point at which the
  // instructions have these values; the size of the tape if there is none.
  size_t near(std::span<const double> values) const;

 private:
  const Tape& tape_;
  std::vector<uint32_t> found_;
};

}  // namespace nabla

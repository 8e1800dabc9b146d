// Points at which a function is checked, drawn inside the declared domains of its inputs.
//
// Invariants: the points are a function of the expressions, the declarations and the seed alone, the same on
// every machine; at every point every output is finite; a point near a switch (switches.h) is drawn again
// while others can be found.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/tape.h"

namespace nabla {

// The generator splitmix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t bits();
  double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // in [0, 1)
  double uniform(double a, double b) { return a + (b - a) * unit(); }
  double magnitude();  // in [1e-3, 1e3], as likely in every octave
  double real();       // half uniform in [-2, 2], half +- a magnitude

 private:
  uint64_t state_;
};

struct PointSet {
  std::vector<std::vector<double>> columns;  // one per input
  size_t count = 0;                          // valid points
  size_t drawn = 0;                          // all that were tried
  std::vector<size_t> near_switch;           // points among them near a switch: no others were found

  std::vector<double> point(size_t i) const;
};

inline constexpr size_t check_points = 64;
inline constexpr size_t check_draws = 10'000;

// Points where all outputs of `written` are finite. The inputs are those of the tape; names that occur only
// in the bounds of their domains are drawn besides. Failure: never_defined with the sub-expression that most
// often is undefined when fewer than `count` of `check_draws` are valid, empty_domain.
PointSet draw_points(Context& ctx, const Tape& written, size_t count = check_points, uint64_t seed = 1);

}  // namespace nabla

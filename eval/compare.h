// The check: claimed values and derivatives against automatic differentiation of the written function.
//
// Both sides are computed in doubles, the derivatives by the reverse sweep. Where they differ by more than a
// relative 1e-9, or one is not finite, both are computed in balls at that exact point, the derivatives by
// forward dual numbers, with more and more bits until agreement or disagreement is certain. So rounding
// neither refuses a right derivative nor excuses a wrong one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/points.h"
#include "eval/tape.h"

namespace nabla {

// A unit vector; or, if `parts` is not empty, the sum over (component, input) of the value of that input
// times the unit vector of the component, as the directions of a jvp and the weights of a vjp are.
struct Along {
  uint32_t unit = 0;
  std::vector<std::pair<uint32_t, uint32_t>> parts;
  friend bool operator==(const Along&, const Along&) = default;
};

// What an output of the claimed tape is said to be: a value (order 0), a derivative along v (1) or a second
// derivative along v and w (2) of a weighting of the outputs of the written function. The components of v and
// w are inputs. Claims with the same `outputs` and v stand best side by side: they share a sweep.
struct Claim {
  int order = 0;
  Along outputs;
  Along v;
  Along w;
};

enum class Agreement : uint8_t { yes, no, undecided };

struct CheckReport {
  Agreement agreement = Agreement::yes;
  size_t points = 0;
  size_t compared = 0;  // pairs of numbers
  size_t settled = 0;   // of them, in balls
  size_t singular = 0;  // of them, where the derivative does not exist at the point
  size_t disagreements = 0;
  size_t undecided = 0;

  // Undecided as well if some derivative exists at none of the points; then `claim` names it.
  // The pair that differs most: among the disagreements if there are any, else among the undecided, else
  // among all.
  size_t claim = 0;           // the output of the claimed tape
  std::vector<double> point;  // the values of the inputs
  double claimed = 0;
  double expected = 0;
  double relative = 0;         // |claimed - expected| / max(|claimed|, |expected|), as far as it is known
  std::string claimed_digits;  // certified, where the pair was settled
  std::string expected_digits;
};

inline constexpr double check_tolerance = 1e-9;

// Both tapes have the same inputs, those of `points` (drawn for `written`); claims[k] says what output k of
// `claimed` is. Stops after 100 disagreements.
CheckReport compare_derivatives(Context& ctx, const Tape& written, const Tape& claimed,
                                std::span<const Claim> claims, const PointSet& points);

// The claims of all values, of all first and of all second derivatives, in the order outputs, v, w.
std::vector<Claim> value_claims(size_t outputs);
std::vector<Claim> jacobian_claims(size_t outputs, std::span<const uint32_t> variables);
std::vector<Claim> hessian_claims(size_t output, std::span<const uint32_t> variables);

}  // namespace nabla

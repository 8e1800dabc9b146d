// A derived and a stated form at random matrices, and both against automatic differentiation of what is
// differentiated (eval/dense.h), which shares no code with diff/.
#pragma once

#include <cstdint>
#include <string>

#include "expr/context.h"

namespace nabla {

struct NumericReport {
  bool evaluated = false;       // both forms have numbers
  double difference = 0;        // of the two forms: the largest of all points, relative to the largest entry
  bool differentiated = false;  // the question has a value by automatic differentiation
  double error = 0;             // of the derived form against it, likewise
  std::string point;            // where the two forms differ most: "n = 2, A = [1, 2; 3, 4]"
  std::string why;              // not evaluated: why
};

inline constexpr double numeric_tolerance = 1e-6;

// `question` is the expression with its operators: grad(f, X). Spends from the budget of the context; never
// throws a Failure.
NumericReport compare_numerically(Context& ctx, Ref question, Ref derived, Ref stated, bool free_entries,
                                  uint64_t seed);

}  // namespace nabla

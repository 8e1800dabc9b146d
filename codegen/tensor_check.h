// The check of code for whole vectors and matrices: what the program of tensors computes, let by let, against
// automatic differentiation of the function as it was written (dual numbers through the evaluator of whole
// arrays), at random points with random small sizes, also with all sizes 1.
//
// A derivative by a variable with structure is compared along directions inside the structure, and must lie
// in it. Where both sides differ no more than rounding of the inputs moves them, the point decides nothing
// and another is drawn.
#pragma once

#include <string>
#include <vector>

#include "codegen/tensor_entry.h"
#include "eval/dense.h"

namespace nabla {

struct TensorCheck {
  size_t entry = 0;  // index in the list of entry points
  size_t points = 0;
  size_t compared = 0;  // numbers
  double worst = 0;     // relative to the largest number of its array
  std::string where;    // the array with the worst one: "grad by w"
};

// Failure(check_failed) at the first that disagrees, Failure(never_defined) without enough points,
// Failure(undecided) where rounding hides both.
std::vector<TensorCheck> check_tensor_entries(Context& ctx, const std::vector<TensorEntry>& entries,
                                              uint64_t seed = 1);

// One line for people: "grad of 'f': 57 numbers at 8 points agree, the worst to 3.1e-14 (grad by w)".
std::string check_line(const TensorEntry& entry, const TensorCheck& check);

}  // namespace nabla

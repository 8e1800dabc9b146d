// A program of tensors as plain loops over row-major arrays of the caller: no library, no heap.
//
// Invariant: arrays that the text writes are results or lie in the workspace; nothing else is written, and
// every entry of a result is.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "codegen/nest_code.h"
#include "codegen/tensor_names.h"

namespace nabla {

// What became of a step, for people.
struct StepNote {
  std::string formula;  // "m2 = X'*m1"
  Ref turns;            // how often its loops run; none for a call
  std::string how;      // "in vectors", "by rt::column_product"
};

struct TensorCode {
  std::string text;  // the statements of the body
  CodeNeeds needs;
  std::unordered_set<Ref> used;  // dims, arguments and directions that it reads
  Ref work;                      // the size of the workspace; zero: none
  bool in_place = false;         // of a compressed matrix: its numbers are written, not its diagonals
  std::vector<StepNote> steps;   // of those that are stored
};

// Failure(cannot_emit) names a function that has no code.
TensorCode loop_code(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                     const TensorNames& names);

}  // namespace nabla

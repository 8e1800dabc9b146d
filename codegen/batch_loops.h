// A function over many points whose value and derivatives are a program of whole arrays.
//
// What no point changes is computed once, in numbers. The rest runs in a loop over the points on lanes,
// vectors of as many points as a register holds (runtime/nabla_lanes.h): of an array by point each entry is
// one vector, so that the loops of the program stay outside and the points are innermost. Layout as in
// batch_signature.h.
#pragma once

#include <string>
#include <vector>

#include "codegen/loops.h"
#include "codegen/tensor_names.h"

namespace nabla {

struct LoopBatchCode {
  std::string layout;  // for the comment
  std::string work;    // the function that gives the size of the workspace, if there is one
  std::string text;    // the functions
  CodeNeeds needs;
  OperationCount point, once;  // for a point, and for what no point changes
  bool has_work = false;
  std::vector<Ref> work_arguments;  // of the function `work`, before the number of threads
  bool has_values = false;          // there are parameters that are numbers
};

// Points are taken in blocks, of which threads may have one each, with a part of the workspace of its own.
// Failure: cannot_emit for functions of matrices by point that have no code; not_yet_available where data by
// point says how large something is.
LoopBatchCode batch_loops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                          const TensorNames& names, const std::string& name_space);

}  // namespace nabla

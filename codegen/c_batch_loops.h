// A function over many points, on whole arrays of any size, in C.
//
// What no point changes is computed once, as in batch_loops.h. Then comes a plain loop over the points: it
// copies what the formula reads of a point to the workspace, where the loops of one point find it row by row,
// and puts or adds the results where they belong. Layout as in batch_signature.h.
#pragma once

#include <string>

#include "codegen/batch_loops.h"

namespace nabla {

// Failure: as loop_code(), and
// not_yet_available where data by point says how large something is.
LoopBatchCode c_batch_loops(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                            const TensorNames& names);

}  // namespace nabla

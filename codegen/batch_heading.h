// The comment above a function over many points, on whole arrays.
#pragma once

#include <string>

#include "codegen/batch_loops.h"

namespace nabla {

std::string batch_heading(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                          const TensorNames& names, const LoopBatchCode& code);

}  // namespace nabla

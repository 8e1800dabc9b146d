// The comment above a function on whole arrays: what it computes, and each of its arrays with its size.
#pragma once

#include <string>

#include "codegen/tensor_names.h"

namespace nabla {

// "n by d", by the names of the code; empty for a number.
std::string size_text(Context& ctx, ShapeId shape, const TensorNames& names);

// `operations`: how many it runs. `work`: the call that gives the size of the workspace, or empty. Sizes are
// said where `with_dims`.
std::string heading_text(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                         const TensorNames& names, const std::vector<std::string>& operations,
                         const std::string& work);

}  // namespace nabla

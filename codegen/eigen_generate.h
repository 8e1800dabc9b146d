// The header of generate_tensors() for Eigen.
#pragma once

#include <string>
#include <vector>

#include "codegen/generate.h"
#include "codegen/tensor_entry.h"

namespace nabla {

std::string generate_eigen(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                           const GenerateOptions& options);

}  // namespace nabla

// What comments and reports say of the operations of a function on whole arrays, beside those of its value.
#pragma once

#include <string>

#include "codegen/batch_loops.h"
#include "codegen/eigen_code.h"

namespace nabla {

// `count`: of the code of the entry, as plain loops or in Eigen; `like`: names of the language.
std::vector<std::string> loop_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count,
                                         const TensorNames& like);
std::vector<std::string> eigen_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count,
                                          const EigenTypes& types);
// Over many points.
std::vector<std::string> batch_operations(Context& ctx, const TensorEntry& entry, const LoopBatchCode& code,
                                          const TensorNames& like);

}  // namespace nabla

// What the plan of the loops of an entry point is, for people.
#pragma once

#include <string>
#include <vector>

#include "codegen/tensor_entry.h"

namespace nabla {

// "grad of 'f': reverse mode, 9 steps in 4 loops, 2 inside a loop and 3 where they are read; blocks of 64
// along n; workspace: 128", then a line for each order of a contraction and each step.
std::vector<std::string> loop_report(Context& ctx, const TensorEntry& entry);
// The same of loops in C, whose names begin with `prefix`.
std::vector<std::string> loop_report_in_c(Context& ctx, const TensorEntry& entry, const std::string& prefix);
// In Eigen: its operations.
std::vector<std::string> eigen_report(Context& ctx, const TensorEntry& entry);

}  // namespace nabla

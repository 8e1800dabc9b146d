// `nabla-bench codegen [NAME]`: the generated code of each workload beside code written by hand, ADOL-C and
// Ceres Jets.
#pragma once

#include <string>

namespace nabla::bench {

// The workloads whose name contains `wanted`. Returns the exit status: 1 if two candidates disagree.
[[gnu::visibility("default")]] int codegen_table(const std::string& wanted);

}  // namespace nabla::bench

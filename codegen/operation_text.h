// What people read of operations: in the comments of functions and in reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codegen/operation_count.h"

namespace nabla {

// Where no operation is left, as in the Hessian of a quadratic form.
inline constexpr const char* nothing_to_compute =
    "nothing to compute, each number is a constant or an argument";

// "9*n + 5 operations, n of them functions; 2.3 times the 4*n of f for large sizes." What is not counted is
// named, and then there is no ratio. Where factoring makes a difference each way has a line. `value`: of the
// function alone, where it is wanted.
std::vector<std::string> operations_text(Context& ctx, const OperationCount& count,
                                         const std::optional<OperationCount>& value,
                                         const std::string& function);
// "a point: 9*n operations; once for all points: …".
std::vector<std::string> operations_text(Context& ctx, const OperationCount& point,
                                         const OperationCount& once,
                                         const std::optional<OperationCount>& value,
                                         const std::string& function);

}  // namespace nabla

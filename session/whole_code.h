// An expression of vectors and matrices as a C++ function of the names in it, on Eigen's types.
#pragma once

#include <string>
#include <string_view>

#include "expr/context.h"

namespace nabla {

// The function, with the functions that it calls, if any; without includes and namespace. Failure where the
// expression has no such code: not_yet_available, cannot_emit.
std::string whole_code(Context& ctx, Ref value, std::string_view name);

}  // namespace nabla

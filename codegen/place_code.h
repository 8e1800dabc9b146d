// What only moves entries, as loops in any target: reshapes, gathers, arrays, blocks, Toeplitz matrices.
#pragma once

#include <string>

#include "codegen/nest_code.h"

namespace nabla {

// Whether place_code() knows `value`.
bool only_places(const Context& ctx, Ref value);

// Statements that fill `target` with the value.
std::string place_code(Context& ctx, Ref value, const NestStyle& style, NestCode& nests,
                       const NestCode::Target& target, const std::string& indent);

}  // namespace nabla

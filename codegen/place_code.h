// What only moves entries, or adds them where data say, as loops in any target: reshapes, gathers, scatters,
// arrays, blocks, Toeplitz matrices.
#pragma once

#include <string>

#include "codegen/nest_code.h"
#include "codegen/operation_count.h"

namespace nabla {

// Whether place_code() knows `value`.
bool only_places(const Context& ctx, Ref value);

// Statements that fill `target` with the value.
std::string place_code(Context& ctx, Ref value, const NestStyle& style, NestCode& nests,
                       const NestCode::Target& target, const std::string& indent);

// The additions of a scatter; the others compute nothing.
void count_places(Context& ctx, Ref value, OperationCount& count);

}  // namespace nabla

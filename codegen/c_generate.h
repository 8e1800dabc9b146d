// A self-contained C99 header for the entry points of a model: `static inline` functions over pointers.
//
// Scalars are passed by value, arrays as pointers to their entries, row-major; a value that is one number is
// returned if nothing else is asked for, everything else is written through pointers. Names carry the name of
// the model: black_scholes_price_grad. The header includes <math.h>, and <float.h> and <stdbool.h> where they
// are needed, allocates nothing and has no state.
#pragma once

#include <string>
#include <vector>

#include "codegen/generate.h"

namespace nabla {

// As generate(); options.scalar is "double" (also for "template") or "float".
std::string generate_c(Context& ctx, const Model& model, const std::vector<EntryPoint>& entries,
                       const GenerateOptions& options = {});

}  // namespace nabla

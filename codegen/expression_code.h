// One expression as an expression of C++ or Python, for pasting: `nabla … --format cpp`.
//
// Functions are written std::sin or math.sin; those of the runtime nabla::rt::digamma, and refused in Python.
// Arrays are nested lists, row-major. What is shared is written out, up to Limits::printed_characters; code
// in which it is computed once comes from generate().
#pragma once

#include <string>

#include "expr/context.h"

namespace nabla {

enum class CodeLanguage : uint8_t { cpp, python };

// Failure: cannot_emit, result_too_long, and what scalarize throws for symbolic sizes.
std::string expression_code(Context& ctx, Ref e, CodeLanguage language);

}  // namespace nabla

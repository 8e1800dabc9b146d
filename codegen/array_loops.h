// An entry point on std::array that runs loops: a function over pointers, as for --storage span, and the call
// of it. Entries of nested arrays lie row-major without gaps, and so do the derivatives by several variables
// in one flat array.
#pragma once

#include <string>

#include "codegen/nest_code.h"
#include "codegen/signature.h"

namespace nabla {

struct ArrayLoops {
  std::string parts;  // the function that stands before
  std::string body;   // of the entry point, which declares its result and returns it
  CodeNeeds needs;
};

ArrayLoops array_loops(Context& ctx, const EntryPoint& entry, const Signature& signature,
                       const HeaderNames& names, const std::string& result_type);

}  // namespace nabla

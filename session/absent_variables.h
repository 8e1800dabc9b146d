// A derivative that is 0 because its variable does not occur says so: diff(x*y, z), or ∂f/∂x of a letter f
// that nobody defined as a function.
#pragma once

#include <string>

#include "expr/context.h"
#include "parser/names.h"
#include "session/equality.h"

namespace nabla {

// A note about an operator that differentiates, which gave `value`; empty if all of its variables occur, or
// if it is about a number. What was written decides: x occurs in x - x.
std::string absent_variables(Context& ctx, const Names& names, Ref operation, const WrittenForm& written,
                             Ref value);

}  // namespace nabla

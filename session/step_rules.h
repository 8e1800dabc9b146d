// What the rules of differentiation are called, and their formulas, for the steps of a derivation.
#pragma once

#include <string>
#include <string_view>

#include "diff/trace.h"

namespace nabla {

std::string_view rule_name(StepRule rule);
std::string_view rule_formula(StepRule rule);  // empty: there is none for all cases

// "d sin(x) = cos(x) .* dx", from the row of the function that is called.
std::string differential_formula(Context& ctx, Ref call);

}  // namespace nabla

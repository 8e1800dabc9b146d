// The way from a raw derivative to the answer, as a chain of equal forms.
//
// Every line is what simplify itself did (simplify/simplify_trace.h), carried out in the whole expression.
// The last line is the answer.
#pragma once

#include <vector>

#include "session/operators.h"

namespace nabla {

struct FormStep {
  Ref form;                         // of the whole, after these steps
  std::vector<SimplifyStep> steps;  // at least one
};

// Empty where the answer is the raw form. Unless `each`, neighbours by one rule or pass are one line.
std::vector<FormStep> simplification_of(Context& ctx, const StatementTrace& trace, Ref answer, bool each);

// "one fraction", "rule sin_over_cos", "entry by entry: rule one_minus_tanh2"
std::string step_name(const SimplifyStep& step);

}  // namespace nabla

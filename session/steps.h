// A derivation as people read it: a tree of steps, each with its rule, and the answer as the last line.
//
//   ∂(x²*sin(x))/∂x = 2*x*sin(x) + x²*cos(x)  [product rule]
//     ∂(x²)/∂x = 2*x  [power rule]
//     ∂sin(x)/∂x = cos(x)  [chain rule, sin]
//   = x*(x*cos(x) + 2*sin(x))  [common factor]
//
// Everything in it is a step that the engine took (diff/trace.h, simplify/simplify_trace.h); the last line is
// the answer itself.
#pragma once

#include <string>
#include <string_view>

#include "expr/print.h"
#include "session/operators.h"

namespace nabla {

struct StepsOptions {
  Format format = Format::ascii;
  bool full = false;  // each rule with its formula, and what its letters stand for
  bool html = false;  // as nested lists of HTML
};

// Lines, each with its newline. Throws Failure(result_too_long).
std::string steps_text(Context& ctx, const StatementTrace& trace, Ref answer, const StepsOptions& options);

}  // namespace nabla

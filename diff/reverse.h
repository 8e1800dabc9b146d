// Reverse mode: the chain rule run backwards over the lets of a Program (Griewank and Walther, 2008,
// algorithm 3.2). The adjoint of a let is the derivative of the output by that let; it becomes a let itself,
// so that a gradient is again a Program and costs a small constant times its function, whatever the number
// of variables. Products use prefix and suffix products, without division.
#pragma once

#include <span>
#include <vector>

#include "diff/partials.h"
#include "expr/program.h"

namespace nabla {

// Seeds: outputs and their adjoints (for a gradient: the output and 1; for a vjp: each output and its
// cotangent). Appends the adjoint lets to the program of `lowering` and returns the adjoints of
// `variables`, each an atom of the program (0 where nothing depends on it).
std::vector<Ref> reverse(Lowering& lowering, Partials& partials, std::span<const std::pair<Ref, Ref>> seeds,
                         std::span<const Ref> variables);

// The gradient of one scalar expression as a Program with the outputs `value` and `grad`.
Program gradient_program(Context& ctx, Ref e, std::span<const Ref> variables);

}  // namespace nabla

// Passes that write the outermost sums, products and powers anew, each as a quotient of polynomials.
#pragma once

#include <functional>

#include "simplify/passes.h"
#include "simplify/polynomial_form.h"

namespace nabla {

// e with every outermost region replaced by rewrite(region, form). What is too large stays, and a note says
// so; the regions share the allowance of one.
Ref rewrite_polynomials(Context& ctx, Ref e, Denominators denominators, Notes* notes,
                        const std::function<Ref(Ref region, PolynomialForm& form)>& rewrite);

}  // namespace nabla

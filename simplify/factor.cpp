#include "simplify/factored_form.h"
#include "simplify/polynomial_regions.h"

namespace nabla {

Ref factor(Context& ctx, Ref e, Notes* notes) {
  return rewrite_polynomials(ctx, e, Denominators::divided, notes, [&](Ref r, PolynomialForm& form) {
    const RationalFunction f = form.value();
    if (f.n.is_zero()) return zero;
    const FactoredForm factors = factored(form, f);
    const bool irreducible = factors.factors.size() == 1 && factors.factors[0].second == 1;
    // Not multiplied out: (x + 1)^6 + y stays.
    return irreducible && !has_denominators(ctx, form) ? r : expression(ctx, form, factors);
  });
}

}  // namespace nabla

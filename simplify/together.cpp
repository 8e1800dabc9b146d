#include <algorithm>

#include "simplify/factored_form.h"
#include "simplify/polynomial_regions.h"

namespace nabla {

Ref together(Context& ctx, Ref e, Notes* notes) {
  return rewrite_polynomials(ctx, e, Denominators::divided, notes, [&](Ref r, PolynomialForm& form) {
    if (!has_denominators(ctx, form)) return r;
    const RationalFunction f = form.value();
    if (f.n.is_zero()) return zero;
    return expression(ctx, form, divided_by(form, f, written_factors(ctx, form)));
  });
}

Ref cancel(Context& ctx, Ref e, Notes* notes) {
  return rewrite_polynomials(ctx, e, Denominators::divided, notes, [&](Ref, PolynomialForm& form) {
    const RationalFunction f = form.value();
    if (f.n.is_zero()) return zero;
    if (f.d.is_constant()) return form.expression(f.n, f.d);
    // Integer coefficients above and below.
    const Rational c = f.n.content() / f.d.content();
    const Ref n = form.expression(f.n.times(c.numerator() / f.n.content()));
    const Ref d = form.expression(f.d.times(c.denominator() / f.d.content()));
    return ctx.divide(n, d);
  });
}

}  // namespace nabla

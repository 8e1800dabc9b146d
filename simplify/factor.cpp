#include "simplify/factored_form.h"
#include "simplify/passes.h"

namespace nabla {

Ref factor(Context& ctx, Ref e, Notes* notes) {
  return rewrite_regions(ctx, e, Levels::outermost, [&](Ref r, const Images&) {
    try {
      PolynomialForm form(ctx, r, Denominators::divided);
      const RationalFunction f = form.value();
      return f.n.is_zero() ? zero : expression(ctx, form, factored(form, f));
    } catch (const TooLarge&) {
      note_too_large(ctx, notes);
      return r;
    }
  });
}

}  // namespace nabla

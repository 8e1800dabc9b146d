#include "simplify/polynomial_regions.h"

namespace nabla {

Ref rewrite_polynomials(Context& ctx, Ref e, Denominators denominators, Notes* notes,
                        const std::function<Ref(Ref region, PolynomialForm& form)>& rewrite) {
  PolynomialWork work;
  work.most_values = 4;  // half a second; a pass by name takes place at least twice
  return rewrite_regions(ctx, e, Levels::outermost, [&](Ref r, const Images&) {
    std::optional<PolynomialForm> form;
    Ref result = r;
    try {
      form.emplace(ctx, r, denominators, nullptr, work);
      result = rewrite(r, *form);
    } catch (const TooLarge&) {
      note_too_large(ctx, notes);
    }
    if (form) work = form->work();
    return result;
  });
}

}  // namespace nabla

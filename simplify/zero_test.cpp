#include "simplify/zero_test.h"

#include "expr/polynomial.h"
#include "simplify/elementary.h"
#include "simplify/kernel_field.h"

namespace nabla {

bool proved_zero(Context& ctx, Ref e) {
  if (e == zero) return true;
  if (ctx[e].shape != scalar_shape || (ctx[e].facts & (complex_valued | has_operation)) != 0) return false;
  try {
    return KernelField(ctx, by_elementary_functions(ctx, e)).is_zero();
  } catch (const TooLarge&) {
    return false;
  } catch (const KernelField::Undecided&) {
    return false;
  }
}

}  // namespace nabla

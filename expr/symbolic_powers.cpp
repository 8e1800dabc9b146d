#include "expr/symbolic_powers.h"

#include <algorithm>

namespace nabla {

PowerNotZero SymbolicPowers::state_not_zero(Ref base, Ref exponent, Ref guard) {
  if (ctx_[exponent].facts & nonzero) return PowerNotZero::base;
  not_zero_.push_back({base, exponent, guard});
  return PowerNotZero::as_it_is;
}

bool SymbolicPowers::have(Ref base, Ref exponent, Ref guard) const {
  return std::any_of(powers_.begin(), powers_.end(), [&](const Power& p) {
    if (p.base != base || (p.guard && p.guard != guard)) return false;
    if (ctx_[p.exponent].shape != ctx_[exponent].shape) return false;
    Ref n = ctx_.subtract(exponent, p.exponent);
    if (ctx_.kind(n) == Kind::fill) n = ctx_.operands(n)[0];
    return ctx_.is_number(n) && ctx_.value(n).is_integer() && ctx_.value(n).sign() >= 0;
  });
}

bool SymbolicPowers::have_inverse(Ref base, Ref exponent, Ref guard) const {
  return have(base, ctx_.negate(exponent), guard);
}

PowerNotZero SymbolicPowers::not_zero(Ref base, Ref exponent, Ref guard) const {
  if (ctx_[exponent].facts & nonzero) return PowerNotZero::base;
  const bool said = std::any_of(not_zero_.begin(), not_zero_.end(), [&](const Power& p) {
    return p.base == base && p.exponent == exponent && (!p.guard || p.guard == guard);
  });
  return said || have_inverse(base, exponent, guard) ? PowerNotZero::nothing : PowerNotZero::base;
}

}  // namespace nabla

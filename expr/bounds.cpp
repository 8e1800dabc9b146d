#include "expr/bounds.h"

#include <vector>

#include "expr/indexed.h"

namespace nabla {

bool never_negative(Context& ctx, Ref e) {
  if (ctx[e].facts & nonnegative) return true;
  if (ctx.kind(e) != Kind::sum) return false;
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  for (Term& t : terms) {
    if (is_structural(ctx, t.body, Structural::iota)) {
      t.body = ctx.value(t.coefficient).sign() < 0 ? ctx.shape_of(t.body).extents[0] : one;
    } else if (ctx.kind(t.body) == Kind::fill) {
      t.body = ctx.operands(t.body)[0];
    }
    if (ctx[t.body].shape != scalar_shape) return false;
    if (ctx.kind(t.body) != Kind::symbol) continue;
    const Domain& d = ctx.symbol(t.body).domain;
    const Ref bound = ctx.value(t.coefficient).sign() < 0 ? d.upper : d.lower;
    if (bound && !ctx.is_number(bound)) t.body = bound;
  }
  const Ref sum = ctx.sum(terms);
  terms.clear();
  ctx.append_terms(sum, terms);
  Rational least = 0;
  for (const Term& t : terms) {
    const Rational& c = ctx.value(t.coefficient);
    if (t.body == one) {
      least = least + c;
      continue;
    }
    if (ctx.kind(t.body) != Kind::symbol) return false;
    const Domain& d = ctx.symbol(t.body).domain;
    const bool extent = ctx.symbol(t.body).role == Role::extent;
    const Ref bound = c.sign() < 0 ? d.upper : !d.lower && extent ? one : d.lower;
    if (!bound || !ctx.is_number(bound)) return false;
    least = least + c * ctx.value(bound);
  }
  return least.sign() >= 0;
}

Ref count_of(Context& ctx, Ref extent) {
  return never_negative(ctx, extent) ? extent : ctx.function(Fn::max, {extent, zero});
}

}  // namespace nabla

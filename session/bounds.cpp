#include "session/bounds.h"

#include <optional>
#include <vector>

namespace nabla {
namespace {

struct Bound {
  Rational value;
  bool open = false;  // not taken
};

std::optional<Bound> declared(const Context& ctx, Ref bound, bool open) {
  if (!bound || !ctx.is_number(bound)) return std::nullopt;
  return Bound{ctx.value(bound), open};
}

// The least or greatest value of what is no number: a name with a domain, or anything with a known sign.
std::optional<Bound> bound_of(const Context& ctx, Ref r, bool least) {
  const Facts facts = ctx[r].facts;
  if (ctx.kind(r) == Kind::symbol) {
    const Symbol& symbol = ctx.symbol(r);
    const Domain& domain = symbol.domain;
    auto known = least ? declared(ctx, domain.lower, domain.lower_open)
                       : declared(ctx, domain.upper, domain.upper_open);
    if (known) return known;
    if (least && symbol.role == Role::extent) return Bound{Rational(1)};
  }
  if (facts & (least ? nonnegative : nonpositive)) return Bound{Rational(0), (facts & nonzero) != 0};
  return std::nullopt;
}

std::optional<Bound> least_value(Context& ctx, Ref e) {
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  Bound sum{Rational(0)};
  for (const Term& t : terms) {
    ctx.budget().spend();
    if (!ctx.is_number(t.coefficient)) return std::nullopt;
    const Rational& c = ctx.value(t.coefficient);
    if (ctx.is_number(t.body)) {
      sum.value = sum.value + c * ctx.value(t.body);
      continue;
    }
    const auto bound = bound_of(ctx, t.body, c.sign() > 0);
    if (!bound) return std::nullopt;
    sum.value = sum.value + c * bound->value;
    sum.open = sum.open || bound->open;
  }
  return sum;
}

bool is_positive(const std::optional<Bound>& least) {
  return least && (least->value.sign() > 0 || (least->value.is_zero() && least->open));
}

}  // namespace

bool holds_by_bounds(Context& ctx, Relation relation, Ref a, Ref b) {
  const Ref difference = ctx.subtract(b, a);
  if (ctx[difference].shape != scalar_shape || (ctx[difference].facts & complex_valued)) return false;
  const auto least = least_value(ctx, difference);
  switch (relation) {
    case Relation::less:
      return is_positive(least);
    case Relation::less_equal:
      return least && least->value.sign() >= 0;
    case Relation::not_equal:
      return is_positive(least) || is_positive(least_value(ctx, ctx.negate(difference)));
    case Relation::equal:
      break;
  }
  return false;
}

}  // namespace nabla

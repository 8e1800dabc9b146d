#include "expr/smooth_powers.h"

#include "expr/facts.h"

namespace nabla {

std::unordered_set<Ref> smooth_in_powers(const Context& ctx, std::span<const Ref> nodes, size_t order) {
  if (nodes.empty()) return {};
  std::unordered_set<Ref> smooth, other{nodes.back()};
  for (Ref r : nodes) {
    const Node& n = ctx[r];
    const bool written = n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::power);
    const bool power = (n.kind == Kind::power || written) && ctx.is_number(n.operand(1));
    const Rational p = power ? ctx.value(n.operand(1)) : Rational(0);
    const bool above = Rational(static_cast<int64_t>(order)) < p;
    const bool even = p.is_integer() && p.is_even() && p.sign() > 0;
    for (Ref c : n.operands()) {
      const bool relu = ctx.is_function(c, Fn::relu);
      if (!relu && !ctx.is_function(c, Fn::abs) && !is_euclidean_norm(ctx, c)) continue;
      (above || (even && !relu) ? smooth : other).insert(c);
    }
  }
  for (Ref r : other) smooth.erase(r);
  return smooth;
}

}  // namespace nabla

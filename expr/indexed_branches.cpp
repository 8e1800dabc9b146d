// What stands beside a branch stays inside it: log(x) .* [if x[i] > 0 then 1 else 0] would be undefined where
// the branch is not taken.
#include <algorithm>

#include "expr/indexed.h"
#include "expr/walk.h"
#include "expr/zero_branch.h"

namespace nabla {
namespace {

bool has_domain(const Context& ctx, Ref r) {
  const Node& n = ctx[r];
  if (n.kind == Kind::function) {
    const Function& f = row(static_cast<Fn>(n.tag));
    return !f.domain.empty() || f.fn == Fn::logdet || f.fn == Fn::logm || f.fn == Fn::sqrtm;
  }
  if (n.kind != Kind::power && n.kind != Kind::matpow) return false;
  const Ref k = n.operand(1);
  return !ctx.is_number(k) || !ctx.value(k).is_integer() || ctx.value(k).sign() < 0;
}

}  // namespace

bool may_be_undefined(Context& ctx, Ref e) {
  const std::vector<Ref> parts = nodes_below(ctx, e);
  return std::any_of(parts.begin(), parts.end(), [&](Ref r) { return has_domain(ctx, r); });
}

bool IndexedBuilder::absorb_into_branch() {
  for (size_t s = 0; s < items_.size(); ++s) {
    const std::vector<Label> axes = items_[s].labels;
    if (!has_zero_side(ctx_, items_[s].factor, axes)) continue;
    for (size_t f = 0; f < items_.size(); ++f) {
      const Item& item = items_[f];
      if (f == s || item.labels.empty() || !is_among(item.labels, axes)) continue;
      if (!may_be_undefined(ctx_, item.factor)) continue;
      const LabelledFactor factor{item.factor, item.labels};
      const Ref absorbed = branch_times(ctx_, items_[s].factor, axes, {&factor, 1}, extents_);
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::max(s, f)));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::min(s, f)));
      open(absorbed, axes);
      return true;
    }
  }
  return false;
}

}  // namespace nabla

// What stands beside a branch stays inside it: log(x) .* [if x[i] > 0 then 1 else 0] would be undefined where
// the branch is not taken.
#include <algorithm>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_zero(const Context& ctx, Ref r) {
  return r == zero || (ctx.kind(r) == Kind::fill && ctx.operands(r)[0] == zero);
}

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

// select(c, a, 0)*f with the labels of f among those of the branch is select(c, a*f, 0).
bool IndexedBuilder::absorb_into_branch() {
  for (size_t s = 0; s < items_.size(); ++s) {
    const Ref branch = items_[s].factor;
    if (ctx_.kind(branch) != Kind::select) continue;
    const std::vector<Ref> parts(ctx_.operands(branch).begin(), ctx_.operands(branch).end());
    if (!is_zero(ctx_, parts[1]) && !is_zero(ctx_, parts[2])) continue;
    const std::vector<Label> axes = items_[s].labels;
    std::vector<Label> sorted = axes;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) continue;
    for (size_t f = 0; f < items_.size(); ++f) {
      const Item item = items_[f];
      const auto inside = [&](Label l) { return std::binary_search(sorted.begin(), sorted.end(), l); };
      if (f == s || item.labels.empty() || !std::all_of(item.labels.begin(), item.labels.end(), inside))
        continue;
      if (!may_be_undefined(ctx_, item.factor)) continue;
      const auto times_item = [&](Ref side) {
        if (is_zero(ctx_, side)) return side;
        IndexedBuilder b(ctx_);
        std::vector<Label> output, own;
        for (Label a : axes) output.push_back(b.label(extents_[a]));
        for (Label l : item.labels) {
          own.push_back(output[static_cast<size_t>(std::find(axes.begin(), axes.end(), l) - axes.begin())]);
        }
        b.factor(side, ctx_[side].shape == scalar_shape ? std::vector<Label>() : output);
        b.factor(item.factor, own);
        return b.build(output);
      };
      const Ref absorbed = tensor_select(ctx_, parts[0], times_item(parts[1]), times_item(parts[2]));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::max(s, f)));
      items_.erase(items_.begin() + static_cast<ptrdiff_t>(std::min(s, f)));
      open(absorbed, axes);
      return true;
    }
  }
  return false;
}

}  // namespace nabla

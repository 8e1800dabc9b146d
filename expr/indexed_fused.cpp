// Products over axes that are several axes in one, as those of kron(A, B) and vec(X): where all factors fuse
// an axis alike, the product is one of what stands inside, so that kron(A, B)*kron(C, D) is kron(A*C, B*D)
// and kron(B', A)*vec(X) is vec(A*X*B) (MC 508, MC 520).
#include <algorithm>

#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

using Extents = std::vector<Ref>;

// The axes of the inner tensor that each axis of its reshape is made of, first index fastest; empty where the
// reshape splits axes.
std::vector<Extents> fused_axes(Context& ctx, Ref reshaped) {
  const Extents outer = ctx.shape_of(reshaped).extents,
                inner = ctx.shape_of(ctx.operands(reshaped)[0]).extents;
  std::vector<Extents> groups;
  size_t at = 0;
  for (Ref whole : outer) {
    Extents group;
    Ref size = one;
    while (at < inner.size() && (group.empty() || size != whole)) {
      size = ctx.multiply(size, inner[at]);
      group.push_back(inner[at++]);
    }
    if (size != whole) return {};
    groups.push_back(std::move(group));
  }
  if (at != inner.size()) return {};
  return groups;
}

}  // namespace

// The groups into which each label can be split; a label that stays is in no group.
std::vector<std::vector<Ref>> IndexedBuilder::splits_of_labels(std::vector<bool>& opened) {
  std::vector<std::vector<Extents>> groups(items_.size());
  opened.assign(items_.size(), false);
  for (size_t i = 0; i < items_.size(); ++i) {
    if (ctx_.kind(items_[i].factor) != Kind::reshape) continue;
    groups[i] = fused_axes(ctx_, items_[i].factor);
    opened[i] = !groups[i].empty();
  }
  std::vector<Extents> splits(parent_.size());
  std::vector<bool> whole(parent_.size());
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) whole[t.first] = true;
  }
  for (bool changed = true; changed;) {  // a factor that stays closed closes its labels, and they others
    changed = false;
    for (size_t i = 0; i < items_.size(); ++i) {
      for (size_t a = 0; a < items_[i].labels.size(); ++a) {
        const Label l = items_[i].labels[a];
        const bool fuses = opened[i] && groups[i][a].size() > 1;
        if (fuses && splits[l].empty() && !whole[l]) splits[l] = groups[i][a];
        const bool fits = fuses ? !whole[l] && splits[l] == groups[i][a] : false;
        if (fits) continue;
        changed = changed || !whole[l] || fuses;
        whole[l] = true;
        if (fuses) opened[i] = false;
      }
    }
  }
  for (Label l = 0; l < splits.size(); ++l) {
    if (whole[l]) splits[l].clear();
  }
  return splits;
}

Ref IndexedBuilder::build_split(std::span<const Label> output, ShapeId shape) {
  const auto is_reshape = [&](const Item& i) { return ctx_.kind(i.factor) == Kind::reshape; };
  if (std::none_of(items_.begin(), items_.end(), is_reshape)) return {};
  std::vector<bool> opened;
  const std::vector<Extents> splits = splits_of_labels(opened);
  const auto count = std::count(opened.begin(), opened.end(), true);
  if (count == 0) return {};
  if (count == 1) {  // by itself it stays what it is
    const Item& only =
        items_[static_cast<size_t>(std::find(opened.begin(), opened.end(), true) - opened.begin())];
    auto at = output.begin();
    const bool in_order = std::all_of(only.labels.begin(), only.labels.end(), [&](Label l) {
      at = std::find(at, output.end(), l);
      return at != output.end() && at++ != output.end();
    });
    if (in_order) return {};
  }
  IndexedBuilder inner(ctx_);
  inner.scalars_ = scalars_;
  std::vector<bool> used(parent_.size()), gone(parent_.size());
  for (const Item& i : items_) {
    for (Label l : i.labels) used[l] = true;
  }
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) used[t.first] = true;
  }
  for (Label o : output) used[o] = true;
  for (Label l : gone_) gone[l] = true;
  std::vector<std::vector<Label>> parts(parent_.size());
  for (Label l = 0; l < parent_.size(); ++l) {
    if (find(l) != l) continue;
    if (!used[l]) {  // a bound label in no factor counts its extent
      if (!gone[l]) inner.scalars_.push_back(extents_[l]);
    } else if (splits[l].empty()) {
      parts[l] = {inner.label(extents_[l])};
    } else {
      for (Ref extent : splits[l]) parts[l].push_back(inner.label(extent));
    }
  }
  const auto split = [&](std::span<const Label> labels) {
    std::vector<Label> all;
    for (Label l : labels) all.insert(all.end(), parts[l].begin(), parts[l].end());
    return all;
  };
  for (size_t i = 0; i < items_.size(); ++i) {
    const Ref factor = opened[i] ? ctx_.operands(items_[i].factor)[0] : items_[i].factor;
    inner.factor(factor, split(items_[i].labels));
  }
  for (const Condition& c : guards_) {
    inner.guards_.push_back(c);
    for (auto& t : inner.guards_.back().guard.terms) t.first = parts[t.first][0];
  }
  const Ref product = inner.build(split(output));
  if (output.empty()) return product;
  const Shape wanted = ctx_.shape(shape);
  const Ref whole = reshape(ctx_, product, tensor_shape(ctx_, wanted.extents));
  return wanted.row ? as_row(ctx_, whole) : whole;
}

}  // namespace nabla

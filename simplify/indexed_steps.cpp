#include "simplify/indexed_steps.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "expr/count.h"
#include "expr/indexed.h"
#include "expr/substitute.h"
#include "expr/symmetry.h"

namespace nabla {

// ---- equal names ----

// The two names that a factor delta(i, j) makes equal: what is written for what.
static std::optional<std::pair<Ref, Ref>> equal_names(const Context& ctx, Ref factor) {
  if (ctx.kind(factor) != Kind::select) return std::nullopt;
  const auto parts = ctx.operands(factor);
  const bool delta = parts[1] == one && parts[2] == zero && ctx.kind(parts[0]) == Kind::compare &&
                     ctx[parts[0]].tag == static_cast<uint16_t>(Relation::equal);
  if (!delta) return std::nullopt;
  Ref from = ctx.operands(parts[0])[0], to = ctx.operands(parts[0])[1];
  if (ctx.compare_structure(from, to) < 0) std::swap(from, to);
  if (ctx.kind(from) != Kind::symbol) std::swap(from, to);
  if (ctx.kind(from) != Kind::symbol || !(ctx[from].facts & ctx[to].facts & integer_valued))
    return std::nullopt;
  return std::pair(from, to);
}

bool join_equal_names(Context& ctx, std::span<Ref> factors) {
  bool changed = false;
  for (Ref d : std::vector<Ref>(factors.begin(), factors.end())) {
    const auto names = equal_names(ctx, d);
    if (!names || contains(ctx, names->second, names->first)) continue;
    for (Ref& f : factors) {
      if (f == d) continue;
      const Ref joined = substitute(ctx, f, {&*names, 1});
      changed = changed || joined != f;
      f = joined;
    }
  }
  return changed;
}

Ref joined_by_deltas(Context& ctx, Ref product) {
  const size_t count = ctx.labelling(product).factors.size();
  std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  for (size_t f = 0; f < count; ++f) {
    if (ctx[operands[f]].shape != scalar_shape) continue;
    std::vector<Ref> list;  // the scalars, then the tensors
    ctx.append_factors(operands[f], list);
    const size_t scalars = list.size();
    for (size_t k = 0; k < count; ++k) list.push_back(k == f ? one : operands[k]);
    if (!join_equal_names(ctx, list)) continue;
    std::copy_n(list.begin() + static_cast<ptrdiff_t>(scalars), count, operands.begin());
    operands[f] = ctx.product(std::span<const Ref>(list).first(scalars));
    return rebuild_indexed(ctx, product, operands);
  }
  return {};
}

// ---- skew-symmetric matrices ----

Term with_skew_turned(Context& ctx, Ref product) {
  Term best{one, product};
  const size_t count = ctx.labelling(product).factors.size();
  for (size_t f = 0; f < count; ++f) {
    const Labelling l = ctx.labelling(best.body);
    const std::vector<Ref> operands(ctx.operands(best.body).begin(), ctx.operands(best.body).end());
    const Ref factor = operands[f];
    if (!is_skew(ctx, factor)) continue;
    IndexedBuilder b(ctx);
    for (Label a = 0; a < l.label_count; ++a) b.label(operands[count + a]);
    for (size_t k = 0; k < count; ++k) {
      std::vector<Label> axes = l.factors[k];
      if (k == f) std::swap(axes[0], axes[1]);
      b.factor(operands[k], axes);
    }
    for (size_t g = 0; g < l.guards.size(); ++g) {
      b.guard(l.guards[g].relation, l.guards[g].terms, operands[count + l.label_count + g]);
    }
    const Ref other = b.build(l.output, ctx.shape_of(product).row);
    if (other == best.body) return {zero, product};
    const uint64_t was = count_nodes(ctx, best.body).nodes, is = count_nodes(ctx, other).nodes;
    if (is > was || (is == was && ctx.compare_structure(other, best.body) >= 0)) continue;
    best = {ctx.negate(best.coefficient), other};
    if (ctx.kind(other) != Kind::indexed || ctx.labelling(other).factors.size() != count) break;
  }
  return best;
}

// ---- diagonals ----

Ref diagonal_sums(Context& ctx, Ref matrix) {
  const Ref n = ctx.shape_of(matrix).extents[0];
  IndexedBuilder b(ctx);
  const Ref count = ctx.subtract(ctx.scale(ctx.number(2), n), one);
  const Label k = b.label(count), i = b.label(n), j = b.label(n);
  b.factor(matrix, {i, j});
  const std::pair<Label, int64_t> terms[3] = {{j, 1}, {i, -1}, {k, -1}};
  b.guard(Relation::equal, terms, n);
  return b.build({k});
}

}  // namespace nabla

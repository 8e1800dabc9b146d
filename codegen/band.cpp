#include "codegen/band.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// None: any offset.
using Offsets = std::optional<std::set<int64_t>>;

Offsets united(const Offsets& a, const Offsets& b) {
  if (!a || !b) return std::nullopt;
  std::set<int64_t> all = *a;
  all.insert(b->begin(), b->end());
  return all.size() > most_diagonals ? std::nullopt : Offsets(std::move(all));
}

// All sums of one of each; `sign` 1 or -1 of those of b.
Offsets added(const Offsets& a, const Offsets& b, int64_t sign) {
  if (!a || !b) return std::nullopt;
  std::set<int64_t> all;
  for (int64_t x : *a) {
    for (int64_t y : *b) all.insert(x + sign * y);
  }
  return all.size() > most_diagonals ? std::nullopt : Offsets(std::move(all));
}

class BandFinder {
 public:
  explicit BandFinder(Context& ctx) : ctx_(ctx) {}

  Offsets run(Ref matrix) {
    for (Ref r : nodes_below(ctx_, matrix)) {
      ctx_.budget().spend(1);
      if (ctx_.shape_of(r).order() == 2) known_[r] = of(r);
    }
    return at(matrix);
  }

 private:
  // A relation between two labels of a product: b = a + one of the offsets.
  struct Edge {
    Label a, b;
    Offsets offsets;
  };

  Offsets at(Ref r) const {
    const auto it = known_.find(r);
    return it == known_.end() ? std::nullopt : it->second;
  }

  Offsets of(Ref r) {
    switch (ctx_.kind(r)) {
      case Kind::sum:
      case Kind::long_sum:
        return of_all(ctx_.operands(r));
      case Kind::product:
      case Kind::long_product:
        return of_some(ctx_.operands(r));
      case Kind::select:
        return of_all(ctx_.operands(r).subspan(1));
      case Kind::structural:
        return of_structural(r);
      case Kind::indexed:
        return of_indexed(r);
      case Kind::fill:
        return ctx_.operands(r)[0] == zero ? Offsets(std::set<int64_t>{}) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  // Of a sum: an entry may differ from 0 where it does in some part. Coefficients are no matrices.
  Offsets of_all(std::span<const Ref> parts) const {
    Offsets all = std::set<int64_t>{};
    for (Ref p : parts) {
      if (ctx_.is_number(p)) continue;
      all = united(all, at(p));
    }
    return all;
  }

  // Of an entrywise product: any factor that is 0 makes it 0.
  Offsets of_some(std::span<const Ref> factors) const {
    for (Ref f : factors) {
      if (Offsets known = at(f)) return known;
    }
    return std::nullopt;
  }

  Offsets of_structural(Ref r) const {
    if (is_structural(ctx_, r, Structural::delta)) return std::set<int64_t>{0};
    if (!is_structural(ctx_, r, Structural::shift)) return std::nullopt;
    return single(ctx_.operands(r)[0]);
  }

  Offsets single(Ref offset) const {
    if (!ctx_.is_number(offset)) return std::nullopt;
    const std::optional<int64_t> c = ctx_.value(offset).as_int();
    if (!c || *c > most_offset || *c < -most_offset) return std::nullopt;
    return std::set<int64_t>{*c};
  }

  // The offsets between the two output labels, added up along a shortest chain of relations.
  Offsets of_indexed(Ref r) {
    const IndexedView view = view_indexed(ctx_, r);
    const std::vector<Edge> edges = relations(view);
    if (view.labelling->output.size() != 2) return std::nullopt;
    const Label from = view.labelling->output[0], to = view.labelling->output[1];
    std::vector<Offsets> reached(view.labelling->label_count);
    reached[from] = std::set<int64_t>{0};
    std::vector<Label> queue{from};
    for (size_t k = 0; k < queue.size(); ++k) {
      const Label l = queue[k];
      for (const Edge& e : edges) {
        ctx_.budget().spend(1);
        if (e.a != l && e.b != l) continue;
        const Label next = e.a == l ? e.b : e.a;
        if (reached[next]) continue;
        reached[next] = added(reached[l], e.offsets, e.a == l ? 1 : -1);
        if (reached[next]) queue.push_back(next);
      }
    }
    return reached[to];
  }

  std::vector<Edge> relations(const IndexedView& view) const {
    std::vector<Edge> edges;
    for (size_t k = 0; k < view.factors.size(); ++k) {
      const std::vector<Label>& labels = view.labelling->factors[k];
      if (labels.size() != 2 || labels[0] == labels[1]) continue;
      if (const Offsets known = at(view.factors[k])) edges.push_back({labels[0], labels[1], known});
    }
    for (size_t g = 0; g < view.labelling->guards.size(); ++g) {
      const Guard& guard = view.labelling->guards[g];
      const auto& t = guard.terms;
      if (guard.relation != Relation::equal || t.size() != 2 || t[0].second + t[1].second != 0) continue;
      if (t[0].second != 1 && t[0].second != -1) continue;
      // a - b + offset = 0: b = a + offset
      const size_t a = t[0].second == 1 ? 0 : 1;
      if (const Offsets known = single(view.offsets[g])) edges.push_back({t[a].first, t[1 - a].first, known});
    }
    return edges;
  }

  static constexpr int64_t most_offset = int64_t{1} << 30;

  Context& ctx_;
  std::unordered_map<Ref, Offsets> known_;
};

}  // namespace

std::optional<std::vector<int64_t>> band_offsets(Context& ctx, Ref matrix) {
  const Offsets found = BandFinder(ctx).run(matrix);
  if (!found) return std::nullopt;
  return std::vector<int64_t>(found->begin(), found->end());
}

Ref band_diagonal(Context& ctx, Ref matrix, int64_t offset) {
  const std::vector<Ref> extents = ctx.shape_of(matrix).extents;
  const auto of = [&](Ref part) -> Ref {
    const Offsets known = BandFinder(ctx).run(part);
    if (known && known->count(offset) == 0) return Ref{};  // it is 0 there
    IndexedBuilder b(ctx);
    const Label row = b.label(extents[0]), column = b.label(extents[1]);
    b.factor(part, {row, column});
    b.factor(shift(ctx, extents[0], extents[1], ctx.number(offset)), {row, column});
    return b.build({row});
  };
  const ShapeId shape = ctx.shape_id({{extents[0]}, false});
  std::vector<Term> terms;
  if (ctx.kind(matrix) != Kind::sum) {
    const Ref entries = of(matrix);
    return entries ? entries : tensor_sum(ctx, terms, shape);
  }
  const std::vector<Ref> pairs(ctx.operands(matrix).begin(), ctx.operands(matrix).end());
  for (size_t k = 0; k + 1 < pairs.size(); k += 2) {
    if (const Ref entries = of(pairs[k + 1])) terms.push_back({pairs[k], entries});
  }
  return tensor_sum(ctx, terms, shape);
}

}  // namespace nabla

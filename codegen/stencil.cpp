#include "codegen/stencil.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// None: any distance.
using Distances = std::optional<std::set<int64_t>>;

constexpr int64_t most_distance = int64_t{1} << 30;

Distances united(const Distances& a, const Distances& b) {
  if (!a || !b) return std::nullopt;
  std::set<int64_t> all = *a;
  all.insert(b->begin(), b->end());
  return all.size() > most_diagonals ? std::nullopt : Distances(std::move(all));
}

// All sums of one of each; `sign` 1 or -1 of those of b.
Distances added(const Distances& a, const Distances& b, int64_t sign) {
  if (!a || !b) return std::nullopt;
  std::set<int64_t> all;
  for (int64_t x : *a) {
    for (int64_t y : *b) all.insert(x + sign * y);
  }
  const bool far = !all.empty() && (*all.begin() < -most_distance || *all.rbegin() > most_distance);
  return far || all.size() > most_diagonals ? std::nullopt : Distances(std::move(all));
}

// The positions at which an array may differ from 0: of each two axes, the distances of the second from the
// first.
class Relations {
 public:
  explicit Relations(size_t order) : order_(order), pairs_(order * order) {}

  Distances between(size_t from, size_t to) const {
    if (from == to) return std::set<int64_t>{0};
    return from < to ? pairs_[from * order_ + to]
                     : added(std::set<int64_t>{0}, pairs_[to * order_ + from], -1);
  }
  void set(size_t from, size_t to, Distances d) { pairs_[from * order_ + to] = std::move(d); }
  template <class Combine>
  void combine(const Relations& other, Combine with) {
    for (size_t k = 0; k < pairs_.size(); ++k) pairs_[k] = with(pairs_[k], other.pairs_[k]);
  }

 private:
  size_t order_;
  std::vector<Distances> pairs_;  // from * order + to, from < to
};

class RelationFinder {
 public:
  explicit RelationFinder(Context& ctx) : ctx_(ctx) {}

  Relations operator()(Ref array) {
    for (Ref r : nodes_below(ctx_, array)) {
      ctx_.budget().spend(1);
      const size_t order = ctx_.shape_of(r).order();
      if (order >= 2) known_.insert_or_assign(r, of(r, order));
    }
    return at(array);
  }

 private:
  // b = a + one of the distances, between labels of a product.
  struct Edge {
    Label a, b;
    Distances distances;
  };

  Relations at(Ref r) const {
    const auto it = known_.find(r);
    return it == known_.end() ? Relations(ctx_.shape_of(r).order()) : it->second;
  }

  Relations of(Ref r, size_t order) {
    const auto list = ctx_.operands(r);
    switch (ctx_.kind(r)) {
      case Kind::sum:
      case Kind::long_sum:
        return of_all(list, order);
      case Kind::product:
      case Kind::long_product:
        return of_some(list, order);
      case Kind::select:
        return of_all(list.subspan(1), order);
      case Kind::structural:
        return of_structural(r, order);
      case Kind::indexed:
        return of_indexed(r, order);
      case Kind::fill:
        return list[0] == zero ? nothing(order) : Relations(order);
      default:
        return Relations(order);
    }
  }

  static Relations nothing(size_t order) {
    Relations out(order);
    for (size_t a = 0; a < order; ++a) {
      for (size_t b = a + 1; b < order; ++b) out.set(a, b, std::set<int64_t>{});
    }
    return out;
  }

  // Of a sum: an entry may differ from 0 where it does in some part. Coefficients are no arrays.
  Relations of_all(std::span<const Ref> parts, size_t order) const {
    Relations all = nothing(order);
    for (Ref p : parts) {
      if (ctx_.shape_of(p).order() == order) all.combine(at(p), united);
    }
    return all;
  }

  // Of an entrywise product: any factor that is 0 makes it 0.
  Relations of_some(std::span<const Ref> factors, size_t order) const {
    Relations some(order);
    for (Ref f : factors) {
      if (ctx_.shape_of(f).order() != order) continue;
      some.combine(at(f), [](const Distances& a, const Distances& b) { return a ? a : b; });
    }
    return some;
  }

  Relations of_structural(Ref r, size_t order) const {
    Relations out(order);
    if (is_structural(ctx_, r, Structural::delta)) out.set(0, 1, std::set<int64_t>{0});
    if (is_structural(ctx_, r, Structural::shift)) out.set(0, 1, single(ctx_.operands(r)[0], 1));
    return out;
  }

  // {distance / divisor}, where that is a number; nothing has a distance that is no whole number.
  Distances single(Ref distance, int64_t divisor) const {
    if (!ctx_.is_number(distance)) return std::nullopt;
    const std::optional<int64_t> c = ctx_.value(distance).as_int();
    if (!c || *c > most_distance || *c < -most_distance) return std::nullopt;
    if (*c % divisor != 0) return std::set<int64_t>{};
    return std::set<int64_t>{*c / divisor};
  }

  // Distances add up along a shortest chain of relations between labels.
  Relations of_indexed(Ref r, size_t order) {
    const IndexedView view = view_indexed(ctx_, r);
    std::vector<Label> output = view.labelling->output;
    const size_t count = view.labelling->label_count;
    const std::vector<Edge> edges = relations(r);
    Relations out(order);
    for (size_t from = 0; from < output.size(); ++from) {
      const std::vector<Distances> reached = chains(output[from], count, edges);
      for (size_t to = from + 1; to < output.size(); ++to) out.set(from, to, reached[output[to]]);
    }
    return out;
  }

  std::vector<Distances> chains(Label from, size_t count, const std::vector<Edge>& edges) const {
    std::vector<Distances> reached(count);
    reached[from] = std::set<int64_t>{0};
    std::vector<Label> queue{from};
    for (size_t k = 0; k < queue.size(); ++k) {
      const Label l = queue[k];
      for (const Edge& e : edges) {
        ctx_.budget().spend(1);
        if (e.a != l && e.b != l) continue;
        const Label next = e.a == l ? e.b : e.a;
        if (reached[next]) continue;
        reached[next] = added(reached[l], e.distances, e.a == l ? 1 : -1);
        if (reached[next]) queue.push_back(next);
      }
    }
    return reached;
  }

  std::vector<Edge> relations(Ref r) const {
    const IndexedView view = view_indexed(ctx_, r);
    std::vector<Edge> edges;
    for (size_t k = 0; k < view.factors.size(); ++k) {
      const std::vector<Label>& labels = view.labelling->factors[k];
      if (labels.size() < 2) continue;
      const Relations known = at(view.factors[k]);
      for (size_t a = 0; a < labels.size(); ++a) {
        for (size_t b = a + 1; b < labels.size(); ++b) {
          const Distances d = known.between(a, b);
          if (d && labels[a] != labels[b]) edges.push_back({labels[a], labels[b], d});
        }
      }
    }
    append_guarded(r, edges);
    return edges;
  }

  // A condition p*a + q*b + offset = 0, or two of those that share a label: 2*i = a and 2*i = b + 1.
  struct Line {
    Label a, b;
    int64_t p, q;
    Ref offset;
  };

  void append_guarded(Ref r, std::vector<Edge>& edges) const {
    const IndexedView view = view_indexed(ctx_, r);
    std::vector<Line> lines;
    for (size_t g = 0; g < view.labelling->guards.size(); ++g) {
      const Guard& guard = view.labelling->guards[g];
      const auto& t = guard.terms;
      if (guard.relation != Relation::equal || t.size() != 2) continue;
      lines.push_back({t[0].first, t[1].first, t[0].second, t[1].second, view.offsets[g]});
    }
    const auto append = [&](const Line& l) {  // p*a - p*b + offset = 0
      if (l.p + l.q != 0 || l.a == l.b) return;
      if (const Distances d = single(l.offset, l.p)) edges.push_back({l.a, l.b, d});
    };
    for (const Line& l : lines) append(l);
    for (size_t i = 0; i < lines.size(); ++i) {
      for (size_t j = i + 1; j < lines.size(); ++j) append(without_shared(lines[i], lines[j]));
    }
  }

  // What two conditions say of the labels that they do not share; a == b where they share none.
  Line without_shared(Line x, Line y) const {
    constexpr int64_t most = int64_t{1} << 20;  // of coefficients, so that products of two are exact
    if (x.a == y.a || x.a == y.b) std::swap(x.a, x.b), std::swap(x.p, x.q);
    if (y.b == x.b) std::swap(y.a, y.b), std::swap(y.p, y.q);
    const bool small = std::abs(x.p) < most && std::abs(x.q) < most && std::abs(y.p) < most &&
                       std::abs(y.q) < most && ctx_.is_number(x.offset) && ctx_.is_number(y.offset);
    if (x.b != y.a || !small) return {0, 0, 1, 1, zero};
    const Rational offset = ctx_.value(x.offset) * Rational(y.p) - ctx_.value(y.offset) * Rational(x.q);
    return {x.a, y.b, x.p * y.p, -x.q * y.q, ctx_.number(offset)};
  }

  Context& ctx_;
  std::unordered_map<Ref, Relations> known_;
};

// The axes of a sum in another order: that sum. It is stored in one order alone.
Ref reordered_sum(const Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::indexed) return Ref{};
  const IndexedView v = view_indexed(ctx, e);
  const bool view = v.factors.size() == 1 && v.labelling->guards.empty() &&
                    v.labelling->label_count == v.labelling->output.size() &&
                    v.labelling->factors[0].size() == v.labelling->output.size();
  if (!view) return Ref{};
  const Kind k = ctx.kind(v.factors[0]);
  return k == Kind::sum || k == Kind::long_sum ? v.factors[0] : Ref{};
}

std::vector<Term> terms_of(Context& ctx, Ref block) {
  std::vector<Term> pending, out;
  if (ctx.shape_of(block).order() == 0 || ctx.kind(block) == Kind::fill) return {{one, block}};
  ctx.append_terms(block, pending);
  while (!pending.empty()) {
    const Term t = pending.back();
    pending.pop_back();
    const Ref sum = reordered_sum(ctx, t.body);
    if (!sum) {
      out.push_back(t);
      continue;
    }
    const Labelling labelling = ctx.labelling(t.body);
    const std::vector<Ref> extents(view_indexed(ctx, t.body).extents.begin(),
                                   view_indexed(ctx, t.body).extents.end());
    std::vector<Term> parts;
    ctx.append_terms(sum, parts);
    for (const Term& part : parts) {
      IndexedBuilder b(ctx);
      for (Ref e : extents) b.label(e);
      b.factor(part.body, labelling.factors[0]);
      std::vector<Term> made;
      ctx.append_terms(b.build(labelling.output), made);
      for (const Term& m : made)
        pending.push_back(
            {ctx.multiply(ctx.multiply(t.coefficient, part.coefficient), m.coefficient), m.body});
    }
  }
  return out;
}

// What the terms of a block have in common.
class StencilFinder {
 public:
  StencilFinder(Context& ctx, Ref block, size_t line_axes) : line_axes_(line_axes) {
    RelationFinder find(ctx);
    for (const Term& t : terms_of(ctx, block)) terms_.push_back(find(t.body));
    const std::vector<Ref> extents = ctx.shape_of(block).extents;
    const auto middle = extents.begin() + static_cast<ptrdiff_t>(line_axes);
    out_.lines.assign(extents.begin(), middle);
    out_.across.assign(middle, extents.end());
  }

  std::optional<Stencil> run() {
    for (size_t a = 0; a < out_.across.size(); ++a) out_.follows.push_back(followed(a));
    std::set<std::vector<int64_t>> all;
    for (const Relations& t : terms_) {
      add_diagonals(t, all);
      if (all.size() > most_diagonals) return std::nullopt;
    }
    out_.diagonals.assign(all.begin(), all.end());
    return std::move(out_);
  }

 private:
  // The axis of the line from which this one keeps a distance in all terms: the one in its place, or one that
  // no other follows, or any.
  std::optional<size_t> followed(size_t across) const {
    std::optional<size_t> found;
    const auto rank = [&](size_t line) {
      if (line == across && line_axes_ == out_.across.size()) return 2;
      return std::find(out_.follows.begin(), out_.follows.end(), line) == out_.follows.end() ? 1 : 0;
    };
    for (size_t line = 0; line < line_axes_; ++line) {
      const bool always = std::all_of(terms_.begin(), terms_.end(), [&](const Relations& t) {
        return t.between(line, line_axes_ + across).has_value();
      });
      if (always && (!found || rank(line) > rank(*found))) found = line;
    }
    return found;
  }

  void add_diagonals(const Relations& term, std::set<std::vector<int64_t>>& all) const {
    std::vector<std::vector<int64_t>> made{{}};
    for (size_t a = 0; a < out_.across.size(); ++a) {
      std::set<int64_t> distances{0};
      if (out_.follows[a]) distances = *term.between(*out_.follows[a], line_axes_ + a);
      std::vector<std::vector<int64_t>> longer;
      for (const auto& begun : made) {
        for (int64_t d : distances) {
          longer.push_back(begun);
          longer.back().push_back(d);
        }
      }
      made = std::move(longer);
      if (made.size() > most_diagonals) break;
    }
    all.insert(made.begin(), made.end());
  }

  size_t line_axes_;
  std::vector<Relations> terms_;
  Stencil out_;
};

}  // namespace

std::optional<Stencil> stencil_of(Context& ctx, Ref block, size_t line_axes) {
  return StencilFinder(ctx, block, line_axes).run();
}

Ref entries_on(Context& ctx, Ref block, const Stencil& stencil, const std::vector<int64_t>& diagonal) {
  const size_t lines = stencil.lines.size();
  std::vector<Ref> extents = stencil.lines;
  for (size_t a = 0; a < stencil.across.size(); ++a) {
    if (stencil.is_free(a)) extents.push_back(stencil.across[a]);
  }
  const ShapeId shape = ctx.shape_id({extents, false});
  if (shape == ctx[block].shape && stencil.across.empty()) return block;
  RelationFinder find(ctx);
  const auto on_diagonal = [&](Ref part) -> Ref {
    const Relations known = find(part);
    IndexedBuilder b(ctx);
    std::vector<Label> axes, output;
    for (Ref e : stencil.lines) axes.push_back(b.label(e));
    output = axes;
    for (Ref e : stencil.across) axes.push_back(b.label(e));
    b.factor(part, axes);
    for (size_t a = 0; a < stencil.across.size(); ++a) {
      if (stencil.is_free(a)) {
        output.push_back(axes[lines + a]);
        continue;
      }
      const size_t line = *stencil.follows[a];
      const Distances d = known.between(line, lines + a);
      if (d && d->count(diagonal[a]) == 0) return Ref{};  // it is 0 there
      b.factor(shift(ctx, stencil.lines[line], stencil.across[a], ctx.number(diagonal[a])),
               {axes[line], axes[lines + a]});
    }
    return b.build(output);
  };
  std::vector<Term> terms;
  for (const Term& t : terms_of(ctx, block)) {
    if (const Ref entries = on_diagonal(t.body)) terms.push_back({t.coefficient, entries});
  }
  return shape == scalar_shape ? ctx.sum(terms) : tensor_sum(ctx, terms, shape);
}

}  // namespace nabla

#include "expr/labelling.h"

#include <algorithm>
#include <numeric>

#include "expr/context.h"
#include "expr/indexed.h"
#include "expr/symmetry.h"

namespace nabla {

uint64_t Labelling::hash() const {
  uint64_t h = mix(label_count, output.size());
  for (Label l : output) h = mix(h, l);
  for (const auto& f : factors) {
    h = mix(h, f.size());
    for (Label l : f) h = mix(h, l);
  }
  for (const Guard& g : guards) {
    h = mix(h, static_cast<uint64_t>(g.relation) + 16 * g.terms.size());
    for (const auto& [l, c] : g.terms) h = mix(h, mix(l, static_cast<uint64_t>(c)));
  }
  return h;
}

namespace {

// One numbering that is being refined. Colours are functions of content, so equal for isomorphic products.
class Refinement {
 public:
  Refinement(Context& ctx, const IndexedParts& parts) : ctx_(ctx), parts_(parts), labels_(parts.labelling) {
    colours_.resize(labels_.label_count);
    for (Label l = 0; l < labels_.label_count; ++l) colours_[l] = mix(7, ctx_[parts_.extents[l]].hash);
    for (size_t i = 0; i < labels_.output.size(); ++i) colours_[labels_.output[i]] = mix(11, i);
    for (Ref f : parts_.factors) symmetric_.push_back(is_symmetric(ctx_, f));
    refine();
  }

  // The smallest colour that several labels have, those labels; empty when all differ.
  std::vector<Label> tied() const {
    std::vector<Label> order(colours_.size());
    std::iota(order.begin(), order.end(), Label{0});
    std::stable_sort(order.begin(), order.end(), [&](Label a, Label b) { return colours_[a] < colours_[b]; });
    for (size_t i = 0; i + 1 < order.size(); ++i) {
      size_t end = i + 1;
      while (end < order.size() && colours_[order[end]] == colours_[order[i]]) ++end;
      if (end > i + 1)
        return {order.begin() + static_cast<ptrdiff_t>(i), order.begin() + static_cast<ptrdiff_t>(end)};
    }
    return {};
  }

  void individualise(Label l) {
    colours_[l] = mix(colours_[l], 13);
    refine();
  }

  // Labels in their new order: outputs by axis, then by colour.
  std::vector<Label> numbering() const {
    std::vector<Label> order = labels_.output;
    std::vector<bool> output(colours_.size());
    for (Label l : order) output[l] = true;
    std::vector<Label> bound;
    for (Label l = 0; l < colours_.size(); ++l) {
      if (!output[l]) bound.push_back(l);
    }
    std::stable_sort(bound.begin(), bound.end(), [&](Label a, Label b) { return colours_[a] < colours_[b]; });
    order.insert(order.end(), bound.begin(), bound.end());
    return order;
  }

 private:
  void refine() {
    for (size_t known = distinct();;) {
      round();
      const size_t now = distinct();
      if (now <= known) return;
      known = now;
    }
  }

  size_t distinct() const {
    std::vector<uint64_t> c = colours_;
    std::sort(c.begin(), c.end());
    return static_cast<size_t>(std::unique(c.begin(), c.end()) - c.begin());
  }

  void round() {
    std::vector<uint64_t> next(colours_.size());  // sums of hashes, so that the order of factors is nothing
    for (size_t f = 0; f < parts_.factors.size(); ++f) {
      const auto& axes = labels_.factors[f];
      uint64_t whole = mix(ctx_[parts_.factors[f]].hash, axes.size());
      if (symmetric_[f]) {
        whole = mix(whole, colours_[axes[0]] + colours_[axes[1]]);
      } else {
        for (Label l : axes) whole = mix(whole, colours_[l]);
      }
      for (size_t i = 0; i < axes.size(); ++i) next[axes[i]] += mix(whole, symmetric_[f] ? 0 : i + 1);
    }
    for (size_t g = 0; g < labels_.guards.size(); ++g) {
      const Guard& guard = labels_.guards[g];
      const bool equality = guard.relation == Relation::equal || guard.relation == Relation::not_equal;
      for (const int64_t sign : {int64_t{1}, int64_t{-1}}) {  // a == b and b == a are one condition
        if (sign < 0 && !equality) break;
        const Ref offset = sign > 0 ? parts_.offsets[g] : ctx_.negate(parts_.offsets[g]);
        uint64_t whole = mix(ctx_[offset].hash, static_cast<uint64_t>(guard.relation));
        for (const auto& [l, c] : guard.terms) whole += mix(colours_[l], static_cast<uint64_t>(sign * c));
        for (const auto& [l, c] : guard.terms) next[l] += mix(whole, static_cast<uint64_t>(sign * c));
      }
    }
    for (Label l = 0; l < colours_.size(); ++l) colours_[l] = mix(colours_[l], next[l]);
    ctx_.budget().spend(colours_.size() + parts_.factors.size());
  }

  Context& ctx_;
  const IndexedParts& parts_;
  const Labelling& labels_;
  std::vector<uint64_t> colours_;
  std::vector<bool> symmetric_;
};

// The parts under a numbering, everything in order.
IndexedParts renumber(Context& ctx, const IndexedParts& parts, const std::vector<Label>& order) {
  const Labelling& old = parts.labelling;
  std::vector<Label> number(order.size());
  IndexedParts out;
  for (size_t i = 0; i < order.size(); ++i) {
    number[order[i]] = static_cast<Label>(i);
    out.extents.push_back(parts.extents[order[i]]);
  }
  Labelling& l = out.labelling;
  l.label_count = old.label_count;
  for (Label o : old.output) l.output.push_back(number[o]);
  struct Item {
    Ref factor;
    std::vector<Label> labels;
  };
  std::vector<Item> items;
  for (size_t f = 0; f < parts.factors.size(); ++f) {
    Item item{parts.factors[f], old.factors[f]};
    for (Label& a : item.labels) a = number[a];
    if (is_symmetric(ctx, item.factor)) std::sort(item.labels.begin(), item.labels.end());
    items.push_back(std::move(item));
  }
  std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
    if (a.factor == b.factor) return a.labels < b.labels;
    const uint64_t x = ctx[a.factor].hash, y = ctx[b.factor].hash;
    return x != y ? x < y : ctx.compare_structure(a.factor, b.factor) < 0;
  });
  for (Item& i : items) {
    out.factors.push_back(i.factor);
    l.factors.push_back(std::move(i.labels));
  }
  std::vector<std::pair<Guard, Ref>> guards;
  for (size_t g = 0; g < old.guards.size(); ++g) {
    Guard guard = old.guards[g];
    for (auto& term : guard.terms) term.first = number[term.first];
    std::sort(guard.terms.begin(), guard.terms.end());
    const bool equality = guard.relation == Relation::equal || guard.relation == Relation::not_equal;
    Ref offset = parts.offsets[g];
    if (equality && !guard.terms.empty() && guard.terms[0].second < 0) {  // one sign for both
      for (auto& term : guard.terms) term.second = -term.second;
      offset = ctx.negate(offset);
    }
    guards.push_back({std::move(guard), offset});
  }
  std::sort(guards.begin(), guards.end(), [&](const auto& a, const auto& b) {
    if (a.first.relation != b.first.relation) return a.first.relation < b.first.relation;
    if (a.first.terms != b.first.terms) return a.first.terms < b.first.terms;
    return ctx[a.second].hash < ctx[b.second].hash;
  });
  guards.erase(std::unique(guards.begin(), guards.end()), guards.end());
  for (auto& [guard, offset] : guards) {
    l.guards.push_back(std::move(guard));
    out.offsets.push_back(offset);
  }
  return out;
}

bool before(const Labelling& a, const Labelling& b) {
  if (a.factors != b.factors) return a.factors < b.factors;
  const auto less = [](const Guard& x, const Guard& y) {
    return x.relation != y.relation ? x.relation < y.relation : x.terms < y.terms;
  };
  return std::lexicographical_compare(a.guards.begin(), a.guards.end(), b.guards.begin(), b.guards.end(),
                                      less);
}

constexpr size_t most_candidates = 128;  // of the search for the least numbering

}  // namespace

void canonical_labelling(Context& ctx, IndexedParts& parts) {
  std::vector<Refinement> open{Refinement(ctx, parts)};
  std::vector<Label> best;
  IndexedParts least;
  size_t tried = 0;
  while (!open.empty()) {
    const Refinement r = open.back();
    open.pop_back();
    const std::vector<Label> tied = r.tied();
    if (tied.empty()) {
      IndexedParts candidate = renumber(ctx, parts, r.numbering());
      if (tried++ == 0 || before(candidate.labelling, least.labelling)) least = std::move(candidate);
      continue;
    }
    // Beyond the bound one member is as good as another: the product is right, its form may not be least.
    const bool all = tried + open.size() + tied.size() <= most_candidates;
    if (!all && tried > 0) continue;
    for (size_t i = 0; i < (all ? tied.size() : 1); ++i) {
      open.push_back(r);
      open.back().individualise(tied[i]);
    }
  }
  parts = std::move(least);
}

bool takes_some_entries(const Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::indexed && ctx.kind(r) != Kind::reduce) return false;
  const Labelling& l = ctx.labelling(r);
  if (!l.guards.empty()) return true;
  const auto factors = ctx.operands(r).first(l.factors.size());
  return std::any_of(factors.begin(), factors.end(), [&](Ref f) {
    return is_structural(ctx, f, Structural::shift) || is_structural(ctx, f, Structural::unit);
  });
}

}  // namespace nabla

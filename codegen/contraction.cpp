#include "codegen/contraction.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace nabla {
namespace {

constexpr double usual_size = 64;

double bounded(const Context& ctx, Ref dim) {
  const Domain& d = ctx.symbol(dim).domain;
  double n = usual_size;
  if (d.upper && ctx.is_number(d.upper)) n = std::min(n, ctx.value(d.upper).to_double());
  if (d.lower && ctx.is_number(d.lower)) n = std::max(n, ctx.value(d.lower).to_double());
  return n;
}

// Extents are small formulas: a sum of products of dims.
double size_of(Context& ctx, Ref e) {
  if (ctx.is_number(e)) return ctx.value(e).to_double();
  if (ctx.kind(e) == Kind::symbol) return ctx.symbol(e).role == Role::extent ? bounded(ctx, e) : usual_size;
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  double n = 0;
  for (const Term& t : terms) {
    std::vector<Ref> factors;
    ctx.append_factors(t.body, factors);
    double product = ctx.value(t.coefficient).to_double();
    for (Ref f : factors) {
      const bool known = ctx.is_number(f) || ctx.kind(f) == Kind::symbol;
      product *= ctx.is_number(f) ? ctx.value(f).to_double() : known ? bounded(ctx, f) : usual_size;
    }
    n += product;
  }
  return std::max(n, 1.0);
}

class Contractor {
 public:
  Contractor(Context& ctx, Contraction c, const std::function<Ref(Ref)>& name)
      : ctx_(ctx), c_(std::move(c)), name_(name) {
    for (Ref e : c_.extents) sizes_.push_back(size_of(ctx, e));
    for (ContractionFactor& f : c_.factors) add(std::move(f));
  }

  ContractionCost cost() {
    cost_.saves = 2 * in_pairs_ < at_once_;
    return cost_;
  }

  Ref run() {
    add_turns(Labels(c_.extents.size(), true), cost_.at_once, at_once_);
    if (sums()) {
      sum_alone();
      while (groups_.size() > 2 && sums()) {
        const auto [a, b] = cheapest_pair();
        replace({a, b}, kept({a, b}, united({a, b})));
      }
    }
    join_small_groups();
    return finish();
  }

 private:
  using Labels = std::vector<bool>;
  struct Group {
    std::vector<ContractionFactor> factors;
    Labels labels;
  };

  void add(ContractionFactor f) {
    Labels labels(c_.extents.size());
    for (Label l : f.labels) labels[l] = true;
    for (Group& g : groups_) {
      if (g.labels == labels) return g.factors.push_back(std::move(f));
    }
    groups_.push_back({{std::move(f)}, std::move(labels)});
  }

  bool sums() const {
    for (const Group& g : groups_) {
      for (size_t l = c_.outputs; l < g.labels.size(); ++l) {
        if (g.labels[l]) return true;
      }
    }
    return false;
  }

  static bool has(const ContractionFactor& f, Label l) {
    return std::find(f.labels.begin(), f.labels.end(), l) != f.labels.end();
  }

  // Conditions are met where all their labels are.
  bool inside(const Guard& g, const Labels& l) const {
    return std::all_of(g.terms.begin(), g.terms.end(), [&](const auto& t) { return l[t.first]; });
  }
  static bool inside(const ContractionFactor& f, const Labels& l) {
    return std::all_of(f.labels.begin(), f.labels.end(), [&](Label x) { return l[x]; });
  }

  bool needed_outside(Label l, const std::vector<size_t>& which, const Labels& joined) const {
    if (l < c_.outputs) return true;
    for (size_t k = 0; k < groups_.size(); ++k) {
      if (groups_[k].labels[l] && std::find(which.begin(), which.end(), k) == which.end()) return true;
    }
    for (const ContractionFactor& p : c_.positions) {
      if (!inside(p, joined) && has(p, l)) return true;
    }
    return std::any_of(c_.guards.begin(), c_.guards.end(), [&](const Guard& g) {
      return !inside(g, joined) &&
             std::any_of(g.terms.begin(), g.terms.end(), [&](const auto& t) { return t.first == l; });
    });
  }

  Labels united(const std::vector<size_t>& which) const {
    Labels l(c_.extents.size());
    for (size_t k : which) {
      for (size_t i = 0; i < l.size(); ++i) l[i] = l[i] || groups_[k].labels[i];
    }
    return l;
  }

  std::vector<Label> kept(const std::vector<size_t>& which, const Labels& joined) const {
    std::vector<Label> out;
    for (Label l = 0; l < joined.size(); ++l) {
      if (joined[l] && needed_outside(l, which, joined)) out.push_back(l);
    }
    return out;
  }

  // The turns of a nest over these labels, and how many they are for the usual sizes.
  void add_turns(const Labels& labels, Ref& turns, double& count) {
    std::vector<Ref> extents;
    double n = 1;
    for (Label l = 0; l < labels.size(); ++l) {
      if (!labels[l]) continue;
      extents.push_back(c_.extents[l]);
      n *= sizes_[l];
    }
    turns = ctx_.add(turns, ctx_.product(extents));
    count += n;
  }

  double size(const std::vector<Label>& labels) const {
    double n = 1;
    for (Label l : labels) n *= sizes_[l];
    return n;
  }

  // What only one group is summed over, is summed there.
  void sum_alone() {
    for (size_t k = 0; groups_.size() > 1 && k < groups_.size();) {
      const Labels& own = groups_[k].labels;
      const auto all = static_cast<size_t>(std::count(own.begin(), own.end(), true));
      const std::vector<Label> left = kept({k}, own);
      if (left.size() == all || left.empty()) {
        ++k;
        continue;
      }
      replace({k}, left);
      k = 0;
    }
  }

  std::pair<size_t, size_t> cheapest_pair() const {
    constexpr size_t most_compared = 32;  // of very long products only neighbours
    std::pair<size_t, size_t> best{0, 1};
    double least = std::numeric_limits<double>::infinity();
    const size_t n = std::min(groups_.size(), most_compared);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; b < n; ++b) {
        const Labels joined = united({a, b});
        double cost = 1;
        for (Label l = 0; l < joined.size(); ++l) cost *= joined[l] ? sizes_[l] : 1;
        cost += 2 * size(kept({a, b}, joined));
        if (cost < least) {
          least = cost;
          best = {a, b};
        }
      }
    }
    return best;
  }

  // Several factors over some of the labels are multiplied once, not in each turn of the other loops.
  void join_small_groups() {
    std::vector<size_t> all;
    for (size_t k = 0; k < groups_.size(); ++k) all.push_back(k);
    const Labels joined = united(all);
    for (Group& g : groups_) {
      if (g.factors.size() < 2 || g.labels == joined) continue;
      std::vector<Label> labels;
      for (Label l = 0; l < joined.size(); ++l) {
        if (g.labels[l]) labels.push_back(l);
      }
      Builder builder(ctx_, c_.extents);
      for (const ContractionFactor& f : g.factors) builder.factor(f);
      g.factors = {{name_(builder.build(labels, false)), labels}};
    }
  }

  // A builder that knows only the labels that something in it has.
  class Builder {
   public:
    Builder(Context& ctx, const std::vector<Ref>& extents)
        : builder_(ctx), extents_(extents), own_(extents.size()) {}
    void factor(const ContractionFactor& f) { builder_.factor(f.factor, mapped(f.labels)); }
    void scalar(Ref s) { builder_.factor(s, {}); }
    void guard(Guard g, Ref offset) {
      for (auto& t : g.terms) t.first = of(t.first);
      builder_.guard(g.relation, g.terms, offset);
    }
    std::vector<Label> mapped(std::vector<Label> labels) {
      for (Label& l : labels) l = of(l);
      return labels;
    }
    Ref build(const std::vector<Label>& output, bool row) { return builder_.build(mapped(output), row); }

   private:
    Label of(Label l) {
      if (!own_[l]) own_[l] = builder_.label(extents_[l]);
      return *own_[l];
    }
    IndexedBuilder builder_;
    const std::vector<Ref>& extents_;
    std::vector<std::optional<Label>> own_;
  };

  static bool all_in(const std::vector<Label>& labels, const std::vector<Label>& list) {
    return std::all_of(labels.begin(), labels.end(),
                       [&](Label l) { return std::find(list.begin(), list.end(), l) != list.end(); });
  }

  // The groups become one factor, summed over what is not kept.
  void replace(const std::vector<size_t>& which, const std::vector<Label>& left) {
    const Labels joined = united(which);
    add_turns(joined, cost_.in_pairs, in_pairs_);
    Builder builder(ctx_, c_.extents);
    for (size_t k : which) {
      for (const ContractionFactor& f : groups_[k].factors) builder.factor(f);
    }
    for (size_t k = c_.positions.size(); k-- > 0;) {
      if (!inside(c_.positions[k], joined)) continue;
      builder.factor(c_.positions[k]);
      if (all_in(c_.positions[k].labels, left)) continue;  // what it excludes stays excluded outside
      c_.positions.erase(c_.positions.begin() + static_cast<ptrdiff_t>(k));
    }
    for (size_t k = c_.guards.size(); k-- > 0;) {
      if (c_.guards[k].terms.empty() || !inside(c_.guards[k], joined)) continue;
      builder.guard(c_.guards[k], c_.offsets[k]);
      std::vector<Label> own;
      for (const auto& t : c_.guards[k].terms) own.push_back(t.first);
      if (all_in(own, left)) continue;
      c_.guards.erase(c_.guards.begin() + static_cast<ptrdiff_t>(k));
      c_.offsets.erase(c_.offsets.begin() + static_cast<ptrdiff_t>(k));
    }
    const Ref held = name_(builder.build(left, false));
    for (size_t k = which.size(); k-- > 0;) {
      groups_.erase(groups_.begin() + static_cast<ptrdiff_t>(which[k]));
    }
    if (left.empty()) {
      c_.scalars.push_back(held);
    } else {
      add({held, left});
    }
  }

  Ref finish() {
    std::vector<size_t> all;
    for (size_t k = 0; k < groups_.size(); ++k) all.push_back(k);
    add_turns(united(all), cost_.in_pairs, in_pairs_);
    Builder b(ctx_, c_.extents);
    std::vector<Label> output;
    for (Label l = 0; l < c_.outputs; ++l) output.push_back(l);
    b.mapped(output);
    for (Ref s : c_.scalars) b.scalar(s);
    for (const Group& g : groups_) {
      for (const ContractionFactor& f : g.factors) b.factor(f);
    }
    for (const ContractionFactor& p : c_.positions) b.factor(p);
    for (size_t k = 0; k < c_.guards.size(); ++k) b.guard(c_.guards[k], c_.offsets[k]);
    return b.build(output, c_.row);
  }

  Context& ctx_;
  Contraction c_;
  const std::function<Ref(Ref)>& name_;
  ContractionCost cost_;
  double in_pairs_ = 0, at_once_ = 0;
  std::vector<double> sizes_;
  std::vector<Group> groups_;
};

}  // namespace

size_t group_count(const Contraction& c) {
  std::vector<std::vector<Label>> seen;
  for (const ContractionFactor& f : c.factors) {
    std::vector<Label> labels = f.labels;
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (std::find(seen.begin(), seen.end(), labels) == seen.end()) seen.push_back(std::move(labels));
  }
  return seen.size();
}

Ref contract(Context& ctx, Contraction c, const std::function<Ref(Ref)>& name, ContractionCost& cost) {
  Contractor contractor(ctx, std::move(c), name);
  const Ref result = contractor.run();
  cost = contractor.cost();
  return result;
}

}  // namespace nabla

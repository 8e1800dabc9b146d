#include "simplify/common_factors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "expr/indexed.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/indexed_steps.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

constexpr size_t most_terms = 64;  // of a sum that is looked at

// A summand as factors on labels; the first labels are the axes of the result.
struct Summand {
  Ref coefficient;
  std::vector<Ref> factors;
  std::vector<std::vector<Label>> labels;
  std::vector<Ref> extents;
};

// A factor and how it is joined to the rest: equal keys can be taken out together.
struct Key {
  Ref factor;
  // Of each axis of the factor: the axis of the result, or -1 - k for the k-th label that the rest shares.
  std::vector<int> axes;
  std::vector<Label> rest;  // axes of the result that the rest has
  friend auto operator<=>(const Key&, const Key&) = default;
};

struct Split {
  Key key;
  std::vector<Label> shared;  // the labels between factor and rest
  size_t factor = 0;
};

class Factoring {
 public:
  Factoring(Context& ctx, Weight& weight) : ctx_(ctx), weight_(weight) {}

  // What is left after some factors is met again after the same factors in another order.
  Ref sum(Ref e) {
    if (depth_ == deepest) return e;
    if (const auto known = sums_.find(e); known != sums_.end()) return known->second;
    ++depth_;
    Ref best = e;
    for (Ref better = step(best); better; better = step(best)) best = better;
    --depth_;
    sums_.emplace(e, best);
    return best;
  }

 private:
  // The best single step; Ref{} if none makes it shorter.
  Ref step(Ref e) {
    const Kind kind = ctx_.kind(e);
    if (kind != Kind::sum || ctx_[e].shape == scalar_shape || ctx_.operands(e).size() > 2 * most_terms)
      return {};
    const std::vector<Ref> list(ctx_.operands(e).begin(), ctx_.operands(e).end());
    std::vector<Summand> terms;
    for (size_t i = 0; i < list.size(); i += 2) terms.push_back(summand(list[i], list[i + 1]));
    split_powers(terms);
    // In the order of the keys' factors, which are Refs of this context: ties are settled by cost, then by
    // structure, so that the answer does not depend on their age.
    std::map<Key, std::vector<std::pair<size_t, Split>>> groups;
    for (size_t t = 0; t < terms.size(); ++t) {
      for (size_t f = 0; f < terms[t].factors.size(); ++f) {
        if (const auto s = split(e, terms[t], f)) groups[s->key].emplace_back(t, *s);
      }
    }
    Ref best{};
    const std::vector<std::pair<size_t, Split>>* chosen = nullptr;
    const auto common =
        std::count_if(groups.begin(), groups.end(), [](const auto& g) { return g.second.size() > 1; });
    const bool few = static_cast<size_t>(common) <= most_compared;
    for (const auto& [key, members] : groups) {
      if (members.size() < 2) continue;
      const Ref candidate = taken_out(e, terms, members, few);
      if (!candidate || weight_(candidate) >= weight_(best ? best : e)) {
        const bool tie = candidate && best && weight_(candidate) == weight_(best);
        if (!tie || ctx_.compare_structure(candidate, best) >= 0) continue;
      }
      best = candidate;
      chosen = &members;
    }
    return chosen && !few ? taken_out(e, terms, *chosen, true) : best;
  }

  Summand summand(Ref coefficient, Ref body) {
    Summand s{coefficient, {}, {}, ctx_.shape_of(body).extents};
    const Node n = ctx_[body];
    std::vector<Label> axes;
    for (Label l = 0; l < s.extents.size(); ++l) axes.push_back(l);
    if (n.kind != Kind::indexed) {
      s.factors = {body};
      s.labels = {axes};
      return s;
    }
    const IndexedView v = view_indexed(ctx_, body);
    if (!v.labelling->guards.empty()) return s;  // stays as it is
    s.factors.assign(v.factors.begin(), v.factors.end());
    s.labels = v.labelling->factors;
    s.extents.assign(v.extents.begin(), v.extents.end());
    split_scalar(s);
    return s;
  }

  // A scalar factor is a product; each of its factors may be common.
  void split_scalar(Summand& s) {
    for (size_t f = 0; f < s.factors.size(); ++f) {
      if (!s.labels[f].empty() || ctx_.kind(s.factors[f]) != Kind::product) continue;
      const std::vector<Ref> parts(ctx_.operands(s.factors[f]).begin(), ctx_.operands(s.factors[f]).end());
      s.factors[f] = parts[0];
      for (size_t k = 1; k < parts.size(); ++k) {
        s.factors.push_back(parts[k]);
        s.labels.emplace_back();
      }
      return;
    }
  }

  // 1/u^3 beside 1/u is 1/u*u^-2: the lowest power of a scalar is common to all of its powers.
  void split_powers(std::vector<Summand>& terms) {
    std::map<std::pair<Ref, int>, Rational> least;  // of a base and the sign of the exponent
    const auto power = [&](const Summand& s, size_t f) -> std::optional<std::pair<Ref, Rational>> {
      if (!s.labels[f].empty()) return std::nullopt;
      const Factor p = ctx_.split_exponent(s.factors[f]);
      if (!ctx_.is_number(p.exponent) || ctx_.is_number(p.base)) return std::nullopt;
      return std::pair(p.base, ctx_.value(p.exponent));
    };
    for (const Summand& s : terms) {
      for (size_t f = 0; f < s.factors.size(); ++f) {
        const auto p = power(s, f);
        if (!p) continue;
        const auto [it, added] = least.try_emplace({p->first, p->second.sign()}, p->second);
        if (!added && p->second.abs() < it->second.abs()) it->second = p->second;
      }
    }
    for (Summand& s : terms) {
      for (size_t f = s.factors.size(); f-- > 0;) {
        const auto p = power(s, f);
        if (!p) continue;
        const Rational& lowest = least.at({p->first, p->second.sign()});
        if (lowest == p->second) continue;
        s.factors[f] = ctx_.power(p->first, ctx_.number(lowest));
        s.factors.push_back(ctx_.power(p->first, ctx_.number(p->second - lowest)));
        s.labels.emplace_back();
      }
    }
  }

  std::optional<Split> split(Ref e, const Summand& s, size_t f) {
    const size_t order = ctx_.shape_of(e).order();
    if (s.factors.size() < 2) return {};
    Split out{{s.factors[f], {}, {}}, {}, f};
    std::vector<bool> here(s.extents.size()), elsewhere(s.extents.size());
    for (size_t k = 0; k < s.factors.size(); ++k) {
      for (Label l : s.labels[k]) (k == f ? here : elsewhere)[l] = true;
    }
    for (Label l : s.labels[f]) {
      if (l < order) {
        out.key.axes.push_back(static_cast<int>(l));
        continue;
      }
      if (!elsewhere[l]) return {};  // a sum of its own
      auto at = std::find(out.shared.begin(), out.shared.end(), l);
      if (at == out.shared.end()) at = out.shared.insert(at, l);
      out.key.axes.push_back(-1 - static_cast<int>(at - out.shared.begin()));
    }
    // The axes of a symmetric matrix may change places.
    if (is_symmetric(ctx_, s.factors[f])) std::sort(out.key.axes.begin(), out.key.axes.end());
    for (Label l = 0; l < order; ++l) {
      if (elsewhere[l] || !here[l]) out.key.rest.push_back(l);
    }
    if (out.shared.size() + out.key.rest.size() > 2) return {};
    return out;
  }

  // factor * (sum of the rests) + the other summands; `inside`: with what is common to the rests taken out.
  Ref taken_out(Ref e, const std::vector<Summand>& terms,
                const std::vector<std::pair<size_t, Split>>& members, bool inside) {
    std::vector<Term> rests, result;
    std::vector<bool> used(terms.size());
    ShapeId rest_shape = scalar_shape;
    for (const auto& [t, s] : members) {
      if (used[t]) continue;
      used[t] = true;
      const Ref r = rest(terms[t], s);
      if (!rests.empty() && ctx_[r].shape != rest_shape) return {};
      rest_shape = ctx_[r].shape;
      rests.push_back({terms[t].coefficient, r});
    }
    if (rests.size() < 2) return {};
    Ref total = rest_shape == scalar_shape ? ctx_.sum(rests) : tensor_sum(ctx_, rests, rest_shape);
    if (inside && rest_shape != scalar_shape) total = sum(total);
    const std::vector<Ref> list(ctx_.operands(e).begin(), ctx_.operands(e).end());
    for (size_t t = 0; t < terms.size(); ++t) {
      if (!used[t]) result.push_back({list[2 * t], list[2 * t + 1]});
    }
    result.push_back({one, joined(e, members[0].second.key, total)});
    return tensor_sum(ctx_, result, ctx_[e].shape);
  }

  Ref rest(const Summand& s, const Split& split) {
    std::vector<Label> output = split.shared;
    output.insert(output.end(), split.key.rest.begin(), split.key.rest.end());
    // A label that only the factor has is none of the rest's.
    std::vector<bool> kept(s.extents.size());
    for (size_t f = 0; f < s.factors.size(); ++f) {
      for (Label l : s.labels[f]) kept[l] = kept[l] || f != split.factor;
    }
    IndexedBuilder only(ctx_);
    std::vector<Label> number(s.extents.size());
    for (Label l = 0; l < s.extents.size(); ++l) {
      if (kept[l] || std::find(output.begin(), output.end(), l) != output.end())
        number[l] = only.label(s.extents[l]);
    }
    const auto mapped = [&](const std::vector<Label>& list) {
      std::vector<Label> out;
      for (Label l : list) out.push_back(number[l]);
      return out;
    };
    for (size_t f = 0; f < s.factors.size(); ++f) {
      if (f != split.factor) only.factor(s.factors[f], mapped(s.labels[f]));
    }
    return only.build(mapped(output));
  }

  Ref joined(Ref e, const Key& key, Ref total) {
    IndexedBuilder b(ctx_);
    const Shape s = ctx_.shape_of(e);
    std::vector<Label> output, shared, axes;
    for (Ref extent : s.extents) output.push_back(b.label(extent));
    const auto own = ctx_.shape_of(key.factor).extents;
    for (size_t a = 0; a < key.axes.size(); ++a) {
      if (key.axes[a] >= 0) {
        axes.push_back(output[static_cast<size_t>(key.axes[a])]);
        continue;
      }
      const auto k = static_cast<size_t>(-1 - key.axes[a]);
      while (shared.size() <= k) shared.push_back(b.label(own[a]));
      axes.push_back(shared[k]);
    }
    b.factor(key.factor, axes);
    std::vector<Label> rest = shared;
    for (Label l : key.rest) rest.push_back(output[l]);
    b.factor(total, rest);
    return b.build(output, s.row);
  }

  // What is left of a sum with so many common factors is factored before candidates are compared; with more,
  // for the best candidate alone: otherwise the work would grow with the factorial of their number.
  static constexpr size_t most_compared = 4;
  static constexpr int deepest = 100;  // factors taken out of one sum, one inside the other

  Context& ctx_;
  Weight& weight_;
  int depth_ = 0;
  std::unordered_map<Ref, Ref> sums_;
};

}  // namespace

static Ref scaled(Context& ctx, const Term& t) {
  return t.coefficient == zero ? ctx.zeros(ctx[t.body].shape) : ctx.scale(t.coefficient, t.body);
}

// `skew`: with factors that are skew-symmetric turned.
static Ref taken_out(Context& ctx, Weight& weight, Ref e, std::span<const Ref> nodes, bool skew) {
  Factoring factoring(ctx, weight);
  RefMap<Ref> values(e.id + 1);
  std::vector<Ref> operands;
  for (Ref r : nodes) {
    operands.clear();
    for (Ref c : ctx.operands(r)) operands.push_back(values[c]);
    const Ref better = factoring.sum(rebuilt(ctx, r, operands));
    values[r] =
        skew && ctx.kind(better) == Kind::indexed ? scaled(ctx, with_skew_turned(ctx, better)) : better;
  }
  return values[e];
}

Ref take_out_of_sum(Context& ctx, Weight& weight, Ref e) { return Factoring(ctx, weight).sum(e); }

Ref take_out_common_factors(Context& ctx, Weight& weight, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  const bool any = std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
    return ctx.kind(r) == Kind::sum && ctx[r].shape != scalar_shape;
  });
  const Ref result = any ? taken_out(ctx, weight, e, nodes, false) : e;
  const bool skew = std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
    return ctx.kind(r) == Kind::symbol && ctx.symbol(r).structure == Structure::skew;
  });
  if (!skew) return result;
  const Ref turned = taken_out(ctx, weight, e, nodes, true);  // the terms of a sum may be stored transposed
  return weight(turned) < weight(result) ? turned : result;
}

}  // namespace nabla

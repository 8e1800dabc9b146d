#include "codegen/sharing.h"

#include <algorithm>
#include <array>
#include <map>

#include "codegen/sum_product.h"

namespace nabla {
namespace {

// Longer sums and products are compared by neighbours only.
constexpr size_t most_compared = 40;
constexpr size_t neighbours = 4;
// How many nodes the rounds for one form may look at: sharing costs a bounded multiple of the plan.
constexpr size_t least_allowance = 150'000;
constexpr size_t least_rounds = 3;

template <class Visit>
void for_pairs(size_t n, Visit visit) {
  for (size_t i = 0; i < n; ++i) {
    const size_t end = n <= most_compared ? n : std::min(n, i + 1 + neighbours);
    for (size_t j = i + 1; j < end; ++j) visit(i, j);
  }
}

int32_t sign(int32_t v) { return v < 0 ? -1 : 1; }

class Sharing {
 public:
  explicit Sharing(SumProduct& form) : form_(form), ctx_(form.context()) {}

  // Takes out what three or more terms of a sum have in common, also where the terms have other users: what
  // is left may be the same in other sums.
  void factor_all() {
    uses_ = form_.uses();
    alive_ = form_.live();
    touched_.assign(form_.size(), false);
    const auto count = static_cast<FormId>(form_.size());
    for (FormId i = 0; i < count; ++i) {
      if (!alive_[i] || form_[i].kind != FormNode::Kind::sum) continue;
      ctx_.budget().spend(form_[i].terms.size());
      while (form_[i].terms.size() > 2) {
        std::map<std::pair<FormId, int32_t>, int64_t> having;
        for (const FormTerm& t : form_[i].terms) {
          if (form_[t.node].kind != FormNode::Kind::product) continue;
          for (const FormPower& p : form_[t.node].powers) ++having[{p.base, sign(p.halves)}];
        }
        const auto most = std::max_element(having.begin(), having.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        if (most == having.end() || most->second < 3) break;
        const Step s{What::common_factor, 0, {most->first.first, most->first.second}, {}, 0, 0, {}, {i}};
        if (!take_factor(s, true)) break;
        touched_[i] = false;
      }
    }
  }

  // False if the allowance was spent.
  bool run(size_t& allowance) {
    for (;;) {
      if (allowance < form_.size()) return false;
      allowance -= form_.size();
      uses_ = form_.uses();
      alive_ = form_.live();
      touched_.assign(form_.size(), false);
      if (!apply(collect())) return true;
    }
  }

 private:
  enum class What : uint8_t { factors, terms, common_factor, common_number };
  struct Step {
    What what{};
    int64_t saves = 0;
    FormPower a, b;                // of factors; a: of common_factor
    FormId first = 0, second = 0;  // of terms
    Ref number;                    // of terms: the ratio; of common_number
    std::vector<FormId> where;
  };

  // --- what could be done --------------------------------------------------------------------------------

  std::vector<Step> collect() {
    std::map<std::array<int64_t, 4>, std::vector<FormId>> factors;
    std::map<std::array<uint32_t, 3>, std::vector<FormId>> terms;
    std::vector<Step> steps;
    for (FormId i = 0; i < form_.size(); ++i) {
      if (!alive_[i]) continue;
      const FormNode& n = form_[i];
      ctx_.budget().spend(1 + n.terms.size() + n.powers.size());
      if (n.kind == FormNode::Kind::product) note_factors(i, n, factors);
      if (n.kind != FormNode::Kind::sum || n.terms.size() < 2) continue;
      note_terms(i, n, terms);
      note_common(i, n, steps);
    }
    for (auto& [key, where] : factors) {
      if (where.size() < 2) continue;
      Step s{What::factors, static_cast<int64_t>(where.size()) - 1, {}, {}, 0, 0, {}, {}};
      s.a = {static_cast<FormId>(key[0]), static_cast<int32_t>(key[1])};
      s.b = {static_cast<FormId>(key[2]), static_cast<int32_t>(key[3])};
      s.where = std::move(where);
      steps.push_back(std::move(s));
    }
    for (auto& [key, where] : terms) {
      if (where.size() < 2) continue;
      const Ref ratio{key[2]};
      const bool plain = ratio == one || ratio == minus_one;
      Step s{What::terms, (static_cast<int64_t>(where.size()) - 1) * (plain ? 1 : 2),
             {},          {},
             key[0],      key[1],
             ratio,       {}};
      s.where = std::move(where);
      steps.push_back(std::move(s));
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.saves > b.saves; });
    return steps;
  }

  // x^2*y^2 has the pairs x^2*y^2 and x*y; 1/(x*y) the pair x*y. But y/x is not 1/(x/y): that would be one
  // more division.
  static void note_factors(FormId i, const FormNode& n,
                           std::map<std::array<int64_t, 4>, std::vector<FormId>>& pairs) {
    for_pairs(n.powers.size(), [&](size_t j, size_t k) {
      const FormPower &p = n.powers[j], &q = n.powers[k];
      const int32_t flip = sign(p.halves) == sign(q.halves) ? sign(p.halves) : 1;
      pairs[{p.base, flip * p.halves, q.base, flip * q.halves}].push_back(i);
      const int32_t u = std::min(std::abs(p.halves), 2), v = std::min(std::abs(q.halves), 2);
      if (u != std::abs(p.halves) || v != std::abs(q.halves))
        pairs[{p.base, flip * sign(p.halves) * u, q.base, flip * sign(q.halves) * v}].push_back(i);
    });
  }

  void note_terms(FormId i, const FormNode& n,
                  std::map<std::array<uint32_t, 3>, std::vector<FormId>>& pairs) {
    for_pairs(n.terms.size(), [&](size_t j, size_t k) {
      const FormTerm &a = n.terms[j], &b = n.terms[k];
      pairs[{a.node, b.node, ratio(b, a).id}].push_back(i);
    });
  }

  Ref ratio(const FormTerm& b, const FormTerm& a) {
    if (a.coefficient == one) return b.coefficient;
    const auto [p, u] = split(a.coefficient);
    const auto [q, v] = split(b.coefficient);
    return u == v ? ctx_.divide(q, p) : ctx_.divide(b.coefficient, a.coefficient);
  }

  // A number and the rest; of sqrt(2)/50 - 1/50 they are 1/50 and sqrt(2) - 1.
  std::pair<Ref, Ref> split(Ref c) {
    const Term t = ctx_.split_coefficient(c);
    if (ctx_.kind(t.body) != Kind::sum) return {t.coefficient, t.body};
    const Ref first = ctx_.operands(t.body)[0];
    return {ctx_.multiply(t.coefficient, first), ctx_.scale(ctx_.power(first, minus_one), t.body)};
  }

  void note_common(FormId i, const FormNode& n, std::vector<Step>& steps) {
    std::map<std::pair<FormId, int32_t>, int64_t> saved;
    std::map<Ref, int64_t> numbers;
    for (const FormTerm& t : n.terms) {
      const bool plain = t.coefficient == one || t.coefficient == minus_one;
      if (!plain && t.node != 0) ++numbers[magnitude(ctx_, t.coefficient)];
      if (!is_open(t.node)) continue;
      for (const FormPower& p : form_[t.node].powers) ++saved[{p.base, sign(p.halves)}];
    }
    for (const auto& [factor, count] : saved) {
      if (count < 2) continue;
      Step s{What::common_factor, count - 1, {factor.first, factor.second}, {}, 0, 0, {}, {i}};
      steps.push_back(std::move(s));
    }
    for (const auto& [number, count] : numbers) {
      if (count < 2 || count == static_cast<int64_t>(n.terms.size())) continue;
      steps.push_back({What::common_number, count - 1, {}, {}, 0, 0, number, {i}});
    }
  }

  // A product that nothing but this term uses.
  bool is_open(FormId i) const {
    return i < uses_.size() && uses_[i] == 1 && form_[i].kind == FormNode::Kind::product;
  }

  // --- doing it ------------------------------------------------------------------------------------------

  bool apply(const std::vector<Step>& steps) {
    bool any = false;
    for (const Step& s : steps) {
      switch (s.what) {
        case What::factors:
          any |= share_factors(s);
          break;
        case What::terms:
          any |= share_terms(s);
          break;
        case What::common_factor:
          any |= take_factor(s);
          break;
        case What::common_number:
          any |= take_number(s);
          break;
      }
    }
    return any;
  }

  // 1 or -1 if the product has the pair or its reciprocal, 0 if it has neither.
  static int32_t direction(const FormNode& n, const Step& s) {
    const auto find = [&](FormId base) {
      const auto it =
          std::find_if(n.powers.begin(), n.powers.end(), [&](const FormPower& p) { return p.base == base; });
      return it == n.powers.end() ? 0 : it->halves;
    };
    const int32_t p = find(s.a.base), q = find(s.b.base);
    const auto has = [](int32_t have, int32_t want) {
      return have != 0 && sign(have) == sign(want) && std::abs(have) >= std::abs(want) &&
             (have - want) % 2 == 0;
    };
    if (has(p, s.a.halves) && has(q, s.b.halves)) return 1;
    if (sign(s.a.halves) != sign(s.b.halves)) return 0;
    return has(p, -s.a.halves) && has(q, -s.b.halves) ? -1 : 0;
  }

  bool share_factors(const Step& s) {
    std::vector<FormId> where;
    for (FormId i : s.where) {
      if (!is_touched(i) && direction(form_[i], s) != 0) where.push_back(i);
    }
    if (where.size() < 2) return false;
    const auto below =
        std::count_if(where.begin(), where.end(), [&](FormId i) { return direction(form_[i], s) < 0; });
    const int32_t way = 2 * static_cast<size_t>(below) > where.size() ? -1 : 1;
    const FormId pair = form_.product(one, {{s.a.base, way * s.a.halves}, {s.b.base, way * s.b.halves}}).node;
    bool any = false;
    for (FormId i : where) {
      if (i == pair) continue;
      const int32_t d = direction(form_[i], s);
      std::vector<FormPower> rest{{pair, 2 * d * way}};
      for (FormPower p : form_[i].powers) {
        if (p.base == s.a.base) p.halves -= d * s.a.halves;
        if (p.base == s.b.base) p.halves -= d * s.b.halves;
        if (p.halves != 0) rest.push_back(p);
      }
      form_.replace_powers(i, std::move(rest));
      any = true;
    }
    touch(pair);
    return any;
  }

  bool share_terms(const Step& s) {
    const auto at = [&](FormId i, FormId node) {
      const auto& list = form_[i].terms;
      const auto it =
          std::find_if(list.begin(), list.end(), [&](const FormTerm& t) { return t.node == node; });
      return it == list.end() ? FormTerm{zero, 0} : *it;
    };
    std::vector<FormId> where;
    for (FormId i : s.where) {
      if (is_touched(i)) continue;
      const FormTerm a = at(i, s.first), b = at(i, s.second);
      if (a.coefficient != zero && b.coefficient != zero && ratio(b, a) == s.number) where.push_back(i);
    }
    if (where.size() < 2) return false;
    const FormTerm pair = form_.sum({{one, s.first}, {s.number, s.second}});
    bool any = false;
    for (FormId i : where) {
      if (i == pair.node) continue;
      std::vector<FormTerm> rest{{ctx_.multiply(pair.coefficient, at(i, s.first).coefficient), pair.node}};
      for (const FormTerm& t : form_[i].terms) {
        if (t.node != s.first && t.node != s.second) rest.push_back(t);
      }
      form_.replace_terms(i, std::move(rest));
      any = true;
    }
    touch(pair.node);
    return any;
  }

  // b*u + b*v + w is b*(u + v) + w.
  bool take_factor(const Step& s, bool from_all = false) {
    const FormId i = s.where[0];
    if (is_touched(i)) return false;
    const FormId base = s.a.base;
    const int32_t direction = s.a.halves;
    const auto power_in = [&](const FormTerm& t) -> int32_t {
      if (t.node == base && direction > 0) return 2;
      if (!from_all && (!is_open(t.node) || is_touched(t.node))) return 0;
      for (const FormPower& p : form_[t.node].powers) {
        if (p.base == base && sign(p.halves) == direction) return p.halves;
      }
      return 0;
    };
    int32_t least = 0, parity = 0;
    size_t open = 0;
    for (const FormTerm& t : form_[i].terms) {
      const int32_t h = power_in(t);
      if (h == 0) continue;
      open += t.node != base;
      if (least == 0) parity = std::abs(h) % 2;
      if (std::abs(h) % 2 != parity) return false;
      least = least == 0 ? std::abs(h) : std::min(least, std::abs(h));
    }
    if (open < 2) return false;
    std::vector<FormTerm> inner, rest;
    for (const FormTerm& t : std::vector<FormTerm>(form_[i].terms)) {
      if (power_in(t) == 0) {
        rest.push_back(t);
        continue;
      }
      if (!from_all) touch(t.node == base ? i : t.node);
      std::vector<FormPower> others{{base, -direction * least}};
      if (t.node == base) {
        others.push_back({base, 2});
      } else {
        others.insert(others.end(), form_[t.node].powers.begin(), form_[t.node].powers.end());
      }
      inner.push_back(form_.product(t.coefficient, std::move(others)));
    }
    const FormTerm sum = form_.sum(std::move(inner));
    rest.push_back(form_.product(sum.coefficient, {{base, direction * least}, {sum.node, 2}}));
    touch(sum.node);
    form_.replace_terms(i, std::move(rest));
    touch(i);
    return true;
  }

  // 3*u + 3*v + w is 3*(u + v) + w.
  bool take_number(const Step& s) {
    const FormId i = s.where[0];
    if (is_touched(i)) return false;
    std::vector<FormTerm> inner, rest;
    for (const FormTerm& t : form_[i].terms) {
      const bool in = t.node != 0 && magnitude(ctx_, t.coefficient) == s.number;
      (in ? inner : rest).push_back(t);
    }
    if (inner.size() < 2 || rest.empty()) return false;
    const FormTerm sum = form_.sum(std::move(inner));
    rest.push_back(sum);
    touch(sum.node);
    form_.replace_terms(i, std::move(rest));
    touch(i);
    return true;
  }

  bool is_touched(FormId i) const { return i < touched_.size() && touched_[i]; }
  void touch(FormId i) {
    if (i >= touched_.size()) touched_.resize(i + 1);
    touched_[i] = true;
  }

  SumProduct& form_;
  Context& ctx_;
  std::vector<uint32_t> uses_;
  std::vector<bool> alive_;
  std::vector<bool> touched_;  // in this round
};

}  // namespace

namespace {

struct Form {
  OpenParts open;
  bool factored;
};

// The cheapest of the plan and what it becomes in these forms.
Plan cheapest_form(Context& ctx, const Plan& plan, std::span<const Form> forms) {
  Plan best = plan;
  uint64_t least = cost_of(plan).weighted;
  for (const Form& choice : forms) {
    Plan p = plan;
    uint64_t cost = ~uint64_t{0};
    size_t allowance = std::max(least_allowance, least_rounds * plan.steps.size());
    for (bool more = true; more;) {  // a form read again has more in one sum or product
      SumProduct form(ctx, p, choice.open);
      if (choice.factored) Sharing(form).factor_all();
      more = Sharing(form).run(allowance);
      Plan next = form.plan();
      const uint64_t next_cost = cost_of(next).weighted;
      if (next_cost >= cost) break;
      cost = next_cost;
      p = std::move(next);
    }
    if (cost < least) {
      least = cost;
      best = std::move(p);
    }
  }
  return best;
}

}  // namespace

Plan shared(Context& ctx, const Plan& plan) {
  if (plan.steps.size() > most_compared_steps) {
    constexpr Form one[] = {{{0, 4}, false}};
    return cheapest_form(ctx, plan, one);
  }
  constexpr Form forms[] = {
      {{0, 0}, false}, {{0, 4}, false}, {{4, 4}, false}, {{0, 0}, true}, {{0, 4}, true}};
  return cheapest_form(ctx, plan, forms);
}

}  // namespace nabla

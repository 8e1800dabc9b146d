#include "codegen/greedy_sharing.h"

#include <algorithm>
#include <functional>

#include "codegen/repeated_pairs.h"
#include "codegen/sum_product.h"

namespace nabla {
namespace {

// Longer sums and products are compared by neighbours only.
constexpr size_t most_compared = 40;
constexpr size_t neighbours = 4;

template <class Visit>
void for_pairs(size_t n, Visit visit) {
  for (size_t i = 0; i < n; ++i) {
    const size_t end = n <= most_compared ? n : std::min(n, i + 1 + neighbours);
    for (size_t j = i + 1; j < end; ++j) visit(i, j);
  }
}

size_t pair_count(size_t n) { return n <= most_compared ? n * (n - 1) / 2 : n * neighbours; }

int32_t sign(int32_t v) { return v < 0 ? -1 : 1; }

// Calls visit(begin, end) for each run of equal items of a sorted list, if it is longer than one.
template <class List, class Same, class Visit>
void for_runs(const List& list, Same same, Visit visit) {
  for (size_t begin = 0, end = 0; begin < list.size(); begin = end) {
    while (end < list.size() && same(list[begin], list[end])) ++end;
    if (end - begin > 1) visit(begin, end);
  }
}

// An exponent as a number without sign, in the same order.
uint32_t ordered(int32_t halves) {
  return static_cast<uint32_t>(halves) ^ uint32_t { 1 } << 31;
}
uint64_t joined(uint32_t high, uint32_t low) { return uint64_t{high} << 32 | low; }
uint32_t high(uint64_t pair) { return static_cast<uint32_t>(pair >> 32); }
uint32_t low(uint64_t pair) { return static_cast<uint32_t>(pair); }
int32_t halves_of(uint32_t ordered) { return static_cast<int32_t>(ordered ^ uint32_t{1} << 31); }

class Sharing {
 public:
  explicit Sharing(SumProduct& form) : form_(form), ctx_(form.context()) {}

  // Takes out what three or more terms of a sum have in common, also where the terms have other users: what
  // is left may be the same in other sums.
  void factor_all() {
    alive_ = form_.live();
    uses_ = form_.uses(alive_);
    touched_.assign(form_.size(), false);
    const auto count = static_cast<FormId>(form_.size());
    for (FormId i = 0; i < count; ++i) {
      if (!alive_[i] || form_[i].kind != FormNode::Kind::sum) continue;
      ctx_.budget().spend(form_.terms(i).size());
      while (form_.terms(i).size() > 2) {
        factors_.clear();
        for (const FormTerm& t : form_.terms(i)) note_powers(t.node);
        Step s{What::common_factor, 2, {}, {}, {}, i};
        for_factors([&](const FormPower& p, int64_t n) {
          if (n <= s.saves) return;
          s.saves = n;
          s.a = p;
        });
        if (s.saves < 3 || !take_factor(s, true)) break;
        touched_[i] = false;
      }
    }
  }

  // False if the allowance was spent.
  bool run(size_t& allowance) {
    for (;;) {
      if (allowance < form_.size()) return false;
      allowance -= form_.size();
      alive_ = form_.live();
      uses_ = form_.uses(alive_);
      touched_.assign(form_.size(), false);
      note_pairs();
      collect();
      if (!apply()) return true;
    }
  }

 private:
  enum class What : uint8_t { factors, terms, common_factor, common_number };
  struct Step {
    What what{};
    int64_t saves = 0;
    FormPower a, b;                   // of factors; of terms: their nodes; a: of common_factor
    Ref number;                       // of terms: the ratio; of common_number
    FormId sum = 0;                   // of common_factor and common_number
    const FormPair* pairs = nullptr;  // of factors and terms: with the nodes that have them
    size_t count = 0;
  };

  // --- what could be done --------------------------------------------------------------------------------

  // Brings the pairs up to date with the nodes that changed, were made or are needed no more.
  void note_pairs() {
    noted_.resize(form_.size());
    changed_.resize(form_.size());
    for (FormId i = 0; i < form_.size(); ++i) {
      if (!noted_[i] || (!changed_[i] && alive_[i])) continue;
      factor_pairs_.take_out(i);
      term_pairs_.take_out(i);
    }
    for (FormId i = 0; i < form_.size(); ++i) {
      const bool is_known = noted_[i] && !changed_[i];
      noted_[i] = alive_[i];
      if (!alive_[i] || is_known) continue;
      note_factors(i);
      note_terms(i);
    }
    changed_.assign(form_.size(), false);
  }

  void collect() {
    steps_.clear();
    for (FormId i = 0; i < form_.size(); ++i) {
      if (!alive_[i]) continue;
      ctx_.budget().spend(1 + form_.terms(i).size() + form_.powers(i).size());
      if (form_.terms(i).size() > 1) note_common(i);
    }
    const auto same = [](const FormPair& a, const FormPair& b) { return a.is_same(b); };
    const std::vector<FormPair>& factors = factor_pairs_.repeated();
    for_runs(factors, same, [&](size_t begin, size_t end) {
      const FormPair& f = factors[begin];
      steps_.push_back({What::factors,
                        static_cast<int64_t>(end - begin) - 1,
                        {high(f.first), halves_of(low(f.first))},
                        {high(f.second), halves_of(low(f.second))},
                        {},
                        0,
                        &factors[begin],
                        end - begin});
    });
    const std::vector<FormPair>& terms = term_pairs_.repeated();
    for_runs(terms, same, [&](size_t begin, size_t end) {
      const FormPair& t = terms[begin];
      const Ref ratio{low(t.second)};
      const bool plain = ratio == one || ratio == minus_one;
      steps_.push_back({What::terms,
                        (static_cast<int64_t>(end - begin) - 1) * (plain ? 1 : 2),
                        {high(t.first)},
                        {low(t.first)},
                        ratio,
                        0,
                        &terms[begin],
                        end - begin});
    });
    std::stable_sort(steps_.begin(), steps_.end(),
                     [](const Step& a, const Step& b) { return a.saves > b.saves; });
  }

  // x^2*y^2 has the pairs x^2*y^2 and x*y; 1/(x*y) the pair x*y. But y/x is not 1/(x/y): that would be one
  // more division.
  void note_factors(FormId i) {
    const auto powers = form_.powers(i);
    factor_pairs_.open(i, 2 * pair_count(powers.size()));
    for_pairs(powers.size(), [&](size_t j, size_t k) {
      const FormPower &p = powers[j], &q = powers[k];
      const int32_t flip = sign(p.halves) == sign(q.halves) ? sign(p.halves) : 1;
      const auto note = [&](int32_t u, int32_t v) {
        factor_pairs_.add(joined(p.base, ordered(flip * u)), joined(q.base, ordered(flip * v)));
      };
      note(p.halves, q.halves);
      const int32_t u = sign(p.halves) * std::min(std::abs(p.halves), 2);
      const int32_t v = sign(q.halves) * std::min(std::abs(q.halves), 2);
      if (u != p.halves || v != q.halves) note(u, v);
    });
  }

  void note_terms(FormId i) {
    const auto terms = form_.terms(i);
    term_pairs_.open(i, pair_count(terms.size()));
    for_pairs(terms.size(), [&](size_t j, size_t k) {
      const FormTerm &a = terms[j], &b = terms[k];
      const Ref ratio = form_.coefficients().ratio(b.coefficient, a.coefficient);
      term_pairs_.add(joined(a.node, b.node), ratio.id);
    });
  }

  void note_common(FormId i) {
    factors_.clear();
    numbers_.clear();
    const auto terms = form_.terms(i);
    for (const FormTerm& t : terms) {
      const bool plain = t.coefficient == one || t.coefficient == minus_one;
      if (!plain && t.node != 0) numbers_.push_back(form_.coefficients().magnitude(t.coefficient));
      if (is_open(t.node)) note_powers(t.node);
    }
    for_factors([&](const FormPower& p, int64_t n) {
      steps_.push_back({What::common_factor, n - 1, p, {}, {}, i});
    });
    std::sort(numbers_.begin(), numbers_.end());
    for_runs(numbers_, std::equal_to<>(), [&](size_t begin, size_t end) {
      if (end - begin == terms.size()) return;
      steps_.push_back(
          {What::common_number, static_cast<int64_t>(end - begin) - 1, {}, {}, numbers_[begin], i});
    });
  }

  // The factors of a product, each as a base and a sign.
  void note_powers(FormId product) {
    for (const FormPower& p : form_.powers(product)) factors_.push_back({p.base, sign(p.halves)});
  }
  // Calls visit(factor, how often) for those that were noted more than once.
  template <class Visit>
  void for_factors(Visit visit) {
    std::sort(factors_.begin(), factors_.end(), [](const FormPower& a, const FormPower& b) {
      return a.base != b.base ? a.base < b.base : a.halves < b.halves;
    });
    for_runs(factors_, std::equal_to<>(),
             [&](size_t begin, size_t end) { visit(factors_[begin], static_cast<int64_t>(end - begin)); });
  }

  // A product that nothing but this term uses.
  bool is_open(FormId i) const {
    return i < uses_.size() && uses_[i] == 1 && form_[i].kind == FormNode::Kind::product;
  }

  // --- doing it ------------------------------------------------------------------------------------------

  bool apply() {
    bool any = false;
    for (const Step& s : steps_) {
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
  static int32_t direction(std::span<const FormPower> powers, const Step& s) {
    const auto find = [&](FormId base) {
      const auto it =
          std::find_if(powers.begin(), powers.end(), [&](const FormPower& p) { return p.base == base; });
      return it == powers.end() ? 0 : it->halves;
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
    where_.clear();
    size_t below = 0;
    for (size_t k = 0; k < s.count; ++k) {
      const FormId i = s.pairs[k].where;
      const int32_t d = is_touched(i) ? 0 : direction(form_.powers(i), s);
      if (d != 0) where_.push_back(i);
      below += d < 0;
    }
    if (where_.size() < 2) return false;
    const int32_t way = 2 * below > where_.size() ? -1 : 1;
    std::vector<FormPower>& list = powers_;
    list.assign({{s.a.base, way * s.a.halves}, {s.b.base, way * s.b.halves}});
    const FormId pair = form_.product(one, list).node;
    bool any = false;
    for (FormId i : where_) {
      if (i == pair) continue;
      const int32_t d = direction(form_.powers(i), s);
      list.assign({{pair, 2 * d * way}});
      for (FormPower p : form_.powers(i)) {
        if (p.base == s.a.base) p.halves -= d * s.a.halves;
        if (p.base == s.b.base) p.halves -= d * s.b.halves;
        if (p.halves != 0) list.push_back(p);
      }
      form_.replace_powers(i, list);
      change(i);
      any = true;
    }
    touch(pair);
    return any;
  }

  bool share_terms(const Step& s) {
    where_.clear();
    for (size_t k = 0; k < s.count; ++k) {
      const FormId i = s.pairs[k].where;
      if (is_touched(i)) continue;
      const FormTerm a = form_.term_of(i, s.a.base), b = form_.term_of(i, s.b.base);
      if (a.coefficient == zero || b.coefficient == zero) continue;
      if (form_.coefficients().ratio(b.coefficient, a.coefficient) == s.number) where_.push_back(i);
    }
    if (where_.size() < 2) return false;
    terms_.assign({{one, s.a.base}, {s.number, s.b.base}});
    const FormTerm pair = form_.sum(terms_);
    bool any = false;
    for (FormId i : where_) {
      if (i == pair.node) continue;
      const Ref coefficient = ctx_.multiply(pair.coefficient, form_.term_of(i, s.a.base).coefficient);
      form_.replace_pair(i, s.a.base, s.b.base, {coefficient, pair.node});
      change(i);
      any = true;
    }
    touch(pair.node);
    return any;
  }

  // b*u + b*v + w is b*(u + v) + w.
  bool take_factor(const Step& s, bool from_all = false) {
    const FormId i = s.sum;
    if (is_touched(i)) return false;
    const FormId base = s.a.base;
    const int32_t direction = s.a.halves;
    const auto power_in = [&](const FormTerm& t) -> int32_t {
      if (t.node == base && direction > 0) return 2;
      if (!from_all && (!is_open(t.node) || is_touched(t.node))) return 0;
      for (const FormPower& p : form_.powers(t.node)) {
        if (p.base == base && sign(p.halves) == direction) return p.halves;
      }
      return 0;
    };
    int32_t least = 0, parity = 0;
    size_t open = 0;
    for (const FormTerm& t : form_.terms(i)) {
      const int32_t h = power_in(t);
      if (h == 0) continue;
      open += t.node != base;
      if (least == 0) parity = std::abs(h) % 2;
      if (std::abs(h) % 2 != parity) return false;
      least = least == 0 ? std::abs(h) : std::min(least, std::abs(h));
    }
    if (open < 2) return false;
    std::vector<FormTerm> inner, rest;
    const auto terms = form_.terms(i);
    for (const FormTerm& t : std::vector<FormTerm>(terms.begin(), terms.end())) {
      if (power_in(t) == 0) {
        rest.push_back(t);
        continue;
      }
      if (!from_all) touch(t.node == base ? i : t.node);
      std::vector<FormPower> others{{base, -direction * least}};
      if (t.node == base) {
        others.push_back({base, 2});
      } else {
        const auto powers = form_.powers(t.node);
        others.insert(others.end(), powers.begin(), powers.end());
      }
      inner.push_back(form_.product(t.coefficient, others));
    }
    const FormTerm sum = form_.sum(inner);
    std::vector<FormPower> product{{base, direction * least}, {sum.node, 2}};
    rest.push_back(form_.product(sum.coefficient, product));
    touch(sum.node);
    form_.replace_terms(i, rest);
    change(i);
    touch(i);
    return true;
  }

  // 3*u + 3*v + w is 3*(u + v) + w.
  bool take_number(const Step& s) {
    const FormId i = s.sum;
    if (is_touched(i)) return false;
    std::vector<FormTerm> inner, rest;
    for (const FormTerm& t : form_.terms(i)) {
      const bool in = t.node != 0 && form_.coefficients().magnitude(t.coefficient) == s.number;
      (in ? inner : rest).push_back(t);
    }
    if (inner.size() < 2 || rest.empty()) return false;
    const FormTerm sum = form_.sum(inner);
    rest.push_back(sum);
    touch(sum.node);
    form_.replace_terms(i, rest);
    change(i);
    touch(i);
    return true;
  }

  // What node i holds is not what pairs were noted of.
  void change(FormId i) {
    if (i < changed_.size()) changed_[i] = true;
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
  RepeatedPairs factor_pairs_, term_pairs_;
  std::vector<bool> noted_, changed_;  // nodes whose pairs are in there; that changed since
  std::vector<Step> steps_;
  // Scratch.
  std::vector<FormId> where_;
  std::vector<FormTerm> terms_;
  std::vector<FormPower> powers_, factors_;
  std::vector<Ref> numbers_;
};

}  // namespace

void factor_sums(SumProduct& form) { Sharing(form).factor_all(); }
bool share_parts(SumProduct& form, size_t& allowance) { return Sharing(form).run(allowance); }

}  // namespace nabla

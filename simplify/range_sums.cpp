#include "simplify/range_sums.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "expr/bounds.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/passes.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

constexpr int64_t most_degree = 8;
constexpr uint64_t most_weight = 60 * Weight::of_node;  // of a sum that is tried

class RangeSums {
 public:
  RangeSums(Context& ctx, Weight& weight) : ctx_(ctx), weight_(weight) {
    Symbol s;
    s.name = "index of a range";
    s.role = Role::placeholder;
    s.domain.lower = one;
    s.domain.integer = true;
    index_ = ctx_.symbol(s);
  }

  Ref run(Ref e) {
    RefMap<Ref> image(e.id + 1);
    std::vector<Ref> operands;
    const std::vector<Ref> nodes =
        nodes_below(ctx_, {&e, 1}, [&](Ref r) { return ctx_.kind(r) != Kind::operation; });
    for (const Ref r : nodes) {
      operands.clear();
      for (const Ref o : ctx_.operands(r)) operands.push_back(image[o] ? image[o] : o);
      const Ref same = rebuilt(ctx_, r, operands), form = closed(same);
      image[r] = form && weight_(form) < weight_(same) ? form : same;
    }
    return image[e] ? image[e] : e;
  }

 private:
  // Ref{}: none is known.
  Ref closed(Ref r) {
    const Kind kind = ctx_.kind(r);
    if (ctx_[r].shape != scalar_shape || (kind != Kind::indexed && kind != Kind::reduce)) return {};
    const IndexedView v = view_indexed(ctx_, r);
    if (v.labelling->label_count != 1 || !v.labelling->guards.empty() || weight_(r) > most_weight) return {};
    const Ref count = v.extents[0];
    if (!never_negative(ctx_, count)) return {};  // the sum over 1:n-5 is 0 for n = 1, too
    const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
    ctx_.budget().spend();
    try {
      if (kind == Kind::indexed) return sum_of(factors, count);
      const bool product = ctx_[r].tag == static_cast<uint16_t>(Reduction::prod);
      const bool counts = is_structural(ctx_, factors[0], Structural::iota);
      return product && counts ? ctx_.function(Fn::factorial, {count}) : Ref{};
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      return {};
    }
  }

  Ref sum_of(const std::vector<Ref>& factors, Ref count) {
    const Ref entry = entry_of(factors);
    if (!entry) return {};
    std::vector<Term> terms;
    ctx_.append_terms(collect(ctx_, expand(ctx_, entry), index_), terms);
    std::vector<Ref> sums;
    for (const Term& t : terms) {
      const Ref sum = sum_of_term(t.body, count);
      if (!sum) return {};
      sums.push_back(ctx_.scale(t.coefficient, sum));
    }
    const Ref total = expand(ctx_, ctx_.sum(std::span<const Ref>(sums))), factored = factor(ctx_, total);
    return weight_(factored) <= weight_(total) ? factored : total;
  }

  // The summand, by the index; Ref{}: it has other parts than powers, sums and products of ranges.
  Ref entry_of(const std::vector<Ref>& factors) {
    std::unordered_map<Ref, Ref> entries;
    for (const Ref r : nodes_below(ctx_, factors)) {
      if (ctx_[r].shape == scalar_shape) {
        entries[r] = r;
        continue;
      }
      const Ref e = entry(r, entries);
      if (!e) return {};
      entries[r] = e;
    }
    std::vector<Ref> all;
    for (const Ref f : factors) all.push_back(entries.at(f));
    return ctx_.product(all);
  }
  Ref entry(Ref r, const std::unordered_map<Ref, Ref>& entries) {
    const Node n = ctx_[r];
    if (ctx_.shape(n.shape).order() != 1 || ctx_.shape(n.shape).row) return {};
    std::vector<Ref> parts;
    for (const Ref o : n.operands()) parts.push_back(entries.at(o));
    switch (n.kind) {
      case Kind::structural:
        return is_structural(ctx_, r, Structural::iota) ? index_ : Ref{};
      case Kind::fill:
        return parts[0];
      case Kind::sum: {
        std::vector<Term> terms;
        for (size_t i = 0; i < parts.size(); i += 2) terms.push_back({parts[i], parts[i + 1]});
        return ctx_.sum(terms);
      }
      case Kind::product:
        return ctx_.product(parts);
      case Kind::power:
        return ctx_.power(parts[0], parts[1]);
      case Kind::function:
        return ctx_.function_of(r) == Fn::pow ? ctx_.power(parts[0], parts[1]) : Ref{};
      case Kind::indexed: {  // entry by entry
        const Labelling& l = ctx_.labelling(r);
        if (l.label_count != 1 || !l.guards.empty()) return {};
        return ctx_.product(std::span<const Ref>(parts).first(l.factors.size()));
      }
      default:
        return {};
    }
  }

  // c*k^p or c*b^k for a number b, summed for k in 1:n. Ref{}: it is neither.
  Ref sum_of_term(Ref term, Ref n) {
    std::vector<Ref> factors, constant;
    ctx_.append_factors(term, factors);
    Ref sum;
    for (const Ref f : factors) {
      if (!contains_index(f)) {
        constant.push_back(f);
        continue;
      }
      if (sum) return {};
      const Factor p = ctx_.split_exponent(f);
      sum = p.base == index_ ? power_sum(p.exponent, n) : geometric_sum(p, n);
      if (!sum) return {};
    }
    constant.push_back(sum ? sum : n);
    return ctx_.product(constant);
  }
  bool contains_index(Ref e) {
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    return std::find(nodes.begin(), nodes.end(), index_) != nodes.end();
  }

  // b + b^2 + … + b^n
  Ref geometric_sum(const Factor& p, Ref n) {
    if (!ctx_.is_number(p.base) || p.exponent != index_ || p.base == one || p.base == zero) return {};
    const Rational b = ctx_.value(p.base);
    const Ref times = ctx_.number(b / (b - Rational(1)));
    return ctx_.multiply(times, ctx_.subtract(ctx_.power(p.base, n), one));
  }

  // 1 + 2^k + … + n^k by Bernoulli's numbers, with B_1 = 1/2.
  Ref power_sum(Ref exponent, Ref n) {
    const auto k = ctx_.is_number(exponent) ? ctx_.value(exponent).as_int() : std::nullopt;
    if (!k || *k < 1 || *k > most_degree) return {};
    const std::vector<Rational> bernoulli = bernoulli_numbers(*k);
    std::vector<Ref> terms;
    Rational choose(1);  // of j among k + 1
    for (int64_t j = 0; j <= *k; ++j) {
      const Rational c = choose * bernoulli[static_cast<size_t>(j)] / Rational(*k + 1);
      terms.push_back(ctx_.scale(ctx_.number(c), ctx_.power(n, *k + 1 - j)));
      choose = choose * Rational(*k + 1 - j) / Rational(j + 1);
    }
    return ctx_.sum(std::span<const Ref>(terms));
  }
  // B_0 to B_k from the sums of C(m + 1, j)*B_j for j in 0:m, which are m + 1 with this B_1.
  static std::vector<Rational> bernoulli_numbers(int64_t k) {
    std::vector<Rational> b;
    for (int64_t m = 0; m <= k; ++m) {
      Rational left(m + 1), choose(1);
      for (int64_t j = 0; j < m; ++j) {
        left = left - choose * b[static_cast<size_t>(j)];
        choose = choose * Rational(m + 1 - j) / Rational(j + 1);
      }
      b.push_back(left / Rational(m + 1));
    }
    return b;
  }

  Context& ctx_;
  Weight& weight_;
  Ref index_;
};

}  // namespace

Ref with_range_sums(Context& ctx, Weight& weight, Ref e) { return RangeSums(ctx, weight).run(e); }

}  // namespace nabla

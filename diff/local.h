// The derivatives of one let by its operands: what reverse and forward mode have in common.
#pragma once

#include <utility>
#include <vector>

#include "diff/chain.h"
#include "diff/partials.h"
#include "expr/indexed.h"
#include "expr/program.h"
#include "expr/substitute.h"

namespace nabla {

// One step of the chain rule at a let: hands out, for each operand, what its derivative is multiplied by.
class LocalDerivatives {
 public:
  LocalDerivatives(Lowering& lowering, Partials& partials)
      : lowering_(lowering), ctx_(lowering.context()), partials_(partials) {}

  Ref name(Ref value) { return lowering_.name(value); }

  // a*b, with numbers left as coefficients; a factor of a branch that is 0 on one side stands inside of it,
  // because it may have no value on that side.
  Term times(Ref a, Ref b) {
    if (ctx_.is_number(a)) return {a, b};
    if (ctx_.is_number(b)) return {b, a};
    for (const auto& [factor, other] : {std::pair{a, b}, std::pair{b, a}}) {
      if (ctx_.kind(other) != Kind::let) continue;
      const Ref value = lowering_.program().lets[ctx_[other].payload].value;
      const bool step = ctx_.is_function(value, Fn::step);
      if (step && !may_be_undefined(ctx_, lowered_value(factor))) continue;
      if (const Ref branch = as_branch(ctx_, value))
        return {one, lowering_.lower(into_branch(ctx_, factor, branch))};
    }
    const Term s = ctx_.split_coefficient(ctx_.multiply(a, b));
    return {s.coefficient, name(s.body)};
  }

  // ∂(let)/∂(operand k) of a power, a function or an opaque call, as coefficient and atom.
  Term local(const Let& let, size_t k) {
    const Node& n = ctx_[let.value];
    const Ref a = n.operand(0);
    if (n.kind == Kind::power) return k == 0 ? by_base(let, a, n.operand(1)) : by_exponent(let, a);
    Ref d;
    if (n.kind == Kind::opaque) {
      std::vector<uint16_t> orders(ctx_.orders(let.value).begin(), ctx_.orders(let.value).end());
      ++orders[k];
      d = ctx_.opaque(ctx_.opaque_function(let.value), orders, n.operands());
    } else {
      d = partials_(static_cast<Fn>(n.tag), k, n.operands(), let.name);
      if (partials_.is_norm(let.name)) {
        const std::pair<Ref, Ref> safe{ctx_.power(let.name, minus_one), reciprocal(let.name)};
        d = substitute(ctx_, d, {&safe, 1});
      }
    }
    const Term t = ctx_.split_coefficient(d);
    return {t.coefficient, lowering_.lower(t.body)};
  }

  Lowering& lowering() { return lowering_; }

 private:
  // Of a let, what it names.
  Ref lowered_value(Ref r) {
    return ctx_.kind(r) == Kind::let ? lowering_.program().lets[ctx_[r].payload].value : r;
  }

  Term by_base(const Let& let, Ref base, Ref exponent) {
    if (exponent == minus_one) return {minus_one, name(ctx_.power(let.name, 2))};
    if (!ctx_.is_number(exponent)) {
      const Ref lowered = lowering_.lower(ctx_.power(base, ctx_.subtract(exponent, one)));
      return times(exponent, lowered);
    }
    const Rational& q = ctx_.value(exponent);
    if (q == Rational::fraction(1, 2)) {  // the root is there already
      return {exponent, name(reciprocal(let.name))};
    }
    return {exponent, name(ctx_.power(base, ctx_.number(q - Rational(1))))};
  }

  // 1/root; 0 for a norm that is 0. It is NaN where the norm is.
  Ref reciprocal(Ref root) {
    const Ref r = ctx_.power(root, minus_one);
    if (!partials_.is_norm(root)) return r;
    const Ref safe = ctx_.select(ctx_.compare(Relation::less_equal, root, zero), zero, r);
    if (safe != r) partials_.divide_by_norm();
    return lowering_.lower(safe);
  }

  Term by_exponent(const Let& let, Ref base) {
    return times(let.name, lowering_.lower(log_of_base(ctx_, base)));
  }

  Lowering& lowering_;
  Context& ctx_;
  Partials& partials_;
};

}  // namespace nabla

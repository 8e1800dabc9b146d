#include "expr/quadratic_conditions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "expr/substitute.h"

namespace nabla {
namespace {

using Quadratic = std::array<Ref, 3>;  // the coefficients of 1, t and t^2

// Scalars as quadratics in t, whose coefficients do not contain it.
class Quadratics {
 public:
  Quadratics(Context& ctx, Ref t) : ctx_(ctx), t_(t), square_(ctx.power(t, int64_t{2})) {
    if (ctx.is_function(t, Fn::exp))
      other_square_ = ctx.function(Fn::exp, {ctx.scale(ctx.number(Rational(2)), ctx.operands(t)[0])});
  }

  // A sum of products of parts that are sums of powers of t.
  std::optional<Quadratic> operator()(Ref e) { return of_sum(e, &Quadratics::of_product); }

 private:
  using OfTerm = std::optional<Quadratic> (Quadratics::*)(Ref);

  std::optional<Quadratic> of_sum(Ref e, OfTerm of_term) {
    constexpr size_t most_terms = 8;
    std::vector<Term> terms;
    ctx_.append_terms(e, terms);
    if (terms.size() > most_terms) return std::nullopt;
    Quadratic sum{zero, zero, zero};
    for (const Term& term : terms) {
      const auto q = (this->*of_term)(term.body);
      if (!q) return std::nullopt;
      for (size_t k = 0; k < 3; ++k) sum[k] = ctx_.add(sum[k], ctx_.scale(term.coefficient, (*q)[k]));
    }
    return sum;
  }

  std::optional<Quadratic> of_product(Ref e) {
    if (const auto q = of_power(e)) return q;
    std::vector<Ref> factors;
    ctx_.append_factors(e, factors);
    Quadratic product{one, zero, zero};
    for (const Ref f : factors) {
      const auto q = of_sum(f, &Quadratics::of_power);
      if (!q || !multiply(product, *q)) return std::nullopt;
    }
    return product;
  }

  std::optional<Quadratic> of_power(Ref e) {
    if (e == t_) return Quadratic{zero, one, zero};
    if (e == square_ || e == other_square_) return Quadratic{zero, zero, one};
    if (contains(ctx_, e, t_)) return std::nullopt;
    return Quadratic{e, zero, zero};
  }

  // Nothing of a higher degree.
  bool multiply(Quadratic& a, const Quadratic& b) {
    Quadratic product{zero, zero, zero};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t k = 0; k < 3; ++k) {
        if (a[i] == zero || b[k] == zero) continue;
        if (i + k > 2) return false;
        product[i + k] = ctx_.add(product[i + k], ctx_.multiply(a[i], b[k]));
      }
    }
    a = product;
    return true;
  }

  Context& ctx_;
  Ref t_, square_, other_square_;
};

bool is_not_negative(const Context& ctx, Ref e) { return e == zero || (ctx[e].facts & nonnegative) != 0; }

// Whether p + q*t >= 0 wherever c + b*t - s*t^2 >= 0, and > 0 where that is > 0: with u = t - b/(2*s) the
// second says u^2 <= r/s, and the first follows if its constant is at least |q|*sqrt(r/s). If it is `beyond`
// that, it is > 0 in either case.
bool follows(Context& ctx, const Quadratic& linear, const Quadratic& given, bool beyond) {
  const Ref s = ctx.negate(given[2]);
  // A slope of 0 would leave a constant, which nothing is said of.
  if (!is_positive(ctx[s].facts) || !(ctx[linear[1]].facts & nonzero) || linear[2] != zero) return false;
  const Ref half = ctx.divide(given[1], ctx.scale(ctx.number(Rational(2)), s));
  const Ref r = ctx.add(given[0], ctx.multiply(s, ctx.power(half, int64_t{2})));
  const Ref p = ctx.add(linear[0], ctx.multiply(linear[1], half));
  const Ref room = ctx.subtract(ctx.multiply(ctx.power(p, int64_t{2}), s),
                                ctx.multiply(ctx.power(linear[1], int64_t{2}), r));
  return is_not_negative(ctx, p) && (beyond ? is_positive(ctx[room].facts) : is_not_negative(ctx, room));
}

// What a linear expression may be linear in: the body of a term, or a factor of it.
std::vector<Ref> variables_of(Context& ctx, Ref linear) {
  constexpr size_t most_terms = 4;
  std::vector<Term> terms;
  ctx.append_terms(linear, terms);
  std::vector<Ref> variables;
  for (const Term& t : terms) {
    if (terms.size() > most_terms) break;
    if (t.body != one) variables.push_back(t.body);
    if (ctx.kind(t.body) == Kind::product) ctx.append_factors(t.body, variables);
  }
  return variables;
}

// b - a of a comparison of real scalars; Ref{} of any other.
Ref difference(Context& ctx, Ref c) {
  if (ctx.kind(c) != Kind::compare) return {};
  const Node n = ctx[c];
  for (const Ref side : {n.operand(0), n.operand(1)}) {
    if (ctx[side].shape != scalar_shape || (ctx[side].facts & complex_valued)) return {};
  }
  return ctx.subtract(n.operand(1), n.operand(0));
}

Relation relation_of(const Context& ctx, Ref comparison) {
  return static_cast<Relation>(ctx[comparison].tag);
}

// t < u or t > v wherever c + b*t + s*t^2 > 0, of a convex quadratic that is not above 0 at u and v.
bool lies_outside(Context& ctx, const Quadratic& low, const Quadratic& high, const Quadratic& given) {
  if (!is_positive(ctx[given[2]].facts)) return false;
  const auto has_no_room = [&](const Quadratic& linear) {
    if (linear[2] != zero || linear[1] == zero) return false;
    const Ref end = ctx.negate(ctx.divide(linear[0], linear[1]));
    const Ref value = ctx.add(given[0], ctx.multiply(end, ctx.add(given[1], ctx.multiply(given[2], end))));
    return is_not_negative(ctx, ctx.negate(value));
  };
  return is_positive(ctx[ctx.negate(low[1])].facts) && is_positive(ctx[high[1]].facts) && has_no_room(low) &&
         has_no_room(high);
}

bool implies_either(Context& ctx, Ref given, Ref first, Ref second) {
  const Ref quadratic = difference(ctx, given), a = difference(ctx, first), b = difference(ctx, second);
  if (!quadratic || !a || !b) return false;
  for (const Ref c : {first, second}) {
    const bool strict = relation_of(ctx, given) == Relation::less;
    const Relation asked = relation_of(ctx, c);
    if (asked != Relation::less_equal && (!strict || asked != Relation::less)) return false;
  }
  for (const Ref t : variables_of(ctx, a)) {
    Quadratics in(ctx, t);
    const auto p = in(a), q = in(b), r = in(quadratic);
    if (p && q && r && (lies_outside(ctx, *p, *q, *r) || lies_outside(ctx, *q, *p, *r))) return true;
  }
  return false;
}

}  // namespace

bool implied_by_quadratic(Context& ctx, Ref given, Ref wanted) {
  const Ref quadratic = difference(ctx, given);
  if (!quadratic) return false;
  const Relation known = relation_of(ctx, given);
  const bool strict = known == Relation::less;
  if (!strict && known != Relation::less_equal) return false;
  const Node n = ctx[wanted];
  if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::disjunction))
    return implies_either(ctx, given, n.operand(0), n.operand(1));
  const Ref linear = difference(ctx, wanted);
  if (!linear) return false;
  const Relation asked = relation_of(ctx, wanted);
  if (asked == Relation::equal) return false;
  const bool beyond = !strict && asked != Relation::less_equal;
  for (const Ref t : variables_of(ctx, linear)) {
    Quadratics in(ctx, t);
    const auto d = in(linear);
    const auto q = d ? in(quadratic) : std::nullopt;
    if (!q) continue;
    const Quadratic opposite{ctx.negate((*d)[0]), ctx.negate((*d)[1]), zero};
    if (follows(ctx, *d, *q, beyond)) return true;
    if (asked == Relation::not_equal && follows(ctx, opposite, *q, beyond)) return true;
  }
  return false;
}

}  // namespace nabla

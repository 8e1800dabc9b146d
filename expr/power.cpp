// Canonical powers, by the real semantics of the language: x^0 is 1 (also at 0), a power with an exponent
// that is no integer needs a base >= 0, and (u^p)^q combines only where that is the same function.
#include <algorithm>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/scratch.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

[[noreturn]] void division_by_zero() {
  throw Failure(Code::division_by_zero, "division by zero", "a negative power of 0 has no value");
}

class NumberPower {
 public:
  NumberPower(Context& ctx, Ref base, Ref exponent)
      : ctx_(ctx), base_(base), exponent_(exponent), b_(ctx.value(base)), q_(ctx.value(exponent)) {}

  Ref result() {
    if (b_.is_zero()) {
      if (q_.sign() < 0) division_by_zero();
      return zero;
    }
    if (b_.is_minus_one() && q_.is_integer()) return q_.is_even() ? one : minus_one;
    if (q_.is_integer()) return integer_power();
    if (b_.sign() < 0) return keep(base_, exponent_);  // undefined over the reals
    return root();
  }

 private:
  Ref keep(Ref base, Ref exponent) {
    const Ref pair[2] = {base, exponent};
    return ctx_.intern(Kind::power, 0, 0, 0, scalar_shape, pair, power_facts(ctx_, base, exponent));
  }

  Ref integer_power() {
    if (const auto k = q_.as_int()) {
      if (const auto v = b_.pow(*k, ctx_.limits().folded_bits)) return ctx_.number(*v);
    }
    return keep(base_, exponent_);
  }

  // Splits into prime bases with exponents in (0, 1), so that sqrt(2)*sqrt(3) and sqrt(6) agree.
  Ref root() {
    if (b_.bits() > 128 || q_.bits() > 64) return whole_root();
    const Rational n = b_.numerator(), d = b_.denominator();
    factor(n, q_);
    factor(d, -q_);
    return ctx_.product(ctx_.number(coefficient_), factors_);
  }

  Ref whole_root() {
    const auto k = q_.denominator().as_int();
    const auto p = q_.numerator().as_int();
    if (k && p && *k > 0 && *k < 4096) {
      if (const auto r = b_.root(static_cast<uint64_t>(*k))) {
        if (const auto v = r->pow(*p, ctx_.limits().folded_bits)) return ctx_.number(*v);
      }
    }
    return keep(base_, exponent_);
  }

  void factor(Rational n, const Rational& q) {
    for (int64_t p = 2; p < 1000; p += p == 2 ? 1 : 2) {
      const Rational prime(p);
      if (n < prime * prime) break;
      int64_t times = 0;
      for (Rational r = n / prime; r.is_integer(); r = n / prime, ++times) n = r;
      if (times > 0) add(prime, Rational(times) * q);
    }
    if (n.is_one()) return;
    if (const auto r = n.root(2)) {
      add(*r, Rational(2) * q);
    } else {
      add(n, q);
    }
  }

  void add(const Rational& prime, const Rational& q) {
    const Rational whole = q.floor(), rest = q - whole;
    const auto k = whole.as_int();
    const auto v = k ? prime.pow(*k, ctx_.limits().folded_bits) : std::nullopt;
    if (!v) {
      factors_.push_back(keep(ctx_.number(prime), ctx_.number(q)));
      return;
    }
    coefficient_ = coefficient_ * *v;
    if (!rest.is_zero()) factors_.push_back(keep(ctx_.number(prime), ctx_.number(rest)));
  }

  Context& ctx_;
  Ref base_, exponent_;
  Rational b_, q_;
  Rational coefficient_ = 1;
  std::vector<Ref> factors_;
};

}  // namespace

Ref Context::sqrt(Ref a) { return power(a, number(Rational::fraction(1, 2))); }

bool is_euclidean_norm(const Context& ctx, Ref e) {
  if (ctx.is_function(e, Fn::normF)) return true;
  return ctx.is_function(e, Fn::norm2) && ctx[e].count == 1 && ctx.shape_of(ctx.operands(e)[0]).order() == 1;
}

// (2*a*x)^q as 2^q*a^q*x^q, where a > 0 is proved; Ref{}: nothing in the product is. (Where a may be 0, x^q
// need not be defined.)
static Ref split_root(Context& ctx, Ref product, Ref exponent) {
  Scratch<Ref, flat_operands + 1> powers, rest;
  for (const Ref f : ctx.operands(product)) {
    if (ctx.is_number(f)) {
      const Rational size = ctx.value(f).abs();
      if (!size.is_one()) powers.push_back(ctx.power(ctx.number(size), exponent));
      if (ctx.value(f).sign() < 0) rest.push_back(minus_one);
    } else if (is_positive(ctx[f].facts)) {
      powers.push_back(ctx.power(f, exponent));
    } else {
      rest.push_back(f);
    }
  }
  if (powers.empty()) return {};
  if (!rest.empty()) powers.push_back(ctx.power(ctx.product(rest), exponent));
  return ctx.product(powers);
}

Ref Context::power(Ref base, Ref exponent) {
  if ((*this)[base].shape != scalar_shape || (*this)[exponent].shape != scalar_shape) {
    return tensor_power(*this, base, exponent);
  }
  if (exponent == zero || base == one) return one;
  if (exponent == one) return base;
  const Node &b = (*this)[base], &e = (*this)[exponent];
  const bool numeric = e.kind == Kind::number;
  if (b.kind == Kind::number && numeric) return NumberPower(*this, base, exponent).result();
  if (b.kind == Kind::constant && b.tag == static_cast<uint16_t>(Constant::e)) {
    return function(Fn::exp, {exponent});
  }
  const bool integer = numeric ? value(exponent).is_integer() : (e.facts & integer_valued) != 0;
  if (b.kind == Kind::constant && b.tag == static_cast<uint16_t>(Constant::im) && numeric && integer) {
    const auto k = (value(exponent) - Rational(4) * (value(exponent) / Rational(4)).floor()).as_int();
    const Ref powers[4] = {one, base, minus_one, negate(base)};
    return powers[*k];
  }
  if (base == zero && is_positive(e.facts)) return zero;
  if (base == zero && (e.facts & nonpositive) && (e.facts & nonzero)) division_by_zero();
  const bool complex = ((b.facts | e.facts) & complex_valued) != 0;
  if (b.kind == Kind::power && (!complex || integer)) {
    const Ref u = b.few[0], p = b.few[1];
    const bool p_number = is_number(p);
    if (p_number && value(p).is_integer() && value(p).is_even() && numeric && !integer) {
      return power(function(Fn::abs, {u}), multiply(p, exponent));
    }
    const bool odd_or_fraction = p_number && numeric;  // then u >= 0 is asked for on both sides
    const bool inverse = p == minus_one;               // 1/u has the sign of u
    if (integer || odd_or_fraction || inverse || ((*this)[u].facts & nonnegative))
      return power(u, multiply(p, exponent));
  }
  if (b.kind == Kind::product && numeric && integer) {
    Scratch<Ref, flat_operands + 1> list;
    for (Ref f : b.operands()) list.push_back(power(f, exponent));
    return product(list);
  }
  if (b.kind == Kind::product && numeric && !complex) {
    if (const Ref split = split_root(*this, base, exponent)) return split;
  }
  if (numeric && integer && !complex && is_function(base, Fn::cbrt)) {  // cbrt(x)^5 is x*cbrt(x)^2
    const Rational &k = value(exponent), third = k / Rational(3);
    const Rational whole = k.sign() < 0 ? -(-third).floor() : third.floor(), rest = k - Rational(3) * whole;
    if (!whole.is_zero()) return multiply(power(b.few[0], number(whole)), power(base, number(rest)));
  }
  const auto real_operand = [&] { return !((*this)[b.few[0]].facts & complex_valued); };
  if (numeric && integer && value(exponent).is_even() && is_function(base, Fn::abs) && real_operand()) {
    return power(b.few[0], exponent);
  }
  if (numeric && integer && value(exponent).is_even() && is_euclidean_norm(*this, base) && real_operand()) {
    const Ref x = b.few[0];  // the square has a derivative where the norm has none
    return power(dot(*this, x, x), number(value(exponent) / Rational(2)));
  }
  const Ref pair[2] = {base, exponent};
  return intern(Kind::power, 0, 0, 0, b.shape, pair, power_facts(*this, base, exponent));
}

}  // namespace nabla

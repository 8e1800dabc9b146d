#include "codegen/coefficients.h"

#include "codegen/cpp_number.h"

namespace nabla {

Ref Coefficients::ratio(Ref b, Ref a) {
  if (a == one) return b;
  if (a == b) return one;
  Ratio& known = ratios_[mix(b.id, a.id) & (most_ratios - 1)];
  if (known.b != b || known.a != a) {
    const Parts p = parts(a), q = parts(b);
    const bool alike = p.rest == q.rest;
    known = {b, a,
             alike ? ctx_.number(ctx_.value(q.number) / ctx_.value(p.number)) : ctx_.multiply(b, inverse(a))};
  }
  return known.value;
}

Ref Coefficients::inverse(Ref c) {
  Parts& p = parts(c);
  if (!p.inverse) p.inverse = ctx_.power(c, minus_one);
  return p.inverse;
}

bool Coefficients::has_minus(Ref c) const {
  return ctx_.value(ctx_.split_coefficient(c).coefficient).sign() < 0;
}

Ref Coefficients::magnitude(Ref c) { return c == one ? c : parts(c).magnitude; }

bool Coefficients::is_below_zero(Ref c) {
  if (ctx_.is_number(c)) return ctx_.value(c).sign() < 0;
  const Parts p = parts(c);
  return sign_of(p.rest) * ctx_.value(p.number).sign() < 0;
}

Coefficients::Parts& Coefficients::parts(Ref c) {
  Parts& known = parts_[mix(c.id, 0) & (most_parts - 1)];
  if (known.whole == c) return known;
  const Term t = ctx_.split_coefficient(c);
  known = {c, t.coefficient, t.body, has_minus(c) ? ctx_.negate(c) : c, {}};
  if (ctx_.kind(t.body) == Kind::sum) {
    const Ref first = ctx_.operands(t.body)[0];
    known.number = ctx_.multiply(t.coefficient, first);
    known.rest = ctx_.scale(ctx_.power(first, minus_one), t.body);
  }
  return known;
}

// Many coefficients are multiples of few constants, whose digits take long.
int Coefficients::sign_of(Ref rest) {
  if (rest == one) return 1;
  const auto [at, is_new] = signs_.try_emplace(rest);
  if (is_new) {
    const std::string digits = constant_digits(ctx_, rest);
    at->second = digits.empty() ? 0 : digits[0] == '-' ? -1 : 1;
  }
  return at->second;
}

}  // namespace nabla

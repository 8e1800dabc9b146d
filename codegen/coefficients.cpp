#include "codegen/coefficients.h"

#include "codegen/cpp_number.h"

namespace nabla {

Ref Coefficients::ratio(Ref b, Ref a) {
  if (a == one) return b;
  if (a == b) return one;
  Ratio& known = ratios_[mix(b.id, a.id) & (most_ratios - 1)];
  if (known.b != b || known.a != a) {
    const auto [p, u] = split(a);
    const auto [q, v] = split(b);
    known = {b, a, u == v ? ctx_.divide(q, p) : ctx_.divide(b, a)};
  }
  return known.value;
}

// A number and the rest; of sqrt(2)/50 - 1/50 they are 1/50 and sqrt(2) - 1.
std::pair<Ref, Ref> Coefficients::split(Ref c) {
  const Term t = ctx_.split_coefficient(c);
  if (ctx_.kind(t.body) != Kind::sum) return {t.coefficient, t.body};
  const Ref first = ctx_.operands(t.body)[0];
  return {ctx_.multiply(t.coefficient, first), ctx_.scale(ctx_.power(first, minus_one), t.body)};
}

bool Coefficients::is_below_zero(Ref c) {
  if (ctx_.is_number(c)) return ctx_.value(c).sign() < 0;
  const auto [at, is_new] = below_zero_.try_emplace(c);
  if (is_new) {
    const std::string digits = constant_digits(ctx_, c);
    at->second = !digits.empty() && digits[0] == '-';
  }
  return at->second;
}

}  // namespace nabla

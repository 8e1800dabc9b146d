#include "simplify/radicals.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <vector>

#include "simplify/everywhere.h"
#include "simplify/passes.h"
#include "simplify/prove.h"

namespace nabla {
namespace {

const Rational half = Rational::fraction(1, 2);
constexpr int64_t most_exponent = 4;
constexpr int most_roots = 4;  // that a denominator is freed of

std::vector<Ref> terms_of(Context& ctx, Ref sum) {
  std::vector<Term> terms;
  std::vector<Ref> list;
  ctx.append_terms(sum, terms);
  for (const Term& t : terms) list.push_back(ctx.scale(t.coefficient, t.body));
  return list;
}

bool is_nonnegative(const Context& ctx, Ref r) {
  return ctx.is_number(r) ? ctx.value(r).sign() >= 0 : (ctx[r].facts & nonnegative) != 0;
}

// ---- nested roots ----

// sqrt(a + b) = sqrt((a + d)/2) +- sqrt((a - d)/2) with d^2 = a^2 - b^2, for rational a > 0, d and b^2
// (Borodin, Fagin, Hopcroft and Tompa, "Decreasing the nesting depth of expressions involving square roots",
// 1985).
Ref denested_by_rational(Context& ctx, const Rational& a, Ref b) {
  const Ref b2 = ctx.power(b, 2);
  if (!ctx.is_number(b2) || a.sign() <= 0) return {};
  const Rational square = a * a - ctx.value(b2);
  const auto d = square.sign() < 0 ? std::nullopt : square.root(2);
  if (!d) return {};
  const Ref x = ctx.sqrt(ctx.number((a + *d) * half)), y = ctx.sqrt(ctx.number((a - *d) * half));
  const bool minus = ctx.value(ctx.split_coefficient(b).coefficient).sign() < 0;
  return minus ? ctx.subtract(x, y) : ctx.add(x, y);
}

// The square root of a sum of two numbers whose squares are rational; of two roots, the larger one is taken
// out first: sqrt(5*sqrt(3) + 6*sqrt(2)) is sqrt(6*sqrt(2))*sqrt(1 + 5*sqrt(3)/(6*sqrt(2))).
Ref denested(Context& ctx, Ref sum) {
  std::vector<Ref> t = terms_of(ctx, sum);
  if (t.size() != 2) return {};
  Rational squares[2];
  for (size_t i = 0; i < 2; ++i) {
    const Ref square = ctx.power(t[i], 2);
    if (!ctx.is_number(square)) return {};
    squares[i] = ctx.value(square);
  }
  if (squares[0] < squares[1]) std::swap(t[0], t[1]);
  if (ctx.is_number(t[1])) return {};  // the number is the larger one, or the root has no rational d
  if (ctx.is_number(t[0])) return denested_by_rational(ctx, ctx.value(t[0]), t[1]);
  if (ctx.value(ctx.split_coefficient(t[0]).coefficient).sign() < 0) return {};
  const Ref root = denested_by_rational(ctx, 1, ctx.divide(t[1], t[0]));
  return root ? expand(ctx, ctx.multiply(ctx.sqrt(t[0]), root)) : Ref{};
}

// The cube root of a + b for rational a and b^2: it is x + y with x^2 - y^2 = n, where n^3 = a^2 - b^2, if n
// and the root x of 4*x^3 - 3*n*x = a are rational; then y = b/(4*x^2 - n). With numerators over q, 2*q*x is
// an integer, since z^3 - 3*n*z - 2*a has integer coefficients.
Ref cube_root_of_two(Context& ctx, Ref sum) {
  const std::vector<Ref> t = terms_of(ctx, sum);
  if (t.size() != 2 || ctx.is_number(t[0]) == ctx.is_number(t[1])) return {};
  const Ref number = ctx.is_number(t[0]) ? t[0] : t[1], b = ctx.is_number(t[0]) ? t[1] : t[0];
  const Ref square = ctx.power(b, 2);
  if (!ctx.is_number(square) || ctx.value(square).sign() <= 0) return {};
  const Rational a = ctx.value(number), b2 = ctx.value(square);
  const Rational q = a.denominator() * b2.denominator(), q3 = q * q * q;
  const Rational norm = (a * a - b2) * q3 * q3;
  const auto size = norm.abs().root(3);
  if (!size) return {};
  const Rational n = norm.sign() < 0 ? -*size : *size;
  const bool minus = ctx.value(ctx.split_coefficient(b).coefficient).sign() < 0;
  const double root =
      std::cbrt((a * q3).to_double() + (minus ? -1 : 1) * std::sqrt((b2 * q3 * q3).to_double()));
  const double near = std::round(root + n.to_double() / root);
  if (!(std::abs(near) < 0x1p53)) return {};
  const Rational z(static_cast<int64_t>(near));
  if (z.is_zero() || !(z * z * z - Rational(3) * n * z == Rational(2) * a * q3)) return {};
  const Rational x = z / (Rational(2) * q), slope = Rational(4) * x * x - n / (q * q);
  if (slope.is_zero()) return {};
  return ctx.add(ctx.number(x), ctx.divide(b, ctx.number(slope)));
}

// ---- denominators ----

bool is_square_root(const Context& ctx, Ref factor) {
  const Factor p = ctx.split_exponent(factor);
  return ctx.is_number(p.exponent) && ctx.value(p.exponent) == half;
}

// sqrt(n), a factor of a term of a sum of products of square roots of numbers; zero where there is none,
// Ref{} where there is something else.
Ref root_of_number(Context& ctx, Ref sum) {
  Ref found = zero;
  for (const Ref term : terms_of(ctx, sum)) {
    std::vector<Ref> factors;
    ctx.append_factors(term, factors);
    for (const Ref f : factors) {
      if (ctx.is_number(f)) continue;
      if (!is_square_root(ctx, f) || !ctx.is_number(ctx.split_exponent(f).base)) return {};
      found = f;
    }
  }
  return found;
}

// The sum with -root for root.
Ref conjugated(Context& ctx, Ref sum, Ref root) {
  std::vector<Ref> terms = terms_of(ctx, sum);
  for (Ref& t : terms) {
    std::vector<Ref> factors;
    ctx.append_factors(t, factors);
    if (std::find(factors.begin(), factors.end(), root) != factors.end()) t = ctx.negate(t);
  }
  return ctx.sum(terms);
}

// 1/sum, for square roots of numbers: one after the other goes by its conjugate.
Ref inverse_of_numbers(Context& ctx, Ref sum) {
  Ref above = one, below = sum;
  for (int i = 0; i <= most_roots; ++i) {
    const Ref root = root_of_number(ctx, below);
    if (!root || below == zero) return {};
    if (root == zero) return ctx.divide(above, below);
    const Ref other = conjugated(ctx, below, root);
    above = expand(ctx, ctx.multiply(above, other));
    below = expand(ctx, ctx.multiply(below, other));
  }
  return {};
}

bool has_square_root(Context& ctx, Ref term) {
  std::vector<Ref> factors;
  ctx.append_factors(term, factors);
  return std::any_of(factors.begin(), factors.end(), [&](Ref f) { return is_square_root(ctx, f); });
}

// 1/(a + b) is (a - b)/(a^2 - b^2), where a - b is not 0 unless a + b is: where a^2 - b^2 is a number other
// than 0, or a and -b are not negative, so that a - b is 0 only where both are.
Ref inverse_of_two(Context& ctx, Ref sum) {
  const std::vector<Ref> t = terms_of(ctx, sum);
  if (t.size() != 2 || !(has_square_root(ctx, t[0]) || has_square_root(ctx, t[1]))) return {};
  const Ref below = expand(ctx, ctx.subtract(ctx.power(t[0], 2), ctx.power(t[1], 2)));
  if (below == zero || has_square_root(ctx, below)) return {};
  const auto opposite = [&](Ref a, Ref b) {
    return is_nonnegative(ctx, a) && is_nonnegative(ctx, ctx.negate(b));
  };
  if (!ctx.is_number(below) && !opposite(t[0], t[1]) && !opposite(t[1], t[0])) return {};
  return ctx.divide(ctx.subtract(t[0], t[1]), below);
}

}  // namespace

Ref roots_of_numbers_together(Context& ctx, Ref product) {
  if (ctx.kind(product) != Kind::product) return product;
  std::vector<Ref> rest, bases;
  for (const Ref f : ctx.operands(product)) {
    const Ref base = ctx.split_exponent(f).base;
    const bool root = is_square_root(ctx, f) && ctx.kind(base) == Kind::sum && ctx[base].names == 0 &&
                      proved(ctx, ctx.compare(Relation::less, zero, base));
    (root ? bases : rest).push_back(root ? base : f);
  }
  if (bases.size() < 2) return product;
  rest.push_back(ctx.sqrt(expand(ctx, ctx.product(bases))));
  return ctx.product(rest);
}

Ref cube_root_apart(Context& ctx, Ref root) {
  if (!ctx.is_function(root, Fn::cbrt) || ctx[root].names != 0) return root;
  const Ref apart = cube_root_of_two(ctx, ctx.operands(root)[0]);
  return apart ? apart : root;
}

Ref root_apart(Context& ctx, Ref power) {
  if (ctx.kind(power) != Kind::power || (ctx[power].facts & complex_valued)) return power;
  const Ref exponent = ctx.operands(power)[1];
  Ref base = ctx.operands(power)[0];
  if (!ctx.is_number(exponent) || ctx.kind(base) != Kind::sum) return power;
  Rational k = ctx.value(exponent);
  if (most_exponent < k.abs()) return power;
  if (!k.is_integer()) {
    const bool of_numbers = (k + k).is_integer() && ctx[base].names == 0;
    const Ref root = of_numbers ? denested(ctx, base) : Ref{};
    if (!root) return power;
    base = root;
    k = k + k;
  }
  if (k.sign() < 0 && ctx.kind(base) == Kind::sum) {
    const Ref inverse = ctx[base].names == 0 ? inverse_of_numbers(ctx, base) : inverse_of_two(ctx, base);
    if (inverse) return expand(ctx, ctx.power(inverse, ctx.number(-k)));
  }
  const Ref result = ctx.power(base, ctx.number(k));
  return result == power ? power : expand(ctx, result);
}

Ref radicals(Context& ctx, Ref e) {
  return everywhere_real(ctx, e, [&](Ref r) { return cube_root_apart(ctx, root_apart(ctx, r)); });
}

}  // namespace nabla

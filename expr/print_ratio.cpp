// The forms of products and powers: quotients, roots, radicals.
//
// The rules hold because reading the text back makes the same node. Negative exponents go under the bar,
// symbolic ones where the base is not 0 or the power below has a value at 0: x^(-p) is 0 at x = 0 for p = -1.
// 1/(x^p*y^q) is x^(-p)*y^(-q) again, since an integer power of a power or product distributes.
#include <algorithm>
#include <cmath>
#include <limits>

#include "expr/print_form.h"

namespace nabla {

FormId Forms::ratio(const Rational& coefficient, std::span<const Ref> factors) {
  Factors list;
  for (const Ref f : factors) add_factor(list, f);
  return assemble(coefficient, list);
}

void Forms::add_factor(Factors& list, Ref factor) {
  const Node& n = ctx_[factor];
  if (n.kind != Kind::power) {
    const FormId f = operand(factor);
    if (n.kind == Kind::indexed && n.shape != scalar_shape && forms_[f].kind == FormKind::quotient) {
      // A*x/c with a number before it: one bar for both
      const FormId divisor = edges(f)[1].id();
      list.over.push_back(edges(f)[0]);
      if (forms_[divisor].kind == FormKind::product) {
        const std::vector<Edge> below(edges(divisor).begin(), edges(divisor).end());
        list.under.insert(list.under.end(), below.begin(), below.end());
      } else {
        list.under.push_back(edges(f)[1]);
      }
      return;
    }
    list.over.emplace_back(f, false);
    return;
  }
  const Ref base = n.few[0], exponent = n.few[1];
  const Node& e = ctx_[exponent];
  if (n.shape != scalar_shape) {
    list.over.emplace_back(entrywise_power(base, exponent), false);
  } else if (ctx_.is_number(exponent)) {
    const Rational& q = ctx_.value(exponent);
    if (ctx_.is_number(base) && ctx_.value(base).is_integer() && ctx_.value(base).sign() > 0 &&
        q.sign() > 0 && q < Rational(1)) {
      add_radical(list, ctx_.value(base), q);
    } else if (q.abs() == Rational::fraction(1, 2) && !ctx_.is_number(base) &&
               (ctx_[base].facts & complex_valued) == 0) {
      (q.sign() < 0 ? list.roots_under : list.roots_over).push_back(base);
    } else if (q.sign() < 0) {
      list.under.emplace_back(positive_power(base, -q), false);
    } else {
      list.over.emplace_back(positive_power(base, q), false);
    }
  } else if (is_negated(exponent) && ((ctx_[base].facts & nonzero) || (e.facts & nonpositive))) {
    list.under.emplace_back(
        power(operand(base), negated_exponent(exponent), std::numeric_limits<double>::quiet_NaN()), false);
  } else {
    list.over.emplace_back(power(operand(base), of(exponent), std::numeric_limits<double>::quiet_NaN()),
                           false);
  }
}

// x.^2, sqrt(x), 1 ./ x.
FormId Forms::entrywise_power(Ref base, Ref exponent) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  if (!ctx_.is_number(exponent)) return power(operand(base), of(exponent), unknown, true);
  const Rational q = ctx_.value(exponent), positive = q.abs();
  const bool square_root = positive == Rational::fraction(1, 2);
  // Of a product the store keeps (a*x).^(-2), and makes a^2*x.^2 of (a*x).^2.
  if (q.sign() < 0 && !positive.is_one() && ctx_.kind(base) == Kind::indexed)
    return power(operand(base), of(exponent), q.to_double(), true);
  const FormId f = positive.is_one() ? operand(base)
                   : square_root     ? root(of(base))
                                     : power(operand(base), number(positive), positive.to_double(), true);
  return q.sign() < 0 ? entrywise_quotient(integer(Rational(1)), f) : f;
}

FormId Forms::entrywise_quotient(FormId dividend, FormId divisor) {
  const Piece list[3] = {Piece::form(dividend, Binding::power), Piece::text(" ./ ", " ./ ", " \\oslash "),
                         Piece::form(divisor, Binding::power)};
  return pieces(list, Binding::product);
}

std::pair<FormId, FormId> Forms::entrywise_parts(FormId f) const {
  if (forms_[f].kind != FormKind::mix) return {0, 0};
  const Mix& mix = mix_of(f);
  const bool quotient =
      mix.pieces.size() == 3 && !mix.pieces[1].part && mix_texts_[mix.pieces[1].text].ascii == " ./ ";
  if (!quotient) return {0, 0};
  return {edges(f)[0].id(), edges(f)[1].id()};
}

FormId Forms::reciprocal_of(FormId f) const {
  const auto [dividend, divisor] = entrywise_parts(f);
  return dividend && forms_[dividend].kind == FormKind::number && text(dividend) == "1" ? divisor : 0;
}

// x ./ (2*y), where the store takes 2 out of 2*y again; else (x/2) ./ y.
FormId Forms::divided(FormId dividend, FormId divisor) {
  const auto [above, below] = entrywise_parts(dividend);
  if (!above) return quotient(dividend, divisor);
  const FormKind kind = forms_[below].kind;
  const bool plain = kind == FormKind::name || kind == FormKind::root || kind == FormKind::dot_power;
  const FormKind by = forms_[divisor].kind;
  if (!plain || (by != FormKind::number && by != FormKind::name))
    return entrywise_quotient(quotient(above, divisor), below);
  const Piece list[3] = {Piece::form(divisor, Binding::product), Piece::text("*", "*", " "),
                         Piece::form(below, Binding::power)};
  return entrywise_quotient(above, chain(list));
}

// The store splits sqrt(6) into 2^(1/2)*3^(1/2). One radical is read back as these factors if all of its
// primes but one lie below 1000 (power.cpp divides by those).
void Forms::add_radical(Factors& list, const Rational& base, const Rational& exponent) {
  const bool large = base > Rational(1000);
  for (Factors::Radical& r : list.radicals) {
    if (r.exponent != exponent || (r.large && large) || (r.base * base).bits() > 128) continue;
    r.base = r.base * base;
    r.large = r.large || large;
    return;
  }
  list.radicals.push_back({exponent, base, large});
}

FormId Forms::positive_power(Ref base, const Rational& q) {
  if (q.is_one()) return operand(base);
  // The root of a negative number is left as it is, but nobody can ask for it by sqrt(-1).
  const bool undefined = ctx_.is_number(base) && ctx_.value(base).sign() < 0;
  if (q == Rational::fraction(1, 2) && !undefined) return root(of(base));
  return power(operand(base), number(q), q.to_double());
}

// A number below 0 times something, or a sum of such terms: x^(-n - 1) is 1/x^(n + 1).
bool Forms::is_negated(Ref exponent) const {
  const auto list = ctx_.operands(exponent);
  const auto is_negative = [&](Ref c) { return ctx_.is_number(c) && ctx_.value(c).sign() < 0; };
  if (ctx_.kind(exponent) == Kind::product) return is_negative(list[0]);
  if (ctx_.kind(exponent) != Kind::sum) return false;
  for (size_t i = 0; i < list.size(); i += 2) {
    if (!is_negative(list[i])) return false;
  }
  return true;
}

// The form of -e, where e is_negated.
FormId Forms::negated_exponent(Ref exponent) {
  const auto list = ctx_.operands(exponent);
  if (ctx_.kind(exponent) == Kind::sum) {
    std::vector<Edge> terms;
    for (size_t i = 0; i < list.size(); i += 2)
      terms.emplace_back(term(-ctx_.value(list[i]), list[i + 1]), false);
    return sum(terms);
  }
  return ratio(-ctx_.value(list[0]), list.subspan(1));
}

// One root of the number, of all positive factors and of one other. Read back, it is split again, except for
// a number times one sum, which would be distributed.
void Forms::place_roots(std::vector<Ref>& roots, Rational number, std::vector<Edge>& edges) {
  const auto is_sum = [&](Ref r) { return ctx_.kind(r) == Kind::sum || ctx_.kind(r) == Kind::long_sum; };
  std::vector<Ref> joined;
  Ref other;
  std::sort(roots.begin(), roots.end(), [&](Ref a, Ref b) { return before(operand(a), operand(b)); });
  for (const Ref u : roots) {
    if (is_positive(ctx_[u].facts)) {
      joined.push_back(u);
    } else if (!other && ctx_.kind(u) != Kind::product) {
      other = u;
    } else {
      edges.emplace_back(root(of(u)), false);
    }
  }
  if (other) joined.push_back(other);
  roots.clear();
  if (joined.size() == 1) {
    const bool apart = is_sum(joined[0]) || number.is_one();
    if (apart && !number.is_one()) edges.emplace_back(root(integer(number)), false);
    edges.emplace_back(root(apart ? of(joined[0]) : ratio(number, joined)), false);
  } else if (!joined.empty() || !number.is_one()) {
    edges.emplace_back(root(ratio(number, joined)), false);
  }
}

// sqrt(2)*x/2 is x/sqrt(2), except for numbers by themselves.
void Forms::place_radicals(Factors& list, Rational& coefficient) {
  const bool alone =
      list.over.empty() && list.under.empty() && list.roots_over.empty() && list.roots_under.empty();
  Rational over = 1, under = 1;
  for (const Factors::Radical& r : list.radicals) {
    if (r.exponent != Rational::fraction(1, 2)) {
      list.over.emplace_back(power(integer(r.base), number(r.exponent), r.exponent.to_double()), false);
    } else if (!alone && under.is_one() && (coefficient.denominator() / r.base).is_integer() &&
               (coefficient.denominator() == r.base || !list.roots_under.empty())) {
      coefficient = coefficient * r.base;
      under = r.base;
    } else if (over.is_one()) {
      over = r.base;
    } else {
      list.over.emplace_back(root(integer(r.base)), false);
    }
  }
  if (place_root_of_quotient(list, over, under)) return;
  place_roots(list.roots_over, over, list.over);
  place_roots(list.roots_under, under, list.under);
}

// sqrt(2)/sqrt(pi) is sqrt(2/pi), if all is positive.
bool Forms::place_root_of_quotient(Factors& list, const Rational& over, const Rational& under) {
  const auto positive = [&](Ref u) { return is_positive(ctx_[u].facts); };
  const bool all = std::all_of(list.roots_over.begin(), list.roots_over.end(), positive) &&
                   std::all_of(list.roots_under.begin(), list.roots_under.end(), positive);
  if (!all || list.roots_under.empty() || (list.roots_over.empty() && over.is_one())) return false;
  const FormId dividend = ratio(over, list.roots_over), divisor = ratio(under, list.roots_under);
  list.over.emplace_back(root(quotient(dividend, divisor)), false);
  list.roots_over.clear();
  list.roots_under.clear();
  return true;
}

FormId Forms::assemble(Rational coefficient, Factors& list) {
  place_radicals(list, coefficient);
  order_factors(list.over);
  order_factors(list.under);
  const Rational over = coefficient.abs().numerator(), under = coefficient.denominator();
  const bool negative = coefficient.sign() < 0;
  if (const FormId divisor = list.over.size() == 1 ? reciprocal_of(list.over[0].id()) : 0) {
    if (list.under.empty() && !coefficient.abs().is_one()) {  // 3 ./ (2*x)
      FormId f = entrywise_quotient(integer(over), divisor);
      if (!under.is_one()) f = divided(f, integer(under));
      return negative ? negate(f) : f;
    }
  }
  const bool leading_number = !over.is_one() || list.over.empty();
  if (leading_number) list.over.insert(list.over.begin(), Edge(integer(negative ? -over : over), false));
  FormId f = product(list.over);
  const bool apart = std::any_of(list.under.begin(), list.under.end(), [&](Edge e) {
    return forms_[e.id()].kind == FormKind::long_product;  // 1/y/(x1*…*x40): they would flow together
  });
  if (apart) {
    for (const Edge e : list.under) f = quotient(f, e.id());
    list.under.clear();
  }
  if (!under.is_one()) list.under.insert(list.under.begin(), Edge(integer(under), false));
  if (!list.under.empty()) f = divided(f, product(list.under));
  return negative && !leading_number ? negate(f) : f;
}

std::pair<FormId, FormId> Forms::over_and_under(Ref scalar) {
  const Node& n = ctx_[scalar];
  if (n.kind != Kind::product && n.kind != Kind::power) return {operand(scalar), 0};
  Factors list, over;
  const std::vector<Ref> factors(n.operands().begin(), n.operands().end());
  for (const Ref f : n.kind == Kind::product ? factors : std::vector<Ref>{scalar}) add_factor(list, f);
  const bool long_one = std::any_of(list.under.begin(), list.under.end(),
                                    [&](Edge e) { return forms_[e.id()].kind == FormKind::long_product; });
  place_roots(list.roots_under, 1, list.under);
  if (list.under.empty() || long_one) return {operand(scalar), 0};
  order_factors(list.under);
  const FormId under = product(list.under);
  over.over = list.over;
  over.radicals = list.radicals;
  over.roots_over = list.roots_over;
  const bool nothing = over.over.empty() && over.radicals.empty() && over.roots_over.empty();
  return {nothing ? 0 : assemble(Rational(1), over), under};
}

// A factor of a long product, which is written a*b/c/d.
FormId Forms::long_factor(Ref factor, bool& divides) {
  Factors list;
  add_factor(list, factor);
  place_roots(list.roots_under, 1, list.under);
  divides = !list.under.empty();
  return divides ? list.under[0].id() : assemble(Rational(1), list);
}

}  // namespace nabla

#include "expr/facts.h"

#include <algorithm>

#include "expr/definite.h"

namespace nabla {
namespace {

Facts times(Facts a, Facts b) {
  int r = int{a} & int{b} & (nonzero | integer_valued);
  r |= (int{a} | int{b}) & complex_valued;
  const bool same = ((a & nonnegative) && (b & nonnegative)) || ((a & nonpositive) && (b & nonpositive));
  const bool opposite = ((a & nonnegative) && (b & nonpositive)) || ((a & nonpositive) && (b & nonnegative));
  if (same) r |= nonnegative;
  if (opposite) r |= nonpositive;
  return static_cast<Facts>(r);
}

Facts plus(Facts a, Facts b) {
  int r = int{a} & int{b} & integer_valued;
  r |= (int{a} | int{b}) & complex_valued;
  const bool up = (a & nonnegative) && (b & nonnegative), down = (a & nonpositive) && (b & nonpositive);
  if (up) r |= nonnegative;
  if (down) r |= nonpositive;
  if ((up || down) && ((a | b) & nonzero)) r |= nonzero;
  return static_cast<Facts>(r);
}

Facts minus(Facts a) {
  int r = int{a} & ~(nonnegative | nonpositive);
  if (a & nonnegative) r |= nonpositive;
  if (a & nonpositive) r |= nonnegative;
  return static_cast<Facts>(r);
}

constexpr Facts zero_facts = nonnegative | nonpositive | integer_valued;
constexpr Facts one_facts = nonnegative | nonzero | integer_valued;

}  // namespace

Facts sum_facts(const Context& ctx, std::span<const Ref> pairs) {
  Facts r = zero_facts;
  for (size_t i = 0; i < pairs.size(); i += 2)
    r = plus(r, times(ctx[pairs[i]].facts, ctx[pairs[i + 1]].facts));
  return r;
}

Facts summands_facts(const Context& ctx, std::span<const Ref> terms) {
  Facts r = zero_facts;
  for (Ref t : terms) r = plus(r, ctx[t].facts);
  return r;
}

Facts product_facts(const Context& ctx, std::span<const Ref> factors) {
  Facts r = one_facts;
  for (Ref f : factors) r = times(r, ctx[f].facts);
  return r;
}

Facts indexed_facts(const Context& ctx, std::span<const Ref> factors, std::span<const Ref> extents,
                    bool guarded) {
  const Facts product = product_facts(ctx, factors);
  const Facts sum = product & (nonnegative | nonpositive | integer_valued | complex_valued);
  // A sum of at least one term, all of one sign and none of them 0.
  const bool one_sign = (product & nonzero) && (product & (nonnegative | nonpositive));
  const bool some_terms = !guarded && std::all_of(extents.begin(), extents.end(),
                                                  [&](Ref n) { return is_positive(ctx[n].facts); });
  return one_sign && some_terms ? sum | nonzero : sum;
}

Facts power_facts(const Context& ctx, Ref base, Ref exponent) {
  const Facts b = ctx[base].facts, e = ctx[exponent].facts;
  int r = int{b | e} & complex_valued;
  if (r) return static_cast<Facts>(r);
  // Where a power is defined, a base that is not zero gives a power that is not zero.
  if (b & nonzero) r |= nonzero;
  if ((b & integer_valued) && (e & integer_valued) && (e & nonnegative)) r |= integer_valued;
  if ((b & nonnegative) || !(e & integer_valued)) {
    // A real power with an exponent that may be fractional is not negative if the exponent surely is one.
    const bool fraction = ctx.is_number(exponent) && !ctx.value(exponent).is_integer();
    if ((b & nonnegative) || fraction) r |= nonnegative;
  } else if (ctx.is_number(exponent)) {
    if (ctx.value(exponent).is_even()) {
      r |= nonnegative;
    } else if (b & nonpositive) {
      r |= nonpositive;
    }
  }
  return static_cast<Facts>(r);
}

bool is_norm(Fn f) {
  switch (f) {
    case Fn::norm1:
    case Fn::norm2:
    case Fn::norminf:
    case Fn::normF:
    case Fn::normnuc:
    case Fn::singval:
      return true;
    default:
      return false;
  }
}

bool is_real_valued(Fn f) {
  return f == Fn::abs || f == Fn::real || f == Fn::imag || f == Fn::argmax || is_norm(f);
}

// Horn and Johnson, Matrix Analysis, 2nd edition, 2013, theorem 7.2.1.
Facts facts_of_spectrum(const Context& ctx, Fn f, Ref matrix) {
  if (is_positive_definite(ctx, matrix)) return nonnegative | nonzero;
  if (is_positive_semidefinite(ctx, matrix)) return nonnegative;
  return f == Fn::det && is_invertible(ctx, matrix) ? nonzero : no_facts;
}

Facts function_facts(const Context& ctx, Fn f, std::span<const Ref> arguments) {
  const Facts a = ctx[arguments[0]].facts;
  if (a & complex_valued) {
    if (f == Fn::abs) return nonnegative | (a & nonzero);
    if (f == Fn::conj) return complex_valued | (a & nonzero);
    if (is_norm(f)) return nonnegative;
    return is_real_valued(f) ? no_facts : complex_valued;
  }
  for (Ref r : arguments.subspan(1)) {
    if (ctx[r].facts & complex_valued) return complex_valued;
  }
  if (is_norm(f)) return nonnegative;
  switch (f) {
    case Fn::exp:
    case Fn::cosh:
    case Fn::sigmoid:
    case Fn::softplus:
    case Fn::sech:
    case Fn::softmax:
      return nonnegative | nonzero;
    case Fn::argmax:
      return nonnegative | nonzero | integer_valued;
    case Fn::det:
    case Fn::eigvals:
    case Fn::eigmin:
    case Fn::eigmax:
      return facts_of_spectrum(ctx, f, arguments[0]);
    case Fn::abs:
      return nonnegative | (a & (nonzero | integer_valued));
    case Fn::hypot:
    case Fn::relu:
    case Fn::acos:
    case Fn::acosh:
      return nonnegative;
    case Fn::acot:  // in (0, pi)
    case Fn::erfc:
      return nonnegative | nonzero;
    case Fn::cos:
      if (ctx.is_function(arguments[0], Fn::atan)) return nonnegative | nonzero;
      return ctx.is_function(arguments[0], Fn::asin) ? nonnegative : no_facts;
    case Fn::sin:
      if (ctx.is_function(arguments[0], Fn::acot)) return nonnegative | nonzero;
      return ctx.is_function(arguments[0], Fn::acos) ? nonnegative : no_facts;
    case Fn::sign:
      return a | integer_valued;
    case Fn::floor:
    case Fn::ceil:
    case Fn::round:
      return (a & (nonnegative | nonpositive)) | integer_valued;
    case Fn::step:
      return nonnegative | integer_valued;
    case Fn::sinh:
    case Fn::tanh:
    case Fn::asinh:
    case Fn::atan:
    case Fn::erf:
    case Fn::erfi:
    case Fn::expm1:
    case Fn::cbrt:
      return a & (nonnegative | nonpositive | nonzero);
    case Fn::max: {
      const Facts b = ctx[arguments[1]].facts;
      int r = int{a} & int{b} & (integer_valued | nonpositive);
      r |= (int{a} | int{b}) & nonnegative;
      if (is_positive(a) || is_positive(b) || is_positive(minus(a) & minus(b))) r |= nonzero;
      return static_cast<Facts>(r);
    }
    case Fn::min: {
      const Facts b = ctx[arguments[1]].facts;
      int r = int{a} & int{b} & (integer_valued | nonnegative);
      r |= (int{a} | int{b}) & nonpositive;
      if (is_positive(minus(a)) || is_positive(minus(b)) || is_positive(a & b)) r |= nonzero;
      return static_cast<Facts>(r);
    }
    default:
      return no_facts;
  }
}

}  // namespace nabla

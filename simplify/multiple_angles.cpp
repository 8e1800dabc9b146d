#include "simplify/multiple_angles.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "expr/print.h"
#include "expr/walk.h"
#include "simplify/scalar_regions.h"

namespace nabla {
namespace {

// c*sin(angle) or c*cos(angle); 1 is the cosine of 0.
struct Wave {
  Rational coefficient;
  bool sine;
  Ref angle;
};

constexpr size_t most_waves = 256;  // of one term

enum class Family { circular, hyperbolic };

// sin(angle) or cos(angle) of a family.
struct Oscillation {
  Family family;
  bool sine;
  Ref angle;
};

std::optional<Oscillation> oscillation(const Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::function) return std::nullopt;
  const Ref angle = ctx.operands(r)[0];
  switch (ctx.function_of(r)) {
    case Fn::sin:
      return Oscillation{Family::circular, true, angle};
    case Fn::cos:
      return Oscillation{Family::circular, false, angle};
    case Fn::sinh:
      return Oscillation{Family::hyperbolic, true, angle};
    case Fn::cosh:
      return Oscillation{Family::hyperbolic, false, angle};
    default:
      return std::nullopt;
  }
}

Fn function(const Oscillation& o) {
  if (o.family == Family::circular) return o.sine ? Fn::sin : Fn::cos;
  return o.sine ? Fn::sinh : Fn::cosh;
}

// Of an angle and its opposite, the one with fewer minus signs; of x - y and y - x, the first.
bool is_turned(Context& ctx, Ref angle) {
  std::vector<Term> terms;
  ctx.append_terms(angle, terms);
  const auto minus = [&](const Term& t) { return ctx.value(t.coefficient).sign() < 0; };
  const auto count = static_cast<size_t>(std::count_if(terms.begin(), terms.end(), minus));
  if (2 * count != terms.size()) return 2 * count > terms.size();
  return print(ctx, ctx.negate(angle)) < print(ctx, angle);
}

void add(Context& ctx, std::vector<Wave>& waves, Wave wave) {
  if (is_turned(ctx, wave.angle)) {
    wave.angle = ctx.negate(wave.angle);
    if (wave.sine) wave.coefficient = -wave.coefficient;
  }
  for (Wave& w : waves) {
    if (w.sine != wave.sine || w.angle != wave.angle) continue;
    w.coefficient = w.coefficient + wave.coefficient;
    return;
  }
  waves.push_back(wave);
}

// 4.3.31-33 and 4.5.38-40: each product of two is a sum of two.
std::vector<Wave> times(Context& ctx, const std::vector<Wave>& waves, const Oscillation& o) {
  std::vector<Wave> out;
  for (const Wave& w : waves) {
    ctx.budget().spend();
    const Rational half = w.coefficient * Rational::fraction(1, 2);
    const Ref difference = ctx.subtract(w.angle, o.angle), sum = ctx.add(w.angle, o.angle);
    const bool odd = w.sine != o.sine;  // sin*cos = (sin(a + b) + sin(a - b))/2, with cos*sin the second
                                        // negative
    const bool two_sines = o.sine && w.sine, circular = o.family == Family::circular;
    add(ctx, out, {(odd && o.sine) || (two_sines && !circular) ? -half : half, odd, difference});
    add(ctx, out, {two_sines && circular ? -half : half, odd, sum});
  }
  return out;
}

class MultipleAngles {
 public:
  // `most_terms`: of all sums together, those on the way to them included.
  MultipleAngles(Context& ctx, int64_t most_degree, size_t most_terms)
      : ctx_(ctx), most_degree_(most_degree), most_terms_(most_terms) {}

  Ref of(Ref e) {
    std::vector<Term> terms, out;
    ctx_.append_terms(e, terms);
    for (const Term& t : terms) add_term(t, out);
    return ctx_.sum(out);
  }

  // The product of the factors of e without sines and cosines, which need not be multiplied out, and of the
  // others.
  std::pair<Ref, Ref> split(Ref e) {
    std::vector<Ref> factors, others, rest;
    ctx_.append_factors(e, factors);
    for (const Ref f : factors) {
      const auto nodes = nodes_below(ctx_, {&f, 1}, [&](Ref r) {
        return r == f || is_scalar_algebra(ctx_, r) || oscillation(ctx_, r).has_value();
      });
      const bool has_wave =
          std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return oscillation(ctx_, r).has_value(); });
      (has_wave ? rest : others).push_back(f);
    }
    return {ctx_.product(others), ctx_.product(rest)};
  }

  // Whether a factor of e is a power of a sum.
  bool has_sum(Ref e) {
    std::vector<Ref> factors;
    ctx_.append_factors(e, factors);
    return std::any_of(factors.begin(), factors.end(), [&](Ref f) {
      const Kind k = ctx_.kind(ctx_.split_exponent(f).base);
      return k == Kind::sum || k == Kind::long_sum;
    });
  }

  // How many sines and cosines the terms of e have.
  size_t oscillations(Ref e) {
    std::vector<Term> terms;
    std::vector<Ref> factors;
    ctx_.append_terms(e, terms);
    for (const Term& t : terms) ctx_.append_factors(t.body, factors);
    return static_cast<size_t>(std::count_if(factors.begin(), factors.end(), [&](Ref f) {
      return oscillation(ctx_, ctx_.split_exponent(f).base).has_value();
    }));
  }

 private:
  void add_term(const Term& t, std::vector<Term>& out) {
    std::vector<Ref> factors, rest;
    ctx_.append_factors(t.body, factors);
    std::vector<Oscillation> circular, hyperbolic;
    for (const Ref f : factors) {
      const Factor p = ctx_.split_exponent(f);
      const int64_t n = ctx_.is_number(p.exponent) ? ctx_.value(p.exponent).as_int().value_or(-1) : -1;
      const auto o = oscillation(ctx_, p.base);
      if (!o || n < 0) {
        rest.push_back(f);
        continue;
      }
      auto& list = o->family == Family::circular ? circular : hyperbolic;
      if (n > most_degree_) return out.push_back(t);
      list.insert(list.end(), static_cast<size_t>(n), *o);
    }
    const size_t degree = std::max(circular.size(), hyperbolic.size());
    if (degree < 2 || degree > static_cast<size_t>(most_degree_)) return out.push_back(t);
    const auto a = sum_of(circular, Family::circular), b = sum_of(hyperbolic, Family::hyperbolic);
    if (!a || !b || a->size() * b->size() > most_waves) return out.push_back(t);
    const size_t common = rest.size();
    for (const Term& u : *a) {
      for (const Term& v : *b) {
        rest.resize(common);
        rest.push_back(u.body);
        rest.push_back(v.body);
        const Rational c = ctx_.value(u.coefficient) * ctx_.value(v.coefficient);
        out.push_back(ctx_.product_term(ctx_.number(ctx_.value(t.coefficient) * c), rest));
      }
    }
  }

  // None: too many. Their number doubles with each angle.
  std::optional<std::vector<Term>> sum_of(const std::vector<Oscillation>& factors, Family family) {
    std::vector<Wave> waves{{1, false, zero}};
    for (const Oscillation& o : factors) {
      terms_ += 2 * waves.size();
      if (terms_ > most_terms_) return std::nullopt;
      waves = times(ctx_, waves, o);
      if (waves.size() > most_waves) return std::nullopt;
    }
    std::vector<Term> terms;
    for (const Wave& w : waves) {
      const Fn fn = function({family, w.sine, w.angle});
      terms.push_back({ctx_.number(w.coefficient), ctx_.function(fn, {w.angle})});
    }
    return terms;
  }

  Context& ctx_;
  int64_t most_degree_;
  size_t most_terms_, terms_ = 0;
};

template <class Expand>
Ref reduced(Context& ctx, Ref e, size_t most_terms, Expand multiplied_out) {
  MultipleAngles angles(ctx, 32, most_terms);
  return rewrite_regions(ctx, e, Levels::all, [&](Ref r, const Images& images) {
    const Ref given = with_images(ctx, r, images);
    std::vector<Term> terms, out;
    ctx.append_terms(given, terms);
    for (const Term& t : terms) {
      const auto [others, product] = angles.split(t.body);
      std::vector<Term> reduced;
      ctx.append_terms(angles.of(multiplied_out(product)), reduced);
      if (angles.has_sum(others)) reduced = {{one, ctx.sum(reduced)}};
      for (const Term& u : reduced) {
        const Ref factors[] = {others, u.body};
        out.push_back(ctx.product_term(ctx.multiply(t.coefficient, u.coefficient), factors));
      }
    }
    return ctx.sum(out);
  });
}

}  // namespace

Ref to_multiple_angles(Context& ctx, Ref e) {
  constexpr size_t most_terms = 4'000;
  MultipleAngles angles(ctx, 6, most_terms);
  const Ref result = angles.of(e);
  return 2 * angles.oscillations(result) <= angles.oscillations(e) ? result : e;
}

Ref reduce_angles(Context& ctx, Ref e, Notes* notes) {
  // Waves cost more than terms: their angles are compared as they are printed.
  const size_t most_terms = ctx.limits().expanded_terms / 10;
  return reduced(ctx, e, most_terms, [&](Ref product) { return expand(ctx, product, notes); });
}

Ref reduce_angles_within(Context& ctx, Ref e, size_t most_terms) {
  return reduced(ctx, e, most_terms, [&](Ref product) { return expand_within(ctx, product, most_terms); });
}

}  // namespace nabla

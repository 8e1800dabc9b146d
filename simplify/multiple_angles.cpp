#include "simplify/multiple_angles.h"

#include <algorithm>
#include <vector>

namespace nabla {
namespace {

constexpr int64_t most_degree = 6;

// c*sin(angle) or c*cos(angle); 1 is the cosine of 0.
struct Wave {
  Rational coefficient;
  bool sine;
  Ref angle;
};

bool is_wave(const Context& ctx, Ref r) { return ctx.is_function(r, Fn::sin) || ctx.is_function(r, Fn::cos); }

// 4.3.31-33: each product of two is a sum of two.
std::vector<Wave> times(Context& ctx, const std::vector<Wave>& waves, bool sine, Ref angle) {
  std::vector<Wave> out;
  for (const Wave& w : waves) {
    ctx.budget().spend();
    const Rational half = w.coefficient * Rational::fraction(1, 2);
    const Ref difference = ctx.subtract(w.angle, angle), sum = ctx.add(w.angle, angle);
    const bool odd =
        w.sine != sine;  // sin*cos = (sin(a + b) + sin(a - b))/2, with cos*sin the second negative
    out.push_back({odd && sine ? -half : half, odd, difference});
    out.push_back({sine && w.sine ? -half : half, odd, sum});
  }
  return out;
}

class MultipleAngles {
 public:
  explicit MultipleAngles(Context& ctx) : ctx_(ctx) {}

  Ref of(Ref e) {
    std::vector<Term> terms, out;
    ctx_.append_terms(e, terms);
    for (const Term& t : terms) add(t, out);
    const Ref result = ctx_.sum(out);
    return 2 * waves(result) <= waves(e) ? result : e;
  }

 private:
  // How many sines and cosines its terms have.
  size_t waves(Ref e) {
    std::vector<Term> terms;
    std::vector<Ref> factors;
    ctx_.append_terms(e, terms);
    for (const Term& t : terms) ctx_.append_factors(t.body, factors);
    return static_cast<size_t>(std::count_if(
        factors.begin(), factors.end(), [&](Ref f) { return is_wave(ctx_, ctx_.split_exponent(f).base); }));
  }

  void add(const Term& t, std::vector<Term>& out) {
    std::vector<Ref> factors, rest;
    ctx_.append_factors(t.body, factors);
    std::vector<Wave> waves{{1, false, zero}};
    int64_t degree = 0;
    for (const Ref f : factors) {
      const Factor p = ctx_.split_exponent(f);
      const int64_t n = ctx_.is_number(p.exponent) ? ctx_.value(p.exponent).as_int().value_or(-1) : -1;
      if (!is_wave(ctx_, p.base) || n < 0) {
        rest.push_back(f);
        continue;
      }
      degree += n;
      if (degree > most_degree) break;
      for (int64_t i = 0; i < n; ++i) {
        waves = times(ctx_, waves, ctx_.is_function(p.base, Fn::sin), ctx_.operands(p.base)[0]);
      }
    }
    if (degree < 2 || degree > most_degree) {
      out.push_back(t);
      return;
    }
    const size_t common = rest.size();
    for (const Wave& w : waves) {
      rest.resize(common);
      rest.push_back(ctx_.function(w.sine ? Fn::sin : Fn::cos, {w.angle}));
      const Ref c = ctx_.number(ctx_.value(t.coefficient) * w.coefficient);
      out.push_back(ctx_.product_term(c, rest));
    }
  }

  Context& ctx_;
};

}  // namespace

Ref to_multiple_angles(Context& ctx, Ref e) { return MultipleAngles(ctx).of(e); }

}  // namespace nabla

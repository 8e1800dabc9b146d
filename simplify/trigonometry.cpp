#include "simplify/trigonometry.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "expr/substitute.h"
#include "simplify/angle_sums.h"
#include "simplify/elementary.h"
#include "simplify/everywhere.h"
#include "simplify/exponential_form.h"
#include "simplify/multiple_angles.h"
#include "simplify/rewrite.h"
#include "simplify/scalar_regions.h"

namespace nabla {
namespace {

constexpr int64_t most_exponent = 64;
constexpr size_t most_names = 6;  // dense polynomials in more are too large to be worth their time
constexpr uint64_t most_weight = 200 * Weight::of_node;  // of a part that is written in all these ways

// Of what is multiplied out on the way to a form: those of three times that weight.
constexpr size_t most_terms = 3 * most_weight / Weight::of_node;

// from(a)^2 is constant + factor*to(a)^2.
struct Square {
  Fn from, to;
  int constant, factor;
};

constexpr Square squares[] = {
    {Fn::sin, Fn::cos, 1, -1},   {Fn::tan, Fn::sec, -1, 1},   {Fn::cot, Fn::csc, -1, 1},
    {Fn::sinh, Fn::cosh, -1, 1}, {Fn::tanh, Fn::sech, 1, -1}, {Fn::csch, Fn::coth, -1, 1},
};

// The square of f; of the pairs read backwards, b^2 = factor*(a^2 - constant).
bool find_square(Fn f, Pythagoras direction, Square& found) {
  for (const Square& s : squares) {
    if (direction == Pythagoras::sine_by_cosine && s.from == f) {
      found = s;
      return true;
    }
    if (direction == Pythagoras::cosine_by_sine && s.to == f) {
      found = {s.to, s.from, -s.factor * s.constant, s.factor};
      return true;
    }
  }
  return false;
}

// tan(a) is sin(a)/cos(a), and so on: values at the same points.
Ref by_sine_and_cosine(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) {
    if (ctx.kind(r) != Kind::function) return r;
    const Fn f = ctx.function_of(r);
    const bool circular = is_circular(f);
    if (!circular && !is_hyperbolic(f)) return r;
    if (f == Fn::sin || f == Fn::cos || f == Fn::sinh || f == Fn::cosh) return r;
    const Ref angle = ctx.operands(r)[0];
    const Ref s = ctx.function(circular ? Fn::sin : Fn::sinh, {angle});
    const Ref c = ctx.function(circular ? Fn::cos : Fn::cosh, {angle});
    if (f == Fn::tan || f == Fn::tanh) return ctx.divide(s, c);
    if (f == Fn::cot || f == Fn::coth) return ctx.divide(c, s);
    return ctx.power(f == Fn::sec || f == Fn::sech ? c : s, -1);
  });
}

class Trigonometry {
 public:
  explicit Trigonometry(Context& ctx) : ctx_(ctx), weight_(ctx), start_(ctx.budget().spent()) {}

  Ref lightest(Ref e, Notes* notes) {
    best_ = e;
    if (weight_(e) > most_weight) {
      note_too_large(ctx_, notes);
      return e;
    }
    if (!has_angles(e)) return e;
    if (symbols_of(ctx_, e).size() > most_names) {
      note_too_large(ctx_, notes);
      return e;
    }
    offered_.clear();
    offer(e);
    offer(reduced_quotient(e));
    offer(reduce_angles_within(ctx_, e, most_terms));
    offer_pythagoras(expand_angles_within(ctx_, e, most_terms));
    offer_pythagoras(halve_angles_within(ctx_, e, most_terms));
    offer(from_exponentials(ctx_, e, notes));
    if (!(ctx_[e].facts & complex_valued)) offer(by_exponentials(ctx_, e));
    return best_;
  }

  bool is_lighter(Ref a, Ref b) { return weight_(a) < weight_(b); }

  // Whether the work has reached its bound: nothing more is offered.
  bool spent() const { return ctx_.budget().spent() - start_ > ctx_.limits().simplify_steps; }

 private:
  using Pass = Ref (*)(Context&, Ref);

  void offer_pythagoras(Ref e) {
    offer(e);
    offer(by_pythagoras(ctx_, e, Pythagoras::sine_by_cosine));
    offer(by_pythagoras(ctx_, e, Pythagoras::cosine_by_sine));
  }

  // Numerator and denominator by multiple angles: tan(x) + cot(x) is 2/sin(2*x).
  Ref reduced_quotient(Ref e) {
    const Ref quotient = cancel(ctx_, by_sine_and_cosine(ctx_, e));
    if (weight_(quotient) > most_terms * Weight::of_node) return e;
    std::vector<Ref> factors, above, below;
    ctx_.append_factors(quotient, factors);
    for (const Ref f : factors) {
      const Factor p = ctx_.split_exponent(f);
      const bool divides = ctx_.is_number(p.exponent) && ctx_.value(p.exponent).sign() < 0;
      (divides ? below : above).push_back(divides ? ctx_.power(f, -1) : f);
    }
    const Ref n = by_pythagoras(ctx_, ctx_.product(above), Pythagoras::sine_by_cosine);
    return ctx_.divide(reduce_angles_within(ctx_, n, most_terms),
                       reduce_angles_within(ctx_, ctx_.product(below), most_terms));
  }

  void offer(Ref form) {
    constexpr Pass passes[] = {[](Context&, Ref e) { return e; },
                               [](Context& ctx, Ref e) { return cancel(ctx, e); },
                               [](Context& ctx, Ref e) { return factor(ctx, e); }};
    if (!offered_.insert(form).second) return;
    for (const Pass pass : passes) {
      if (spent() || is_too_heavy(form)) return;
      const Ref passed = pass(ctx_, form);
      if (is_too_heavy(passed)) continue;
      const Ref other = rewrite_by_rules(ctx_, weight_, passed);
      const bool real = !(ctx_[best_].facts & complex_valued);
      if (real && (ctx_[other].facts & complex_valued)) continue;
      if (weight_(other) < weight_(best_)) best_ = other;
    }
  }

  // Further steps do not make up for that.
  bool is_too_heavy(Ref form) { return weight_(form) > 3 * weight_(best_); }

  // Circular or hyperbolic functions, or exponentials.
  bool has_angles(Ref e) {
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
      if (ctx_.kind(r) != Kind::function) return false;
      const Fn f = ctx_.function_of(r);
      return f == Fn::exp || is_circular(f) || is_hyperbolic(f);
    });
  }

  Context& ctx_;
  Weight weight_;
  uint64_t start_;
  Ref best_;
  std::unordered_set<Ref> offered_;
};

}  // namespace

Ref by_pythagoras(Context& ctx, Ref e, Pythagoras direction) {
  const Ref result = everywhere(ctx, e, [&](Ref r) {
    if (ctx.kind(r) != Kind::power) return r;
    const Factor p = ctx.split_exponent(r);
    const auto n = ctx.is_number(p.exponent) ? ctx.value(p.exponent).as_int() : std::nullopt;
    Square s{};
    if (!n || *n < 2 || *n > most_exponent || ctx.kind(p.base) != Kind::function) return r;
    if (!find_square(ctx.function_of(p.base), direction, s)) return r;
    const Ref square = ctx.power(ctx.function(s.to, {ctx.operands(p.base)[0]}), 2);
    const Ref by = ctx.add(ctx.number(s.constant), ctx.scale(ctx.number(s.factor), square));
    return ctx.multiply(ctx.power(by, *n / 2), ctx.power(p.base, *n % 2));
  });
  return result == e ? e : expand_within(ctx, result, most_terms);
}

Ref trig(Context& ctx, Ref e, Notes* notes) {
  Trigonometry forms(ctx);
  for (;;) {
    const Ref other = rewrite_regions(ctx, e, Levels::all, [&](Ref r, const Images& images) {
      return forms.lightest(with_images(ctx, r, images), notes);
    });
    if (forms.spent()) note_spent(ctx, notes);
    if (other == e || !forms.is_lighter(other, e)) return e;
    e = other;
  }
}

}  // namespace nabla

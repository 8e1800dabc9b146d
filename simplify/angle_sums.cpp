#include "simplify/angle_sums.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "simplify/everywhere.h"

namespace nabla {
namespace {

constexpr int64_t most_multiple = 64;
constexpr size_t most_terms = 8;  // of a sum of angles

struct SineAndCosine {
  Ref sine, cosine;
};

class AngleSums {
 public:
  AngleSums(Context& ctx, Ref e, int64_t halves) : ctx_(ctx), halves_(halves) {
    for (const Ref r : nodes_below(ctx, e)) {
      if (!has_angle(r)) continue;
      std::vector<Term> terms;
      ctx.append_terms(ctx.operands(r)[0], terms);
      for (const Term& t : terms) {
        const auto under = ctx.value(t.coefficient).denominator().as_int();
        if (!under || *under > most_multiple || ctx[t.body].names == 0) continue;
        int64_t& known = under_.try_emplace(t.body, 1).first->second;
        const int64_t both = std::lcm(known, *under);
        if (both <= most_multiple) known = both;
      }
    }
  }

  // `multiplied_out` carries out the products of the sines and cosines of the parts of an angle.
  template <class Expand>
  Ref of(Ref r, Expand multiplied_out, Notes* notes) {
    if (!has_angle(r)) return r;
    const Fn f = ctx_.function_of(r);
    const auto parts = split(ctx_.operands(r)[0], notes);
    if (!parts || (parts->size() == 1 && parts->front().multiple == 1)) return r;
    const bool hyperbolic = is_hyperbolic(f);
    SineAndCosine whole{zero, one};
    for (const Part& p : *parts) whole = of_sum(whole, of_multiple(p, hyperbolic), hyperbolic);
    const Ref s = multiplied_out(whole.sine), c = multiplied_out(whole.cosine);
    if (f == Fn::sin || f == Fn::sinh) return s;
    if (f == Fn::cos || f == Fn::cosh) return c;
    if (f == Fn::tan || f == Fn::tanh) return ctx_.divide(s, c);
    if (f == Fn::cot || f == Fn::coth) return ctx_.divide(c, s);
    return ctx_.power(f == Fn::sec || f == Fn::sech ? c : s, -1);
  }

 private:
  struct Part {  // multiple*angle
    int64_t multiple;
    Ref angle;
  };

  bool has_angle(Ref r) const {
    if (ctx_.kind(r) != Kind::function || ctx_[r].shape != scalar_shape) return false;
    return is_circular(ctx_.function_of(r)) || is_hyperbolic(ctx_.function_of(r));
  }

  // Numbers and multiples of pi are one part: sin(x + pi/3) is sin(x)*cos(pi/3) + cos(x)*sin(pi/3).
  std::optional<std::vector<Part>> split(Ref angle, Notes* notes) {
    std::vector<Term> terms, constant;
    ctx_.append_terms(angle, terms);
    std::vector<Part> parts;
    for (const Term& t : terms) {
      if (ctx_[t.body].names == 0) {
        constant.push_back(t);
        continue;
      }
      const Rational& c = ctx_.value(t.coefficient);
      const auto known = under_.find(t.body);
      const Rational under = Rational(halves_ * (known == under_.end() ? 1 : known->second));
      Rational multiple = c * under;
      Rational unit = Rational(1) / under;
      if (!multiple.is_integer()) unit = Rational(1) / c.denominator(), multiple = c.numerator();
      const auto n = multiple.as_int();
      if (!n || std::abs(*n) > most_multiple) return too_many(notes);
      parts.push_back({*n, ctx_.scale(ctx_.number(unit), t.body)});
    }
    if (!constant.empty()) parts.push_back({1, ctx_.sum(constant)});
    if (parts.size() > most_terms) return too_many(notes);
    return parts;
  }

  std::nullopt_t too_many(Notes* notes) {
    const std::string text = "an angle stays as it is: it has more than " + std::to_string(most_terms) +
                             " terms, or one of more than " + std::to_string(most_multiple) +
                             " times an angle";
    if (notes && std::find(notes->begin(), notes->end(), text) == notes->end()) notes->push_back(text);
    return std::nullopt;
  }

  SineAndCosine of_sum(const SineAndCosine& a, const SineAndCosine& b, bool hyperbolic) {
    const Ref sines = ctx_.multiply(a.sine, b.sine), cosines = ctx_.multiply(a.cosine, b.cosine);
    return {ctx_.add(ctx_.multiply(a.sine, b.cosine), ctx_.multiply(a.cosine, b.sine)),
            hyperbolic ? ctx_.add(cosines, sines) : ctx_.subtract(cosines, sines)};
  }

  // De Moivre: the parts of (cos(u) + im*sin(u))^n, by the binomial theorem.
  SineAndCosine of_multiple(const Part& p, bool hyperbolic) {
    const Ref s = ctx_.function(hyperbolic ? Fn::sinh : Fn::sin, {p.angle});
    const Ref c = ctx_.function(hyperbolic ? Fn::cosh : Fn::cos, {p.angle});
    const int64_t n = std::abs(p.multiple);
    std::vector<Ref> sines, cosines;
    Rational binomial(1);
    for (int64_t k = 0; k <= n; ++k) {
      ctx_.budget().spend();
      const bool minus = !hyperbolic && k % 4 >= 2;
      const Ref powers[] = {ctx_.power(c, n - k), ctx_.power(s, k)};
      (k % 2 == 1 ? sines : cosines)
          .push_back(ctx_.product(ctx_.number(minus ? -binomial : binomial), powers));
      binomial = binomial * Rational(n - k) / Rational(k + 1);
    }
    const Ref sine = ctx_.sum(sines);
    return {p.multiple < 0 ? ctx_.negate(sine) : sine, ctx_.sum(cosines)};
  }

  Context& ctx_;
  int64_t halves_;
  std::unordered_map<Ref, int64_t> under_;  // of each angle: what its multiples in e are divided by
};

Ref within(Context& ctx, Ref e, int64_t halves, size_t most_terms) {
  AngleSums sums(ctx, e, halves);
  const auto multiplied_out = [&](Ref r) { return expand_within(ctx, r, most_terms); };
  return everywhere(ctx, e, [&](Ref r) { return sums.of(r, multiplied_out, nullptr); });
}

}  // namespace

bool is_circular(Fn f) {
  return f == Fn::sin || f == Fn::cos || f == Fn::tan || f == Fn::cot || f == Fn::sec || f == Fn::csc;
}

bool is_hyperbolic(Fn f) {
  return f == Fn::sinh || f == Fn::cosh || f == Fn::tanh || f == Fn::coth || f == Fn::sech || f == Fn::csch;
}

Ref expand_angles(Context& ctx, Ref e, Notes* notes) {
  AngleSums sums(ctx, e, 1);
  const auto multiplied_out = [&](Ref r) { return expand(ctx, r, notes); };
  return everywhere(ctx, e, [&](Ref r) { return sums.of(r, multiplied_out, notes); });
}

Ref expand_angles_within(Context& ctx, Ref e, size_t most_terms) { return within(ctx, e, 1, most_terms); }

Ref halve_angles_within(Context& ctx, Ref e, size_t most_terms) { return within(ctx, e, 2, most_terms); }

}  // namespace nabla

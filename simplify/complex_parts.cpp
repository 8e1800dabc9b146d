#include "simplify/complex_parts.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/conjugate.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

class Joiner {
 public:
  Joiner(Context& ctx, Ref sum) : ctx_(ctx), im_(ctx.constant(Constant::im)) {
    std::vector<Term> terms;
    ctx.append_terms(sum, terms);
    for (const Term& t : terms) add(t);
  }

  // None where something is left that has no other part.
  std::optional<Ref> joined() {
    if (imaginary_.empty()) return std::nullopt;
    for (const Piece& i : imaginary_) {
      const auto r = std::find_if(real_.begin(), real_.end(),
                                  [&](const Piece& x) { return x.of == i.of && x.rest == i.rest; });
      if (r == real_.end()) return std::nullopt;
      const Rational &a = ctx_.value(r->coefficient), &b = ctx_.value(i.coefficient);
      if (a.abs() != b.abs()) return std::nullopt;
      const Ref u = a == b ? i.of : conjugate(ctx_, i.of);
      others_.push_back({r->coefficient, ctx_.multiply(r->rest, u)});
      real_.erase(r);
    }
    for (const Piece& p : real_) {
      others_.push_back({p.coefficient, ctx_.multiply(p.rest, ctx_.function(Fn::real, {p.of}))});
    }
    return ctx_.sum(others_);
  }

 private:
  // coefficient*rest*real(of), or that of im*imag(of)
  struct Piece {
    Ref coefficient, rest, of;
  };

  void add(const Term& t) {
    std::vector<Ref> factors;
    ctx_.append_factors(t.body, factors);
    const auto im = std::find(factors.begin(), factors.end(), im_);
    const bool turned = im != factors.end();
    if (turned) factors.erase(im);
    const auto sum =
        std::find_if(factors.begin(), factors.end(), [&](Ref f) { return ctx_.kind(f) == Kind::sum; });
    if (turned && sum != factors.end()) {  // im*(imag(u) + imag(v))
      std::vector<Term> inner;
      ctx_.append_terms(*sum, inner);
      factors.erase(sum);
      factors.push_back(im_);
      const Ref rest = ctx_.product(factors);
      for (const Term& i : inner) {
        const Ref c = ctx_.multiply(t.coefficient, i.coefficient);
        piece({c, ctx_.multiply(rest, i.body)});
      }
      return;
    }
    piece(t);
  }

  void piece(const Term& t) {
    std::vector<Ref> factors;
    ctx_.append_factors(t.body, factors);
    const auto im = std::find(factors.begin(), factors.end(), im_);
    const bool turned = im != factors.end();
    if (turned) factors.erase(im);
    const Fn wanted = turned ? Fn::imag : Fn::real;
    const auto part =
        std::find_if(factors.begin(), factors.end(), [&](Ref f) { return ctx_.is_function(f, wanted); });
    if (part == factors.end()) {
      others_.push_back(t);
      return;
    }
    const Ref of = ctx_.operands(*part)[0];
    factors.erase(part);
    (turned ? imaginary_ : real_).push_back({t.coefficient, ctx_.product(factors), of});
  }

  Context& ctx_;
  Ref im_;
  std::vector<Piece> real_, imaginary_;
  std::vector<Term> others_;
};

}  // namespace

Ref join_complex_parts(Context& ctx, Ref e) {
  if (!(ctx[e].facts & complex_valued)) return e;
  RefMap<Ref> image(e.id);
  std::vector<Ref> list;
  for (Ref r : nodes_below(ctx, {&e, 1}, [&](Ref c) { return (ctx[c].facts & complex_valued) != 0; })) {
    list.clear();
    for (Ref c : ctx.operands(r)) list.push_back(image[c] ? image[c] : c);
    image[r] = list.empty() ? r : rebuilt(ctx, r, list);
    if (ctx.kind(image[r]) != Kind::sum || ctx[image[r]].shape != scalar_shape) continue;
    image[r] = Joiner(ctx, image[r]).joined().value_or(image[r]);
  }
  return image[e];
}

}  // namespace nabla

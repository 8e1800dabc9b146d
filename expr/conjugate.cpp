#include "expr/conjugate.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "expr/facts.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_complex(const Context& ctx, Ref e) { return (ctx[e].facts & complex_valued) != 0; }

// The call itself: nothing is known that would make it anything else.
Ref call(Context& ctx, Fn f, Ref e) {
  if (ctx[e].shape != scalar_shape) return entrywise_call(ctx, f, e);
  return ctx.intern(Kind::function, static_cast<uint16_t>(f), 0, 0, scalar_shape, {&e, 1},
                    function_facts(ctx, f, {&e, 1}));
}

// Whether conj passes a power: conj(z^n) = conj(z)^n, conj(a^z) = a^conj(z) for a > 0.
bool passes_power(const Context& ctx, Ref base, Ref exponent) {
  return (ctx[exponent].facts & integer_valued) || is_positive(ctx[base].facts);
}

// Whether conj(f(operands)) is f(conj(operands)), for all operands.
bool passes(const Context& ctx, Ref r) {
  const Node& n = ctx[r];
  switch (n.kind) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
    case Kind::indexed:
    case Kind::reshape:
    case Kind::gather:
    case Kind::fill:
    case Kind::array:
    case Kind::select:
      return true;
    case Kind::power:
      return passes_power(ctx, n.operand(0), n.operand(1));
    case Kind::entry:
      return ctx.kind(n.operand(0)) != Kind::symbol && ctx.kind(n.operand(0)) != Kind::let;
    case Kind::matpow:
      return (ctx[n.operand(1)].facts & integer_valued) != 0;
    case Kind::reduce:
      return n.tag == static_cast<uint16_t>(Reduction::prod);
    case Kind::function:
      return row(static_cast<Fn>(n.tag)).analytic == Analytic::everywhere;
    default:
      return false;
  }
}

Ref conjugate_node(Context& ctx, Ref r, const RefMap<Ref>& image) {
  const Node& n = ctx[r];
  if (n.kind == Kind::constant) return ctx.negate(r);
  if (n.kind == Kind::function && n.tag == static_cast<uint16_t>(Fn::conj)) return n.operand(0);
  if (!passes(ctx, r)) return call(ctx, Fn::conj, r);
  std::vector<Ref> list;
  for (Ref c : n.operands()) list.push_back(image[c] ? image[c] : c);
  return ctx.rebuild(r, list);
}

size_t conjugates_in(Context& ctx, Ref e) {
  const auto order = nodes_below(ctx, {&e, 1}, [&](Ref r) { return is_complex(ctx, r); });
  return static_cast<size_t>(
      std::count_if(order.begin(), order.end(), [&](Ref r) { return ctx.is_function(r, Fn::conj); }));
}

// Of an expression and its conjugate, the one that is stored.
bool is_first(Context& ctx, Ref e, Ref conjugated) {
  const size_t a = conjugates_in(ctx, e), b = conjugates_in(ctx, conjugated);
  return a != b ? a < b : ctx.compare_structure(e, conjugated) <= 0;
}

// The real or the imaginary part, one piece of the expression at a time.
class Parts {
 public:
  Parts(Context& ctx, bool imaginary, ShapeId shape) : ctx_(ctx), imaginary_(imaginary), shape_(shape) {}

  Ref of(Ref e) {
    pending_.push_back({one, {}, e, imaginary_});
    while (!pending_.empty()) {
      ctx_.budget().spend();
      const Piece p = pending_.back();
      pending_.pop_back();
      take(p);
    }
    return ctx_.sum(terms_, shape_);
  }

 private:
  // factor*part(rest), for the real scalar `factor`; with a tensor, that times every entry of it.
  struct Piece {
    Ref factor;
    Ref tensor;  // real; Ref{}: none
    Ref rest;
    bool imaginary;
  };

  void take(const Piece& p) {
    const Node& n = ctx_[p.rest];
    if (!is_complex(ctx_, p.rest)) {
      if (!p.imaginary) add(p, p.rest);
      return;
    }
    switch (n.kind) {
      case Kind::constant:
        if (p.imaginary) add(p, one);
        return;
      case Kind::sum: {
        const std::vector<Ref> list(n.operands().begin(), n.operands().end());
        for (size_t i = list.size(); i > 0; i -= 2) {
          pending_.push_back({ctx_.multiply(p.factor, list[i - 2]), p.tensor, list[i - 1], p.imaginary});
        }
        return;
      }
      case Kind::long_sum:
        for (Ref r : std::vector<Ref>(n.operands().begin(), n.operands().end())) {
          pending_.push_back({p.factor, p.tensor, r, p.imaginary});
        }
        return;
      case Kind::product:
        if (n.shape == scalar_shape) return product(p);
        pending_.push_back({ctx_.multiply(p.factor, n.operand(0)), p.tensor, n.operand(1), p.imaginary});
        return;
      case Kind::fill: {
        const ShapeId shape = n.shape;
        pending_.push_back({p.factor, ctx_.fill(one, shape), n.operand(0), p.imaginary});
        return;
      }
      case Kind::indexed:
        if (indexed(p)) return;
        break;
      case Kind::function:
        if (n.tag == static_cast<uint16_t>(Fn::conj)) {
          const Ref factor = p.imaginary ? ctx_.negate(p.factor) : p.factor;
          pending_.push_back({factor, p.tensor, n.operand(0), p.imaginary});
          return;
        }
        break;
      default:
        break;
    }
    leaf(p);
  }

  void add(const Piece& p, Ref value) {
    if (p.tensor) value = elementwise_product(ctx_, value, p.tensor);
    const Term t = ctx_.split_coefficient(elementwise_product(ctx_, p.factor, value));
    terms_.push_back(t);
  }

  // Real factors and powers of im come out.
  struct Split {
    Ref real, rest;
    bool turned = false;  // a factor im besides
  };
  Split split(std::span<const Ref> factors) {
    std::vector<Ref> real, rest;
    Split s;
    for (Ref f : factors) {
      if (ctx_.kind(f) == Kind::constant && is_complex(ctx_, f)) {
        s.turned = true;
      } else {
        (is_complex(ctx_, f) ? rest : real).push_back(f);
      }
    }
    s.real = ctx_.product(real);
    s.rest = ctx_.product(rest);
    return s;
  }

  // real(im*u) = -imag(u), imag(im*u) = real(u)
  Piece turned(const Piece& p, const Split& s, Ref rest) {
    const Ref factor = ctx_.multiply(p.factor, s.real);
    if (!s.turned) return {factor, p.tensor, rest, p.imaginary};
    return {p.imaginary ? factor : ctx_.negate(factor), p.tensor, rest, !p.imaginary};
  }

  void product(const Piece& p) {
    const std::vector<Ref> list(ctx_.operands(p.rest).begin(), ctx_.operands(p.rest).end());
    const Split s = split(list);
    if (s.rest == p.rest) return leaf(p);
    pending_.push_back(turned(p, s, s.rest));
  }

  // The scalar factor of a tensor, or all of it where the others are real.
  bool indexed(const Piece& p) {
    const Labelling l = ctx_.labelling(p.rest);
    std::vector<Ref> operands(ctx_.operands(p.rest).begin(), ctx_.operands(p.rest).end());
    const auto none =
        std::find_if(l.factors.begin(), l.factors.end(), [](const auto& x) { return x.empty(); });
    if (none == l.factors.end()) return false;
    const auto at = static_cast<size_t>(none - l.factors.begin());
    const Ref scalar = operands[at];
    if (!is_complex(ctx_, scalar)) return false;
    bool others = false;
    for (size_t f = 0; f < l.factors.size(); ++f) others |= f != at && is_complex(ctx_, operands[f]);
    if (!others) {
      operands[at] = one;
      const Ref tensor = rebuild_indexed(ctx_, p.rest, operands);
      const Ref all = p.tensor ? elementwise_product(ctx_, p.tensor, tensor) : tensor;
      pending_.push_back({p.factor, all, scalar, p.imaginary});
      return true;
    }
    std::vector<Ref> factors;
    ctx_.append_factors(scalar, factors);
    const Split s = split(factors);
    if (s.rest == scalar) return false;
    operands[at] = s.rest;
    pending_.push_back(turned(p, s, rebuild_indexed(ctx_, p.rest, operands)));
    return true;
  }

  void leaf(const Piece& p) {
    const Ref e = p.rest, other = conjugate(ctx_, e);
    if (other == e) {
      if (!p.imaginary) add(p, e);
      return;
    }
    if (other == ctx_.negate(e)) {
      if (p.imaginary) add(p, elementwise_product(ctx_, ctx_.negate(ctx_.constant(Constant::im)), e));
      return;
    }
    const bool first = is_first(ctx_, e, other);
    const Ref part = call(ctx_, p.imaginary ? Fn::imag : Fn::real, first ? e : other);
    add(p, p.imaginary && !first ? ctx_.negate(part) : part);
  }

  Context& ctx_;
  bool imaginary_;
  ShapeId shape_;
  std::vector<Piece> pending_;
  std::vector<Term> terms_;
};

}  // namespace

Ref conjugate(Context& ctx, Ref e) {
  if (!is_complex(ctx, e)) return e;
  const auto order = nodes_below(ctx, {&e, 1}, [&](Ref r) { return is_complex(ctx, r); });
  RefMap<Ref> image(e.id);
  for (Ref r : order) image[r] = conjugate_node(ctx, r, image);
  return image[e];
}

Ref real_part(Context& ctx, Ref e) { return is_complex(ctx, e) ? Parts(ctx, false, ctx[e].shape).of(e) : e; }

Ref imaginary_part(Context& ctx, Ref e) {
  return is_complex(ctx, e) ? Parts(ctx, true, ctx[e].shape).of(e) : ctx.zeros(ctx[e].shape);
}

// abs(c*u) = abs(c)*abs(u) for numbers c, abs(im*u) = abs(u), abs(conj(u)) = abs(u).
Ref modulus(Context& ctx, Ref e) {
  const Term t = ctx.split_coefficient(e);
  Ref rest = t.body;
  if (ctx.kind(rest) == Kind::product || ctx.kind(rest) == Kind::constant) {
    std::vector<Ref> factors;
    ctx.append_factors(rest, factors);
    const auto im = std::remove(factors.begin(), factors.end(), ctx.constant(Constant::im));
    factors.erase(im, factors.end());
    if (ctx[rest].shape == scalar_shape) rest = ctx.product(factors);
  }
  const Ref size = ctx.number(ctx.value(t.coefficient).abs());
  if (!is_complex(ctx, rest)) return ctx.scale(size, ctx.function(Fn::abs, {rest}));
  const Ref other = conjugate(ctx, rest);
  return ctx.scale(size, call(ctx, Fn::abs, is_first(ctx, rest, other) ? rest : other));
}

Ref adjoint(Context& ctx, Ref e) { return transpose(ctx, conjugate(ctx, e)); }

bool is_proved_real(Context& ctx, Ref e) { return conjugate(ctx, e) == e; }

Ref complex_function(Context& ctx, Fn f, Ref argument) {
  switch (f) {
    case Fn::conj:
      return conjugate(ctx, argument);
    case Fn::real:
      return real_part(ctx, argument);
    case Fn::imag:
      return imaginary_part(ctx, argument);
    case Fn::abs:
      return is_complex(ctx, argument) ? modulus(ctx, argument) : Ref{};
    default:
      return {};
  }
}

}  // namespace nabla

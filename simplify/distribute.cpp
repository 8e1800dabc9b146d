#include "simplify/distribute.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

using Terms = std::vector<Term>;

bool is_sum(const Context& ctx, Ref r) { return ctx.kind(r) == Kind::sum || ctx.kind(r) == Kind::long_sum; }

// The number of factors of a power that is multiplied out, else 0.
int64_t factors_of_power(const Context& ctx, Ref power) {
  constexpr int64_t most = 64;
  const Ref base = ctx.operands(power)[0], exponent = ctx.operands(power)[1];
  if (!is_sum(ctx, base) || !ctx.is_number(exponent)) return 0;
  const auto n = ctx.value(exponent).as_int();
  return n && *n >= 2 && *n <= most ? *n : 0;
}

// The factor of an indexed product that is a sum; none: all are not.
std::optional<size_t> sum_factor(const Context& ctx, Ref e) {
  const size_t factors = ctx.labelling(e).factors.size();
  const auto operands = ctx.operands(e);
  for (size_t f = 0; f < factors; ++f) {
    if (is_sum(ctx, operands[f])) return f;
  }
  return std::nullopt;
}

bool is_multiplied_out(const Context& ctx, Ref e) {
  switch (ctx.kind(e)) {
    case Kind::indexed:
      return sum_factor(ctx, e).has_value();
    case Kind::matpow:
      return factors_of_power(ctx, e) > 0;
    case Kind::power:
      return ctx[e].shape != scalar_shape && factors_of_power(ctx, e) > 0;
    default:
      return false;
  }
}

class Distribution {
 public:
  Distribution(Context& ctx, size_t most_terms) : ctx_(ctx), most_terms_(most_terms) {}

  // None: too many terms.
  std::optional<Ref> of(Ref e) {
    const std::optional<Terms> terms = ctx_.kind(e) == Kind::indexed ? product(e) : power(e);
    if (!terms) return std::nullopt;
    const ShapeId shape = ctx_[e].shape;
    return shape == scalar_shape ? ctx_.sum(*terms, shape) : tensor_sum(ctx_, *terms, shape);
  }

 private:
  std::optional<Terms> product(Ref e) {
    Terms pending{{one, e}}, done;
    while (!pending.empty()) {
      ctx_.budget().spend();
      const Term t = pending.back();
      pending.pop_back();
      const auto f = ctx_.kind(t.body) == Kind::indexed ? sum_factor(ctx_, t.body) : std::nullopt;
      if (!f) {
        done.push_back(t);
      } else {
        Terms terms;
        std::vector<Ref> operands(ctx_.operands(t.body).begin(), ctx_.operands(t.body).end());
        ctx_.append_terms(operands[*f], terms);
        for (const Term& part : terms) {
          operands[*f] = part.body;
          push(t.coefficient, part.coefficient, rebuild_indexed(ctx_, t.body, operands), pending);
        }
      }
      if (pending.size() + done.size() > most_terms_) return std::nullopt;
    }
    return done;
  }

  // Term by term, since S*S of a sum S would be the power S^2 again. Like terms are collected on the way.
  std::optional<Terms> power(Ref e) {
    const bool matrix = ctx_.kind(e) == Kind::matpow;
    const ShapeId shape = ctx_[e].shape;
    Terms base, total;
    ctx_.append_terms(ctx_.operands(e)[0], base);
    total = base;
    for (int64_t n = factors_of_power(ctx_, e); n > 1; --n) {
      if (total.size() * base.size() > most_terms_) return std::nullopt;
      ctx_.budget().spend(total.size() * base.size());
      Terms next;
      for (const Term& a : total) {
        for (const Term& b : base) {
          const Ref body =
              matrix ? matrix_product(ctx_, a.body, b.body) : elementwise_product(ctx_, a.body, b.body);
          push(ctx_.multiply(a.coefficient, b.coefficient), one, body, next);
        }
      }
      const Ref sum = tensor_sum(ctx_, next, shape);
      total.clear();
      ctx_.append_terms(sum, total);
    }
    return total;
  }

  // Of a sum its terms: a product can be one, where deltas make it so.
  void push(Ref a, Ref b, Ref body, Terms& list) {
    Terms parts;
    ctx_.append_terms(body, parts);
    for (const Term& p : parts) list.push_back({ctx_.multiply(ctx_.multiply(a, b), p.coefficient), p.body});
  }

  Context& ctx_;
  size_t most_terms_;
};

}  // namespace

bool has_tensor_products_of_sums(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return is_multiplied_out(ctx, r); });
}

Ref distribute(Context& ctx, Ref e, size_t most_terms, bool& too_large) {
  RefMap<Ref> images(e.id + 1);
  std::vector<Ref> operands;
  for (const Ref r : nodes_below(ctx, e)) {
    operands.clear();
    bool same = true;
    for (const Ref o : ctx.operands(r)) {
      operands.push_back(images[o]);
      same = same && images[o] == o;
    }
    images[r] = same ? r : rebuilt(ctx, r, operands);  // eigmax(A + A') may not see the symmetry
    if (!is_multiplied_out(ctx, images[r])) continue;
    if (const auto result = Distribution(ctx, most_terms).of(images[r])) {
      images[r] = *result;
    } else {
      too_large = true;
    }
  }
  return images[e];
}

}  // namespace nabla

#include <map>

#include "expr/diagnostic.h"
#include "simplify/polynomial_regions.h"

namespace nabla {
namespace {

// The kernels that are powers of x.
std::vector<size_t> kernels_of(const Context& ctx, const PolynomialForm& form, Ref x) {
  const bool exponential = ctx.is_function(x, Fn::exp);
  std::vector<size_t> list;
  for (size_t k = 0; k < form.kernels(); ++k) {
    if (exponential ? ctx.kind(form.base(k)) == Kind::constant && form.body(k) == ctx.operands(x)[0]
                    : form.base(k) == x)
      list.push_back(k);
  }
  return list;
}

Ref collected(Context& ctx, PolynomialForm& form, const RationalFunction& f, Ref x) {
  const std::vector<size_t> powers = kernels_of(ctx, form, x);
  std::vector<uint64_t> up(form.ring().variables()), down(up.size());
  f.d.exponents(0, down);
  std::map<std::vector<int64_t>, std::vector<PolynomialTerm>> groups;  // by the exponents of x
  for (size_t i = 0; i < f.n.terms(); ++i) {
    f.n.exponents(i, up);
    std::vector<int64_t> key(up.size());
    for (size_t k : powers) {
      key[k] = static_cast<int64_t>(up[k]) - static_cast<int64_t>(down[k]);
      up[k] = down[k];
    }
    groups[key].push_back({f.n.coefficient(i), up});
  }
  std::vector<Ref> terms;
  for (const auto& [key, list] : groups) {
    const Ref c = form.expression(form.ring().from_terms(list), f.d);
    terms.push_back(ctx.multiply(c, form.monomial(1, key)));
  }
  return ctx.sum(terms);
}

}  // namespace

Ref collect(Context& ctx, Ref e, Ref x, Notes* notes) {
  return rewrite_polynomials(ctx, e, Denominators::kept, notes, [&](Ref, PolynomialForm& form) {
    const RationalFunction f = form.value();
    return f.n.is_zero() ? zero : collected(ctx, form, f, x);
  });
}

}  // namespace nabla

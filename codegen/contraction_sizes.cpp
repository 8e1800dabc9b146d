#include "codegen/contraction_sizes.h"

#include <algorithm>

#include "expr/substitute.h"

namespace nabla {
namespace {

constexpr double usual_size = 64, small_size = 1, large_size = 1024;
constexpr size_t most_dims = 8;  // with points of their own

}  // namespace

ContractionSizes::ContractionSizes(Context& ctx, const std::vector<Ref>& extents) : points_{{}} {
  for (Ref s : symbols_of(ctx, extents)) {
    if (ctx.symbol(s).role != Role::extent) continue;
    usual_.emplace_back(s, static_cast<int64_t>(value(ctx, s, {})));
    if (points_.size() > 2 * most_dims) continue;
    points_.push_back({s, false});
    points_.push_back({s, true});
  }
  for (const Point& p : points_) {
    auto& row = sizes_.emplace_back();
    for (Ref e : extents) row.push_back(size_of(ctx, e, p));
  }
}

double ContractionSizes::value(Context& ctx, Ref symbol, const Point& at) const {
  if (ctx.symbol(symbol).role != Role::extent) return usual_size;
  double n = usual_size;
  if (symbol == at.dim) n = at.large ? large_size : small_size;
  const Domain& d = ctx.symbol(symbol).domain;
  if (d.upper && ctx.is_number(d.upper)) n = std::min(n, ctx.value(d.upper).to_double());
  if (d.lower && ctx.is_number(d.lower)) n = std::max(n, ctx.value(d.lower).to_double());
  return n;
}

// Extents are small formulas: a sum of products of dims.
double ContractionSizes::size_of(Context& ctx, Ref e, const Point& at) const {
  if (ctx.is_number(e)) return ctx.value(e).to_double();
  if (ctx.kind(e) == Kind::symbol) return value(ctx, e, at);
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  double n = 0;
  for (const Term& t : terms) {
    std::vector<Ref> factors;
    ctx.append_factors(t.body, factors);
    double product = ctx.value(t.coefficient).to_double();
    for (Ref f : factors) {
      const bool is_symbol = ctx.kind(f) == Kind::symbol;
      product *= ctx.is_number(f) ? ctx.value(f).to_double() : is_symbol ? value(ctx, f, at) : usual_size;
    }
    n += product;
  }
  return std::max(n, 1.0);
}

}  // namespace nabla

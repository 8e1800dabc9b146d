#include "simplify/expand_determinant.h"

#include <algorithm>

#include "expr/definite.h"
#include "expr/scaling.h"
#include "expr/tensor.h"
#include "simplify/block_matrix.h"
#include "simplify/matrix_chain.h"

namespace nabla {
namespace {

using Terms = std::vector<Term>;

Ref det(Context& ctx, Ref a) { return matrix_function(ctx, Fn::det, {&a, 1}); }
Ref logdet(Context& ctx, Ref a) { return matrix_function(ctx, Fn::logdet, {&a, 1}); }

}  // namespace

std::optional<Terms> expand_determinant(Context& ctx, Ref a, Holds holds) {
  const Ref n = ctx.shape_of(a).extents[0];
  if (ctx.kind(a) == Kind::matpow) {
    return Terms{{one, ctx.power(det(ctx, ctx.operands(a)[0]), ctx.operands(a)[1])}};
  }
  if (ctx.is_function(a, Fn::expm)) {
    return Terms{{one, ctx.function(Fn::exp, {trace(ctx, ctx.operands(a)[0])})}};
  }
  const Term t = ctx.split_coefficient(a);
  if (t.coefficient != one) {
    return Terms{{one, ctx.multiply(ctx.power(t.coefficient, n), det(ctx, t.body))}};
  }
  if (is_triangular(ctx, a)) return Terms{{one, reduce_entries(ctx, Reduction::prod, diagonal(ctx, a))}};
  const bool anywhere = holds == Holds::where_both;  // A of [A, B; C, D] need not have an inverse
  if (const auto blocks = anywhere ? blocks_of(ctx, a) : std::nullopt) {  // Schur's complement, MC 399
    const auto& [p, q, r, s] = *blocks;
    const Ref between = matrix_product(ctx, matrix_product(ctx, r, matpow(ctx, p, minus_one)), q);
    const Term complement[] = {{one, s}, {minus_one, between}};
    return Terms{{one, ctx.multiply(det(ctx, p), det(ctx, tensor_sum(ctx, complement, ctx[s].shape)))}};
  }
  const auto chain = square_chain(ctx, a);
  if (!chain || (chain->links.size() == 1 && chain->scalar == one)) return std::nullopt;
  Ref result = ctx.power(chain->scalar, n);
  for (const ChainLink& link : chain->links) result = ctx.multiply(result, det(ctx, link.matrix));
  return Terms{{one, result}};
}

std::optional<Terms> expand_log_determinant(Context& ctx, Ref a, Holds holds) {
  const bool anywhere = holds == Holds::where_both;
  if (anywhere && ctx.kind(a) == Kind::matpow) {
    return Terms{{one, ctx.multiply(ctx.operands(a)[1], logdet(ctx, ctx.operands(a)[0]))}};
  }
  const Facts positive = nonnegative | nonzero;
  if (const Scaled s = split_scalars(ctx, a);
      s.scalar != one && (ctx[s.scalar].facts & positive) == positive) {
    const Ref n = ctx.shape_of(a).extents[0];
    return Terms{{one, ctx.multiply(n, ctx.function(Fn::log, {s.scalar}))}, {one, logdet(ctx, s.rest)}};
  }
  const auto chain = square_chain(ctx, a);
  if (!chain || chain->scalar != one || chain->links.size() == 1) return std::nullopt;
  const auto definite = [&](const ChainLink& link) { return is_positive_definite(ctx, link.matrix); };
  if (!anywhere && !std::all_of(chain->links.begin(), chain->links.end(), definite)) return std::nullopt;
  Terms out;
  for (const ChainLink& link : chain->links) out.push_back({one, logdet(ctx, link.matrix)});
  return out;
}

}  // namespace nabla

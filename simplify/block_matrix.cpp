#include "simplify/block_matrix.h"

#include "expr/symmetry.h"

namespace nabla {

bool is_triangular(const Context& ctx, Ref matrix) {
  if (ctx.is_function(matrix, Fn::chol)) return true;
  if (ctx.kind(matrix) != Kind::symbol) return false;
  const Structure s = ctx.symbol(matrix).structure;
  return s == Structure::lower || s == Structure::upper || s == Structure::diagonal;
}

std::optional<Blocks> blocks_of(const Context& ctx, Ref matrix) {
  if (!ctx.is_function(matrix, Fn::vcat) || ctx.operands(matrix).size() != 2) return std::nullopt;
  for (Ref r : ctx.operands(matrix)) {
    if (!ctx.is_function(r, Fn::hcat) || ctx.operands(r).size() != 2) return std::nullopt;
    for (Ref block : ctx.operands(r)) {
      if (ctx.shape_of(block).order() != 2) return std::nullopt;
    }
  }
  const auto rows = ctx.operands(matrix);
  const auto top = ctx.operands(rows[0]), bottom = ctx.operands(rows[1]);
  if (!is_square(ctx, ctx[top[0]].shape) || !is_square(ctx, ctx[bottom[1]].shape)) return std::nullopt;
  return Blocks{top[0], top[1], bottom[0], bottom[1]};
}

}  // namespace nabla

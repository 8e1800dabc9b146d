#include "simplify/similar_matrix.h"

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "simplify/matrix_chain.h"

namespace nabla {
namespace {

Fn scalar_function(Fn f) { return f == Fn::expm ? Fn::exp : f == Fn::sinm ? Fn::sin : Fn::cos; }

}  // namespace

Ref function_of_similar(Context& ctx, Fn f, Ref argument) {
  const Term number = ctx.split_coefficient(argument);
  auto chain = square_chain(ctx, number.body);
  if (!chain && is_structural(ctx, number.body, Structural::delta)) chain = Chain{one, {{number.body}}};
  if (!chain || chain->links.empty()) return {};
  chain->scalar = ctx.multiply(number.coefficient, chain->scalar);
  const auto oriented = [&](size_t i) {
    const ChainLink& l = chain->links[i];
    return l.transposed ? transpose(ctx, l.matrix) : l.matrix;
  };
  const auto is_identity = [&](Ref r) { return is_structural(ctx, r, Structural::delta); };
  if (chain->links.size() == 1 && is_identity(chain->links[0].matrix)) {
    if (f == Fn::sqrtm || f == Fn::logm) return {};
    return elementwise_product(ctx, ctx.function(scalar_function(f), {chain->scalar}),
                               chain->links[0].matrix);
  }
  const size_t last = chain->links.size() - 1;
  if (last < 2 || !is_identity(matrix_product(ctx, oriented(last), oriented(0)))) return {};
  Ref middle = oriented(1);
  for (size_t i = 2; i < last; ++i) middle = matrix_product(ctx, middle, oriented(i));
  const Ref inside = matrix_function(ctx, f, {{elementwise_product(ctx, chain->scalar, middle)}});
  return matrix_product(ctx, matrix_product(ctx, oriented(0), inside), oriented(last));
}

}  // namespace nabla

#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "parser/algebra.h"

namespace nabla {
namespace {

class CanonicalAlgebra final : public Algebra {
 public:
  using Algebra::Algebra;

  Ref sum(std::span<const Term> terms, ShapeId shape) override { return ctx_.sum(terms, shape); }
  Ref negate(Ref a) override { return ctx_.negate(a); }
  Ref elementwise(Fn f, std::span<const Ref> arguments, ShapeId) override {
    return ctx_.function(f, arguments);
  }
  Ref power(Ref base, Ref exponent) override { return tensor_power(ctx_, base, exponent); }
  Ref entry_product(Ref a, Ref b) override { return elementwise_product(ctx_, a, b); }
  Ref entry_quotient(Ref a, Ref b) override {
    return elementwise_product(ctx_, a, tensor_power(ctx_, b, minus_one));
  }
  Ref broadcast(Ref a, ShapeId shape) override { return nabla::broadcast(ctx_, a, shape); }
  Ref select(Ref condition, Ref yes, Ref no) override { return tensor_select(ctx_, condition, yes, no); }

  Ref matrix_product(Ref a, Ref b) override { return nabla::matrix_product(ctx_, a, b); }
  Ref dot(Ref a, Ref b) override { return nabla::dot(ctx_, a, b); }
  Ref transpose(Ref a) override { return nabla::transpose(ctx_, a); }
  Ref kron(Ref a, Ref b) override { return nabla::kron(ctx_, a, b); }
  Ref reshape(Ref a, ShapeId shape) override { return nabla::reshape(ctx_, as_column(ctx_, a), shape); }
  Ref sum_entries(Ref a) override { return nabla::sum_entries(ctx_, a); }
  Ref sum_axis(Ref a, size_t axis) override { return nabla::sum_axis(ctx_, a, axis); }
  Ref trace(Ref a) override { return nabla::trace(ctx_, a); }
  Ref diagonal(Ref a) override { return nabla::diagonal(ctx_, a); }
  Ref diagonal_matrix(Ref v) override { return nabla::diagonal_matrix(ctx_, v); }
  Ref triangle(Ref a, bool lower) override { return nabla::triangle(ctx_, a, lower); }
  Ref cumsum(Ref a, size_t axis) override { return nabla::cumsum(ctx_, a, axis); }
  Ref reduce_entries(Reduction op, Ref a) override { return nabla::reduce_entries(ctx_, op, a); }
  Ref reduce_axis(Reduction op, Ref a, size_t axis) override { return nabla::reduce_axis(ctx_, op, a, axis); }
  Ref matpow(Ref a, Ref exponent) override { return nabla::matpow(ctx_, a, exponent); }
  Ref slice(Ref a, std::span<const Slice> slices) override { return nabla::slice(ctx_, a, slices); }
  Ref matrix_function(Fn f, std::span<const Ref> arguments, std::span<const std::string> operands) override {
    return nabla::matrix_function(ctx_, f, arguments, operands);
  }
  Ref structural(Structural s, std::span<const Ref> extents, Ref position) override {
    switch (s) {
      case Structural::delta:
        if (extents[0] != extents[1]) return shift(ctx_, extents[0], extents[1], zero);
        return delta(ctx_, extents[0]);
      case Structural::iota:
        return iota(ctx_, extents[0]);
      case Structural::shift:
        return shift(ctx_, extents[0], extents[1], position);
      case Structural::unit:
        return unit(ctx_, extents[0], position);
    }
    return {};
  }
  Ref commutation(Ref n, Ref m) override {
    IndexedBuilder b(ctx_);
    const Label i = b.label(n), j = b.label(m), k = b.label(n), l = b.label(m);
    b.factor(delta(ctx_, n), {i, k});
    b.factor(delta(ctx_, m), {j, l});
    const Ref size = ctx_.multiply(n, m);
    return nabla::reshape(ctx_, b.build({j, i, k, l}), matrix_shape(ctx_, size, size));
  }
  std::vector<Ref> entries(Ref a) override { return nabla::entries(ctx_, a); }
  Ref scalar_product(Ref a, Ref b) override { return ctx_.multiply(a, b); }
  Ref scalar_sum(std::span<const Ref> terms) override { return ctx_.sum(terms); }
};

}  // namespace

std::unique_ptr<Algebra> canonical_algebra(Context& ctx) { return std::make_unique<CanonicalAlgebra>(ctx); }

}  // namespace nabla

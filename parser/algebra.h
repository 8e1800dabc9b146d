// What the elaborator does with vectors, matrices and tensors once their shapes are known to fit.
//
// CanonicalAlgebra builds tensor nodes (expr/tensor.h). WrittenAlgebra works entry by entry on arrays of
// constant size with nodes that nothing folds, by the definitions of linear algebra and without the tensor
// nodes, so that the check of a derivative does not trust them. WholeAlgebra builds the tensor nodes and
// remembers where they have values.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "expr/comprehension.h"
#include "expr/context.h"
#include "expr/tensor.h"

namespace nabla {

// Of one array or comprehension in the written form. Larger ones have no written form.
inline constexpr uint64_t most_written_entries = 100'000;

class Algebra {
 public:
  explicit Algebra(Context& ctx) : ctx_(ctx) {}
  virtual ~Algebra() = default;

  virtual Ref sum(std::span<const Term> terms, ShapeId shape) = 0;  // coefficients 1 and -1
  virtual Ref negate(Ref a) = 0;
  virtual Ref elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) = 0;
  virtual Ref power(Ref base, Ref exponent) = 0;  // entry by entry, equal shapes or a scalar
  virtual Ref entry_product(Ref a, Ref b) = 0;
  virtual Ref entry_quotient(Ref a, Ref b) = 0;
  virtual Ref broadcast(Ref a, ShapeId shape) = 0;
  virtual Ref select(Ref condition, Ref yes, Ref no) = 0;  // one condition for all entries

  virtual Ref matrix_product(Ref a, Ref b) = 0;
  virtual Ref dot(Ref a, Ref b) = 0;
  virtual Ref transpose(Ref a) = 0;
  virtual Ref kron(Ref a, Ref b) = 0;
  virtual Ref reshape(Ref a, ShapeId shape) = 0;
  virtual Ref sum_entries(Ref a) = 0;
  virtual Ref sum_axis(Ref a, size_t axis) = 0;
  virtual Ref trace(Ref a) = 0;
  virtual Ref diagonal(Ref a) = 0;
  virtual Ref diagonal_matrix(Ref v) = 0;
  virtual Ref triangle(Ref a, bool lower) = 0;
  virtual Ref cumsum(Ref a, size_t axis) = 0;
  virtual Ref reduce_entries(Reduction op, Ref a) = 0;
  virtual Ref reduce_axis(Reduction op, Ref a, size_t axis) = 0;
  virtual Ref matpow(Ref a, Ref exponent) = 0;
  virtual Ref slice(Ref a, std::span<const Slice> slices) = 0;
  virtual Ref matrix_function(Fn f, std::span<const Ref> arguments,
                              std::span<const std::string> operands) = 0;
  virtual Ref structural(Structural s, std::span<const Ref> extents, Ref position) = 0;
  virtual Ref commutation(Ref n, Ref m) = 0;     // K with K*vec(A) = vec(A') for an n-by-m A
  virtual Ref scalar_product(Ref a, Ref b) = 0;  // of scalars
  virtual Ref scalar_sum(std::span<const Ref> terms) = 0;
  virtual std::vector<Ref> entries(Ref a) = 0;  // row-major, of a constant size
  virtual Ref comprehension(Binder binder, Ref body, std::span<const BoundIndex> indices, Ref guard) {
    return close_comprehension(ctx_, binder, body, indices, guard);
  }

  Ref add(Ref a, Ref b) {
    const Term terms[2] = {{one, a}, {one, b}};
    return sum(terms, ctx_[a].shape);
  }
  Ref subtract(Ref a, Ref b) {
    const Term terms[2] = {{one, a}, {minus_one, b}};
    return sum(terms, ctx_[a].shape);
  }

 protected:
  Context& ctx_;
};

std::unique_ptr<Algebra> canonical_algebra(Context& ctx);
std::unique_ptr<Algebra> written_algebra(Context& ctx);
std::unique_ptr<Algebra> whole_algebra(Context& ctx);

}  // namespace nabla

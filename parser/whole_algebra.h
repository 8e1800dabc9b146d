// The Algebra of Mode::whole (algebra.h): arrays have their values by CanonicalAlgebra, and remember what
// they were made of where that asks for more than the value shows: inv(A)*A is eye(n), and needs an
// invertible A.
//
// An array that asks for nothing is its value. Any other is a node Written::needs, and so is what is made of
// it. Scalars are nodes of Kind::written as in Mode::written.
#pragma once

#include <memory>
#include <vector>

#include "expr/written_value.h"
#include "parser/algebra.h"

namespace nabla {

// The value, together with what it asks for: written forms, and truth values that hold where it is found.
Ref needs(Context& ctx, Ref value, std::span<const Ref> parts);

class WholeAlgebra final : public Algebra {
 public:
  explicit WholeAlgebra(Context& ctx) : Algebra(ctx), values_(ctx), inner_(canonical_algebra(ctx)) {}

  Ref sum(std::span<const Term> terms, ShapeId shape) override;
  Ref negate(Ref a) override { return made(inner_->negate(value(a)), {a}); }
  Ref elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) override;
  Ref power(Ref base, Ref exponent) override;
  Ref entry_product(Ref a, Ref b) override { return made(inner_->entry_product(value(a), value(b)), {a, b}); }
  Ref entry_quotient(Ref a, Ref b) override;
  Ref broadcast(Ref a, ShapeId shape) override { return made(inner_->broadcast(value(a), shape), {a}); }
  Ref select(Ref condition, Ref yes, Ref no) override;

  Ref matrix_product(Ref a, Ref b) override {
    return made(inner_->matrix_product(value(a), value(b)), {a, b});
  }
  Ref dot(Ref a, Ref b) override { return made(inner_->dot(value(a), value(b)), {a, b}); }
  Ref transpose(Ref a) override { return made(inner_->transpose(value(a)), {a}); }
  Ref kron(Ref a, Ref b) override { return made(inner_->kron(value(a), value(b)), {a, b}); }
  Ref reshape(Ref a, ShapeId shape) override { return made(inner_->reshape(value(a), shape), {a}); }
  Ref sum_entries(Ref a) override { return made(inner_->sum_entries(value(a)), {a}); }
  Ref sum_axis(Ref a, size_t axis) override { return made(inner_->sum_axis(value(a), axis), {a}); }
  Ref trace(Ref a) override { return made(inner_->trace(value(a)), {a}); }
  Ref diagonal(Ref a) override { return made(inner_->diagonal(value(a)), {a}); }
  Ref diagonal_matrix(Ref v) override { return made(inner_->diagonal_matrix(value(v)), {v}); }
  Ref triangle(Ref a, bool lower) override { return made(inner_->triangle(value(a), lower), {a}); }
  Ref cumsum(Ref a, size_t axis) override { return made(inner_->cumsum(value(a), axis), {a}); }
  Ref reduce_entries(Reduction op, Ref a) override { return made(inner_->reduce_entries(op, value(a)), {a}); }
  Ref reduce_axis(Reduction op, Ref a, size_t axis) override;
  Ref matpow(Ref a, Ref exponent) override;
  Ref slice(Ref a, std::span<const Slice> slices) override {
    return made(inner_->slice(value(a), slices), {a});
  }
  Ref matrix_function(Fn f, std::span<const Ref> arguments, std::span<const std::string> operands) override;
  Ref structural(Structural s, std::span<const Ref> extents, Ref position) override {
    return inner_->structural(s, extents, position);
  }
  Ref commutation(Ref n, Ref m) override { return inner_->commutation(n, m); }
  Ref comprehension(Binder binder, Ref body, std::span<const BoundIndex> indices, Ref guard) override;
  Ref scalar_product(Ref a, Ref b) override {
    return ctx_.written(Written::multiply, std::vector<Ref>{a, b});
  }
  Ref scalar_sum(std::span<const Ref> terms) override;
  std::vector<Ref> entries(Ref a) override { return inner_->entries(value(a)); }

 private:
  Ref value(Ref written) { return values_.of(written); }
  std::vector<Ref> values(std::span<const Ref> written);
  // The value, together with those parts that ask for something.
  Ref made(Ref value, std::span<const Ref> parts);
  Ref made(Ref value, std::initializer_list<Ref> parts) {
    return made(value, std::span<const Ref>(parts.begin(), parts.size()));
  }
  // A value that may ask for something itself.
  bool has_call(Ref v, Fn f) const;
  Ref asking(Ref value);

  WrittenValues values_;
  std::unique_ptr<Algebra> inner_;
};

}  // namespace nabla

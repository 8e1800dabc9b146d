// Linear algebra by its definitions, entry by entry, with nodes that nothing folds: the Algebra of
// Mode::written (algebra.h).
#pragma once

#include "parser/algebra.h"

namespace nabla {

class WrittenAlgebra final : public Algebra {
 public:
  using Algebra::Algebra;
  using Entries = std::vector<Ref>;

  Ref sum(std::span<const Term> terms, ShapeId shape) override;
  Ref negate(Ref a) override;
  Ref elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) override;
  Ref power(Ref base, Ref exponent) override { return entrywise(base, exponent, Written::power); }
  Ref entry_product(Ref a, Ref b) override { return entrywise(a, b, Written::multiply); }
  Ref entry_quotient(Ref a, Ref b) override { return entrywise(a, b, Written::divide); }
  Ref broadcast(Ref a, ShapeId shape) override;
  Ref select(Ref condition, Ref yes, Ref no) override;

  Ref matrix_product(Ref a, Ref b) override;
  Ref dot(Ref a, Ref b) override { return products(entries(a), entries(b)); }
  Ref transpose(Ref a) override;
  Ref kron(Ref a, Ref b) override;
  Ref reshape(Ref a, ShapeId shape) override;
  Ref sum_entries(Ref a) override { return scalar_sum(entries(a)); }
  Ref sum_axis(Ref a, size_t axis) override;
  Ref trace(Ref a) override { return scalar_sum(entries(diagonal(a))); }
  Ref diagonal(Ref a) override;
  Ref diagonal_matrix(Ref v) override;
  Ref triangle(Ref a, bool lower) override;
  Ref cumsum(Ref a, size_t axis) override;
  Ref reduce_entries(Reduction op, Ref a) override { return fold(op, entries(a)); }
  Ref reduce_axis(Reduction op, Ref a, size_t axis) override;
  Ref matpow(Ref a, Ref exponent) override;
  Ref slice(Ref a, std::span<const Slice> slices) override;
  Ref matrix_function(Fn f, std::span<const Ref> arguments, std::span<const std::string> operands) override;
  Ref structural(Structural s, std::span<const Ref> extents, Ref position) override;
  Ref commutation(Ref n, Ref m) override;
  Ref scalar_product(Ref a, Ref b) override { return make(Written::multiply, a, b); }
  Ref scalar_sum(std::span<const Ref> terms) override;
  Entries entries(Ref a) override;

 private:
  Ref make(Written op, Ref a, Ref b) {
    const Ref pair[2] = {a, b};
    return ctx_.written(op, pair);
  }
  Ref call(Fn f, std::initializer_list<Ref> arguments) {
    return ctx_.written_function(f, std::span<const Ref>(arguments.begin(), arguments.size()));
  }
  Ref array(const Entries& e, ShapeId shape) { return ctx_.array(e, shape); }
  int64_t number(Ref r, std::string_view what) const;
  std::vector<size_t> sizes(ShapeId shape) const;
  size_t count(ShapeId shape) const;
  struct Grid {  // of a matrix; a vector is a column
    size_t rows, columns;
    Entries entries;
    Ref at(size_t i, size_t j) const { return entries[i * columns + j]; }
  };
  Grid grid(Ref a);
  Ref matrix(const Grid& g);
  Ref entrywise(Ref a, Ref b, Written op);
  Ref products(const Entries& a, const Entries& b);
  Grid multiply(const Grid& a, const Grid& b);
  Ref fold(Reduction op, const Entries& e);
  Entries along(Ref a, size_t axis, size_t k);  // one column (axis 0) or row (axis 1)
  Ref laid(const Entries& e, size_t axis);      // one result for each column or row

  // written_matrix.cpp
  Ref determinant(const Grid& g);
  static Grid minor(const Grid& g, size_t row, size_t column);
  Grid inverse(const Grid& g);
  Grid identity(size_t n);
  Ref concatenate(Fn f, std::span<const Ref> arguments, ShapeId shape);
  Ref vector_function(Fn f, const Entries& e);
  Entries softmax(Fn f, const Entries& e);

  [[noreturn]] void refuse(std::string_view what) const;
  void allow(uint64_t rows, uint64_t columns, uint64_t terms = 1) const;  // terms of each entry
};

}  // namespace nabla

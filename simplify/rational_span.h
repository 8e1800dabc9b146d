// A basis of the span of vectors with rational coordinates, made as the vectors come: a vector that is not
// in the span of those before it becomes a member of the basis.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "expr/number.h"

namespace nabla {

class RationalSpan {
 public:
  using Vector = std::map<size_t, Rational>;  // coordinate, value that is not 0

  // v as a combination of members of the basis, to which v is added if need be.
  Vector combination(const Vector& v);
  const std::vector<Vector>& basis() const { return basis_; }

 private:
  struct Row {  // echelon form
    size_t pivot = 0;
    Vector vector, combination;
  };
  std::vector<Vector> basis_;
  std::vector<Row> rows_;
};

}  // namespace nabla

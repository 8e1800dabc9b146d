// Shapes: a list of extents, each a scalar expression over dims. Order 0 is a scalar (never a 1-by-1
// matrix), order 1 a column vector or, with `row`, its transpose; order 2 a matrix.
#pragma once

#include <vector>

#include "expr/node.h"

namespace nabla {

struct Shape {
  std::vector<Ref> extents;
  bool row = false;  // of order 1 only

  size_t order() const { return extents.size(); }
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace nabla

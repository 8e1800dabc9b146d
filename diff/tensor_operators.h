// The differential operators on whole vectors, matrices and tensors, of any and of symbolic size.
//
// Layout: a derivative has the axes of the expression, then those of the variable; a gradient has the shape
// of its variable. The results are products with labels, which print as matrix notation where there is one.
#pragma once

#include <span>

#include "diff/partials.h"

namespace nabla {

class TensorOperators {
 public:
  // Derivatives by a variable with structure are brought into its space, see structure.h.
  explicit TensorOperators(Partials& partials, bool free_entries = false)
      : ctx_(partials.context()), partials_(partials), free_entries_(free_entries) {}

  Ref gradient(Ref scalar, Ref x);
  // Of a scalar by a vector the row, as jac asks for it.
  Ref jacobian(Ref e, Ref x);
  Ref hessian(Ref scalar, Ref x) { return jacobian(gradient(scalar, x), x); }
  // By each of the variables in turn.
  Ref repeated(Ref e, std::span<const Ref> variables);
  Ref laplacian(Ref e, Ref x);  // of each entry
  Ref divergence(Ref field, Ref x);
  Ref jvp(Ref e, Ref x, Ref direction);
  Ref vjp(Ref e, Ref x, Ref cotangent);
  Ref hvp(Ref scalar, Ref x, Ref direction) { return jvp(gradient(scalar, x), x, direction); }
  // The sum over the axes of x, which a tensor has twice at its end; `shape` is that of the result.
  Ref contracted(Ref tensor, Ref x, ShapeId shape);

 private:
  Ref free_jacobian(Ref e, Ref x);
  Ref in_space(Ref free, Ref x);  // of the structure of x

  Context& ctx_;
  Partials& partials_;
  bool free_entries_;
};

}  // namespace nabla

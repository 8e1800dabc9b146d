// The differential of one operation in one of its operands: where the chain rule of tensors meets the table.
//
// A differential is an expression that is linear in `d`, the differential of the operand, and has the shape
// of the operation: -inv(A)*d*inv(A) for inv(A). Forward mode puts a tangent for d; reverse mode transposes
// the linear map (diff/cotangents.h). Operations that are linear themselves need no rule here.
//
// Sources: Magnus and Neudecker, Matrix Differential Calculus, 2019, chapters 8 and 9; Giles, Collected
// matrix derivative results for forward and reverse mode, 2008; Golub and Pereyra, 1973, for the
// pseudoinverse.
#pragma once

#include <span>
#include <vector>

#include "diff/partials.h"
#include "expr/context.h"
#include "expr/labelling.h"

namespace nabla {

class Rules {
 public:
  explicit Rules(Partials& partials) : ctx_(partials.context()), partials_(partials) {}

  // Of any operation but a linear one, in operand k; d has the shape of that operand. Throws
  // Failure(cannot_differentiate), naming the operation, where there is no rule.
  Ref differential(Ref operation, size_t k, Ref d);

  // ∂(operation)/∂(operand k) of a power or a (possibly opaque) function that is applied entry by entry: a
  // scalar or a tensor of the shape of the operation.
  Ref entrywise(Ref operation, size_t k);

  // c where d(norm2(u)^p) = c*dot(u, du): p*norm2(u)^(p - 2), which has a value at u = 0. Of a power p > 2 of
  // a Euclidean norm of real numbers; Ref{} for any other operation.
  Ref of_norm_power(Ref operation);

  // ∂(operation)/∂(operand k) of a call of an opaque function, and which of its axes are those of the
  // operation and those of the operand.
  Ref opaque(Ref operation, size_t k);
  std::vector<Label> opaque_axes(Ref operation, size_t k, std::span<const Label> own,
                                 std::span<const Label> inner) const;

  // The linear map operand k -> operation, transposed, at the cotangent g; for the functions of the table
  // that are linear in operand k and say so. Ref{} for any other.
  Ref transposed(Ref operation, size_t k, Ref g);

 private:
  Ref matrix_function(Ref operation, size_t k, Ref d);
  Ref largest_along(std::span<const Ref> arguments, Ref d);
  Ref blocks(Ref operation, size_t k, Ref d);
  Ref matrix_power(Ref power, size_t k, Ref d);
  Ref powers(Ref power, Ref d);
  Ref symbolic_power(Ref power, Ref d);
  Ref power_rule(Ref power);
  Ref exponent_rule(Ref power);
  Ref reduction(Ref operation, Ref d);
  Ref product_rule(Ref reduction, Ref d);
  Ref extreme_rule(Ref reduction, Ref d);
  Ref extreme_of_lines(Ref reduction, bool largest, Ref d);

  Context& ctx_;
  Partials& partials_;
};

// A position: it has no derivative and moves nothing, and neither does what it is an index of.
bool is_piecewise_constant(const Context& ctx, Ref r);

// A tensor reshaped term by term: kron(dX, Y) + kron(X, dY).
Ref reshaped_terms(Context& ctx, Ref tensor, ShapeId shape);
// Which of the differentials of a row is that of a call with these arguments.
std::string_view differential_text(Context& ctx, Fn f, std::span<const Ref> arguments);

// A condition over some axes (of `shape`) as one over leading axes with `extents` and those.
Ref broadcast_condition(Context& ctx, Ref condition, ShapeId shape);

// Conditions of any shape; `both` of no condition and b is b.
Ref negated(Context& ctx, Ref condition);
Ref both(Context& ctx, Ref a, Ref b);

[[noreturn]] void throw_no_rule(const std::string& what);

}  // namespace nabla

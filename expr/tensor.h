// Constructors of vector, matrix and tensor expressions. Shapes are the caller's duty (the parser checks
// them and names the operands); what is returned is canonical.
//
// A row is the transpose of a column and is stored as one: sums, powers and functions of rows are those of
// columns, transposed. A sum or function of transposes is the transpose of the sum or function.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"

namespace nabla {

// --- entry by entry ------------------------------------------------------------------------------------
Ref tensor_sum(Context& ctx, std::span<const Term> terms, ShapeId shape);  // all of this shape
// The common factor of the coefficients of a Kind::sum, negative if all of them are.
Rational sum_content(const Context& ctx, Ref sum);
Ref tensor_power(Context& ctx, Ref base, Ref exponent);  // the exponent is a scalar or has the base's shape
Ref tensor_function(Context& ctx, Fn f, std::span<const Ref> arguments);  // scalars, and tensors of one shape
// A call of an opaque function of scalars, or of any other as it is.
Ref tensor_opaque(Context& ctx, Ref function, std::span<const uint16_t> orders,
                  std::span<const Ref> arguments);
// tensor_function without a look at what the function is: only the axes are brought into their one order.
Ref entrywise_call(Context& ctx, Fn f, Ref argument);
Ref tensor_compare(Context& ctx, Relation relation, Ref a, Ref b);
Ref tensor_connective(Context& ctx, Connective c, std::span<const Ref> parts);
Ref tensor_select(Context& ctx, Ref condition, Ref yes, Ref no);
// A node of a scalar formula (a sum, a power, a function, …) with tensors for some of its operands: the
// formula in each entry.
Ref apply_entrywise(Context& ctx, Ref scalar_node, std::span<const Ref> operands);
Ref elementwise_product(Context& ctx, Ref a, Ref b);  // equal shapes, or a scalar and a tensor
// The tensor with this shape: of a scalar, or of a row or column against a matrix.
Ref broadcast(Context& ctx, Ref a, ShapeId shape);

// --- axes ----------------------------------------------------------------------------------------------
Ref transpose(Context& ctx, Ref a);               // order 0 to 2
Ref as_column(Context& ctx, Ref a);               // of a row; anything else is itself
Ref as_row(Context& ctx, Ref a);                  // of a vector
Ref reshape(Context& ctx, Ref a, ShapeId shape);  // column-major, the same number of entries
Ref vec(Context& ctx, Ref a);
Ref kron(Context& ctx, Ref a, Ref b);  // of matrices; a vector is a matrix of one column

// --- products --------------------------------------------------------------------------------------------
Ref matrix_product(Context& ctx, Ref a, Ref b);  // order 0 to 2 each, by the rules of '*'
Ref dot(Context& ctx, Ref a, Ref b);             // sum of a .* b
Ref sum_entries(Context& ctx, Ref a);
Ref sum_axis(Context& ctx, Ref a, size_t axis);  // of a matrix: axis 0 gives a row, axis 1 a vector
Ref trace(Context& ctx, Ref a);
Ref diagonal(Context& ctx, Ref a);         // of a square matrix, a vector
Ref diagonal_matrix(Context& ctx, Ref v);  // of a vector or row
// With a tensor of exponents all those powers: the axes of the exponents, then those of the matrix.
Ref matpow(Context& ctx, Ref a, Ref exponent);
Ref triangle(Context& ctx, Ref a, bool lower);  // tril and triu
Ref cumsum(Context& ctx, Ref a, size_t axis);
Ref reduce_entries(Context& ctx, Reduction op, Ref a);
Ref reduce_axis(Context& ctx, Reduction op, Ref a, size_t axis);

// --- entries ---------------------------------------------------------------------------------------------
Ref element(Context& ctx, Ref tensor, std::span<const Ref> indices);
struct Slice {
  enum class Kind : uint8_t { all, index, range, gather };
  Kind kind = Kind::all;
  Ref index;   // index: the position; range: the first one; gather: a tensor of positions
  Ref extent;  // range: how many
};
// Axes with an index vanish. What is left of a matrix after one index: a row (second axis) or a vector.
Ref slice(Context& ctx, Ref tensor, std::span<const Slice> slices);
// One axis is replaced by the axes of a tensor of positions.
Ref gather(Context& ctx, Ref tensor, size_t axis, Ref positions);

// --- matrix functions ------------------------------------------------------------------------------------
// A row of functions_matrix.def. Throws Failure when the shapes do not fit; `operands` names them.
Ref matrix_function(Context& ctx, Fn f, std::span<const Ref> arguments,
                    std::span<const std::string> operands = {});

// The same node with other operands, where it is a tensor or contains one; Ref{} for any other node.
Ref rebuild_tensor(Context& ctx, Ref e, std::span<const Ref> operands);

}  // namespace nabla

// The differential operators of the language: diff, grad, jac, hess, jvp, vjp, hvp, laplacian, div, curl.
//
// Layout: a gradient has the shape of its variable, a Jacobian is outputs by inputs, a Hessian inputs by
// inputs. Vectors and matrices stay whole where they can (tensor_operators.h), and are taken entry by entry
// where an expression speaks of single entries.
#pragma once

#include <span>

#include "expr/context.h"
#include "expr/operator.h"

namespace nabla {

class Trace;

// Whether the last operand is a direction: jvp, vjp, hvp.
bool takes_direction(Operator op);
// Of the operands those that are differentiated by: several where scalars are taken together as [x; y].
std::span<const Ref> variables_of(Operator op, std::span<const Ref> operands);

// The value of an operation node's operands (operator.h says what they are) as an expression of `shape`,
// which is the shape of the node. Throws Failure: not_a_variable, cannot_differentiate, order_too_large,
// and what scalarize throws for symbolic sizes.
// The steps of the derivation are written to `trace`, if there is one, if that is a chain of them: by complex
// arrays with absolute values or the like it is not. With `free_entries` a derivative by a variable with
// structure is that by its independent entries.
Ref apply_operator(Context& ctx, Operator op, std::span<const Ref> operands, ShapeId shape,
                   bool free_entries = false, Trace* trace = nullptr);

}  // namespace nabla

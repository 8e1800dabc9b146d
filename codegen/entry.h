// The functions that `derive` asks for, each as a Program that computes what it returns and nothing else.
//
// Layout: the scalars of the variables, in the order of the wrt list and row-major inside each, number the
// columns of grad, hess, jac and the entries of v; the entries of the function number the rows of jac and the
// entries of u.
#pragma once

#include <string_view>
#include <vector>

#include "codegen/model.h"
#include "expr/program.h"

namespace nabla {

struct EntryPoint {
  Output kind{};
  const ModelFunction* function = nullptr;
  std::vector<Ref> arguments;  // symbols: the parameters, then the other names that the body uses
  std::vector<Ref> wrt;        // symbols
  std::vector<Ref> variables;  // their scalars: symbols and entries
  std::vector<Ref> body;       // the function's scalars
  std::vector<Ref> direction;  // the scalars of v (jvp, hvp) or u (vjp), last of the inputs
  Program program;             // outputs: value, grad, hess, jac, jvp, vjp, hvp, as `kind` has them
};

std::string_view output_name(Output kind);  // "grad"

// One for each output_requests(). Failure: not_yet_available for symbolic sizes and `batch`,
// cannot_differentiate for vars there are none of and for gradients of arrays.
std::vector<EntryPoint> entry_points(Context& ctx, const Model& model);

// The scalars of a symbol: itself, or its entries, row-major.
std::vector<Ref> scalars_of(Context& ctx, Ref symbol);

}  // namespace nabla

// The functions that `derive` asks for, each as a Program that computes what it returns and nothing else.
//
// Layout: the scalars of the variables, in the order of the wrt list and row-major inside each, number the
// columns of grad, hess, jac and the entries of v; the entries of the function number the rows of jac and the
// entries of u.
#pragma once

#include <string_view>
#include <vector>

#include "codegen/choice.h"
#include "codegen/model.h"

namespace nabla {

struct EntryPoint {
  Output kind{};
  const ModelFunction* function = nullptr;
  std::vector<Ref> arguments;  // symbols: the parameters, then the other names that the body uses
  std::vector<Ref> wrt;        // symbols
  std::vector<Ref> variables;  // their scalars: symbols and entries
  std::vector<Ref> body;       // the function's scalars
  std::vector<Ref> direction;  // the scalars of v (jvp, hvp) or u (vjp), last of the inputs
  bool batch = false;          // over many points
  std::vector<Ref> points;     // of arguments: those that differ from point to point
  Program program;             // outputs: value, grad, hess, jac, jvp, vjp, hvp, as `kind` has them
  Plan plan;                   // what is written and checked
  Choice choice;               // how it was found
  Cost value_cost;             // of the function alone
};

std::string_view output_name(Output kind);  // "grad"

// One for each output_requests(). Failure: not_yet_available for symbolic sizes, wrong_argument for points
// that are no arguments, cannot_differentiate for vars there are none of and for gradients of arrays.
std::vector<EntryPoint> entry_points(Context& ctx, const Model& model);

// "45 operations, 6 of them functions; 1.4 times the 32 of price."
std::string cost_text(const EntryPoint& entry);
// How the plan of an entry point was chosen, for people: one line for each way that was tried.
std::vector<std::string> choice_lines(const EntryPoint& entry);

// The scalars of a symbol: itself, or its entries, row-major.
std::vector<Ref> scalars_of(Context& ctx, Ref symbol);

}  // namespace nabla

// The functions that `derive` asks for, each as a Program that computes what it returns and nothing else.
// Where loops over whole arrays cost less (codegen/routing.h), it is a TensorEntry instead.
//
// Layout: the scalars of the variables, in the order of the wrt list and row-major inside each, number the
// columns of grad, hess, jac and the entries of v; the entries of the function number the rows of jac and the
// entries of u.
#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "codegen/choice.h"
#include "codegen/tensor_entry.h"

namespace nabla {

struct LoopCost {
  uint64_t unrolled = 0;  // weighted operations, counted one by one
  uint64_t looped = 0;    // the same as they run, in vectors
};

struct EntryPoint {
  Output kind{};
  OutputLayout layout;  // of what is written; the program has whole matrices
  const ModelFunction* function = nullptr;
  std::vector<Ref> arguments;        // symbols: the parameters, then the other names that the body uses
  std::vector<Ref> wrt;              // symbols
  std::vector<Ref> variables;        // their scalars: symbols and entries
  size_t values = 1;                 // how many scalars the function has
  std::vector<Ref> body;             // they; empty for loops
  std::vector<Ref> direction;        // the scalars of v (jvp, hvp) or u (vjp), last of the inputs
  bool batch = false;                // over many points
  std::vector<Ref> points;           // of arguments: those that differ from point to point
  Program program;                   // outputs: value, grad, hess, jac, jvp, vjp, hvp, as `kind` has them
  Plan plan;                         // what is written and checked
  Choice choice;                     // how it was found
  Cost value_cost;                   // of the function alone
  std::optional<TensorEntry> loops;  // then the outputs of `program` have no entries, and there is no plan
  LoopCost loop_cost;                // zero: there was nothing to loop over
  bool stable = true;                // as in Model
  bool has_norms = false;            // whose derivatives are 0 where they are
  std::set<std::string> forms;       // what it computes otherwise than as written, for people
};

std::string_view output_name(Output kind);  // "grad"

// One for each output_requests(). Failure: not_yet_available for symbolic sizes, wrong_argument for points
// that are no arguments, cannot_differentiate for vars there are none of and for gradients of arrays.
// `may_loop`: whole arrays may become loops.
std::vector<EntryPoint> entry_points(Context& ctx, const Model& model, bool may_loop = false);

// "45 operations, 6 of them functions; 1.4 times the 32 of price."
std::string cost_text(const EntryPoint& entry);
// How the plan of an entry point was chosen, for people: one line for each way that was tried.
std::vector<std::string> choice_lines(const EntryPoint& entry);

// The scalars of a symbol: itself, or its entries, row-major.
std::vector<Ref> scalars_of(Context& ctx, Ref symbol);

}  // namespace nabla

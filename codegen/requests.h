// What the `derive` statements of a model ask for, one output of one function at a time.
#pragma once

#include <vector>

#include "codegen/model.h"
#include "expr/context.h"
#include "expr/diagnostic.h"

namespace nabla {

struct OutputRequest {
  const ModelFunction* function = nullptr;
  std::vector<Ref> wrt;  // symbols; none for a value
  Output kind{};
  Span span;
};

// In the order of the statements, the value of a function once. Without requests in the model, every function
// has its value and its gradient or Jacobian by all its vars.
// Failure: not_yet_available for `batch`, duplicate_name for two definitions of one name, not_a_scalar for
// gradients of arrays.
std::vector<OutputRequest> output_requests(Context& ctx, const Model& model);

// What the work refuses without a place in the text stands here.
template <class Work>
auto placed(Span span, Work work) {
  try {
    return work();
  } catch (Failure& failure) {
    if (!failure.diagnostic.has_span) {
      failure.diagnostic.span = span;
      failure.diagnostic.has_span = true;
    }
    throw;
  }
}

// The symbols that a function takes: its parameters, then the other names that its formula uses, as declared.
std::vector<Ref> argument_symbols(Context& ctx, const Model& model, const ModelFunction& f);

}  // namespace nabla

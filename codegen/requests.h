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
  bool batch = false;  // over many points
  OutputLayout layout;
  std::vector<Ref> points;  // the arguments that differ from point to point; none: all do
};

// In the order of the statements, the value of a function once. Without requests in the model, every function
// has its value and its gradient or Jacobian by all its vars. `batch` asks for the other outputs of its
// statement a second time, over many points; alone, for the gradient or Jacobian over many points.
// Failure: duplicate_name for two definitions of one name, not_a_scalar for gradients of arrays.
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

// The arguments that differ from point to point. Failure(wrong_argument) for what is no argument.
std::vector<Ref> batch_points(const Context& ctx, const OutputRequest& request,
                              const std::vector<Ref>& arguments);

// Whether some of these variables differ from point to point, and others do not.
bool is_mixed(const std::vector<Ref>& wrt, const std::vector<Ref>& points);

// By such variables a compressed matrix is that of all of them, those that the points share first. It is
// there where the numbers of a point are side by side, hess(lower, csr) and jac(csc);
// Failure(not_yet_available) for others.
void refuse_interleaved(const DerivedOutput& output, Span span);

// The symbols that a function takes: its parameters, then the other names that its formula uses, as declared.
std::vector<Ref> argument_symbols(Context& ctx, const Model& model, const ModelFunction& f);

}  // namespace nabla

// A self-contained header of C++17 or C99 for entry points on whole vectors and matrices whose sizes are
// given at run time.
//
// `span`: plain loops over row-major arrays of the caller; no library, no heap, a template over the scalar
// type. `c`: the same loops in C99, in double or float. `eigen`: functions of Eigen::Ref, which take their
// sizes from their arguments. Everything in it is a function of the model's text and the options, as in
// generate().
#pragma once

#include <string>
#include <vector>

#include "codegen/generate.h"
#include "codegen/nest_code.h"
#include "codegen/tensor_entry.h"

namespace nabla {

enum class TensorTarget : uint8_t { span, eigen, c };

// Failure: wrong_argument for options that cannot be, cannot_emit for what has no code, not_yet_available for
// functions over many points in C.
std::string generate_tensors(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                             TensorTarget target, const GenerateOptions& options = {});

// The functions of one of the entries in plain loops, for a header of another target. No template.
struct PlainEntry {
  std::string text;
  CodeNeeds needs;
  std::string work;  // the call that gives the size of the workspace; empty: it has none
};
PlainEntry plain_entry(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                       const GenerateOptions& options, size_t entry);
// The functions that give the pattern of its compressed matrix.
std::string plain_pattern(Context& ctx, const Model& model, const std::vector<TensorEntry>& entries,
                          const GenerateOptions& options, size_t entry);

}  // namespace nabla

// The functions that `derive` asks for on whole vectors and matrices of any size, each as a program of
// tensors.
//
// Layout: derivatives are by variable. A gradient has the shape of its variable; a Jacobian block has the
// axes of the function, then those of the variable; a Hessian block those of one variable, then those of
// another, one block for each pair in the order of the wrt list (the mirrored one is its transpose). By a
// variable with structure it is the derivative in the space of that structure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "codegen/compressed.h"
#include "codegen/model.h"
#include "codegen/tensor_program.h"

namespace nabla {

struct TensorEntry {
  Output kind{};
  OutputLayout layout;
  const ModelFunction* function = nullptr;
  std::vector<Ref> dims;       // in the order of declaration
  std::vector<Ref> arguments;  // symbols: the parameters, then the other names that the formula uses
  std::vector<Ref> wrt;
  std::vector<Ref> directions;  // v for each of wrt (jvp, hvp), or u (vjp)
  bool batch = false;           // over many points
  std::vector<Ref> points;      // of arguments: those that differ from point to point
  TensorProgram program;
  TensorProgram value;          // of the function alone, which operations are compared with
  CompressedMatrix matrix;      // where the diagonals among the outputs stand
  bool has_norms = false;       // whose derivatives are 0 where they are
  std::set<std::string> forms;  // what it computes otherwise than as written, for people
};

// As entry_points(), for models with symbolic sizes, variables with structure or functions of matrices.
// Failure: not_yet_available for complex names, second derivatives by orthogonal matrices;
// cannot_differentiate, not_a_scalar.
std::vector<TensorEntry> tensor_entry_points(Context& ctx, const Model& model);
// One of them.
struct OutputRequest;
TensorEntry tensor_entry(Context& ctx, const Model& model, const OutputRequest& request);
// The entry of the function alone.
TensorEntry value_alone(const TensorEntry& entry);

}  // namespace nabla

// The parameters of a function on whole arrays in plain loops, in the order of a call: the same in C++ and C.
#pragma once

#include <string>
#include <vector>

#include "codegen/loops.h"

namespace nabla {

struct LoopParameter {
  std::string type, name;
  bool used = true;
  bool written = false;  // overlaps nothing else
};

// Which parameters of an entry point are meant.
struct ParameterChoice {
  bool work = false;   // there is a workspace
  bool inner = false;  // of the function that computes the diagonals of a compressed matrix
};

// `scalar`: the type of numbers; `code`: the body, which says what it reads; null: all is used.
std::vector<LoopParameter> loop_parameters(Context& ctx, const TensorEntry& entry,
                                           const TensorSignature& signature, const TensorNames& names,
                                           const std::string& scalar, const TensorCode* code,
                                           ParameterChoice choice);

// What the size of the workspace depends on: dims, and integer parameters that are sizes.
std::vector<Ref> work_arguments(Context& ctx, const TensorEntry& entry, Ref work);

// Whether a value is returned.
bool returns_value(const TensorSignature& signature);
// Whether diagonals of a compressed matrix are among the outputs of the program: there are some.
bool has_diagonals(const TensorEntry& entry);

}  // namespace nabla

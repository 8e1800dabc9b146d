// Functions of whole vectors and matrices in Eigen: its decompositions, and helpers where it lacks one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "codegen/eigen_expression.h"
#include "codegen/nest_code.h"

namespace nabla {

struct EigenCall {
  std::string text;                // an expression, or
  std::vector<std::string> lines;  // statements in which @ is the array to be filled
  std::set<std::string> helpers;   // codegen/eigen_helpers.h
  bool matrix_functions = false;   // unsupported/Eigen/MatrixFunctions
};

// `algebra`: the namespace of the helpers. Failure(cannot_emit) names what has no code.
EigenCall eigen_call(Context& ctx, Ref value, const std::string& algebra, const EigenText& text,
                     const NestStyle& style);

}  // namespace nabla

// A program of tensors in Eigen: products, sums and decompositions as expressions of Eigen, and loops over
// entries for what Eigen has no words for.
//
// Vectors (rows too) are columns, matrices are in Eigen's order, arrays of three and more axes are vectors of
// their entries, row-major. Invariant: every entry of a result is written, and nothing else is.
#pragma once

#include <set>
#include <string>
#include <unordered_set>

#include "codegen/nest_code.h"
#include "codegen/tensor_names.h"

namespace nabla {

// What is called in the header, by name of codegen/eigen_helpers.h, and the modules it needs.
struct EigenCode {
  std::string text;
  CodeNeeds needs;
  std::set<std::string> helpers;
  bool matrix_functions = false;  // unsupported/Eigen/MatrixFunctions
  std::unordered_set<Ref> used;   // dims, arguments and directions that it reads
};

struct EigenTypes {
  std::string matrix, vector;  // Eigen::MatrixXd, Eigen::VectorXd
};

EigenCode eigen_code(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                     const TensorNames& names, const EigenTypes& types);

}  // namespace nabla

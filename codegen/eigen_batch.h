// A function over many points that takes matrices of Eigen: beside the one on plain arrays, which it calls.
//
// Layout: an array by point is a matrix with a row for each point and a column for each entry (matrices and
// tensors row-major), a number by point a vector; so the numbers of all points stand one after the other, as
// batch_signature.h has them. What the points share is passed as in a call for one point.
#pragma once

#include <set>
#include <string>

#include "codegen/batch_loops.h"
#include "codegen/eigen_code.h"

namespace nabla {

struct EigenBatch {
  std::string text;  // both functions
  CodeNeeds needs;
  std::set<std::string> helpers;  // of codegen/eigen_helpers.h
};

EigenBatch eigen_batch(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                       const TensorNames& names, const EigenTypes& types, const std::string& name_space);

}  // namespace nabla

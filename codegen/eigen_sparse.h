// Compressed matrices as Eigen::SparseMatrix: plain loops write their numbers. A function makes a matrix with
// all its places, once; those that compute take it, and write the numbers alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "codegen/tensor_names.h"

namespace nabla {

class EigenSparse {
 public:
  EigenSparse(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
              const TensorNames& names)
      : ctx_(ctx), entry_(entry), signature_(signature), names_(names) {}

  // "Eigen::SparseMatrix<double, Eigen::RowMajor>"
  std::string type() const;
  // What the pattern depends on, dims and integer parameters that are sizes, first of a matrix of all points
  // how many there are; `declared`: with their types.
  std::vector<std::string> sizes(bool declared = false) const;
  // The function that makes the matrix.
  std::string pattern() const;
  // The same for many points, whose matrices stand along the diagonal; the helper `block_diagonal` does it.
  std::string pattern_of_points() const;
  // The assertions that a matrix is such a one; `points`: how many points it has, empty for a single one.
  std::string checks(const std::string& points) const;

 private:
  std::string length(const std::vector<CompressedSide>& sides, size_t shared, bool operand) const;
  std::pair<std::string, std::string> rows_and_columns(bool operand) const;

  Context& ctx_;
  const TensorEntry& entry_;
  const TensorSignature& signature_;
  const TensorNames& names_;
};

// "a, b"
std::string joined(const std::vector<std::string>& words);

}  // namespace nabla

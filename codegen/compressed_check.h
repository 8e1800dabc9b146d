// A block of a compressed matrix as a whole array, at given sizes: what a check compares.
#pragma once

#include <vector>

#include "codegen/compressed.h"
#include "eval/dense.h"

namespace nabla {

// The axes of the lines, then those across; 0 where the matrix has no number. Of a half both sides.
// `diagonals`: of the whole matrix.
DenseArray<double> whole_block(const CompressedBlock& block, const std::vector<DenseArray<double>>& diagonals,
                               const std::vector<int64_t>& lines, const std::vector<int64_t>& across);

DenseArray<double> with_first_axes_last(const DenseArray<double>& array, size_t count);

}  // namespace nabla

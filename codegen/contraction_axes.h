// The order of the axes of an intermediate matrix.
#pragma once

#include <algorithm>

#include "codegen/contraction.h"

namespace nabla {

// Whether a matrix with these axes, summed over a product of these factors, is better held as its transpose.
// A*B is a call of a kernel that reads B by rows (codegen/product_code.h): the last axis of the result has to
// be the second of a factor whose first is summed.
inline bool is_better_transposed(const std::vector<ContractionFactor>& factors,
                                 const std::vector<Label>& axes) {
  if (axes.size() != 2) return false;
  const auto is_by_rows = [&](Label last) {
    return std::any_of(factors.begin(), factors.end(), [&](const ContractionFactor& f) {
      return f.labels.size() == 2 && f.labels[1] == last &&
             std::find(axes.begin(), axes.end(), f.labels[0]) == axes.end();
    });
  };
  return !is_by_rows(axes[1]) && is_by_rows(axes[0]);
}

}  // namespace nabla

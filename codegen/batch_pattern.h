// The compressed matrix of all points by variables of which they share some: the lines that they share, then
// those of each point. The numbers of the former are sums; those of a point are side by side.
#pragma once

#include <string>
#include <vector>

#include "codegen/entry.h"

namespace nabla {

struct BatchPattern {
  bool by_rows = true;
  // How many lines, and positions across, the points share, and how many each has of its own.
  size_t shared_lines = 0, own_lines = 0, shared_across = 0, own_across = 0;
  // Of the shared lines and those of one point: where each begins, then where the last ends; positions.
  std::vector<size_t> starts, places;
  std::vector<size_t> sums, by_point;  // entries of the whole matrix of the plan that are written, in order
};

// `steps`: the entries of the Jacobian or Hessian, row-major. Failure(not_yet_available) as
// refuse_interleaved().
BatchPattern batch_pattern(Context& ctx, const EntryPoint& entry, const std::vector<StepId>& steps);

// "NAME_nonzeros(points)" and "NAME_pattern(points, row_ptr, col_idx)", for NAME of the function; in C with
// its names of types.
struct BatchPatternNames {
  std::string function, pattern, nonzeros, points;
  bool in_c = false;
};
std::string batch_pattern_text(const BatchPattern& pattern, const BatchPatternNames& names);

}  // namespace nabla

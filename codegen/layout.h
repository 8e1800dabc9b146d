// Where the entries of a Jacobian or Hessian stand: whole, its lower half, or compressed by rows or columns.
//
// A compressed matrix has the entries that are not 0 whatever the input (of the lower half, if that is asked
// for), row by row or column by column, each row or column in ascending order. Counting is from 0.
#pragma once

#include <string>
#include <vector>

#include "codegen/plan.h"
#include "parser/syntax.h"

namespace nabla {

struct SparsityPattern {
  size_t rows = 0, columns = 0;
  OutputLayout layout;
  std::vector<size_t> entries;  // those that are written: places in the whole matrix, row-major
  std::vector<size_t> places;   // where: in the whole matrix, or one after the other
  // Of a compressed matrix: where each row (column) begins, then where the last ends; the column (row) of
  // each.
  std::vector<size_t> starts, indices;

  bool is_compressed() const { return layout.sparsity != Sparsity::dense; }
};

// `steps`: the entries of a matrix with so many columns, row-major.
SparsityPattern pattern_of(const Plan& plan, const std::vector<StepId>& steps, size_t columns,
                           const OutputLayout& layout);

// "hess(lower, csr)" as it is written in `derive`.
std::string request_text(const DerivedOutput& output);
// "_lower_csr_only": what the name of a function adds to that of its output.
std::string layout_suffix(const OutputLayout& layout);
// ", compressed by rows", or nothing.
std::string layout_phrase(const OutputLayout& layout);

// The arrays and constants of a compressed matrix as declarations of C++ in a namespace `name`, or of C with
// names that begin with `name` and an underscore.
std::string pattern_in_cpp(const SparsityPattern& pattern, const std::string& name);
std::string pattern_in_c(const SparsityPattern& pattern, const std::string& name);

}  // namespace nabla

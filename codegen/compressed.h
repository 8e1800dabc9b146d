// Jacobians and Hessians of any size, compressed by rows or by columns.
//
// A line of the matrix is a row, or with Sparsity::csc a column. Lines belong to the entries of the value or
// of a variable, and what lies across to those of another: a matrix of blocks, each with a stencil
// (stencil.h). The numbers of a line stand block by block, in each by ascending position.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codegen/stencil.h"
#include "parser/syntax.h"

namespace nabla {

// What the lines of a block belong to, or what lies across.
struct CompressedSide {
  Ref variable;  // none: the value
  std::vector<Ref> extents;
};

// Of a block of a variable with itself: positions up to that of the line, or from it on.
enum class Half : uint8_t { whole, up_to_line, from_line };

struct CompressedBlock {
  size_t line = 0, across = 0;  // of CompressedMatrix::lines and across
  Stencil stencil;
  Half half = Half::whole;
  size_t first = 0;  // of the diagonals of the matrix, its own
};

// Over many points by variables of which some are shared it is the matrix of all variables: the sides that
// the points share come first, once, then the others for each point, so that the numbers of a point are side
// by side.
struct CompressedMatrix {
  std::vector<CompressedSide> lines, across;
  std::vector<CompressedBlock> blocks;  // by line, then by across
  // Whether it is such a matrix, and how many sides then come once.
  bool of_all_points = false;
  size_t shared_lines = 0, shared_across = 0;
};

// The derivative of one side by the other: the axes of the lines, then those across, expanded.
using BlockOf = std::function<Ref(size_t line, size_t across)>;

// Of a symmetric matrix a lower half may be all that is wanted. `add` takes the entries of each diagonal in
// turn (entries_on()). Failure(not_yet_available) names `what` is asked for, "hess(csr) of 'f'", and a block
// that is not known to be sparse.
CompressedMatrix compressed_matrix(Context& ctx, std::vector<CompressedSide> lines,
                                   std::vector<CompressedSide> across, const OutputLayout& layout,
                                   const std::string& what, const BlockOf& block_of,
                                   const std::function<void(Ref entries)>& add);

// The positions on an axis of the line whose lines have an entry of a diagonal: from `begin` to before each
// of `ends`.
struct LineRange {
  int64_t begin = 0;
  std::vector<Ref> ends;
};
LineRange range_of(Context& ctx, const Stencil& stencil, size_t diagonal, size_t line_axis);

// Where the half ends within a block: of a diagonal on whose side of the line it lies, 0 where that is
// settled by the last axis across.
int side_of(const Stencil& stencil, const std::vector<int64_t>& diagonal);

// "by x and y at column - row = -1, 0, 1", a line for each block that has entries.
std::vector<std::string> pattern_lines(const Context& ctx, const CompressedMatrix& matrix, bool by_rows);

}  // namespace nabla

// Where the entries of a block of any size may differ from 0, read off the indices of its formula.
//
// The first axes of a block count its lines, the others what lies across them: the rows of a matrix and its
// columns, or the other way round. Along an axis across, an entry keeps a fixed distance from where its line
// is on one of its axes, or it stands anywhere. Derivatives of maps and stencils keep distances along all
// axes; those of X*w by X along one.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"

namespace nabla {

inline constexpr size_t most_diagonals = 64;

struct Stencil {
  std::vector<Ref> lines, across;              // extents
  std::vector<std::optional<size_t>> follows;  // by axis across: the axis of the line
  // What position across - position on the line may be, together by axis across, 0 where it stands anywhere;
  // ascending. They may name entries that are 0; they leave out none that is not.
  std::vector<std::vector<int64_t>> diagonals;

  bool is_free(size_t across_axis) const { return !follows[across_axis]; }
};

// None for more than most_diagonals.
std::optional<Stencil> stencil_of(Context& ctx, Ref block, size_t line_axes);

// The entries of a diagonal: the axes of the line, then those across on which they stand anywhere. 0 where
// the line has no such entry.
Ref entries_on(Context& ctx, Ref block, const Stencil& stencil, const std::vector<int64_t>& diagonal);

}  // namespace nabla

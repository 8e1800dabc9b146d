// Sizes by which orders of contraction are compared where extents are symbolic.
//
// The usual size of a dim is 64. As that says little about dims that may be any size, there are other points:
// at each of them one dim is 1 or 1024 and all others are usual. All sizes are moved into the bounds of their
// dims.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"

namespace nabla {

class ContractionSizes {
 public:
  struct Point {
    Ref dim;  // none: all sizes are usual
    bool large = false;
  };

  // `extents`: of each label; formulas over dims and integer parameters.
  ContractionSizes(Context& ctx, const std::vector<Ref>& extents);

  const std::vector<Point>& points() const { return points_; }  // the first is the usual one
  double size(size_t point, Label l) const { return sizes_[point][l]; }
  // The dims and their usual sizes.
  const std::vector<std::pair<Ref, int64_t>>& usual() const { return usual_; }

 private:
  double value(Context& ctx, Ref symbol, const Point& at) const;
  double size_of(Context& ctx, Ref extent, const Point& at) const;

  std::vector<Point> points_;
  std::vector<std::pair<Ref, int64_t>> usual_;
  std::vector<std::vector<double>> sizes_;
};

}  // namespace nabla

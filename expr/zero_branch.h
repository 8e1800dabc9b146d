// Branches with a side that is 0, as derivatives of branches are: select(c, a, 0)*f is select(c, a*f, 0) when
// the labels of f are among those of the branch, and f no longer counts where the branch is not taken.
#pragma once

#include <span>
#include <vector>

#include "expr/indexed.h"

namespace nabla {

// Whether it is 0 as written: the number, or an array filled with it.
bool is_zero(const Context& ctx, Ref e);

// Whether it is a branch with a side that is 0, and these labels of its axes are all different.
bool has_zero_side(const Context& ctx, Ref factor, std::span<const Label> axes);

bool is_among(std::span<const Label> labels, std::span<const Label> axes);

struct LabelledFactor {
  Ref factor;
  std::vector<Label> labels;  // one for each of its axes
};

// The branch, on these axes, with each side that is not 0 multiplied with factors whose labels are among the
// axes. `extents` by label.
Ref branch_times(Context& ctx, Ref branch, std::span<const Label> axes,
                 std::span<const LabelledFactor> factors, std::span<const Ref> extents);

}  // namespace nabla

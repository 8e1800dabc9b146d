// Products of matrices that are made of blocks, block by block: [A, B]*[C; D] is A*C + B*D.
#pragma once

#include "expr/context.h"

namespace nabla {

// e with products, transposes, multiples and sums of block matrices carried out on the blocks, as far as the
// blocks fit: rows of blocks outside, as in [A, B; C, D]. The value is the same wherever e has one. What has
// no blocks is itself.
Ref with_blocks_multiplied(Context& ctx, Ref e);

// How many matrices of blocks stand in e.
int64_t count_blocks(Context& ctx, Ref e);

}  // namespace nabla

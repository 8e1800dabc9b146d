// Forward mode over the lets of a Program, for many directions at once: each let carries its tangents as a
// sparse list, so that a Jacobian or Hessian costs in proportion to its nonzeros. The Hessian is forward
// mode over the adjoints that reverse mode left behind.
#pragma once

#include <span>
#include <vector>

#include "diff/partials.h"
#include "expr/program.h"

namespace nabla {

struct Tangent {
  uint32_t direction;
  Ref value;  // an atom of the program, not 0
};

// Variable `variable` moves with `tangent` (an atom) in direction `direction`.
struct Seed {
  Ref variable;
  uint32_t direction;
  Ref tangent;
};

// The nonzero tangents of each output, ascending by direction. Appends lets. With one direction this is a
// jvp; with direction k for variable k and tangent 1 it is the sparse Jacobian.
std::vector<std::vector<Tangent>> forward(Lowering& lowering, Partials& partials,
                                          std::span<const Ref> outputs, std::span<const Seed> seeds);

// The rows of the Jacobian of `outputs` by `variables`: forward mode with one direction a variable.
//
// With `most_parts` > 0 the tangents of a let are carried as a linear combination of at most so many rows:
// the gradients of earlier lets. Where all passes through a few lets, a scalar is carried through in place of
// a row, and a Hessian such as diag(d) + v*b' + b*v' costs a few products an entry.
std::vector<std::vector<Tangent>> sparse_jacobian(Lowering& lowering, Partials& partials,
                                                  std::span<const Ref> outputs,
                                                  std::span<const Ref> variables, size_t most_parts = 0);

}  // namespace nabla

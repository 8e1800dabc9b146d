// A derivation backward, read forward by people: as differentials, in the notation of matrix calculus (Magnus
// and Neudecker, Matrix Differential Calculus, 1988).
//
//   df = tr(A*d(inv(X)))
//      = -tr(inv(X)*A*inv(X)*dX)      so that df/dX = -inv(X)'*A'*inv(X)'
//
// Reverse mode knows at each moment how f moves with the parts that it has still to visit: df is the sum of
// these derivatives with the differentials of the parts. Each line is that sum after one more part.
#pragma once

#include <utility>
#include <vector>

#include "diff/trace.h"

namespace nabla {

struct DifferentialLine {
  Ref value;                   // a linear form in the names of the differentials
  const Step* step = nullptr;  // by which the line before became this one
};

struct Differentials {
  Ref of;  // what the lines are equal to: the differential of f, or of u'*f where f was weighted
  std::vector<DifferentialLine> lines;
  std::vector<std::pair<Ref, Ref>> names;  // parts, and what stands for their differentials
};

// No lines where f does not depend on the variable.
Differentials differentials_of(Context& ctx, const Derivation& backward);

}  // namespace nabla

// Derivatives of norms at 0. That of norm(x) is x/norm(x), 0/0 at x = 0, where every vector of norm at most 1
// is a subgradient (Rockafellar, Convex Analysis, section 23): 0 is taken, as sign(0) is 0.
//
// Invariant: only what differentiation divides by a norm changes, and only where that norm is 0. A formula
// that itself divides by the norm, or takes its logarithm or a root of it, has no value or slope there, and
// its derivatives stay as they are.
#pragma once

#include <unordered_set>

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

inline constexpr const char* norms_note =
    "Where a norm is 0, 1/norm counts as 0 in its derivatives, which are a subgradient there.";

// For whole arrays.
class NormsAtZero {
 public:
  NormsAtZero(Context& ctx, Ref formula);

  // A derivative of the formula, in which 1/norm is 0 where the norm is.
  Ref operator()(Ref derivative);
  bool found() const { return found_; }  // whether there was a quotient by a norm

 private:
  Context& ctx_;
  std::unordered_set<Ref> norms_;  // and their squares
  bool found_ = false;
};

// Of the lets of a function of scalars: the norms, as Partials::set_norms() takes them.
std::unordered_set<Ref> norms_of(const Context& ctx, const Program& program);

}  // namespace nabla

// Forward mode for vectors, matrices and tensors of any size: the tangent of a node has its shape and is its
// derivative in the direction in which the variables move (a jvp, a differential, a derivative by a scalar).
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <utility>

#include "diff/rules.h"
#include "diff/trace.h"

namespace nabla {

class Tangents {
 public:
  // Each variable (a symbol, let or entry) moves with its tangent, of its shape. `name` as in Cotangents.
  Tangents(Partials& partials, std::span<const std::pair<Ref, Ref>> directions,
           std::function<Ref(Ref)> name = {});

  // Throws Failure: cannot_differentiate (names the operation), equality_condition.
  Ref push_forward(Ref root);

 private:
  void move_entry(Ref entry, Ref tangent);
  Ref node(Ref r);
  Ref sum(Ref r);
  Ref product(Ref r);
  Ref indexed(Ref r);
  Ref select(Ref r);
  Ref opaque(Ref r);
  Ref logarithm(Ref r);
  Ref by_rule(Ref r);
  Ref of(Ref r) const;  // the tangent, or Ref{} for what does not move
  Ref of_or_zero(Ref r) { return of(r) ? of(r) : ctx_.zeros(ctx_[r].shape); }
  Ref total(const std::vector<Term>& terms, ShapeId shape);
  void add_step(Ref r);

  Context& ctx_;
  Partials& partials_;
  Rules rules_;
  std::function<Ref(Ref)> name_;
  Ref variable_;  // the last of them, for a trace
  Way way_ = Way::directional;
  uint64_t names_ = 0;
  std::unordered_map<Ref, Ref> tangents_;
};

}  // namespace nabla

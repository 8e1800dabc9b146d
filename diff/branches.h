// Where each let of a program is needed: the condition under which some output depends on it.
//
// Reverse mode multiplies adjoints by local derivatives. On the side of a branch that is not taken an adjoint
// is 0, but a local derivative may be undefined there, and 0 times undefined is not 0. So adjoints run
// freely among the lets that live under one condition, and are set to 0 by a select where they leave it.
#pragma once

#include <span>
#include <vector>

#include "expr/program.h"

namespace nabla {

class Branches {
 public:
  explicit Branches(Lowering& lowering) : lowering_(lowering), ctx_(lowering.context()) {}

  // For the lets that `outputs` need; `active` says which of the program's lets are differentiated.
  void find(std::span<const Ref> outputs, const std::vector<bool>& active);

  // The condition to ask for when a term goes from let number `user` to `operand`; none if they live under
  // the same one.
  Ref leaving(size_t user, Ref operand) const;

  // Whether `branch` is needed only where let number `user` is and `condition` is `side`.
  bool lives_in(Ref branch, size_t user, Ref condition, bool side);

 private:
  Ref condition_of(Ref atom) const;
  Ref inside(Ref where, Ref condition, bool side);
  Ref either(Ref a, Ref b);
  void use(Ref operand, Ref where);

  Lowering& lowering_;
  Context& ctx_;
  std::vector<Ref> where_;  // of each let; none: not needed. Empty: there are no branches
};

}  // namespace nabla

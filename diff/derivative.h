// The derivative of one scalar expression, in closed form: the chain rule over the function table.
//
// The variable is a scalar symbol or an entry (x[3]) of a tensor. Results are built by the canonical
// constructors and share everything; each node is differentiated once.
#pragma once

#include <vector>

#include "diff/partials.h"
#include "expr/context.h"

namespace nabla {

// Differentiates by one variable; what was differentiated once is remembered, so that higher orders only
// pay for what is new.
class Derivative {
 public:
  // For higher orders the derivatives of all products are remembered: later sums contain them again.
  Derivative(Partials& partials, Ref variable, bool higher_orders = false);

  // Throws Failure: cannot_differentiate (names the part), equality_condition.
  Ref of(Ref e);

 private:
  Ref compute(Ref e);
  Ref node(Ref r);
  Ref sum(Ref r);
  void product(Ref coefficient, std::span<const Ref> factors, std::vector<Term>& terms);
  Ref power(Ref r);
  Ref function(Ref r);
  Ref opaque(Ref r);
  Ref select(Ref r);
  Ref known(Ref r) const;
  bool has(Ref r) const { return r.id >= base_ && r.id - base_ < memo_.size() && memo_[r.id - base_]; }
  void cover(Ref lowest, Ref highest);
  void add_step(Ref r);
  void append_dependent(Ref r, std::vector<Ref>& list) const;
  bool depends(Ref r) const { return (ctx_[r].names & names_) == names_; }

  Context& ctx_;
  Ref variable_;
  uint64_t names_;
  Partials& partials_;
  bool higher_orders_;
  // By id from base_ on, so that a small expression in a large context needs little; Ref{}: not known yet.
  // Parts of a sum that only this sum uses stay unknown: it takes in their terms in one go.
  std::vector<Ref> memo_;
  uint32_t base_ = 0;
};

Ref diff(Context& ctx, Ref e, Ref variable);
// 0 <= order <= limits().derivative_order, else Failure(order_too_large).
Ref diff(Context& ctx, Ref e, Ref variable, uint64_t order);
// Partial derivatives by several variables.
std::vector<Ref> gradient(Context& ctx, Ref e, std::span<const Ref> variables);

}  // namespace nabla

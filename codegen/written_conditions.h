// Conditions as the formula writes them. The derivative of the `else` of w > 0 holds where w <= 0: the
// complement of the condition but at NaN, where neither holds, so that a gradient would be 0 beside a value
// that is NaN.
//
// Invariant: in what is returned each branch of the formula is chosen by its own condition, or by the `else`
// of it, so that of both sides one counts at every number and at NaN.
#pragma once

#include <set>
#include <tuple>

#include "expr/context.h"

namespace nabla {

class WrittenConditions {
 public:
  WrittenConditions(Context& ctx, Ref formula);

  // A derivative of the formula, with branches instead of complements.
  Ref operator()(Ref derivative) const;

 private:
  using Key = std::tuple<Relation, Ref, Ref>;
  Key key(Relation relation, Ref a, Ref b) const;
  bool is_complement(Ref condition) const;
  Ref chosen(Ref condition, Ref yes, Ref no) const;

  Context& ctx_;
  std::set<Key> written_;  // comparisons by < and <=
};

}  // namespace nabla

// What data that differs from point to point chooses, as conditions on positions: code for many points takes
// several points at once, and has no one position at which all of them read.
//
// Invariant: the value is the same, and entries that are not chosen count for nothing, NaN and infinities
// too.
#pragma once

#include <functional>

#include "expr/context.h"

namespace nabla {

class PointChoices {
 public:
  using Varies = std::function<bool(Ref)>;
  using Name = std::function<Ref(Ref value)>;

  // `varies`: whether an expression differs from point to point; `name`: a let for a sum.
  PointChoices(Context& ctx, Varies varies, Name name)
      : ctx_(ctx), varies_(std::move(varies)), name_(std::move(name)) {}

  // unit(n, k), x[k] and whole rows x[k, :] without positions that differ.
  // Failure(not_yet_available) where a size or the range of an index differs.
  Ref operator()(Ref value);

 private:
  Ref chosen(Ref original, Ref rebuilt);
  Ref unit(Ref n, Ref k);
  Ref one_where(Ref condition);
  Ref entry(Ref original, Ref rebuilt);
  Ref gathered(Ref rebuilt);
  Ref sum_at(Ref tensor, size_t axis, Ref place);
  void refuse_ranges(Ref r) const;

  Context& ctx_;
  Varies varies_;
  Name name_;
};

}  // namespace nabla

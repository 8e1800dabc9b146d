// The sizes that the values of names give to dims.
//
// Invariant: a dim has one size; what a second value says of it is compared with the first.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla::dense {

// How many entries an array has. Failure (memory_limit) beyond 2^26.
size_t count_entries(const std::vector<int64_t>& extents);

class KnownExtents {
 public:
  explicit KnownExtents(Context& ctx) : ctx_(ctx) {}

  // The value of `by` has the size n along the dim. Failure (bad_value) when another value says otherwise.
  void learn(Ref dim, int64_t n, Ref by);
  std::optional<int64_t> find(Ref dim) const;

 private:
  Context& ctx_;
  std::map<Ref, std::pair<int64_t, Ref>> dims_;  // the size, and the name that gave it
};

}  // namespace nabla::dense

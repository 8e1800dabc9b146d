// How many functions are applied in an expression, as a tree: what decides between forms of one weight.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "expr/context.h"

namespace nabla {

// Calls and powers, without quotients. Counts are kept; not to be used across Context::keep.
class Calls {
 public:
  explicit Calls(Context& ctx) : ctx_(ctx) {}
  uint64_t operator()(Ref e);  // saturates at 2^64 - 1

 private:
  Context& ctx_;
  std::unordered_map<Ref, uint64_t> counts_;
};

}  // namespace nabla

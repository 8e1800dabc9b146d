// What a formula inside loops computes from outer labels alone leaves the inner loops.
#pragma once

#include <unordered_map>
#include <vector>

#include "expr/context.h"

namespace nabla {

// The number of loops outside which nothing of it changes: 0 for what no label enters.
using LoopDepths = std::unordered_map<Ref, size_t>;  // by placeholder

struct Hoisted {
  Ref placeholder, value;
  size_t depth;
};

class Hoister {
 public:
  Hoister(Context& ctx, LoopDepths depths) : ctx_(ctx), depths_(std::move(depths)) {}

  // The formula with placeholders for its parts of lesser depth than the whole. What only a branch needs
  // stays in its branch.
  Ref operator()(Ref formula);
  size_t depth(Ref formula);
  void set_depth(Ref placeholder, size_t depth) { depths_[placeholder] = depth; }
  // In the order in which they can be computed.
  const std::vector<Hoisted>& hoisted() const { return hoisted_; }

 private:
  Ref rebuilt(Ref r, bool everywhere);
  Ref take_out(Ref part);
  Ref shallow_sum(Ref r, std::vector<Ref> operands);
  Ref shallow_product(std::span<const Ref> factors);

  Context& ctx_;
  LoopDepths depths_;
  std::unordered_map<Ref, Ref> forms_;
  std::vector<Hoisted> hoisted_;
};

}  // namespace nabla

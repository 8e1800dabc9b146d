// Names for what reverse and forward mode carry from node to node, so that a derivative costs a multiple of
// its function whatever the depth: without them the products of the layers above would be multiplied out at
// each node of a deep network.
//
// A product of few factors stays open, so that it can still be contracted in the best order and an outer
// product is never filled in; of a longer one each part that the summed labels hold together gets a let.
#pragma once

#include <vector>

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

class DerivativeLets {
 public:
  // Numbers begin at `first`. Fresh numbers make each let younger than its value.
  DerivativeLets(Context& ctx, uint32_t first) : ctx_(ctx), first_(first) {}
  static constexpr uint32_t first_number = uint32_t{1} << 30;

  // For Cotangents and Tangents: g, with lets for its parts where it is long.
  Ref operator()(Ref g);
  // In the order in which they were made; their numbers are apart from those of a TensorLowering.
  const std::vector<Let>& lets() const { return lets_; }

 private:
  Ref let(Ref value);

  Context& ctx_;
  uint32_t first_;
  std::vector<Let> lets_;
};

}  // namespace nabla

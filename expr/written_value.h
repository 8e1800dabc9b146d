// The value of what was written: nodes of Kind::written, folded by the constructors.
//
// A quotient by 0 and a negative power of 0 have no value and stay as they were written.
#pragma once

#include <unordered_map>

#include "expr/context.h"

namespace nabla {

// Remembers the values of all nodes that it met. Valid as long as the nodes are.
class WrittenValues {
 public:
  explicit WrittenValues(Context& ctx) : ctx_(ctx) {}
  Ref of(Ref written);

 private:
  Ref folded(Ref r);

  Context& ctx_;
  std::unordered_map<Ref, Ref> values_;
};

}  // namespace nabla

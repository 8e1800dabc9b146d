// The weight of a form: what a reader has to read.
//
// It is the number of tree nodes of the printed text (docs/language.md, "Counting"): leaves and operators; a
// quotient counts one bar, not negative powers, and sqrt(x) two. So the weight of a sum is that of its terms
// and one more, whatever stands around it, and replacing a part by a lighter one makes the whole lighter.
#pragma once

#include <cstdint>

#include "expr/context.h"
#include "expr/print_form.h"

namespace nabla {

// Counts are kept, so that a candidate costs only its new nodes. Not to be used across Context::keep.
class Weight {
 public:
  explicit Weight(Context& ctx) : forms_(ctx) {}
  // Saturates at 2^64 - 1.
  uint64_t operator()(Ref e) { return forms_[forms_.add(e)].nodes; }

 private:
  Forms forms_;
};

}  // namespace nabla

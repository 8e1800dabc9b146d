// The weight of a form: what a reader has to read.
//
// Eight for each tree node of the printed text (docs/language.md, "Counting"), leaves and operators; a
// quotient is one bar, not negative powers, and sqrt(x) two nodes. Forms of the same number of nodes differ
// by small amounts, none of which outweighs a node: four for a bar, one for a name, one for each term of a
// sum beyond the second, one for each two binary digits of a number beyond 3, one for a number below 0; eight
// for a sum that begins with a minus, so that -(x + 1)*y is lighter than (-x - 1)*y; and for an exponential
// below a bar so much that x/exp(y) weighs what x*exp(-y) does. The weight of a sum is that of its terms and
// eight, whatever stands around it, so a lighter part makes the whole lighter.
//
// Counted otherwise is what a reader would carry out. An array of numbers is one datum and counts as one
// node. An operation that is left between arrays that are written out counts as 24 more, one on a range
// [i for i in 1:n] as 8, and a circular function of an inverse one, sin(acos(x)), as 6. And sin(3*x)*csc(x)
// has five for being no quotient.
#pragma once

#include <cstdint>
#include <vector>

#include "expr/context.h"
#include "expr/print_form.h"

namespace nabla {

// Counts are kept, so that a candidate costs only its new nodes. Not to be used across Context::keep.
class Weight {
 public:
  explicit Weight(Context& ctx) : forms_(ctx) {}
  // Saturates at 2^64 - 1.
  uint64_t operator()(Ref e);
  // The nodes that are counted; saturates, too.
  uint64_t nodes(Ref e);

  static constexpr uint64_t of_node = 8;

 private:
  static constexpr int64_t of_open_operation = 24, of_open_sum = 8, of_algebraic_call = 6;
  // What is counted in a form and its parts beside the nodes that are printed; both saturate.
  struct Own {
    int64_t nodes;
    uint64_t details;  // bars, names, digits, signs
  };
  Own own(FormId f) const;
  FormId added(Ref e);

  Forms forms_;
  std::vector<Own> own_;  // of each form
};

}  // namespace nabla

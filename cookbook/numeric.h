// Compares the derived and the stated form of a row at random matrices of small sizes.
#pragma once

#include <cstdint>
#include <string>

#include "cookbook/verify.h"

namespace nabla {

struct NumericVerdict {
  Standing kind = Standing::undecided;  // equal_numbers, refuted or undecided
  std::string text;                     // of refuted: the point; of undecided: why
};

NumericVerdict compare_numerically(const BookRow& row, uint64_t seed);

}  // namespace nabla

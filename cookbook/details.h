// How the answer of a row comes about, and the code that it becomes.
#pragma once

#include <cstdint>
#include <string>

#include "cookbook/book.h"
#include "session/steps.h"

namespace nabla {

struct RowDetails {
  std::string steps;  // lines; empty: the row asks for no derivative
  std::string code;   // C++; empty: there is none, and `no_code` says why
  std::string no_code;
};

RowDetails details_of(const BookRow& row, const StepsOptions& options, uint64_t seed = 1);

}  // namespace nabla

// What is fuzzed: what simplify promises (tests/simplified.h), on the random expressions of many seeds.
#pragma once

#include <cstdint>
#include <string>

namespace nabla::fuzz {

struct SimplifyRun {
  uint64_t count = 20'000, first = 1;  // seeds
  unsigned threads = 1;
  // A file that says how far the run is: a run with the same file goes on from there. Empty: none.
  std::string state = {};
};

// Prints each broken promise with the smallest expression found that breaks it, and progress to the standard
// error. The number of broken promises, those before a resumption included.
uint64_t fuzz_simplify(const SimplifyRun& run);

}  // namespace nabla::fuzz

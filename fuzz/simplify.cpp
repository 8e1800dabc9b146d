#include "fuzz/simplify.h"

#include "tests/simplify_seed.h"

namespace nabla::fuzz {

std::string simplify_complaint(uint64_t seed) {
  try {
    return test::seed_complaint(seed);
  } catch (const std::exception& wrong) {
    return "seed " + std::to_string(seed) + ", thrown: " + wrong.what();
  }
}

}  // namespace nabla::fuzz

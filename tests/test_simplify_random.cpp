// Random expressions, scalar and of matrices: simplify keeps its promises (simplified.h). scripts/fuzz
// --simplify runs more.
#include <catch2/catch.hpp>

#include "tests/simplify_seed.h"
#include "tests/texts.h"

using namespace nabla;
using namespace nabla::test;

TEST_CASE("random expressions are simplified as promised", "[simplify][random]") {
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    const std::string complaint = seed_complaint(seed);
    INFO(complaint);
    CHECK(complaint.empty());
  }
}

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

// Seeds that broke a promise once.
TEST_CASE("expressions that were once simplified wrongly", "[simplify][random]") {
  for (const uint64_t seed :
       {13011u,   13296u,    20311u,    27712u,    43711u,    44279u,   52959u,   57335u,
        158000u,  185452u,   187540u,   2078228u,  2109015u,  2514052u, 2531732u, 2538134u,
        3063070u, 10007432u, 10037023u, 10624388u, 60049818u, 60115218u}) {
    const std::string complaint = seed_complaint(seed);
    INFO(complaint);
    CHECK(complaint.empty());
  }
}

// What is fuzzed: what simplify promises (tests/simplified.h), on the random expression of a seed.
#pragma once

#include <cstdint>
#include <string>

namespace nabla::fuzz {

// What is wrong, with the smallest expression found for which it is, or empty.
std::string simplify_complaint(uint64_t seed);

}  // namespace nabla::fuzz

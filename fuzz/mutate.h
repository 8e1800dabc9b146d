// Scripts made from others by chance: the same seed gives the same script on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nabla::fuzz {

// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next();
  size_t below(size_t n) { return static_cast<size_t>(next() % n); }

 private:
  uint64_t state_;
};

// A line of the language, or several.
std::string random_script(Random& random);
// The same after a few changes to its bytes or tokens.
std::string mutated(Random& random, std::string script);

}  // namespace nabla::fuzz

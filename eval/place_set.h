// Places in an order that are still to be visited, the least first, where a visit adds later places only.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace nabla {

class PlaceSet {
 public:
  explicit PlaceSet(size_t size) : bits_(size / 64 + 1) {}
  // Above all that were taken.
  void insert(size_t place) { bits_[place / 64] |= uint64_t{1} << place % 64; }
  std::optional<size_t> take_least() {
    while (word_ < bits_.size() && bits_[word_] == 0) ++word_;
    if (word_ == bits_.size()) return std::nullopt;
    const size_t place = 64 * word_ + static_cast<size_t>(std::countr_zero(bits_[word_]));
    bits_[word_] &= bits_[word_] - 1;
    return place;
  }

 private:
  std::vector<uint64_t> bits_;
  size_t word_ = 0;  // all before are empty
};

}  // namespace nabla

#include "codegen/repeated_pairs.h"

#include <tuple>

namespace nabla {
namespace {

bool ascends(const FormPair& a, const FormPair& b) {
  return std::tie(a.first, a.second, a.where) < std::tie(b.first, b.second, b.where);
}

}  // namespace

FormPair::FormPair(const std::array<uint32_t, 4>& key, FormId node)
    : first(uint64_t{key[0]} << 32 | key[1]),
      second(uint64_t{key[2]} << 32 | key[3]),
      where(node),
      hash(static_cast<uint32_t>(mix(first, second))) {}

std::array<uint32_t, 4> FormPair::key() const {
  const auto low = [](uint64_t v) { return static_cast<uint32_t>(v); };
  return {low(first >> 32), low(first), low(second >> 32), low(second)};
}

void RepeatedPairs::add(const std::array<uint32_t, 4>& key, FormId where) {
  all_.emplace_back(key, where);
  if (2 * all_.size() > counters_.size()) {
    counters_.assign(std::max<size_t>(64, 2 * counters_.size()), 0);
    for (const FormPair& p : all_) ++counter(p);
  } else {
    ++counter(all_.back());
  }
}

const std::vector<FormPair>& RepeatedPairs::repeated() {
  repeated_.clear();
  std::copy_if(all_.begin(), all_.end(), std::back_inserter(repeated_),
               [this](const FormPair& p) { return counter(p) > 1; });
  std::sort(repeated_.begin(), repeated_.end(), ascends);
  return repeated_;
}

}  // namespace nabla

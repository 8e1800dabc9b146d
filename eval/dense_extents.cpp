#include "eval/dense_extents.h"

#include <algorithm>
#include <string>

#include "eval/tape.h"
#include "expr/diagnostic.h"

namespace nabla::dense {
namespace {

constexpr int64_t most_entries = int64_t{1} << 26;

}  // namespace

size_t count_entries(const std::vector<int64_t>& extents) {
  int64_t n = 1;
  for (int64_t e : extents) {
    if (e > 0 && n > most_entries / e) {
      throw Failure(Code::memory_limit, "an array of more than " + std::to_string(most_entries) + " entries");
    }
    n *= std::max<int64_t>(e, 0);
  }
  return static_cast<size_t>(n);
}

void KnownExtents::learn(Ref dim, int64_t n, Ref by) {
  const auto [known, fresh] = dims_.try_emplace(dim, n, by);
  if (fresh || known->second.first == n) return;
  const auto text = [this](Ref r) { return "'" + short_text(ctx_, r) + "'"; };
  throw Failure(Code::bad_value, text(by) + " makes " + text(dim) + " = " + std::to_string(n) + ", but " +
                                     text(known->second.second) + " makes it " +
                                     std::to_string(known->second.first));
}

std::optional<int64_t> KnownExtents::find(Ref dim) const {
  const auto found = dims_.find(dim);
  if (found == dims_.end()) return std::nullopt;
  return found->second.first;
}

}  // namespace nabla::dense

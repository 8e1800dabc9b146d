#include "codegen/repeated_pairs.h"

#include <tuple>

namespace nabla {
namespace {

struct Ascends {
  bool operator()(const FormPair& a, const FormPair& b) const {
    return std::tie(a.first, a.second, a.where) < std::tie(b.first, b.second, b.where);
  }
};

}  // namespace

void RepeatedPairs::open(FormId where, size_t most) {
  open_ = where;
  if (where >= ranges_.size()) ranges_.resize(std::max<size_t>(where + 1, 2 * ranges_.size()));
  const auto next = static_cast<uint32_t>(all_.size());
  ranges_[where] = {next, next};
  size_t size = std::max<size_t>(64, slots_.size());
  while (size < 2 * (valid_ + most)) size *= 2;
  if (size == slots_.size()) return;
  slots_.assign(size, {});
  repeated_.clear();
  fresh_.clear();
  for (const Range& r : ranges_) {
    for (uint32_t i = r.begin; i < r.end; ++i) count(i);
  }
}

void RepeatedPairs::take_out(FormId where) {
  if (where >= ranges_.size()) return;
  Range& range = ranges_[where];
  for (uint32_t i = range.begin; i < range.end; ++i) --slot(all_[i]).count;
  valid_ -= range.end - range.begin;
  range = {};
  if (where >= is_gone_.size()) is_gone_.resize(ranges_.size());
  is_gone_[where] = any_gone_ = true;
  if (all_.size() > 64 + 2 * valid_) compact();
}

void RepeatedPairs::compact() {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < all_.size();) {
    Range& range = ranges_[all_[i].where];
    if (i != range.begin || i == range.end) {
      ++i;
      continue;
    }
    const uint32_t begin = kept;
    for (; i < range.end; ++i) {
      Slot& s = slot(all_[i]);
      if (s.only == i) s.only = kept;
      all_[kept++] = all_[i];
    }
    range = {begin, kept};
  }
  all_.resize(kept);
}

const std::vector<FormPair>& RepeatedPairs::repeated() {
  if (any_gone_) {
    const auto is_gone = [this](const FormPair& p) { return p.where < is_gone_.size() && is_gone_[p.where]; };
    repeated_.erase(std::remove_if(repeated_.begin(), repeated_.end(), is_gone), repeated_.end());
    is_gone_.assign(is_gone_.size(), false);
    any_gone_ = false;
  }
  if (fresh_.empty()) return repeated_;
  std::sort(fresh_.begin(), fresh_.end(), Ascends());
  const auto middle = static_cast<std::ptrdiff_t>(repeated_.size());
  repeated_.insert(repeated_.end(), fresh_.begin(), fresh_.end());
  std::inplace_merge(repeated_.begin(), repeated_.begin() + middle, repeated_.end(), Ascends());
  fresh_.clear();
  return repeated_;
}

}  // namespace nabla

// Pairs of factors or of terms that the nodes of a form have, and which of them several nodes have.
//
// Most pairs occur once. They are told by a table that counts what is added and taken out, and never get to
// be sorted; what occurs again stays in order from round to round, so that a round costs what it changes. A
// round takes pairs out, adds others, and asks which are repeated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "codegen/sum_product.h"

namespace nabla {

// Two bases with their powers, or two nodes and the ratio of their coefficients; and a node that has them.
struct FormPair {
  uint64_t first = 0, second = 0;
  FormId where = 0;
  uint32_t hash = 0;

  bool is_same(const FormPair& o) const { return first == o.first && second == o.second; }
};

class RepeatedPairs {
 public:
  // Begins a node that has no pairs yet, and will get at most so many before another one begins.
  void open(FormId where, size_t most);
  void add(uint64_t first, uint64_t second) {
    const auto index = static_cast<uint32_t>(all_.size());
    all_.push_back({first, second, open_, static_cast<uint32_t>(mix(first, second))});
    ++ranges_[open_].end;
    ++valid_;
    count(index);
  }
  // Takes out all pairs of a node.
  void take_out(FormId where);
  // Those that occur more than once, and perhaps some others, in ascending order by key and node. Valid until
  // the next call.
  const std::vector<FormPair>& repeated();

 private:
  static constexpr uint32_t none = ~uint32_t{0};
  // The pairs of one hash. The only one, if it was never one of several, is in all_ alone; others are also in
  // repeated_ or fresh_.
  struct Slot {
    uint32_t count = 0;
    uint32_t only = none;  // its index
  };
  struct Range {
    uint32_t begin = 0, end = 0;
  };

  Slot& slot(const FormPair& p) { return slots_[p.hash & (slots_.size() - 1)]; }
  void count(uint32_t index) {
    Slot& s = slot(all_[index]);
    if (++s.count == 1) {
      s.only = index;
      return;
    }
    if (s.only != none) fresh_.push_back(all_[s.only]);
    s.only = none;
    fresh_.push_back(all_[index]);
  }
  void compact();

  std::vector<FormPair> all_;  // also some that were taken out, which no range holds
  std::vector<Range> ranges_;  // in all_, by node
  FormId open_ = 0;
  size_t valid_ = 0;         // pairs in ranges
  std::vector<Slot> slots_;  // a power of 2, at least twice the number of pairs
  std::vector<FormPair> repeated_, fresh_;
  std::vector<bool> is_gone_;  // nodes whose pairs leave repeated_
  bool any_gone_ = false;
};

}  // namespace nabla

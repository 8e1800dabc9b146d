// Pairs of factors or of terms that the nodes of a form have, and which of them several nodes have.
//
// Most pairs occur once. They are told by a table of counters that follows what is added and taken out, and
// never get to be sorted.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "codegen/sum_product.h"

namespace nabla {

// Two bases with their powers, or two nodes and the ratio of their coefficients; and a node that has them.
struct FormPair {
  uint64_t first = 0, second = 0;
  FormId where = 0;
  uint32_t hash = 0;

  FormPair(const std::array<uint32_t, 4>& key, FormId node);
  std::array<uint32_t, 4> key() const;
  bool is_same(const FormPair& o) const { return first == o.first && second == o.second; }
};

class RepeatedPairs {
 public:
  void add(const std::array<uint32_t, 4>& key, FormId where);
  // Takes out the pairs of all nodes for which `is_gone`.
  template <class IsGone>
  void take_out(IsGone is_gone) {
    const auto goes = [&](const FormPair& p) {
      if (!is_gone(p.where)) return false;
      --counter(p);
      return true;
    };
    all_.erase(std::remove_if(all_.begin(), all_.end(), goes), all_.end());
  }
  // Those that occur more than once, and perhaps some others, in ascending order by key and node. Valid until
  // the next call.
  const std::vector<FormPair>& repeated();

 private:
  uint32_t& counter(const FormPair& p) { return counters_[p.hash & (counters_.size() - 1)]; }

  std::vector<FormPair> all_, repeated_;
  std::vector<uint32_t> counters_;  // of pairs by hash; a power of 2, at least twice the number of pairs
};

}  // namespace nabla

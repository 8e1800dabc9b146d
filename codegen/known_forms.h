// What forms became when their equal parts were shared (codegen/greedy_sharing.h).
//
// Several ways to read a plan, and the plans of several ways to differentiate, often lead to one form, which
// is followed once. What a form becomes depends on the form alone.
#pragma once

#include <unordered_map>

#include "codegen/sum_product.h"

namespace nabla {

class KnownForms {
 public:
  explicit KnownForms(Coefficients& coefficients) : coefficients_(coefficients) {}

  Coefficients& coefficients() const { return coefficients_; }
  struct Shared {
    Plan plan;
    bool complete = false;  // else the allowance was spent
  };
  // The plan of a form whose equal parts were shared, with the nodes looked at taken from the allowance.
  Shared share(SumProduct form, size_t& allowance);

 private:
  struct Known {
    SumProduct form;
    Plan plan;
    size_t spent = 0;
  };
  // Kept at once, about 100 bytes each. What is larger costs more to keep than it saves.
  static constexpr size_t most_nodes = size_t{1} << 15, most_nodes_of_one = size_t{1} << 13;
  void keep(uint64_t hash, Known known);

  Coefficients& coefficients_;
  std::unordered_multimap<uint64_t, Known> known_;
  size_t nodes_ = 0;  // of all that is kept
};

}  // namespace nabla

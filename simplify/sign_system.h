// What is known of the signs of some real quantities that are not 0: products of signs that are 1 or -1.
//
// Invariant: the rows are in reduced echelon form over the field of two elements, so a set of signs has one
// residue, and two sets with one residue have the same product up to the sign that is returned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nabla {

class SignSystem {
 public:
  using Set = uint64_t;  // bit k: the sign of quantity k is a factor
  static constexpr size_t most_signs = 64;

  struct Product {
    Set signs = 0;
    bool negative = false;
    friend bool operator==(const Product&, const Product&) = default;
  };

  // The product is 1. False: that contradicts what is known.
  bool require_positive(Product p);
  // The same product in fewer signs: without those that are known from the others.
  Product residue(Product p) const;
  bool knows(Product p) const { return residue(p).signs == 0; }

 private:
  struct Row {
    Set pivot = 0;  // one bit, in no other row
    Product product;
  };
  std::vector<Row> rows_;
};

}  // namespace nabla

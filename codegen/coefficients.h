// The coefficients of sums and products (codegen/sum_product.h): few, and asked for the same again and again.
//
// They are closed expressions without names, none is 0. What was answered once is kept.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla {

class Coefficients {
 public:
  explicit Coefficients(Context& ctx) : ctx_(ctx), ratios_(most_ratios) {}

  Context& context() const { return ctx_; }
  // b/a, where both are multiples of one constant without that.
  Ref ratio(Ref b, Ref a);
  // Whether its value is certified to be below 0.
  bool is_below_zero(Ref c);

 private:
  std::pair<Ref, Ref> split(Ref c);

  Context& ctx_;
  // Ratios by a hash of both; a later one takes the place of an earlier one.
  struct Ratio {
    Ref b, a, value;
  };
  static constexpr size_t most_ratios = size_t{1} << 15;  // a power of 2
  std::vector<Ratio> ratios_;
  std::unordered_map<Ref, bool> below_zero_;
};

}  // namespace nabla

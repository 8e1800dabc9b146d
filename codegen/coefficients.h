// The coefficients of sums and products (codegen/sum_product.h): few, and asked for the same again and again.
//
// They are closed expressions without names, none is 0. What was answered once is kept.
#pragma once

#include <unordered_map>
#include <vector>

#include "expr/context.h"

namespace nabla {

class Coefficients {
 public:
  explicit Coefficients(Context& ctx) : ctx_(ctx), parts_(most_parts), ratios_(most_ratios) {}

  Context& context() const { return ctx_; }
  // b/a, where both are multiples of one constant without that.
  Ref ratio(Ref b, Ref a);
  // Whether it is written -|c|: the sign of its number; and c without it.
  bool has_minus(Ref c) const;
  Ref magnitude(Ref c);
  // Whether it has a value, and whether that is certified to be below 0.
  bool has_value(Ref c) { return ctx_.is_number(c) || sign_of(parts(c).rest) != 0; }
  bool is_below_zero(Ref c);

 private:
  // A number and the rest; of sqrt(2)/50 - 1/50 they are 1/50 and sqrt(2) - 1.
  struct Parts {
    Ref whole, number, rest, magnitude;
    Ref inverse;  // none until it was asked for
  };
  Parts& parts(Ref c);
  Ref inverse(Ref c);
  int sign_of(Ref rest);  // 0 if it is not certified

  Context& ctx_;
  // Parts and ratios by a hash; a later one takes the place of an earlier one.
  static constexpr size_t most_parts = size_t{1} << 12;  // powers of 2
  static constexpr size_t most_ratios = size_t{1} << 15;
  struct Ratio {
    Ref b, a, value;
  };
  std::vector<Parts> parts_;
  std::vector<Ratio> ratios_;
  std::unordered_map<Ref, int> signs_;
};

}  // namespace nabla

// The powers with symbolic exponents in an answer, and what follows of them for the powers that were written.
//
// Such a power has a value where its base is positive, where the base is not 0 and the exponent an integer,
// and where the base is 0 and the exponent is not negative. Each stands in a branch (`guard`) or in none.
#pragma once

#include <vector>

#include "expr/condition_form.h"
#include "expr/context.h"

namespace nabla {

class SymbolicPowers {
 public:
  explicit SymbolicPowers(Context& ctx) : ctx_(ctx) {}

  // --- of the answer -------------------------------------------------------------------------------------
  void add(Ref base, Ref exponent, Ref guard) { powers_.push_back({base, exponent, guard}); }
  // What it says by base^exponent != 0: no more than that, since 0^0 is 1.
  PowerNotZero state_not_zero(Ref base, Ref exponent, Ref guard);

  // --- of what is written, where the answer has a value --------------------------------------------------
  // Where base^(e - n) has a value for some n = 0, 1, … so has base^e.
  bool have(Ref base, Ref exponent, Ref guard) const;
  // Where base^(-e - n) has a value, base is not 0 or e <= -n: if base^e has a value, it is not 0.
  bool have_inverse(Ref base, Ref exponent, Ref guard) const;
  // What base^exponent != 0 asks for; it may be more than is needed.
  PowerNotZero not_zero(Ref base, Ref exponent, Ref guard) const;

 private:
  struct Power {
    Ref base, exponent, guard;
  };

  Context& ctx_;
  std::vector<Power> powers_;
  std::vector<Power> not_zero_;  // by conditions
};

}  // namespace nabla

// Patterns of rules against expressions, modulo the order of sums and products.
//
// A letter that stands bare in a sum or product takes one operand, the last such letter all that is left. A
// part whose letters are all known is built and compared, so that `a + 1` meets n once a is n - 1.
//
// Invariant: while accept() runs, replacing the letters of the pattern by their values gives what was
// matched; when a match fails the values are those of before. Recursion is bounded by the size of the rows.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "expr/context.h"
#include "simplify/rule.h"

namespace nabla {

class Matcher {
 public:
  static constexpr size_t most_holes = 8;
  using Accept = std::function<bool()>;

  Matcher(Context& ctx, const RuleSet& rules) : ctx_(ctx), rules_(rules) {}

  void clear() { bound_ = 0; }
  bool all_known(PatternId p) const { return (rules_[p].holes & ~bound_) == 0; }
  // What a letter stands for; Ref{}: it is not known.
  Ref value(size_t hole) const { return (bound_ >> hole & 1) != 0 ? values_[hole] : Ref{}; }
  // The expression for known letters.
  Ref build(PatternId p);

  // Whether the whole of an expression matches in a way that is accepted.
  bool whole(PatternId p, Ref subject, const Accept& accept);

  // A factor of a product and how often it is there: base^exponent.
  struct Bases {
    Rational coefficient = 1;
    std::vector<Factor> factors;
  };
  Bases bases(Ref product);
  Ref product_of(const Bases& b);
  // Whether pattern^times divides the product, the first factor of the pattern being a power of
  // factors[first] (of any, if `first` is none), and what is left is accepted. The number before the
  // product is left alone. `times` is an integer, not 0.
  using AcceptRest = std::function<bool(const Bases& rest)>;
  static constexpr size_t none = ~size_t{0};
  bool divisor(PatternId p, const Bases& product, int64_t times, size_t first, const AcceptRest& accept);

 private:
  struct Goal;
  bool solve(const Goal* goals);
  bool hole(const Goal& g);
  bool power(const Goal& g);
  bool nodes(const Goal& g);
  bool operands(const Goal& g);
  bool last_operand(const Goal& g, const Pattern& p);
  bool divide(std::span<const PatternId> parts, const Bases& rest, int64_t times, size_t first,
              const AcceptRest& accept);
  bool divide_known(Ref part, Bases& rest, int64_t times);

  Context& ctx_;
  const RuleSet& rules_;
  Ref values_[most_holes];
  uint32_t bound_ = 0;
};

}  // namespace nabla

// The formulas of steps that share loops: what they read, and what of them leaves the inner loops.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "codegen/formula_code.h"
#include "codegen/hoist.h"
#include "codegen/loop_program.h"
#include "codegen/nest_code.h"
#include "codegen/wide_code.h"

namespace nabla {

class GroupFormulas {
 public:
  struct Formula {
    Ref placeholder;       // what stands for it in later formulas; none: nothing does
    const LoopStep* step;  // null: an entry that is computed where it is used
    Ref value;
  };
  using Decided = std::vector<std::pair<Ref, Ref>>;  // tests whose outcome is known
  // One turn at a time, or several: then `left` of them where they may be fewer than a vector holds.
  struct Turn {
    const WideCode* wide = nullptr;
    std::string left;
  };

  GroupFormulas(Context& ctx, const NestStyle& style, const NestCode& nests, const LoopGroup& group);

  const std::vector<Formula>& list() const { return formulas_; }
  std::vector<Ref> values() const;

  // What the formulas read, given to `code`. Where tests decide what is read, a place that may lie outside is
  // tested first, in statements before the others, which are returned; `taken`: how many of t1, t2, … are.
  std::string inputs(FormulaCode& code, const Decided& decided, const Turn& turn, size_t& taken,
                     const std::string& indent) const;

  // From here on parts of lesser depth stand outside the formulas.
  void hoist();
  const std::vector<Hoisted>& hoisted() const { return hoisted_; }
  // Whether something in deeper loops needs it.
  bool is_needed_below(const Hoisted& h) const;
  // All tests: they do not leave the innermost loop.
  Decided all_decided() const;

 private:
  Ref own_placeholder(Ref name) const;
  bool is_computed_here(Ref placeholder) const;
  template <class Use>
  void each_access(Use use) const {
    for (const LoopStep& s : group_.steps) {
      for (const Access& a : s.nest->accesses) use(s, a);
    }
  }

  Context& ctx_;
  const NestStyle& style_;
  const NestCode& nests_;
  const LoopGroup& group_;
  std::vector<Formula> formulas_;
  std::vector<Hoisted> hoisted_;
};

}  // namespace nabla

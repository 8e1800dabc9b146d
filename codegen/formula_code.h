// The statements inside the innermost loop: formulas of scalars over entries, from one plan, so that what
// they share is computed once.
#pragma once

#include <string>
#include <vector>

#include "codegen/nest_code.h"
#include "codegen/plan.h"
#include "expr/program.h"

namespace nabla {

class FormulaCode {
 public:
  FormulaCode(Context& ctx, const NestStyle& style, CodeNeeds& needs)
      : ctx_(ctx), style_(style), needs_(needs), lowering_(ctx, program_) {}
  FormulaCode(const FormulaCode&) = delete;
  FormulaCode& operator=(const FormulaCode&) = delete;

  // What the text calls a placeholder.
  void input(Ref placeholder, std::string text);
  bool knows(Ref placeholder) const;
  // A placeholder stands for a formula from here on.
  void define(Ref placeholder, Ref formula);
  // One assignment: `left` is "m1[i] = ", or a call with all before the formula, and `right` what ends it.
  void assign(std::string left, Ref formula, std::string right = {});

  // `temporaries` is how many of t1, t2, … are taken; it counts on.
  std::string text(const std::string& indent, size_t& temporaries);
  // Of the text.
  const Cost& cost() const { return cost_; }
  // Whether pi or e get names.
  bool has_constants() const { return has_constants_; }

 private:
  Ref lowered(Ref formula);

  Context& ctx_;
  const NestStyle& style_;
  CodeNeeds& needs_;
  Program program_;
  Lowering lowering_;
  std::vector<std::string> inputs_, lefts_, rights_;
  std::vector<std::pair<Ref, Ref>> defined_;
  Cost cost_;
  bool has_constants_ = false;
};

}  // namespace nabla

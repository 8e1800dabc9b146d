// The plan: a Program in the operations of a programming language.
//
// Powers have become products, reciprocals and square roots, signs have moved out of products into the sums
// that use them, and what is equal after that is computed once. Invariants: the operands of a step are
// earlier steps; no two steps are equal; steps that no output needs have no uses.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "expr/program.h"

namespace nabla {

enum class PlanOp : uint8_t {
  input,     // tag is unused; first: the index in Program::inputs
  number,    // atom: a number > 0, or 0
  constant,  // atom: an expression without names; tag: Constant, where it is one
  truth,     // tag: 0 or 1
  sum,       // inverted operands are subtracted; at least one operand, a single one is inverted
  product,   // inverted operands are divided by; a number can be the first operand only
  call,      // tag: Fn
  compare,   // tag: Relation; two operands
  negation,
  conjunction,
  disjunction,
  select,  // condition, value where it holds, value elsewhere
};

using StepId = uint32_t;

struct PlanOperand {
  StepId step;
  bool inverted = false;
};

struct PlanStep {
  PlanOp op{};
  uint16_t tag = 0;
  uint32_t first = 0, count = 0;  // operands, in Plan::operands
  Ref atom;
};

struct Plan {
  std::vector<PlanStep> steps;
  std::vector<PlanOperand> pool;
  std::vector<std::vector<StepId>> outputs;  // as Program::outputs, each its entries

  std::span<const PlanOperand> operands(StepId s) const {
    return {pool.data() + steps[s].first, steps[s].op == PlanOp::input ? 0 : steps[s].count};
  }
};

// Throws Failure(Code::cannot_emit) for what has no translation, naming it.
Plan make_plan(Context& ctx, const Program& program);

// What the steps that some output needs cost, in the units of Function::weight: + - * and comparisons 1,
// / and sqrt 4, functions as their row says.
struct Cost {
  uint64_t operations = 0;  // unit cost
  uint64_t weighted = 0;
  uint64_t functions = 0;     // the calls among the operations
  bool has_branches = false;  // of which one side may be all that is computed
};
Cost cost_of(const Plan& plan);

}  // namespace nabla

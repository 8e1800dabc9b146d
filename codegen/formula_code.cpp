#include "codegen/formula_code.h"

#include <algorithm>

#include "codegen/emit.h"
#include "codegen/plan.h"
#include "expr/substitute.h"

namespace nabla {

void FormulaCode::input(Ref placeholder, std::string text) {
  program_.inputs.push_back(placeholder);
  inputs_.push_back(std::move(text));
}

bool FormulaCode::knows(Ref placeholder) const {
  return std::find(program_.inputs.begin(), program_.inputs.end(), placeholder) != program_.inputs.end() ||
         std::any_of(defined_.begin(), defined_.end(), [&](const auto& d) { return d.first == placeholder; });
}

Ref FormulaCode::lowered(Ref formula) { return lowering_.lower(substitute(ctx_, formula, defined_)); }

void FormulaCode::define(Ref placeholder, Ref formula) {
  const Ref atom = lowered(formula);
  defined_.emplace_back(placeholder, atom);
}

void FormulaCode::assign(std::string left, Ref formula, std::string right) {
  program_.outputs.push_back({"", scalar_shape, {lowered(formula)}});
  lefts_.push_back(std::move(left));
  rights_.push_back(std::move(right));
}

std::string FormulaCode::text(const std::string& indent, size_t& temporaries) {
  const Plan plan = make_plan(ctx_, program_);
  cost_ = cost_of(plan);
  if (!style_.lanes_of.empty()) cost_.has_branches = false;  // both sides are computed
  EmitNames names;
  names.scalar = style_.scalar;
  names.is_template = style_.is_template;
  names.language = style_.spelling.language;
  names.runtime = style_.runtime;
  names.inputs = inputs_;
  names.pi = style_.pi;
  names.e = style_.e;
  names.indent = indent;
  names.lane = style_.lanes_of;
  names.temporaries = temporaries;
  std::vector<EmitTarget> targets;
  for (size_t k = 0; k < lefts_.size(); ++k) targets.push_back({lefts_[k], plan.outputs[k][0], rights_[k]});
  const Emitted emitted = emit(plan, ctx_, names, targets);
  needs_.std_functions.insert(emitted.std_functions.begin(), emitted.std_functions.end());
  needs_.on_lanes.insert(emitted.on_lanes.begin(), emitted.on_lanes.end());
  needs_.runtime.insert(emitted.runtime.begin(), emitted.runtime.end());
  temporaries = emitted.temporaries;
  for (const PlanStep& s : plan.steps) has_constants_ = has_constants_ || s.op == PlanOp::constant;
  return emitted.text;
}

}  // namespace nabla

#include "codegen/scopes.h"

namespace nabla {

Scopes::Scopes(const Plan& plan, const std::vector<StepId>& targets, uint32_t deepest)
    : info_(plan.steps.size()) {
  for (StepId s : targets) {
    use(s, s, 0);
    info_[s].is_target = true;
  }
  // Users before operands, so that all uses of a step are known when it is reached.
  for (StepId s = static_cast<StepId>(plan.steps.size()); s-- > 0;) {
    if (info_[s].uses == 0) continue;
    const ScopeId scope = info_[s].scope;
    info_[s].then = info_[s].otherwise = scope;
    const auto operands = plan.operands(s);
    if (plan.steps[s].op == PlanOp::select && scopes_[scope].depth < deepest) {
      info_[s].then = open(scope);
      info_[s].otherwise = open(scope);
    }
    for (size_t k = 0; k < operands.size(); ++k) {
      const bool branch = plan.steps[s].op == PlanOp::select && k > 0;
      use(operands[k].step, s, !branch ? scope : k == 1 ? info_[s].then : info_[s].otherwise);
    }
  }
}

void Scopes::use(StepId s, StepId user, ScopeId scope) {
  Info& i = info_[s];
  i.scope = i.uses == 0 ? scope : common(i.scope, scope);
  i.user = user;
  ++i.uses;
}

ScopeId Scopes::common(ScopeId a, ScopeId b) const {
  while (a != b) {
    ScopeId& deeper = scopes_[a].depth >= scopes_[b].depth ? a : b;
    deeper = scopes_[deeper].parent;
  }
  return a;
}

ScopeId Scopes::open(ScopeId parent) {
  scopes_.push_back({parent, scopes_[parent].depth + 1});
  return static_cast<ScopeId>(scopes_.size() - 1);
}

}  // namespace nabla

// Where each step of a plan is computed: the outermost scope, or the branch of a conditional if nothing
// outside that branch needs it.
//
// Invariant: the scope of a step is the nearest one that encloses all its uses. Branches nest to
// `deepest_scope`; what lies deeper is computed there.
#pragma once

#include <vector>

#include "codegen/plan.h"

namespace nabla {

using ScopeId = uint32_t;  // 0 is the body of the function
inline constexpr uint32_t deepest_scope = 12;

class Scopes {
 public:
  // `deepest`: 0 computes everything in the body.
  Scopes(const Plan& plan, const std::vector<StepId>& targets, uint32_t deepest = deepest_scope);

  uint32_t uses(StepId s) const { return info_[s].uses; }
  StepId user(StepId s) const { return info_[s].user; }          // of a step with one use
  bool is_target(StepId s) const { return info_[s].is_target; }  // one of its uses is a target
  ScopeId scope(StepId s) const { return info_[s].scope; }
  // Of a conditional; its own scope where the branches do not nest any deeper.
  ScopeId then_scope(StepId s) const { return info_[s].then; }
  ScopeId else_scope(StepId s) const { return info_[s].otherwise; }
  size_t scope_count() const { return scopes_.size(); }

 private:
  struct Info {
    uint32_t uses = 0;
    StepId user = 0;
    ScopeId scope = 0, then = 0, otherwise = 0;
    bool is_target = false;
  };
  struct Scope {
    ScopeId parent;
    uint32_t depth;
  };
  void use(StepId s, StepId user, ScopeId scope);
  ScopeId common(ScopeId a, ScopeId b) const;
  ScopeId open(ScopeId parent);

  std::vector<Info> info_;
  std::vector<Scope> scopes_{{0, 0}};
};

}  // namespace nabla

// Steps of a plan under construction, each once.
#pragma once

#include <span>
#include <vector>

#include "codegen/plan.h"

namespace nabla {

class StepTable {
 public:
  // The step, at the end of the plan if it is new there. All steps of the plan were added by this.
  StepId add(Plan& plan, PlanStep step, std::span<const PlanOperand> operands);

 private:
  void grow(size_t size);

  static constexpr StepId none = ~StepId{0};
  std::vector<StepId> slots_;     // open addressing; at most half of them are taken
  std::vector<uint64_t> hashes_;  // by step
};

}  // namespace nabla

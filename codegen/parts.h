// A long straight-line plan in parts, each a function of its own: compilers take more than linear time for
// long functions.
//
// A plan is cut where few values pass from before to after. Those pass through an array: a part reads what
// earlier ones wrote there. Invariants: the parts in order compute what the plan does; within a part no place
// of the array is both read and written; numbers are written again where they are needed.
#pragma once

#include <string>
#include <vector>

#include "codegen/emit.h"
#include "codegen/plan.h"

namespace nabla {

// A part holds about this many steps: fewer make compilers faster, and pass more through the array.
inline constexpr size_t steps_of_part = 1'000;

struct PlanPart {
  struct Written {
    size_t place;  // in the array
    StepId step;   // of this part
  };
  struct Target {
    size_t index;  // in the list of targets
    StepId step;
  };
  Plan plan;  // input n + k, n the number of inputs of the whole plan, is place k of the array
  std::vector<Written> written;
  std::vector<Target> targets;
};

struct PlanParts {
  std::vector<PlanPart> parts;  // one if the plan is short
  size_t places = 0;            // of the array
};

// The same with long sums as running totals: what is added is not kept until all of it is there. For long
// plans.
Plan with_running_totals(const Plan& plan);

// `inputs`: how many the Program has; `targets`: the steps that results want.
PlanParts parts_of(const Plan& plan, size_t inputs, const std::vector<StepId>& targets,
                   size_t most_steps = steps_of_part);

// One plan again, of all parts one after another; `outputs` of one list, the targets.
Plan joined(const PlanParts& parts, size_t inputs, size_t targets);

// The statements of a part: into the array named `places` what later parts read, and its share of the targets
// of the whole plan.
Emitted emit_part(const PlanPart& part, Context& ctx, const EmitNames& names,
                  const std::vector<EmitTarget>& targets, const std::string& places);

}  // namespace nabla

#include "codegen/choice.h"

#include "codegen/equal_lets.h"
#include "codegen/parts.h"
#include "codegen/sharing.h"

namespace nabla {

Chosen cheapest(KnownFacts& known, const std::vector<Candidate>& candidates, uint64_t most) {
  Context& ctx = known.coefficients.context();
  Chosen best;
  uint64_t least = ~uint64_t{0};
  for (size_t i = 0; i < candidates.size(); ++i) {
    Program program = candidates[i].program();
    Choice::Tried& tried = best.how.tried.emplace_back();
    tried.name = candidates[i].name;
    if (most != ~uint64_t{0}) {
      tried.written = tried.shared = cost_of(make_plan(ctx, program));
      tried.too_long = tried.written.weighted > most;
      if (tried.too_long) continue;
    }
    const MergedLets merged = merge_equal_lets(ctx, program, known.zeros);
    tried.zeros = merged.zeros;
    tried.equals = merged.equals;
    const Plan written = make_plan(ctx, program);
    Plan plan = shared(known.coefficients, written);
    if (plan.steps.size() > steps_of_part) plan = with_running_totals(plan);
    tried.written = cost_of(written);
    tried.shared = cost_of(plan);
    if (tried.shared.weighted >= least) continue;
    least = tried.shared.weighted;
    best.how.taken = i;
    best.program = std::move(program);
    best.plan = std::move(plan);
  }
  return best;
}

}  // namespace nabla

#include "codegen/choice.h"

#include "codegen/equal_lets.h"
#include "codegen/sharing.h"

namespace nabla {

Chosen cheapest(Context& ctx, const std::vector<Candidate>& candidates) {
  Chosen best;
  for (size_t i = 0; i < candidates.size(); ++i) {
    Choice::Tried tried{candidates[i].name, {}, {}, 0, 0};
    Program program = candidates[i].program();
    const MergedLets merged = merge_equal_lets(ctx, program);
    tried.zeros = merged.zeros;
    tried.equals = merged.equals;
    const Plan written = make_plan(ctx, program);
    Plan plan = shared(ctx, written);
    tried.written = cost_of(written);
    tried.shared = cost_of(plan);
    const bool better = i == 0 || tried.shared.weighted < best.how.tried[best.how.taken].shared.weighted;
    best.how.tried.push_back(std::move(tried));
    if (!better) continue;
    best.how.taken = i;
    best.program = std::move(program);
    best.plan = std::move(plan);
  }
  return best;
}

}  // namespace nabla

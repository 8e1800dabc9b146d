#include "codegen/choice.h"

#include <algorithm>

#include "codegen/equal_lets.h"
#include "codegen/parts.h"
#include "codegen/sharing.h"

namespace nabla {
namespace {

// The same operations in the same order for the same outputs.
bool is_same(const Program& a, const Program& b) {
  const auto same_let = [](const Let& l, const Let& m) { return l.name == m.name && l.value == m.value; };
  const auto same_output = [](const ProgramOutput& o, const ProgramOutput& p) {
    return o.name == p.name && o.shape == p.shape && o.entries == p.entries;
  };
  return a.inputs == b.inputs && a.lets.size() == b.lets.size() && a.outputs.size() == b.outputs.size() &&
         std::equal(a.lets.begin(), a.lets.end(), b.lets.begin(), same_let) &&
         std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), same_output);
}

}  // namespace

Chosen cheapest(KnownFacts& known, const std::vector<Candidate>& candidates, uint64_t most) {
  Context& ctx = known.coefficients.context();
  Chosen best;
  uint64_t least = ~uint64_t{0};
  std::vector<Program> built;  // by candidate, before equal lets become one
  for (size_t i = 0; i < candidates.size(); ++i) {
    Program program = candidates[i].program();
    const auto known_as = std::find_if(built.begin(), built.end(),
                                       [&](const Program& other) { return is_same(program, other); });
    const auto twin = static_cast<size_t>(known_as - built.begin());
    if (i + 1 < candidates.size()) built.push_back(program);
    if (twin < i) {  // another way to the same program
      best.how.tried.push_back(best.how.tried[twin]);
      best.how.tried.back().name = candidates[i].name;
      continue;
    }
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
    Plan plan = shared(known.forms, written);
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

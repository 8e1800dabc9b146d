#include "codegen/sharing.h"

#include <algorithm>

#include "codegen/greedy_sharing.h"

namespace nabla {
namespace {

// How many nodes the rounds for one form may look at: sharing costs a bounded multiple of the plan.
constexpr size_t least_allowance = 150'000;
constexpr size_t least_rounds = 3;

struct Form {
  OpenParts open;
  bool factored;
};

// The cheapest of the plan and what it becomes in these forms.
Plan cheapest_form(KnownForms& known, const Plan& plan, std::span<const Form> forms) {
  Plan best = plan;
  uint64_t least = cost_of(plan).weighted;
  for (const Form& choice : forms) {
    Plan p = plan;
    uint64_t cost = ~uint64_t{0};
    size_t allowance = std::max(least_allowance, least_rounds * plan.steps.size());
    for (bool more = true; more;) {  // a form read again has more in one sum or product
      SumProduct form(known.coefficients(), p, choice.open);
      if (choice.factored) factor_sums(form);
      KnownForms::Shared next = known.share(std::move(form), allowance);
      more = next.complete;
      const uint64_t next_cost = cost_of(next.plan).weighted;
      if (next_cost >= cost) break;
      cost = next_cost;
      p = std::move(next.plan);
    }
    if (cost < least) {
      least = cost;
      best = std::move(p);
    }
  }
  return best;
}

}  // namespace

Plan shared(KnownForms& known, const Plan& plan) {
  if (plan.steps.size() > most_compared_steps) {
    constexpr Form one[] = {{{0, 4}, false}};
    return cheapest_form(known, plan, one);
  }
  constexpr Form forms[] = {
      {{0, 0}, false}, {{0, 4}, false}, {{4, 4}, false}, {{0, 0}, true}, {{0, 4}, true}};
  return cheapest_form(known, plan, forms);
}

}  // namespace nabla

// What reverse mode tells a trace: the derivative by each part, and the parts that it stands in.
#include <algorithm>

#include "diff/cotangents.h"
#include "diff/trace.h"

namespace nabla {

void Cotangents::begin_trace(Ref root, Ref variable) {
  partials_.trace()->begin(root, variable, Way::backward);
  parents_.clear();
  for (Ref parent : order_) {
    for (Ref c : ctx_.operands(parent)) {
      if (depends(parent) && depends(c)) parents_[c].push_back(parent);
    }
  }
}

// The derivative by r is complete when r is visited.
void Cotangents::add_step(Ref r) {
  Step step;
  step.part = r;
  step.derivative = joined(r);
  std::vector<Ref> dependent;
  for (Ref c : ctx_.operands(r)) {
    if (depends(c)) dependent.push_back(c);
  }
  step.rule = rule_for(ctx_, r, dependent);
  step.uses = parents_[r];
  partials_.trace()->add(std::move(step));
}

void Cotangents::add_passed(Ref r) {
  Step& step = partials_.trace()->last_step();
  for (Ref c : std::vector<Ref>(ctx_.operands(r).begin(), ctx_.operands(r).end())) {
    const bool known =
        std::any_of(step.passed.begin(), step.passed.end(), [&](const auto& p) { return p.first == c; });
    if (!known && depends(c) && parts_.count(c) > 0) step.passed.emplace_back(c, joined(c));
  }
}

}  // namespace nabla

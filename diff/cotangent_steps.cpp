// What reverse mode tells a trace: the derivative by each part, and what it hands on.
#include <algorithm>

#include "diff/cotangents.h"
#include "diff/trace.h"

namespace nabla {

void Cotangents::begin_trace(Ref root, Ref variable) {
  partials_.trace()->begin(root, variable, Way::backward);
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
  partials_.trace()->add(std::move(step));
  received_.clear();
}

// A logarithm hands on to the factors of its argument, which are no operands of its own.
void Cotangents::add_passed() {
  Step& step = partials_.trace()->last_step();
  for (Ref c : received_) {
    const bool known =
        std::any_of(step.passed.begin(), step.passed.end(), [&](const auto& p) { return p.first == c; });
    if (!known) step.passed.emplace_back(c, joined(c));
  }
}

}  // namespace nabla

// A product with divisors is told as a quotient, by the rule that people know, though the engine
// differentiates it as the product that it is: numerator and denominator get steps of their own, made of the
// derivatives of the factors.
#include <algorithm>

#include "diff/trace.h"

namespace nabla {
namespace {

class QuotientSteps {
 public:
  QuotientSteps(Context& ctx, Trace& trace, const std::function<Ref(Ref)>& known)
      : ctx_(ctx), trace_(trace), known_(known) {}

  // False: the part is no product with a divisor and a numerator that depend on the variable.
  bool add(Step& step) {
    const std::vector<Ref> factors(ctx_.operands(step.part).begin(), ctx_.operands(step.part).end());
    for (const Ref f : factors) {
      const bool moves = std::find(step.uses.begin(), step.uses.end(), f) != step.uses.end();
      divides(f) ? below(f, moves) : above_.add(f, moves ? known_(f) : Ref{});
    }
    if (above_.moving.empty() || below_.moving.empty()) return false;
    for (Step& s : powers_) trace_.add(std::move(s));
    step.uses = {whole(above_), whole(below_)};
    step.rule = StepRule::quotient;
    return true;
  }

 private:
  // Factors of one side, and the derivatives of those that depend on the variable.
  struct Side {
    std::vector<Ref> factors;
    std::vector<std::pair<Ref, Ref>> moving;
    void add(Ref factor, Ref derivative) {
      factors.push_back(factor);
      if (derivative) moving.emplace_back(factor, derivative);
    }
  };

  bool divides(Ref f) const {
    const Factor p = ctx_.split_exponent(f);
    return ctx_.kind(f) == Kind::power && ctx_.is_number(p.exponent) && ctx_.value(p.exponent).sign() < 0;
  }

  void below(Ref f, bool moves) {
    const Factor p = ctx_.split_exponent(f);
    const Ref turned = ctx_.power(p.base, ctx_.negate(p.exponent));
    if (!moves) return below_.add(turned, {});
    if (turned == p.base) return below_.add(turned, known_(p.base));
    const Ref list[3] = {minus_one, known_(f), ctx_.power(turned, ctx_.number(2))};  // d(1/f) = -df/f^2
    const Ref derivative = ctx_.product(list);
    Step power;
    power.part = turned;
    power.derivative = derivative;
    power.rule = StepRule::power;
    power.uses = {p.base};
    powers_.push_back(std::move(power));
    below_.add(turned, derivative);
  }

  // The product of a side, with a step unless it is one factor, which has its own.
  Ref whole(const Side& side) {
    const Ref product = ctx_.product(side.factors);
    if (product == side.moving[0].first) return product;
    std::vector<Term> terms;
    Step step;
    for (const auto& [factor, derivative] : side.moving) {
      std::vector<Ref> list = side.factors;
      *std::find(list.begin(), list.end(), factor) = derivative;
      terms.push_back({one, ctx_.product(list)});
      step.uses.push_back(factor);
    }
    step.part = product;
    step.derivative = ctx_.sum(terms);
    step.rule = side.moving.size() == 1 ? StepRule::constant_factor : StepRule::product;
    trace_.add(std::move(step));
    return product;
  }

  Context& ctx_;
  Trace& trace_;
  const std::function<Ref(Ref)>& known_;
  Side above_, below_;
  std::vector<Step> powers_;
};

}  // namespace

void add_scalar_step(Context& ctx, Trace& trace, Step step, const std::function<Ref(Ref)>& known) {
  if (step.rule == StepRule::product) QuotientSteps(ctx, trace, known).add(step);
  trace.add(std::move(step));
}

}  // namespace nabla

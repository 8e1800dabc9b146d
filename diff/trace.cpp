#include "diff/trace.h"

#include <algorithm>

#include "diff/partials.h"

namespace nabla {

void Trace::begin(Ref of, Ref by, Way way) {
  Derivation d;
  d.way = way;
  d.of = of;
  d.by = by;
  derivations_.push_back(std::move(d));
}

void Trace::move_to_space(Ref value) {
  Derivation& d = derivations_.back();
  if (value != d.value) d.in_space = value;
}

WithoutTrace::WithoutTrace(Partials& partials) : partials_(partials), trace_(partials.trace()) {
  partials_.set_trace(nullptr);
}

WithoutTrace::~WithoutTrace() { partials_.set_trace(trace_); }

StepRule rule_for(const Context& ctx, Ref part, std::span<const Ref> dependent) {
  const auto moves = [&](Ref r) {
    return std::find(dependent.begin(), dependent.end(), r) != dependent.end();
  };
  switch (ctx.kind(part)) {
    case Kind::sum: {
      const auto list = ctx.operands(part);
      return list.size() == 2 && list[0] != one ? StepRule::constant_factor : StepRule::sum;
    }
    case Kind::long_sum:
      return StepRule::sum;
    case Kind::product:
    case Kind::long_product:
      return dependent.size() == 1 ? StepRule::constant_factor : StepRule::product;
    case Kind::power: {
      const Factor f = ctx.split_exponent(part);
      return !moves(f.exponent) ? StepRule::power
             : moves(f.base)    ? StepRule::general_power
                                : StepRule::exponential;
    }
    case Kind::function:
      return is_log_of_factors(ctx, part) ? StepRule::logarithm : StepRule::function;
    case Kind::opaque:
      return StepRule::opaque;
    case Kind::select:
      return StepRule::branch;
    case Kind::indexed:
      return StepRule::linear;
    case Kind::reduce:
      return StepRule::reduction;
    case Kind::matpow:
      return StepRule::matrix_power;
    case Kind::symbol:
      return StepRule::variable;
    default:
      return StepRule::structural;
  }
}

}  // namespace nabla

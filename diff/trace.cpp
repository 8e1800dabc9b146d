#include "diff/trace.h"

#include <algorithm>

#include "diff/partials.h"
#include "expr/indexed.h"

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

namespace {

StepRule rule_for_indexed(const Context& ctx, Ref part) {
  const IndexedView v = view_indexed(ctx, part);
  const Labelling& l = *v.labelling;
  if (!l.guards.empty()) return StepRule::linear;
  size_t vectors = 0, matrices = 0, others = 0;
  bool elementwise = l.label_count == l.output.size();
  for (size_t i = 0; i < l.factors.size(); ++i) {
    const size_t order = l.factors[i].size();
    elementwise = elementwise && (order == 0 || l.factors[i] == l.output);
    vectors += order == 1;
    matrices += order == 2;
    others += order > 2;
  }
  if (elementwise) return StepRule::elementwise_product;
  if (others > 0 || l.output.size() > 2) return StepRule::linear;
  if (vectors + matrices == 1 && l.output.empty())
    return l.label_count == vectors + 2 * matrices ? StepRule::sum_of_entries : StepRule::trace;
  if (l.output.empty() && vectors == 0) return StepRule::trace;
  return StepRule::matrix_product;
}

bool is_one_over(const Context& ctx, const Factor& f) {
  return f.exponent == minus_one && ctx.kind(f.base) != Kind::symbol && ctx.kind(f.base) != Kind::entry;
}

}  // namespace

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
      if (is_one_over(ctx, f)) return StepRule::reciprocal;
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
      return rule_for_indexed(ctx, part);
    case Kind::reduce:
      return StepRule::reduction;
    case Kind::matpow:
      return ctx.operands(part)[1] == minus_one ? StepRule::inverse : StepRule::matrix_power;
    case Kind::symbol:
      return StepRule::variable;
    default:
      return StepRule::structural;
  }
}

}  // namespace nabla

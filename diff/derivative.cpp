#include "diff/derivative.h"

#include <algorithm>
#include <string>

#include "diff/chain.h"
#include "diff/trace.h"
#include "expr/diagnostic.h"
#include "expr/program.h"
#include "expr/scratch.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// What a sum differentiates in one go with itself where nothing else refers to it.
bool may_be_inlined(Kind k) { return k == Kind::sum || k == Kind::long_sum || k == Kind::product; }

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::indexed:
      return "an indexed product";
    case Kind::reduce:
      return "a reduction over an index";
    case Kind::matpow:
      return "a matrix power";
    case Kind::reshape:
      return "vec, unvec or kron";
    case Kind::gather:
      return "an entry chosen by integer data";
    case Kind::array:
    case Kind::fill:
      return "an array";
    case Kind::written:
      return "a written form";
    case Kind::operation:
      return "an operator that was not evaluated";
    default:
      return "this expression";
  }
}

}  // namespace

Derivative::Derivative(Partials& partials, Ref variable, bool higher_orders)
    : ctx_(partials.context()),
      variable_(variable),
      names_(ctx_[variable].names),
      partials_(partials),
      higher_orders_(higher_orders) {}

Ref Derivative::known(Ref r) const {
  if (r == variable_) return one;
  return depends(r) && has(r) ? memo_[r.id - base_] : zero;
}

void Derivative::cover(Ref lowest, Ref highest) {
  if (memo_.empty()) base_ = lowest.id;
  if (lowest.id < base_) {
    memo_.insert(memo_.begin(), base_ - lowest.id, Ref{});
    base_ = lowest.id;
  }
  if (highest.id - base_ >= memo_.size()) memo_.resize(highest.id - base_ + size_t{1});
}

Ref Derivative::of(Ref e) {
  Trace* const trace = partials_.trace();
  if (trace) trace->begin(e, variable_, Way::forward);
  const Ref result = compute(e);
  if (trace) trace->finish(result);
  return result;
}

Ref Derivative::compute(Ref e) {
  if (e == variable_) return one;
  if (!depends(e)) return zero;
  const auto order =
      nodes_below(ctx_, {&e, 1}, [&](Ref r) { return depends(r) && !is_atom(ctx_, r) && !has(r); });
  if (order.empty()) return known(e);
  cover(order.front(), order.back());
  std::vector<uint8_t> uses(order.back().id - order.front().id + size_t{1});
  const uint32_t first = order.front().id;
  for (Ref r : order) {
    const Kind parent = ctx_.kind(r);
    const bool in_sum = parent == Kind::sum || parent == Kind::long_sum;
    for (Ref c : ctx_.operands(r)) {
      const Kind k = ctx_.kind(c);
      if (c.id < first || !may_be_inlined(k)) continue;
      const bool once = k == Kind::product ? in_sum && !higher_orders_ : parent == Kind::long_sum;
      uses[c.id - first] = static_cast<uint8_t>(std::min(uses[c.id - first] + (once ? 1 : 2), 2));
    }
  }
  for (Ref r : order) {
    if (uses[r.id - first] != 1 || r == e) memo_[r.id - base_] = node(r);
    if (partials_.trace()) add_step(r);
  }
  return known(e);
}

void Derivative::append_dependent(Ref r, std::vector<Ref>& list) const {
  std::vector<Ref> todo{r};
  while (!todo.empty()) {
    const Ref s = todo.back();
    todo.pop_back();
    for (Ref c : ctx_.operands(s)) {
      const Kind k = ctx_.kind(c);
      if (!depends(c) || (ctx_.kind(r) == Kind::select && k == Kind::compare)) continue;
      // Another entry of the same vector, or what is made of such.
      if (c != variable_ && (is_atom(ctx_, c) || (has(c) && known(c) == zero))) continue;
      const bool part_of_sum = (k == Kind::sum || k == Kind::long_sum) && !has(c) && c != variable_;
      (part_of_sum ? todo : list).push_back(c);
    }
  }
}

// A product that a sum takes in has a derivative of its own for the reader; sums inside sums are one.
void Derivative::add_step(Ref r) {
  Step step;
  step.part = r;
  step.derivative = known(r);
  append_dependent(r, step.uses);
  if (!has(r)) {
    if (ctx_.kind(r) != Kind::product) return;
    std::vector<Term> terms;
    product(one, ctx_.operands(r), terms);
    step.derivative = ctx_.sum(terms);
  }
  step.rule = rule_for(ctx_, r, step.uses);
  add_scalar_step(ctx_, *partials_.trace(), std::move(step), [&](Ref part) { return known(part); });
}

Ref Derivative::node(Ref r) {
  const Node& n = ctx_[r];
  switch (n.kind) {
    case Kind::symbol:
    case Kind::entry:
    case Kind::let:
    case Kind::number:
    case Kind::constant:
    case Kind::truth:
    case Kind::compare:
    case Kind::connective:
      return zero;
    case Kind::sum:
    case Kind::long_sum:
      return sum(r);
    case Kind::product:
    case Kind::long_product: {
      std::vector<Term> terms;
      product(one, n.operands(), terms);
      return ctx_.sum(terms);
    }
    case Kind::power:
      return power(r);
    case Kind::function:
      return function(r);
    case Kind::opaque:
      return opaque(r);
    case Kind::select:
      return select(r);
    default:
      throw Failure(Code::cannot_differentiate,
                    std::string(kind_name(n.kind)) + " cannot be differentiated yet");
  }
}

Ref Derivative::sum(Ref r) {
  std::vector<Term> terms;
  std::vector<Ref> todo{r};
  while (!todo.empty()) {
    const Ref s = todo.back();
    todo.pop_back();
    const auto list = ctx_.operands(s);
    const auto add = [&](Ref coefficient, Ref c) {
      const Kind k = ctx_.kind(c);
      if (!may_be_inlined(k) || !depends(c) || has(c)) {
        if (const Ref d = known(c); d != zero) terms.push_back({coefficient, d});
      } else if (k == Kind::product) {
        product(coefficient, ctx_.operands(c), terms);
      } else {
        todo.push_back(c);
      }
    };
    if (ctx_.kind(s) == Kind::sum) {
      for (size_t i = 0; i < list.size(); i += 2) add(list[i], list[i + 1]);
    } else {
      for (Ref c : list) add(one, c);
    }
  }
  return ctx_.sum(terms);
}

// Appends the derivative of coefficient * (the product of the factors).
void Derivative::product(Ref coefficient, std::span<const Ref> factors, std::vector<Term>& terms) {
  ctx_.budget().spend(factors.size());
  Scratch<Ref, 40> list;
  list.append(factors);
  for (size_t k = 0; k < list.size(); ++k) {
    const Ref d = known(list[k]);
    if (d == zero) continue;
    const Ref f = list[k];
    list[k] = d;
    terms.push_back(ctx_.product_term(coefficient, list));
    list[k] = f;
  }
}

// d(b^e) = e b^(e-1) db + b^e log(b) de
Ref Derivative::power(Ref r) {
  const Factor f = ctx_.split_exponent(r);
  const Ref db = known(f.base), de = known(f.exponent);
  Ref result = zero;
  if (db != zero) {
    const Ref lowered = ctx_.power(f.base, ctx_.subtract(f.exponent, one));
    const Ref local = ctx_.multiply(f.exponent, lowered);
    result = chained(ctx_, local, db);
  }
  if (de != zero) {
    const Ref list[3] = {r, log_of_base(ctx_, f.base), de};
    result = ctx_.add(result, ctx_.product(list));
  }
  return result;
}

Ref Derivative::function(Ref r) {
  const Node& n = ctx_[r];
  Scratch<Term, 4> terms;
  if (is_log_of_factors(ctx_, r)) {
    for (const LogPart& p : log_parts(ctx_, n.operand(0))) {
      const Ref d = known(p.operand);
      if (d == zero) continue;
      terms.push_back({p.coefficient, chained(ctx_, partials_.of_log(p), d)});
    }
    return ctx_.sum(terms);
  }
  for (size_t k = 0; k < n.count; ++k) {
    const Ref d = known(n.operand(k));
    if (d == zero) continue;
    terms.push_back({one, chained(ctx_, partials_(static_cast<Fn>(n.tag), k, n.operands(), r), d)});
  }
  return ctx_.sum(terms);
}

Ref Derivative::opaque(Ref r) {
  const Node& n = ctx_[r];
  std::vector<Term> terms;
  for (size_t k = 0; k < n.count; ++k) {
    if (ctx_[n.operand(k)].shape != scalar_shape && depends(n.operand(k))) {
      throw Failure(Code::cannot_differentiate, "the function '" + ctx_.symbol(r).name +
                                                    "' of vectors or matrices has no derivative by entries");
    }
    const Ref d = known(n.operand(k));
    if (d == zero) continue;
    std::vector<uint16_t> orders(ctx_.orders(r).begin(), ctx_.orders(r).end());
    ++orders[k];
    terms.push_back({one, ctx_.multiply(ctx_.opaque(ctx_.opaque_function(r), orders, n.operands()), d)});
  }
  return ctx_.sum(terms);
}

Ref Derivative::select(Ref r) {
  const auto list = ctx_.operands(r);
  if (depends(list[0])) {
    refuse_equality_condition(ctx_, list[0], [&](Ref c) { return depends(c); });
  }
  return ctx_.select(list[0], known(list[1]), known(list[2]));
}

Ref diff(Context& ctx, Ref e, Ref variable) {
  Partials partials(ctx);
  return Derivative(partials, variable).of(e);
}

Ref diff(Context& ctx, Ref e, Ref variable, uint64_t order) {
  if (order > ctx.limits().derivative_order) {
    throw Failure(Code::order_too_large, "derivative order " + std::to_string(order) +
                                             " is beyond the limit of " +
                                             std::to_string(ctx.limits().derivative_order));
  }
  Partials partials(ctx);
  Derivative derivative(partials, variable, order > 1);
  for (uint64_t k = 0; k < order && e != zero; ++k) e = derivative.of(e);
  return e;
}

std::vector<Ref> gradient(Context& ctx, Ref e, std::span<const Ref> variables) {
  Partials partials(ctx);
  std::vector<Ref> result;
  for (Ref x : variables) result.push_back(Derivative(partials, x).of(e));
  return result;
}

}  // namespace nabla

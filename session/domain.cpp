#include "session/domain.h"

#include <algorithm>
#include <vector>

#include "diff/operators.h"
#include "eval/certify.h"
#include "eval/tape.h"
#include "expr/ball.h"
#include "expr/condition_form.h"
#include "expr/conditions.h"
#include "expr/diagnostic.h"
#include "expr/differentiable.h"
#include "expr/operator.h"
#include "expr/walk.h"
#include "session/dense_numbers.h"
#include "simplify/passes.h"
#include "simplify/prove.h"
#include "simplify/simplify.h"

namespace nabla {
namespace {

constexpr auto written_power = static_cast<uint16_t>(Written::power);

bool is_undefined(Context& ctx, Ref constant) {
  constexpr long bits = 16, most_bits = 128;
  const Tape tape = compile(ctx, {&constant, 1}, {});
  return certify(ctx.budget(), tape, 0, {}, {}, {}, bits, most_bits).is_undefined();
}

[[noreturn]] void refuse(Context& ctx, Ref constant) {
  const bool power = ctx.kind(constant) != Kind::function;
  throw Failure(Code::outside_domain, "'" + short_text(ctx, constant) + "' has no real value",
                power ? "a power of a negative number needs an integer exponent; cbrt is the real cube root"
                      : "functions are real; declare names complex for complex values");
}

// Whether the failure says that there is no value, rather than that it was not found.
bool is_undefined(const Failure& failure) {
  const Code code = failure.diagnostic.code;
  return code == Code::undefined_value || code == Code::division_by_zero || code == Code::outside_domain;
}

bool is_unknown(const Failure& failure) {
  const Code code = failure.diagnostic.code;
  return code == Code::cannot_evaluate || code == Code::missing_value || code == Code::not_yet_available;
}

bool is_truth(Kind k) { return k >= Kind::truth && k <= Kind::connective; }

// What the form asks for where it has no value of its own, as within sums over an index.
std::vector<Ref> conditions_within(Context& ctx, Ref form) {
  std::vector<Ref> list;
  for (Ref r : nodes_below(ctx, {&form, 1}, [&](Ref r) { return ctx.kind(r) != Kind::select; })) {
    const Node& n = ctx[r];
    const bool needs = n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::needs);
    if (!needs || ctx.kind(n.operand(0)) != Kind::truth) continue;
    for (Ref c : n.operands().subspan(1)) list.push_back(c);
  }
  return list;
}

// The values that the form has on its way, without those of branches: of whole arrays, and of what operators
// are applied to.
std::vector<Ref> values_within(Context& ctx, Ref form) {
  std::vector<Ref> list;
  const auto has_operator = [&](Ref r) { return (ctx[r].facts & has_operation) != 0; };
  if (!has_operator(form)) list.push_back(form);
  for (Ref r : nodes_below(ctx, {&form, 1}, [&](Ref r) { return ctx.kind(r) != Kind::select; })) {
    const Node& n = ctx[r];
    const bool needs = n.kind == Kind::written && n.tag == static_cast<uint16_t>(Written::needs);
    if (needs && ctx.kind(n.operand(0)) != Kind::truth) list.push_back(n.operand(0));
    if (!has_operator(r)) continue;
    for (Ref c : n.operands()) {
      if (!has_operator(c)) list.push_back(c);
    }
  }
  return list;
}

// subs, limit and the like say something of other points.
bool is_about_one_point(Context& ctx, Ref form) {
  const auto nodes = nodes_below(ctx, form);
  return std::all_of(nodes.begin(), nodes.end(), [&](Ref r) {
    return ctx.kind(r) != Kind::operation || is_differential_operator(static_cast<Operator>(ctx[r].tag));
  });
}

// That something can be differentiated is not found from its values.
bool is_of_derivative(Context& ctx, Ref condition) {
  const auto nodes = nodes_below(ctx, {&condition, 1}, [&](Ref r) { return is_truth(ctx.kind(r)); });
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return bool(differentiable_call(ctx, r)); });
}

}  // namespace

bool is_vacuous(Context& ctx, Ref condition) {
  constexpr size_t most_nodes = 16;
  if (ctx[condition].shape != scalar_shape || is_of_derivative(ctx, condition)) return false;
  if (proved(ctx, condition)) return true;
  const Node n = ctx[condition];
  if (n.kind != Kind::compare || nodes_below(ctx, condition).size() > most_nodes) return false;
  const Ref difference = ctx.subtract(n.operand(1), n.operand(0));
  try {
    for (const Ref form : {factor(ctx, difference), simplify(ctx, difference)}) {
      if (proved(ctx, ctx.compare(static_cast<Relation>(n.tag), zero, form))) return true;
    }
  } catch (const Failure& failure) {
    if (!is_undefined(failure)) throw;  // a side without values
  }
  return false;
}

std::optional<bool> holds(Context& ctx, Ref condition, const DensePoint& point) {
  if (is_of_derivative(ctx, condition)) return std::nullopt;
  try {
    const Numbers numbers = dense_numbers(ctx, condition, point);
    return std::all_of(numbers.entries.begin(), numbers.entries.end(), [](double v) { return v == 1; });
  } catch (const Failure& failure) {
    if (!is_undefined(failure) && !is_unknown(failure)) throw;
    return std::nullopt;
  }
}

void refuse_undefined_scalar(Context& ctx, Ref e, std::span<const std::pair<Ref, Ref>> values) {
  std::vector<Ref> names;
  std::vector<Rational> point;
  for (const auto& [name, value] : values) {
    if (!ctx.is_number(value)) return;
    names.push_back(name);
    point.push_back(ctx.value(value));
  }
  try {
    constexpr long bits = 16, most_bits = 128;
    const Tape tape = compile(ctx, {&e, 1}, names);
    if (!certify(ctx.budget(), tape, 0, point, {}, {}, bits, most_bits).is_undefined()) return;
  } catch (const Failure& failure) {
    if (!is_unknown(failure)) throw;
    return;
  }
  throw Failure(Code::undefined_value, "'" + short_text(ctx, e) + "' has no value here");
}

[[noreturn]] static void refuse_for(Context& ctx, Ref condition) {
  throw Failure(Code::undefined_value, "there is no value here: it needs " + condition_text(ctx, condition));
}

void refuse_outside(Context& ctx, Ref form, const DensePoint& point) {
  for (Ref c : conditions_within(ctx, form)) {
    const bool order =
        ctx.kind(c) == Kind::compare && static_cast<Relation>(ctx[c].tag) <= Relation::less_equal;
    if (order && holds(ctx, c, point) == false) refuse_for(ctx, c);
  }
}

void refuse_undefined_value(Context& ctx, const WrittenForm& written, const DensePoint& point) {
  const Ref e = written.for_conditions();
  if (!e || !is_about_one_point(ctx, e)) return;
  const std::vector<Ref> list = conditions(ctx, e, one, false);
  if (std::none_of(list.begin(), list.end(), [&](Ref c) { return holds(ctx, c, point) == false; })) return;
  for (Ref c : conditions_within(ctx, e)) {
    if (is_truth(ctx.kind(c)) && holds(ctx, c, point) == false) refuse_for(ctx, c);
  }
  for (Ref v : values_within(ctx, e)) {
    try {
      dense_numbers(ctx, v, point);
    } catch (const Failure& failure) {
      if (!is_unknown(failure)) throw;
    }
  }
}

void refuse_undefined_constants(Context& ctx, Ref e) {
  std::vector<Ref> constants;
  for (Ref r : nodes_below(ctx, {&e, 1}, [&](Ref r) { return ctx.kind(r) != Kind::select; })) {
    const Node& n = ctx[r];
    const bool power = n.kind == Kind::power || (n.kind == Kind::written && n.tag == written_power);
    const bool partial = power || n.kind == Kind::function;
    if (partial && n.names == 0 && n.shape == scalar_shape && !(n.facts & (complex_valued | has_operation)))
      constants.push_back(r);
  }
  if (constants.empty()) return;
  try {
    // As a rule all have values, and then their sum has one.
    if (!is_undefined(ctx, ctx.sum(constants))) return;
    for (Ref r : constants) {
      if (is_undefined(ctx, r)) refuse(ctx, r);
    }
  } catch (const Failure& failure) {
    // Complex parts, matrix functions: there are no real numbers to look at.
    if (failure.diagnostic.code != Code::cannot_evaluate) throw;
  }
}

}  // namespace nabla

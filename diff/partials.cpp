#include "diff/partials.h"

#include <algorithm>
#include <array>
#include <string>

#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/scratch.h"
#include "expr/substitute.h"
#include "expr/table_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr size_t most_arguments = 3;
constexpr std::array<std::string_view, most_arguments> argument_names = {"x", "y", "z"};
constexpr std::array<std::string_view, most_arguments> differential_names = {"dx", "dy", "dz"};

[[noreturn]] void no_rule(Fn fn, size_t k) {
  const std::string name(row(fn).name);
  if (row(fn).max_args > 1) {
    throw Failure(Code::cannot_differentiate,
                  "no derivative of '" + name + "' in argument " + std::to_string(k + 1) + " is known");
  }
  throw Failure(Code::cannot_differentiate, "no derivative of '" + name + "' is known");
}

// The differential with d(argument k) = 1 and the others 0, as one pinned expression.
Ref partial(Context& ctx, Fn fn, size_t k) {
  const std::string key = "partial " + std::to_string(ctx.differentials_version()) + " " +
                          std::string(row(fn).name) + " " + std::to_string(k);
  if (const auto it = ctx.cache().find(key); it != ctx.cache().end()) return ctx.pinned(it->second);
  const Ref text = parse_table_text(ctx, ctx.differential(fn));
  std::vector<std::pair<Ref, Ref>> values;
  for (size_t i = 0; i < most_arguments; ++i) {
    values.push_back({placeholder(ctx, differential_names[i]), i == k ? one : zero});
  }
  const Ref result = substitute(ctx, text, values);
  ctx.cache()[key] = ctx.pin(result);
  return result;
}

}  // namespace

bool is_log_of_factors(const Context& ctx, Ref r) {
  if (!ctx.is_function(r, Fn::log)) return false;
  const Ref u = ctx.operands(r)[0];
  const Kind kind = ctx.kind(u);
  const bool factors = kind == Kind::product || kind == Kind::power || ctx.is_function(u, Fn::abs);
  return factors && ctx[u].shape == scalar_shape && !(ctx[u].facts & complex_valued);
}

Ref Partials::of_log(const LogPart& part) {
  return part.is_exponent ? one : (*this)(Fn::log, 0, {&part.operand, 1}, part.operand);
}

std::vector<LogPart> log_parts(Context& ctx, Ref u) {
  std::vector<LogPart> parts, open{{one, u}};
  while (!open.empty()) {
    const LogPart p = open.back();
    open.pop_back();
    ctx.budget().spend();
    const Node n = ctx[p.operand];
    if (n.kind == Kind::product) {
      for (size_t i = n.count; i-- > 0;) open.push_back({p.coefficient, n.operand(i)});
    } else if (n.kind == Kind::power && ctx.is_number(n.operand(1))) {
      open.push_back({ctx.multiply(p.coefficient, n.operand(1)), n.operand(0)});
    } else if (ctx.is_function(p.operand, Fn::abs)) {
      open.push_back({p.coefficient, n.operand(0)});
    } else if (ctx.is_function(p.operand, Fn::exp)) {
      parts.push_back({p.coefficient, n.operand(0), true});
    } else {
      parts.push_back(p);
    }
  }
  return parts;
}

Ref log_of_base(Context& ctx, Ref base) {
  if (base == zero) return zero;
  const Facts f = ctx[base].facts;
  if ((f & nonpositive) && (f & nonzero)) {
    throw Failure(Code::outside_domain,
                  "a power with the negative base '" + print(ctx, base) +
                      "' has no derivative by its exponent: it has values at isolated points only",
                  "abs(base)^exponent is defined for every exponent");
  }
  return ctx.function(Fn::log, {base});
}

void throw_equality_condition() {
  throw Failure(Code::equality_condition, "a branch on '==' or '!=' of the variable has no derivative",
                "state the branch by '<' or '<=', or differentiate the parts");
}

void refuse_equality_condition(Context& ctx, Ref condition, const std::function<bool(Ref)>& depends) {
  for (Ref r : nodes_below(ctx, {&condition, 1}, depends)) {
    if (ctx.kind(r) != Kind::compare) continue;
    const auto relation = static_cast<Relation>(ctx[r].tag);
    if (relation == Relation::equal || relation == Relation::not_equal) throw_equality_condition();
  }
}

Partials::Template& Partials::get(Fn fn, size_t k) {
  Template& t = templates_[static_cast<size_t>(fn) * most_arguments + k];
  if (!t.read || t.version != ctx_.differentials_version()) read(t, fn, k);
  return t;
}

void Partials::read(Template& t, Fn fn, size_t k) {
  if (k >= most_arguments || ctx_.differential(fn).empty() || (row(fn).not_differentiable >> k & 1) != 0) {
    no_rule(fn, k);
  }
  const Ref root = partial(ctx_, fn, k);
  t.steps.clear();
  std::unordered_map<Ref, int16_t> where;
  for (size_t i = 0; i < most_arguments; ++i) {
    where[placeholder(ctx_, argument_names[i])] = static_cast<int16_t>(-1 - static_cast<int>(i));
  }
  where[placeholder(ctx_, "f")] = static_cast<int16_t>(-1 - static_cast<int>(most_arguments));
  for (Ref r : nodes_below(ctx_, root)) {
    if (where.count(r)) continue;
    Step step{r, {}};
    for (Ref c : ctx_.operands(r)) step.operands.push_back(where.at(c));
    where[r] = static_cast<int16_t>(t.steps.size());
    t.steps.push_back(std::move(step));
  }
  t.root = where.at(root);
  t.made.resize(t.steps.size());
  t.version = ctx_.differentials_version();
  t.read = true;
}

// The texts are about real arguments: those of abs, max, floor and the like are wrong of complex ones.
void refuse_complex_arguments(const Context& ctx, Fn fn, std::span<const Ref> arguments) {
  if (row(fn).analytic != Analytic::no) return;
  for (Ref a : arguments) {
    if (!(ctx[a].facts & complex_valued)) continue;
    throw Failure(Code::cannot_differentiate,
                  "no derivative of '" + std::string(row(fn).name) + "' of complex values is known");
  }
}

Ref Partials::operator()(Fn fn, size_t k, std::span<const Ref> arguments, Ref result) {
  refuse_complex_arguments(ctx_, fn, arguments);
  Template& t = get(fn, k);
  auto placed = [&](int16_t i) {
    if (i >= 0) return t.made[static_cast<size_t>(i)];
    const size_t p = static_cast<size_t>(-1 - i);
    return p == most_arguments ? result : arguments[p];
  };
  const bool scalars =
      std::all_of(arguments.begin(), arguments.end(), [&](Ref a) { return ctx_[a].shape == scalar_shape; });
  Scratch<Ref, 16> list;
  for (size_t s = 0; s < t.steps.size(); ++s) {
    list.resize(0);
    for (int16_t o : t.steps[s].operands) list.push_back(placed(o));
    t.made[s] = list.empty() ? t.steps[s].node
                : scalars    ? ctx_.rebuild(t.steps[s].node, list)
                             : apply_entrywise(ctx_, t.steps[s].node, list);
  }
  return placed(t.root);
}

}  // namespace nabla

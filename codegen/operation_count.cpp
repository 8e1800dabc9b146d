#include "codegen/operation_count.h"

#include <algorithm>
#include <cmath>

#include "codegen/loop_program.h"
#include "codegen/nest_inline.h"
#include "expr/print.h"
#include "expr/program.h"
#include "expr/substitute.h"
#include "simplify/passes.h"

namespace nabla {
namespace {

// ---- turns ----

// What the conditions of a nest leave of its loops.
class Narrowing {
 public:
  Narrowing(Context& ctx, const Nest& nest)
      : ctx_(ctx), nest_(nest), extents_(nest.extents), met_(nest.extents.size()) {}

  Turns run() {
    for (const NestCondition& c : nest_.conditions) {
      if (!narrows(c)) turns_.at_most = true;
    }
    for (Ref e : extents_) {
      if (e != one) turns_.factors.push_back(e);
    }
    return std::move(turns_);
  }

 private:
  // Whether the number of turns is exact with this condition.
  bool narrows(const NestCondition& c) {
    const auto& terms = c.guard.terms;
    const bool units = std::all_of(terms.begin(), terms.end(),
                                   [](const auto& t) { return t.second == 1 || t.second == -1; });
    if (terms.empty() || terms.size() > 2) return false;
    const bool fresh = std::none_of(terms.begin(), terms.end(), [&](const auto& t) { return met_[t.first]; });
    for (const auto& t : terms) met_[t.first] = true;
    if (c.guard.relation == Relation::equal) return settles(c, units && fresh);
    if (!units || !fresh || c.guard.relation > Relation::less_equal) return false;
    return terms.size() == 1 ? bounds(c) : orders(c);
  }

  // An equation: the last label follows those before it.
  bool settles(const NestCondition& c, bool plain) {
    Label last = 0;
    for (const auto& t : c.guard.terms) last = std::max(last, t.first);
    const bool is_loop = last < nest_.outputs;  // with a test inside
    if (!is_loop) extents_[last] = one;
    const auto& terms = c.guard.terms;
    const bool same = plain && terms.size() == 2 && terms[0].second == -terms[1].second && c.offset == zero &&
                      nest_.extents[terms[0].first] == nest_.extents[terms[1].first];
    if (is_loop && same) extents_[last] = one;
    return same;
  }

  // label + offset <= 0, or offset - label <= 0, labels from 1.
  bool bounds(const NestCondition& c) {
    const auto [l, k] = c.guard.terms[0];
    const Ref offset = c.guard.relation == Relation::less ? ctx_.add(c.offset, one) : c.offset;
    const Ref turns =
        k == 1 ? ctx_.subtract(zero, offset) : ctx_.subtract(ctx_.add(nest_.extents[l], one), offset);
    if (!is_surely_nonnegative(ctx_, turns) ||
        !is_surely_nonnegative(ctx_, ctx_.subtract(nest_.extents[l], turns)))
      return false;
    extents_[l] = turns;
    return true;
  }

  // i - j + c <= 0 for i up to n and j up to m: the sum of min(j - c, n) over the j above c.
  bool orders(const NestCondition& c) {
    const auto& terms = c.guard.terms;
    const size_t lower = terms[0].second > 0 ? 0 : 1;
    if (terms[0].second == terms[1].second || !ctx_.is_number(c.offset)) return false;
    const Label i = terms[lower].first, j = terms[1 - lower].first;
    Rational least = ctx_.value(c.offset);  // of j - i
    if (c.guard.relation == Relation::less) least = least + Rational(1);
    const Ref n = nest_.extents[i], most = ctx_.subtract(nest_.extents[j], ctx_.number(least)),
              excess = ctx_.subtract(most, n), before = ctx_.number(least.sign() < 0 ? -least : Rational(0));
    if (!ctx_.is_number(excess) || !is_surely_nonnegative(ctx_, ctx_.add(most, one)) ||
        !is_surely_nonnegative(ctx_, ctx_.subtract(n, before)))
      return false;
    Ref turns = ctx_.subtract(triangle(most), triangle(before));
    if (ctx_.value(excess).sign() > 0) turns = ctx_.subtract(turns, triangle(excess));
    extents_[i] = turns;
    extents_[j] = one;
    return true;
  }

  // 1 + 2 + … + n.
  Ref triangle(Ref n) const {
    return ctx_.multiply(ctx_.number(Rational::fraction(1, 2)), ctx_.multiply(n, ctx_.add(n, one)));
  }

  Context& ctx_;
  const Nest& nest_;
  std::vector<Ref> extents_;
  std::vector<bool> met_;  // labels of earlier conditions
  Turns turns_;
};

// ---- text ----

std::string counted(Context& ctx, Ref count, const std::string& what) {
  return print(ctx, count) + " " + what + (count == one ? "" : "s");
}

std::string listed(const std::set<std::string>& calls) {
  std::string out;
  for (const std::string& c : calls) out += (out.empty() ? "" : ", ") + c;
  return out;
}

std::string operations_of(Context& ctx, const OperationCount& count) {
  const Ref operations = expand(ctx, count.operations()), functions = expand(ctx, count.functions());
  std::string out = (count.at_most() ? "at most " : "") + counted(ctx, operations, "operation");
  if (functions != zero)
    out += ", " + print(ctx, functions) + (functions == one ? " of them a function" : " of them functions");
  if (!count.calls().empty()) out += ", and " + listed(count.calls());
  return out;
}

std::optional<double> value_at(Context& ctx, Ref count, int64_t size) {
  std::vector<std::pair<Ref, Ref>> sizes;
  for (Ref s : symbols_of(ctx, count)) sizes.emplace_back(s, ctx.number(size));
  const Ref value = substitute(ctx, count, sizes);
  if (!ctx.is_number(value)) return std::nullopt;
  return ctx.value(value).to_double();
}

// "; 2.3 times the 4*n of f for large sizes", all being as large; of what grows faster than the value,
// at a size. Nothing where one of both has parts that are not counted.
std::string ratio_text(Context& ctx, const OperationCount& count, const OperationCount& value,
                       const std::string& function) {
  constexpr int64_t large = 1'000'000, larger = 100'000'000, nominal = 100;
  if (!count.calls().empty() || !value.calls().empty() || value.operations() == zero) return {};
  const auto ratio = [&](int64_t size) -> std::optional<double> {
    const auto a = value_at(ctx, count.operations(), size), b = value_at(ctx, value.operations(), size);
    return a && b && *b > 0 ? std::optional(*a / *b) : std::nullopt;
  };
  const auto first = ratio(large), second = ratio(larger), middle = ratio(nominal);
  if (!first || !second || !middle) return {};
  const bool settled = std::abs(*first - *second) <= 0.001 * *second,
             is_number =
                 symbols_of(ctx, count.operations()).empty() && symbols_of(ctx, value.operations()).empty();
  const auto tenths = static_cast<uint64_t>(std::llround(10 * (settled ? *second : *middle)));
  const std::string times = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  const std::string where = is_number ? ""
                            : settled ? " for large sizes"
                                      : " where sizes are " + std::to_string(nominal);
  return "; " + times + " times the " + print(ctx, expand(ctx, value.operations())) + " of " + function +
         where;
}

}  // namespace

Turns turns_of(Context& ctx, const Nest& nest) { return Narrowing(ctx, nest).run(); }

Cost cost_of(Context& ctx, const Nest& nest) {
  Program program;
  Lowering lowering(ctx, program);
  for (const NestTest& t : nest.tests) program.inputs.push_back(t.placeholder);
  for (const Access& a : nest.accesses) program.inputs.push_back(a.placeholder);
  std::vector<std::pair<Ref, Ref>> defined;
  for (const NestLocal& l : nest.locals)
    defined.emplace_back(l.of.placeholder, lowering.lower(substitute(ctx, l.value, defined)));
  program.outputs.push_back({"", scalar_shape, {lowering.lower(substitute(ctx, nest.body, defined))}});
  Cost cost = cost_of(make_plan(ctx, program));
  if (nest.gathering != Gathering::entry) ++cost.operations;
  return cost;
}

void OperationCount::add(Context& ctx, const Cost& cost, const Turns& turns) {
  if (cost.operations == 0) return;
  Ref times = ctx.product(turns.factors);
  const bool along = std::any_of(turns.factors.begin(), turns.factors.end(),
                                 [&](Ref f) { return f == cut_ || (cut_ && contains(ctx, f, cut_)); });
  if (cut_ && !along)
    times = ctx.multiply(times, ctx.function(Fn::ceil, {ctx.divide(cut_, ctx.number(block_turns))}));
  const auto whole = [&](uint64_t n) { return ctx.number(static_cast<int64_t>(n)); };
  operations_ = ctx.add(operations_, ctx.multiply(whole(cost.operations), times));
  functions_ = ctx.add(functions_, ctx.multiply(whole(cost.functions), times));
  at_most_ = at_most_ || turns.at_most || cost.has_branches;
}

void OperationCount::add(Context& ctx, const OperationCount& more) {
  operations_ = ctx.add(operations_, more.operations_);
  functions_ = ctx.add(functions_, more.functions_);
  at_most_ = at_most_ || more.at_most_;
  calls_.insert(more.calls_.begin(), more.calls_.end());
}

std::string operations_text(Context& ctx, const OperationCount& count,
                            const std::optional<OperationCount>& value, const std::string& function) {
  return operations_of(ctx, count) + (value ? ratio_text(ctx, count, *value, function) : "") + ".";
}

std::string operations_text(Context& ctx, const OperationCount& point, const OperationCount& once,
                            const std::optional<OperationCount>& value, const std::string& function) {
  std::string out = "a point: " + operations_of(ctx, point);
  if (value) out += ratio_text(ctx, point, *value, function);
  const bool shared = once.operations() != zero || !once.calls().empty();
  return out + (shared ? "; once for all points: " + operations_of(ctx, once) : "") + ".";
}

}  // namespace nabla

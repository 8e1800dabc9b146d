#include "codegen/operation_count.h"

#include <algorithm>

#include "codegen/loop_program.h"
#include "codegen/nest_inline.h"
#include "expr/program.h"
#include "expr/substitute.h"

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

bool OperationCount::depends_on_factoring() const {
  return elimination_.operations != cholesky_.operations || elimination_.at_most != cholesky_.at_most;
}

Ref OperationCount::times(Context& ctx, const Turns& turns) const {
  const Ref all = ctx.product(turns.factors);
  const bool along = std::any_of(turns.factors.begin(), turns.factors.end(),
                                 [&](Ref f) { return f == cut_ || (cut_ && contains(ctx, f, cut_)); });
  if (!cut_ || along) return all;
  return ctx.multiply(all, ctx.function(Fn::ceil, {ctx.divide(cut_, ctx.number(block_turns))}));
}

void OperationCount::add(Context& ctx, const Cost& cost, const Turns& turns) {
  if (cost.operations == 0) return;
  const auto whole = [&](uint64_t n) { return ctx.number(static_cast<int64_t>(n)); };
  const Tally formula{whole(cost.operations), whole(cost.functions), cost.has_branches};
  add(ctx, CallCount{formula, formula}, turns);
}

void OperationCount::add_call(Context& ctx, const std::string& name, const std::optional<CallCount>& count,
                              const Turns& turns) {
  if (!count) {
    calls_.insert(name);
    return;
  }
  add(ctx, *count, turns);
}

void OperationCount::add(Context& ctx, const CallCount& call, const Turns& turns) {
  const Ref n = times(ctx, turns);
  const auto add_to = [&](Tally& all, const Tally& one_time) {
    all.operations = ctx.add(all.operations, ctx.multiply(one_time.operations, n));
    all.functions = ctx.add(all.functions, ctx.multiply(one_time.functions, n));
    all.at_most = all.at_most || one_time.at_most || turns.at_most;
  };
  add_to(elimination_, call.elimination);
  add_to(cholesky_, call.cholesky);
}

void OperationCount::add(Context& ctx, const OperationCount& more) {
  const auto add_to = [&](Tally& all, const Tally& t) {
    all.operations = ctx.add(all.operations, t.operations);
    all.functions = ctx.add(all.functions, t.functions);
    all.at_most = all.at_most || t.at_most;
  };
  add_to(elimination_, more.elimination_);
  add_to(cholesky_, more.cholesky_);
  calls_.insert(more.calls_.begin(), more.calls_.end());
}

}  // namespace nabla

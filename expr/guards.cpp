#include "expr/guards.h"

#include <algorithm>
#include <optional>

namespace nabla {
namespace {

void collect_terms(Guard& guard) {
  auto& terms = guard.terms;
  std::sort(terms.begin(), terms.end());
  size_t out = 0;
  for (size_t i = 0; i < terms.size();) {
    auto t = terms[i++];
    for (; i < terms.size() && terms[i].first == t.first; ++i) t.second += terms[i].second;
    if (t.second != 0) terms[out++] = t;
  }
  terms.resize(out);
}

}  // namespace

Ref extreme_of_guard(Context& ctx, const GuardCondition& c, std::span<const Ref> extents, bool greatest) {
  Ref value = c.offset;
  for (const auto& [l, k] : c.guard.terms) {
    const Ref at = (k > 0) == greatest ? extents[l] : one;
    value = ctx.add(value, ctx.scale(ctx.number(k), at));
  }
  return value;
}

namespace {

// What the guard is for all labels, if that is known.
std::optional<bool> settled(Context& ctx, const GuardCondition& c, std::span<const Ref> extents) {
  const auto is = [&](Relation relation, Ref a, Ref b) {
    const Ref t = ctx.compare(relation, a, b);
    return ctx.kind(t) == Kind::truth && ctx[t].tag != 0;
  };
  const Ref least = extreme_of_guard(ctx, c, extents, false), most = extreme_of_guard(ctx, c, extents, true);
  const Relation r = c.guard.relation;
  if (r == Relation::less || r == Relation::less_equal) {
    if (is(r, most, zero)) return true;
    if (is(r == Relation::less ? Relation::less_equal : Relation::less, zero, least)) return false;
    return std::nullopt;
  }
  const bool never = is(Relation::less, zero, least) || is(Relation::less, most, zero) ||
                     (least == most && is(Relation::not_equal, least, zero));
  const bool always = least == zero && most == zero;
  if (never || always) return always == (r == Relation::equal);
  return std::nullopt;
}

}  // namespace

bool settle_guards(Context& ctx, std::vector<GuardCondition>& guards, std::span<const Ref> extents) {
  std::vector<GuardCondition> kept;
  for (GuardCondition& c : guards) {
    collect_terms(c.guard);
    const auto truth = settled(ctx, c, extents);
    if (truth && !*truth) return false;
    if (truth) continue;
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const GuardCondition& k) {
      return k.guard == c.guard && k.offset == c.offset;
    });
    if (!known) kept.push_back(std::move(c));
  }
  guards = std::move(kept);
  return true;
}

}  // namespace nabla

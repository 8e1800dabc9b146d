// What an indexed product makes of its conditions, of units on equal axes and of sums that have a name.
#include <algorithm>

#include "expr/guards.h"
#include "expr/indexed.h"
#include "expr/kronecker.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {

// 2 for a label of a factor or of the output, else in how many guards it is: 0, 1 or more.
std::vector<uint8_t> IndexedBuilder::uses_of_labels() const {
  std::vector<uint8_t> used(parent_.size());
  for (const Item& i : items_) {
    for (Label l : i.labels) used[l] = 2;
  }
  for (Label o : output_) used[o] = 2;
  return used;
}

// The guard i == j of two labels with one range is an identity. Whether there was one.
bool IndexedBuilder::equal_labels() {
  const auto is_identity = [&](const Condition& c) {
    const auto& t = c.guard.terms;
    return c.guard.relation == Relation::equal && t.size() == 2 && t[0].second == -t[1].second &&
           (t[0].second == 1 || t[0].second == -1) && c.offset == zero &&
           extents_[t[0].first] == extents_[t[1].first];
  };
  const size_t before = guards_.size();
  for (const Condition& c : guards_) {
    if (!is_identity(c)) continue;
    const Label a = c.guard.terms[0].first, b = c.guard.terms[1].first;
    deltas_.push_back({delta(ctx_, extents_[a]), {a, b}});
  }
  guards_.erase(std::remove_if(guards_.begin(), guards_.end(), is_identity), guards_.end());
  return guards_.size() != before;
}

// A bound label in no factor that a condition k == i + j - 1 gives a value in its range: the other conditions
// speak of that value. Whether there was one.
bool IndexedBuilder::solve_guards() {
  const std::vector<uint8_t> used = uses_of_labels();
  bool found = false;
  for (size_t g = 0; g < guards_.size();) {
    const Condition c = guards_[g++];
    if (c.guard.relation != Relation::equal) continue;
    for (size_t at = 0; at < c.guard.terms.size(); ++at) {
      const auto [own, sign] = c.guard.terms[at];
      if (used[own] != 0 || (sign != 1 && sign != -1)) continue;
      GuardCondition value{c.guard, ctx_.scale(ctx_.number(-sign), c.offset)};
      value.guard.terms.erase(value.guard.terms.begin() + static_cast<ptrdiff_t>(at));
      for (auto& t : value.guard.terms) t.second *= -sign;
      const Ref low = ctx_.subtract(extreme_of_guard(ctx_, value, extents_, false), one);
      const Ref high = ctx_.subtract(extents_[own], extreme_of_guard(ctx_, value, extents_, true));
      if (!(ctx_[low].facts & ctx_[high].facts & nonnegative)) continue;
      guards_.erase(guards_.begin() + static_cast<ptrdiff_t>(--g));
      for (Condition& other : guards_) {
        std::vector<std::pair<Label, int64_t>> terms;
        for (const auto& [l, k] : other.guard.terms) {
          if (l != own) {
            terms.emplace_back(l, k);
            continue;
          }
          for (const auto& t : value.guard.terms) terms.emplace_back(t.first, k * t.second);
          other.offset = ctx_.add(other.offset, ctx_.scale(ctx_.number(k), value.offset));
        }
        other.guard.terms = std::move(terms);
      }
      gone_.push_back(own);
      found = true;
      break;
    }
  }
  return found;
}

// A bound label in one guard alone counts the numbers that it allows: k of them for r <= k, n - k + 1 for
// k <= r, where all of them lie in the range of the label.
void IndexedBuilder::count_guarded() {
  std::vector<uint8_t> used = uses_of_labels();
  for (const Condition& c : guards_) {
    for (const auto& t : c.guard.terms) used[t.first] = static_cast<uint8_t>(std::min(used[t.first] + 1, 2));
  }
  const auto not_negative = [&](Ref e) { return (ctx_[e].facts & nonnegative) != 0; };
  for (size_t g = 0; g < guards_.size();) {
    const Condition c = guards_[g++];
    if (c.guard.relation != Relation::less_equal || c.guard.terms.size() != 2) continue;
    size_t at = c.guard.terms[0].second > 0 ? 0 : 1;  // i of i <= k first
    if (used[c.guard.terms[at].first] != 1) at = 1 - at;
    const auto [own, sign] = c.guard.terms[at];
    const auto [other, slope] = c.guard.terms[1 - at];
    if (used[own] != 1 || (sign != 1 && sign != -1) || slope * sign > 0) continue;
    // own <= bound or bound <= own, with bound = a*other + b
    const Ref a = ctx_.number(-sign * slope), b = ctx_.scale(ctx_.number(-sign), c.offset);
    const Ref least = ctx_.add(a, b), most = ctx_.add(ctx_.scale(a, extents_[other]), b);
    const Ref one_more = ctx_.add(extents_[own], one);
    const bool inside =
        sign > 0 ? not_negative(least) && not_negative(ctx_.subtract(extents_[own], most))
                 : not_negative(ctx_.subtract(least, one)) && not_negative(ctx_.subtract(one_more, most));
    if (!inside) continue;
    const ShapeId shape = vector_shape(ctx_, extents_[other]);
    const Ref constant = ctx_.fill(sign > 0 ? b : ctx_.subtract(one_more, b), shape);
    const Term terms[2] = {{ctx_.scale(ctx_.number(sign), a), iota(ctx_, extents_[other])}, {one, constant}};
    open(tensor_sum(ctx_, terms, shape), {other});
    gone_.push_back(own);
    guards_.erase(guards_.begin() + static_cast<ptrdiff_t>(--g));
  }
}

// Where one of two equal axes has a unit, so has the other: diag(unit(n, i)) is single(i, i, n, n).
void IndexedBuilder::place_units() {
  for (Item& i : items_) {
    if (!is_structural(ctx_, i.factor, Structural::delta)) continue;
    const Label first = i.labels[0], second = i.labels[1];
    for (const Item& u : items_) {
      if (u.labels.size() != 1 || u.labels[0] != first || !is_structural(ctx_, u.factor, Structural::unit))
        continue;
      i = Item{u.factor, {second}};
      break;
    }
  }
}

// The sum of the eigenvalues' powers is the trace of the matrix's, and the trace of blocks the sum of theirs;
// Ref{} for anything else.
Ref IndexedBuilder::named_sum(const Item& item) {
  if (item.labels.size() == 2 && item.labels[0] == item.labels[1] &&
      ctx_.is_function(item.factor, Fn::blockdiag))
    return trace_of_blocks(ctx_, item.factor);
  const Factor f = ctx_.split_exponent(item.factor);
  if (item.labels.size() != 1 || !ctx_.is_function(f.base, Fn::eigvals)) return {};
  if (ctx_[f.exponent].shape != scalar_shape || !(ctx_[f.exponent].facts & integer_valued)) return {};
  return trace(ctx_, matpow(ctx_, ctx_.operands(f.base)[0], f.exponent));
}

}  // namespace nabla

#include "diff/branches.h"

#include <algorithm>

namespace nabla {

void Branches::find(std::span<const Ref> outputs, const std::vector<bool>& active) {
  const size_t count = active.size();
  where_.clear();
  bool any = false;
  for (size_t i = 0; i < count && !any; ++i) {
    any = active[i] && ctx_.kind(lowering_.program().lets[i].value) == Kind::select;
  }
  if (!any) return;
  where_.assign(count, Ref{});
  for (Ref r : outputs) use(r, ctx_.truth(true));
  std::vector<Ref> list;
  for (size_t i = count; i-- > 0;) {
    if (!where_[i] || !active[i]) continue;
    ctx_.budget().spend();
    const Ref value = lowering_.program().lets[i].value, where = where_[i];
    list.assign(ctx_.operands(value).begin(), ctx_.operands(value).end());
    const bool select = ctx_.kind(value) == Kind::select;
    for (size_t k = 0; k < list.size(); ++k) {
      use(list[k], select && k > 0 ? inside(where, list[0], k == 1) : where);
    }
  }
}

void Branches::use(Ref operand, Ref where) {
  if (ctx_.kind(operand) != Kind::let || ctx_[operand].payload >= where_.size()) return;
  const size_t i = ctx_[operand].payload;
  const Ref joined = where_[i] ? either(where_[i], where) : where;
  where_[i] = joined;
}

// Conditions are lets, so that each nested one is one operation more.
Ref Branches::inside(Ref where, Ref condition, bool side) {
  const Ref here = side ? condition : lowering_.lower(ctx_.negation(condition));
  return lowering_.lower(ctx_.conjunction(where, here));
}

Ref Branches::either(Ref a, Ref b) {
  if (a == b || ctx_.kind(a) == Kind::truth) return a;
  if (ctx_.kind(b) == Kind::truth) return b;
  const auto parts = [&](Ref r) {  // w and c; true and c
    const Ref value = ctx_.kind(r) == Kind::let ? lowering_.program().lets[ctx_[r].payload].value : r;
    const Node& n = ctx_[value];
    if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::conjunction)) {
      return std::pair(n.operand(0), n.operand(1));
    }
    return std::pair(ctx_.truth(true), r);
  };
  const auto [wa, ca] = parts(a);
  const auto [wb, cb] = parts(b);
  const auto opposite = [&](Ref c, Ref d) { return lowering_.lower(ctx_.negation(c)) == d; };
  if (wa == wb && (opposite(ca, cb) || opposite(cb, ca))) return wa;
  if (wb == a || cb == a) return a;  // b asks for more
  if (wa == b || ca == b) return b;
  return lowering_.lower(ctx_.disjunction(a, b));
}

Ref Branches::condition_of(Ref atom) const {
  if (ctx_.kind(atom) != Kind::let || ctx_[atom].payload >= where_.size()) return ctx_.truth(true);
  return where_[ctx_[atom].payload];
}

Ref Branches::leaving(size_t user, Ref operand) const {
  if (where_.empty()) return {};
  const Ref from = where_[user];
  return !from || ctx_.kind(from) == Kind::truth || from == condition_of(operand) ? Ref{} : from;
}

bool Branches::lives_in(Ref branch, size_t user, Ref condition, bool side) {
  if (where_.empty() || ctx_.kind(branch) != Kind::let) return false;
  return where_[user] && condition_of(branch) == inside(where_[user], condition, side);
}

}  // namespace nabla

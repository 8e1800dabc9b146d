#include "expr/written_value.h"

#include <vector>

#include "expr/walk.h"

namespace nabla {

Ref WrittenValues::of(Ref written) {
  if (const auto known = values_.find(written); known != values_.end()) return known->second;
  for (Ref r : nodes_below(ctx_, {&written, 1}, [&](Ref r) { return !values_.count(r); }))
    values_[r] = folded(r);
  return values_.at(written);
}

Ref WrittenValues::folded(Ref r) {
  const Node n = ctx_[r];
  if (n.kind == Kind::operation || n.count == 0) return r;
  std::vector<Ref> list;
  for (Ref c : ctx_.operands(r)) list.push_back(values_.at(c));
  if (n.kind == Kind::function && n.shape == scalar_shape &&
      row(static_cast<Fn>(n.tag)).shape == ShapeRule::elementwise)
    return ctx_.function(static_cast<Fn>(n.tag), list);
  if (n.kind == Kind::compare && n.shape == scalar_shape)  // of numbers as well
    return ctx_.compare(static_cast<Relation>(n.tag), list[0], list[1]);
  if (n.kind == Kind::select && list[1] == list[2]) return list[1];
  if (n.kind != Kind::written) return ctx_.rebuild(r, list);
  switch (static_cast<Written>(n.tag)) {
    case Written::add:
      return ctx_.add(list[0], list[1]);
    case Written::subtract:
      return ctx_.subtract(list[0], list[1]);
    case Written::multiply:
      return ctx_.multiply(list[0], list[1]);
    case Written::divide:
      return list[1] == zero ? r : ctx_.divide(list[0], list[1]);
    case Written::negate:
      return ctx_.negate(list[0]);
    case Written::needs:
      return list[0];
    case Written::power:
      break;
  }
  const bool pole = list[0] == zero && ctx_.is_number(list[1]) && ctx_.value(list[1]).sign() < 0;
  return pole ? r : ctx_.power(list[0], list[1]);
}

}  // namespace nabla

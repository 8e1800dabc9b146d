#include "codegen/written_conditions.h"

#include <algorithm>
#include <vector>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_order(const Context& ctx, Ref r) {
  return ctx.kind(r) == Kind::compare && static_cast<Relation>(ctx[r].tag) <= Relation::less_equal;
}

Relation opposite(Relation r) { return r == Relation::less ? Relation::less_equal : Relation::less; }

// What stands in every entry of an array that repeats it.
Ref repeated(const Context& ctx, Ref r) {
  for (;;) {
    if (ctx.kind(r) == Kind::fill) {
      r = ctx.operands(r)[0];
    } else if (ctx.kind(r) == Kind::indexed) {
      const IndexedView v = view_indexed(ctx, r);
      if (v.factors.size() != 1 || !v.offsets.empty()) return r;
      r = v.factors[0];
    } else {
      return r;
    }
  }
}

// The conditions of a conjunction.
std::vector<Ref> conjuncts(const Context& ctx, Ref condition) {
  std::vector<Ref> out, todo{condition};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    const bool joins =
        ctx.kind(r) == Kind::connective && static_cast<Connective>(ctx[r].tag) == Connective::conjunction;
    if (!joins) {
      out.push_back(r);
      continue;
    }
    const auto list = ctx.operands(r);
    todo.insert(todo.end(), list.rbegin(), list.rend());
  }
  return out;
}

}  // namespace

WrittenConditions::WrittenConditions(Context& ctx, Ref formula) : ctx_(ctx) {
  for (Ref r : nodes_below(ctx, formula)) {
    if (!is_order(ctx, r)) continue;
    const auto list = ctx.operands(r);
    written_.insert(key(static_cast<Relation>(ctx[r].tag), list[0], list[1]));
  }
}

WrittenConditions::Key WrittenConditions::key(Relation relation, Ref a, Ref b) const {
  return {relation, repeated(ctx_, a), repeated(ctx_, b)};
}

bool WrittenConditions::is_complement(Ref condition) const {
  if (!is_order(ctx_, condition)) return false;
  const auto relation = static_cast<Relation>(ctx_[condition].tag);
  const auto list = ctx_.operands(condition);
  return written_.count(key(relation, list[0], list[1])) == 0 &&
         written_.count(key(opposite(relation), list[1], list[0])) != 0;
}

Ref WrittenConditions::chosen(Ref condition, Ref yes, Ref no) const {
  const std::vector<Ref> all = conjuncts(ctx_, condition);
  if (std::none_of(all.begin(), all.end(), [this](Ref c) { return is_complement(c); }))
    return tensor_select(ctx_, condition, yes, no);
  for (size_t k = all.size(); k-- > 0;) {
    if (is_complement(all[k])) {
      const auto relation = static_cast<Relation>(ctx_[all[k]].tag);
      const Ref a = ctx_[all[k]].operand(0), b = ctx_[all[k]].operand(1);
      yes = tensor_select(ctx_, tensor_compare(ctx_, opposite(relation), b, a), no, yes);
    } else {
      yes = tensor_select(ctx_, all[k], yes, no);
    }
  }
  return yes;
}

Ref WrittenConditions::operator()(Ref derivative) const {
  if (written_.empty()) return derivative;
  RefMap<Ref> image(derivative.id);
  std::vector<Ref> list;
  for (Ref r : nodes_below(ctx_, derivative)) {
    list.clear();
    for (Ref c : ctx_.operands(r)) list.push_back(image[c]);
    image[r] = ctx_.kind(r) == Kind::select ? chosen(list[0], list[1], list[2]) : ctx_.rebuild(r, list);
  }
  return image[derivative];
}

}  // namespace nabla

#include "parser/whole_algebra.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "expr/array_domain.h"
#include "expr/condition_form.h"
#include "expr/conditions.h"
#include "expr/diagnostic.h"
#include "expr/walk.h"

namespace nabla {
namespace {

bool is_truth(Kind k) { return k >= Kind::truth && k <= Kind::connective; }

// A condition on indices for all of their values.
class Closing {
 public:
  Closing(Context& ctx, std::span<const BoundIndex> indices, Ref guard)
      : ctx_(ctx), all_(indices), guard_(guard) {}

  Ref close(Ref c) {
    if (ctx_.kind(c) == Kind::truth) return ctx_[c].tag != 0 ? c : never();
    choose(c);
    if (indices_.empty()) return c;
    try {
      return closed(c);
    } catch (const Failure& failure) {
      // There is no tensor of it: the condition is stated with the names of its indices.
      if (failure.diagnostic.code != Code::not_yet_available) throw;
      return c;
    }
  }

 private:
  std::set<Ref> names(Ref e) {
    const std::vector<Ref> list = index_placeholders(ctx_, e);
    return {list.begin(), list.end()};
  }

  // Of what is asked nowhere: a range is empty, or the guard holds of none.
  Ref never() {
    indices_.assign(all_.begin(), all_.end());
    guarded_ = static_cast<bool>(guard_);
    if (guarded_) return condition(ctx_, Relation::not_equal, array(ctx_.select(guard_, zero, one)), zero);
    Ref any = ctx_.truth(false);
    for (const BoundIndex& i : all_) {
      const Ref count = ctx_.add(ctx_.subtract(i.last, i.first), one);
      any = or_conditions(ctx_, any, ctx_.compare(Relation::less_equal, count, zero));
    }
    return any;
  }

  // The indices of the condition, those of their ranges, and those of the guard if it is about any of them.
  void choose(Ref c) {
    std::set<Ref> used = names(c);
    const auto is_used = [&](Ref name) { return used.count(name) != 0; };
    indices_.clear();
    guarded_ = false;
    if (std::none_of(all_.begin(), all_.end(), [&](const BoundIndex& i) { return is_used(i.name); })) return;
    if (guard_) {
      const std::set<Ref> others = names(guard_);
      guarded_ = std::any_of(others.begin(), others.end(), is_used);
      if (guarded_) used.insert(others.begin(), others.end());
    }
    for (size_t k = all_.size(); k-- > 0;) {  // a range may contain the indices before
      if (!is_used(all_[k].name)) continue;
      for (Ref end : {all_[k].first, all_[k].last}) used.merge(names(end));
      indices_.insert(indices_.begin(), all_[k]);
    }
  }

  Ref closed(Ref c) {
    std::unordered_map<Ref, Ref> values;
    const auto enter = [&](Ref r) { return is_truth(ctx_.kind(r)); };
    for (Ref r : nodes_below(ctx_, {&c, 1}, enter)) {
      const Node n = ctx_[r];
      if (n.kind == Kind::truth) {
        values[r] = r;
      } else if (n.kind == Kind::compare) {
        values[r] = comparison(static_cast<Relation>(n.tag), n.operand(0), n.operand(1));
      } else {
        const Ref a = values.at(n.operand(0));
        switch (static_cast<Connective>(n.tag)) {
          case Connective::negation:
            values[r] = not_condition(ctx_, a);
            break;
          case Connective::conjunction:
            values[r] = and_conditions(ctx_, a, values.at(n.operand(1)));
            break;
          case Connective::disjunction:
            values[r] = or_conditions(ctx_, a, values.at(n.operand(1)));
            break;
        }
      }
    }
    return values.at(c);
  }

  // Where the guard fails the comparison is one that holds: 1 != 0, 0 < 1 or 0 == 0.
  Ref comparison(Relation relation, Ref a, Ref b) {
    if (!guarded_) return condition(ctx_, relation, array(a), array(b));
    const Ref difference = ctx_.subtract(b, a);
    const Ref otherwise = relation == Relation::equal ? zero : one;
    return condition(ctx_, relation, zero, array(ctx_.select(guard_, difference, otherwise)));
  }

  Ref array(Ref side) {
    return ctx_.is_number(side) ? side : close_comprehension(ctx_, Binder::array, side, indices_, {});
  }

  Context& ctx_;
  std::span<const BoundIndex> all_;
  Ref guard_;
  std::vector<BoundIndex> indices_;
  bool guarded_ = false;
};

}  // namespace

Ref needs(Context& ctx, Ref value, std::span<const Ref> parts) {
  std::vector<Ref> list{value};
  list.insert(list.end(), parts.begin(), parts.end());
  const Node& n = ctx[value];
  const ShapeId shape = is_truth(n.kind) ? scalar_shape : n.shape;
  return ctx.intern(Kind::written, static_cast<uint16_t>(Written::needs), 0, 0, shape, list,
                    n.facts & (integer_valued | complex_valued));
}

std::vector<Ref> WholeAlgebra::values(std::span<const Ref> written) {
  std::vector<Ref> list;
  for (Ref r : written) list.push_back(value(r));
  return list;
}

Ref WholeAlgebra::made(Ref v, std::span<const Ref> parts) {
  std::vector<Ref> asking;
  for (Ref p : parts) {
    if (value(p) != p) asking.push_back(p);
  }
  return asking.empty() ? v : needs(ctx_, v, asking);
}

bool WholeAlgebra::has_call(Ref v, Fn f) const {
  const std::vector<Ref> nodes = nodes_below(ctx_, {&v, 1});
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx_.is_function(r, f); });
}

Ref WholeAlgebra::asking(Ref v) { return ctx_.is_number(v) ? v : needs(ctx_, v, {&v, 1}); }

Ref WholeAlgebra::sum(std::span<const Term> terms, ShapeId shape) {
  std::vector<Term> list;
  std::vector<Ref> parts;
  for (const Term& t : terms) {
    list.push_back({t.coefficient, value(t.body)});
    parts.push_back(t.body);
  }
  return made(inner_->sum(list, shape), parts);
}

Ref WholeAlgebra::elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) {
  const Ref v = inner_->elementwise(f, values(arguments), shape);
  std::vector<Ref> parts(arguments.begin(), arguments.end());
  if (f == Fn::pow || !row(f).domain.empty()) parts.push_back(asking(v));
  return made(v, parts);
}

Ref WholeAlgebra::power(Ref base, Ref exponent) {
  const Ref v = inner_->power(value(base), value(exponent));
  return made(v, {base, exponent, asking(v)});
}

Ref WholeAlgebra::entry_quotient(Ref a, Ref b) {
  const Ref v = inner_->entry_quotient(value(a), value(b));
  return made(v, {a, b, asking(inner_->power(value(b), minus_one))});
}

Ref WholeAlgebra::matpow(Ref a, Ref exponent) {
  const Ref v = inner_->matpow(value(a), exponent);
  return made(v, {a, asking(v)});
}

Ref WholeAlgebra::matrix_function(Fn f, std::span<const Ref> arguments,
                                  std::span<const std::string> operands) {
  const std::vector<Ref> given = values(arguments);
  const Ref v = inner_->matrix_function(f, given, operands);
  std::vector<Ref> parts(arguments.begin(), arguments.end());
  const std::vector<Ref> domain = array_domain(ctx_, f, given);
  // frechet(logm, A, eye(n)) is inv(A), which has a value at more matrices.
  if (!domain.empty()) parts.push_back(has_call(v, f) ? asking(v) : needs(ctx_, ctx_.truth(true), domain));
  return made(v, parts);
}

// Each branch asks only where it is taken.
Ref WholeAlgebra::select(Ref condition, Ref yes, Ref no) {
  const Ref parts[3] = {condition, yes, no};
  const std::vector<Ref> v = values(parts);
  if (yes != no && std::equal(v.begin(), v.end(), parts)) return inner_->select(condition, yes, no);
  return ctx_.written_select(condition, yes, no);
}

Ref WholeAlgebra::reduce_axis(Reduction op, Ref a, size_t axis) {
  const Ref v = inner_->reduce_axis(op, value(a), axis);
  const bool chosen = op != Reduction::prod && !has_entries(ctx_, ctx_.shape_of(a).extents[axis]).empty();
  return chosen ? made(v, {a, asking(v)}) : made(v, {a});
}

Ref WholeAlgebra::scalar_sum(std::span<const Ref> terms) {
  std::vector<Term> list;
  for (Ref t : terms) list.push_back({one, t});
  return sum(list, scalar_shape);
}

// What folding the body has lost is asked for in any case, the rest where the value is not found.
Ref WholeAlgebra::comprehension(Binder binder, Ref body, std::span<const BoundIndex> indices, Ref guard) {
  const Ref condition = guard ? value(guard) : guard;
  const Ref v = inner_->comprehension(binder, value(body), indices, condition);
  if (value(body) == body) return v;
  Closing closing(ctx_, indices, condition);
  const auto closed = [&](std::vector<Ref> list) {
    for (Ref& c : list) c = closing.close(c);
    return list;
  };
  const std::vector<Ref> all = closed(conditions(ctx_, body, one, false));
  const std::vector<Ref> lost = closed(conditions(ctx_, body, value(body), false));
  std::vector<Ref> parts;
  if (!all.empty()) parts.push_back(needs(ctx_, v, all));
  if (!lost.empty()) parts.push_back(needs(ctx_, ctx_.truth(true), lost));
  return made(v, parts);
}

std::unique_ptr<Algebra> whole_algebra(Context& ctx) { return std::make_unique<WholeAlgebra>(ctx); }

}  // namespace nabla

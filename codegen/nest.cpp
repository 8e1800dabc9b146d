#include "codegen/nest.h"

#include <algorithm>
#include <map>
#include <utility>

#include "codegen/scatter.h"
#include "codegen/tensor_program.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

using Labels = std::vector<Label>;

class NestMaker {
 public:
  NestMaker(Context& ctx, NestAtoms& atoms) : ctx_(ctx), atoms_(atoms) {}

  Nest entrywise(Ref value) {
    const std::vector<Ref> extents = ctx_.shape_of(value).extents;
    Labels labels;
    for (Ref e : extents) {
      labels.push_back(static_cast<Label>(labels.size()));
      nest_.extents.push_back(e);
    }
    nest_.outputs = labels.size();
    nest_.body = scalar(value, labels);
    return std::move(nest_);
  }

  Nest indexed(Ref value) {
    const IndexedView v = open(value);
    std::vector<Ref> factors;
    const std::vector<Ref> list(v.factors.begin(), v.factors.end());
    for (size_t k = 0; k < list.size(); ++k) {
      const Labels labels = renamed(ctx_.labelling(value).factors[k]);
      if (is_position(ctx_, list[k])) {
        nest_.conditions.push_back(position_condition(ctx_, list[k], labels));
      } else {
        factors.push_back(scalar(list[k], labels));
      }
    }
    nest_.body = ctx_.product(factors);
    nest_.gathering = nest_.extents.size() > nest_.outputs ? Gathering::sum : Gathering::entry;
    return std::move(nest_);
  }

  Nest reduction(Ref value) {
    const Ref body = open(value).factors[0];
    constexpr Gathering all[] = {Gathering::product, Gathering::max, Gathering::min};
    nest_.gathering = all[ctx_[value].tag];
    const Labels labels =
        ctx_[body].shape == scalar_shape ? Labels() : renamed(ctx_.labelling(value).factors[0]);
    nest_.body = scalar(body, labels);
    return std::move(nest_);
  }

 private:
  IndexedView open(Ref value) {
    const IndexedView v = view_indexed(ctx_, value);
    nest_.outputs = v.labelling->output.size();
    order_labels(v);
    nest_.extents.resize(v.extents.size());
    for (size_t l = 0; l < v.extents.size(); ++l) nest_.extents[names_[l]] = v.extents[l];
    for (size_t g = 0; g < v.offsets.size(); ++g) {
      Guard guard = v.labelling->guards[g];
      for (auto& term : guard.terms) term.first = names_[term.first];
      std::sort(guard.terms.begin(), guard.terms.end());
      nest_.conditions.push_back({std::move(guard), v.offsets[g]});
    }
    return v;
  }

  Labels renamed(Labels labels) const {
    for (Label& l : labels) l = names_[l];
    return labels;
  }

  // Labels that are summed over come in the order of their loops: what those before settle comes next, so
  // that it needs no loop, then what is left as it stands.
  void order_labels(const IndexedView& v) {
    const size_t count = v.extents.size();
    constexpr Label none = ~Label{0};
    names_.assign(count, none);
    for (size_t l = 0; l < nest_.outputs; ++l) names_[l] = static_cast<Label>(l);
    const auto is_settled = [&](size_t l) {
      return std::any_of(v.labelling->guards.begin(), v.labelling->guards.end(), [&](const Guard& g) {
        bool has = false, others = true;
        for (const auto& [label, k] : g.terms) {
          has = has || label == l;
          others = others && (label == l || names_[label] != none);
        }
        return g.relation == Relation::equal && has && others;
      });
    };
    for (size_t next = nest_.outputs; next < count; ++next) {
      size_t chosen = count;
      for (size_t l = nest_.outputs; l < count; ++l) {
        if (names_[l] != none) continue;
        if (chosen == count) chosen = l;
        if (!is_settled(l)) continue;
        chosen = l;
        break;
      }
      names_[chosen] = static_cast<Label>(next);
    }
  }

  // The entry of a tensor formula at these labels, from an explicit stack: formulas may be deep.
  Ref scalar(Ref root, const Labels& at) {
    std::vector<std::pair<Ref, Labels>> stack{{root, at}};
    while (!stack.empty()) {
      const auto [r, labels] = stack.back();
      if (done_.count({r, labels}) != 0) {
        stack.pop_back();
        continue;
      }
      const std::vector<std::pair<Ref, Labels>> parts = parts_of(r, labels);
      const size_t before = stack.size();
      for (const auto& p : parts) {
        if (done_.count(p) == 0) stack.push_back(p);
      }
      if (stack.size() > before) continue;
      std::vector<Ref> x;
      for (const auto& p : parts) x.push_back(done_.at(p));
      const Ref made = entry(r, labels, x);
      done_.emplace(std::pair(r, labels), made);
      stack.pop_back();
    }
    return done_.at({root, at});
  }

  std::vector<std::pair<Ref, Labels>> parts_of(Ref r, const Labels& labels) const {
    std::vector<std::pair<Ref, Labels>> parts;
    if (!is_entrywise(ctx_, r) || ctx_.kind(r) == Kind::structural) return parts;
    if (ctx_.kind(r) == Kind::indexed) {
      const IndexedView v = view_indexed(ctx_, r);
      for (size_t k = 0; k < v.factors.size(); ++k) {
        Labels own = v.labelling->factors[k];
        for (Label& l : own) l = labels[l];
        parts.emplace_back(v.factors[k], std::move(own));
      }
      return parts;
    }
    for (Ref o : ctx_.operands(r)) {
      const bool array = ctx_.shape_of(o).order() > 0;
      parts.emplace_back(o, array ? labels : Labels());
    }
    return parts;
  }

  Ref entry(Ref r, const Labels& labels, std::span<const Ref> x) {
    const Node n = ctx_[r];
    switch (n.kind) {
      case Kind::number:
      case Kind::truth:
        return r;
      case Kind::constant:
        if (static_cast<Constant>(n.tag) == Constant::im)
          throw Failure(Code::cannot_emit, "no code for complex values yet");
        return r;
      case Kind::symbol:
      case Kind::let:
      case Kind::entry:
        return access(r, labels);
      case Kind::structural:
        return structural(r, labels);
      case Kind::fill:
        return x[0];
      case Kind::indexed:
      case Kind::product:
      case Kind::long_product:
        return ctx_.product(x);
      case Kind::sum: {
        std::vector<Term> terms;
        for (size_t k = 0; k < x.size(); k += 2) terms.push_back({x[k], x[k + 1]});
        return ctx_.sum(terms);
      }
      case Kind::long_sum:
        return ctx_.sum(x);
      case Kind::power:
        return ctx_.power(x[0], x[1]);
      case Kind::function:
        return ctx_.function(static_cast<Fn>(n.tag), x);
      case Kind::compare:
        return ctx_.compare(static_cast<Relation>(n.tag), x[0], x[1]);
      case Kind::connective:
        return connective(static_cast<Connective>(n.tag), x);
      case Kind::select:
        return ctx_.select(x[0], x[1], x[2]);
      default:
        throw Failure(Code::internal_error, "a formula in a nest is not one of scalars");
    }
  }

  Ref connective(Connective c, std::span<const Ref> x) {
    if (c == Connective::negation) return ctx_.negation(x[0]);
    return c == Connective::conjunction ? ctx_.conjunction(x[0], x[1]) : ctx_.disjunction(x[0], x[1]);
  }

  // The placeholder of an entry.
  Ref access(Ref array, const Labels& labels) {
    std::vector<Place> at;
    for (Label l : labels) at.push_back({l, zero});
    const Ref placeholder = atoms_.entry(ctx_, array, at);
    const auto same = [&](const Access& a) { return a.placeholder == placeholder; };
    if (std::none_of(nest_.accesses.begin(), nest_.accesses.end(), same))
      nest_.accesses.push_back({array, std::move(at), placeholder});
    return placeholder;
  }

  // Where it is part of a formula, a delta, shift or unit is 1 or 0.
  Ref structural(Ref r, const Labels& labels) {
    if (!is_position(ctx_, r)) return access(r, labels);
    NestCondition c = position_condition(ctx_, r, labels);
    const Ref placeholder = atoms_.test(ctx_, c);
    const auto same = [&](const NestTest& t) { return t.placeholder == placeholder; };
    if (std::none_of(nest_.tests.begin(), nest_.tests.end(), same))
      nest_.tests.push_back({std::move(c), placeholder});
    return ctx_.select(placeholder, one, zero);
  }

  Context& ctx_;
  NestAtoms& atoms_;
  Nest nest_;
  Labels names_;  // of the labels of the product
  std::map<std::pair<Ref, Labels>, Ref> done_;
};

}  // namespace

Ref NestAtoms::fresh(Context& ctx) {
  Symbol s;
  s.name = "entry " + std::to_string(++count_);
  s.role = Role::placeholder;
  return ctx.symbol(s);
}

Ref NestAtoms::entry(Context& ctx, Ref array, const std::vector<Place>& at) {
  Ref& known = entries_[{array, at}];
  if (!known) known = fresh(ctx);
  return known;
}

Ref NestAtoms::test(Context& ctx, const NestCondition& c) {
  Ref& known = tests_[{c.guard.relation, c.guard.terms, c.offset}];
  if (!known) known = fresh(ctx);
  return known;
}

NestCondition position_condition(const Context& ctx, Ref factor, const std::vector<Label>& labels) {
  const Ref offset = ctx[factor].count == 0 ? zero : ctx.operands(factor)[0];
  if (labels.size() == 1) return {{Relation::equal, {{labels[0], -1}}}, offset};  // k - label = 0
  if (labels[0] == labels[1]) return {{Relation::equal, {}}, offset};
  return {{Relation::equal, {{labels[0], 1}, {labels[1], -1}}}, offset};  // row + c - column = 0
}

std::vector<Ref> loop_extents(const Nest& nest) {
  std::vector<Ref> out;
  for (size_t l = 0; l < nest.extents.size(); ++l) {
    const auto settles = [&](const NestCondition& c) {
      Label last = 0;
      for (const auto& term : c.guard.terms) last = std::max(last, term.first);
      return c.guard.relation == Relation::equal && !c.guard.terms.empty() && last == l;
    };
    const bool settled =
        l >= nest.outputs && std::any_of(nest.conditions.begin(), nest.conditions.end(), settles);
    if (!settled) out.push_back(nest.extents[l]);
  }
  return out;
}

std::optional<Nest> make_nest(Context& ctx, NestAtoms& atoms, Ref value) {
  const Kind kind = ctx.kind(value);
  if (kind == Kind::indexed && scatter_of(ctx, value)) return std::nullopt;
  if (kind == Kind::indexed) return NestMaker(ctx, atoms).indexed(value);
  if (kind == Kind::reduce) return NestMaker(ctx, atoms).reduction(value);
  const bool atom = is_atom(ctx, value) && kind != Kind::truth;
  if (is_entrywise(ctx, value) || atom) return NestMaker(ctx, atoms).entrywise(value);
  return std::nullopt;
}

std::optional<Nest> make_nest(Context& ctx, Ref value) {
  NestAtoms atoms;
  return make_nest(ctx, atoms, value);
}

}  // namespace nabla

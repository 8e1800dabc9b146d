#include "expr/comprehension.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/lift.h"
#include "expr/scratch.h"
#include "expr/substitute.h"
#include "expr/tensor.h"

namespace nabla {

Ref index_placeholder(Context& ctx, size_t depth, Ref first, Ref last) {
  Symbol s;
  s.name = "#" + std::to_string(depth);
  s.role = Role::placeholder;
  s.domain.integer = true;
  s.domain.lower = first;
  s.domain.upper = last;
  return ctx.symbol(s);
}

bool is_index_placeholder(const Context& ctx, Ref r) {
  return ctx.kind(r) == Kind::symbol && ctx.symbol(r).role == Role::placeholder &&
         ctx.symbol(r).name[0] == '#';
}

std::vector<Ref> index_placeholders(Context& ctx, Ref e) {
  std::vector<Ref> found;
  if (ctx[e].names == 0) return found;
  for (Ref s : symbols_of(ctx, e)) {
    if (is_index_placeholder(ctx, s)) found.push_back(s);
  }
  return found;
}

std::optional<Affine> affine(Context& ctx, Ref e, std::span<const Ref> indices) {
  std::vector<Term> terms, rest;
  ctx.append_terms(e, terms);
  Affine out;
  for (const Term& t : terms) {
    const auto at = std::find(indices.begin(), indices.end(), t.body);
    if (at != indices.end()) {
      const auto c = ctx.value(t.coefficient).as_int();
      if (!c) return std::nullopt;
      out.terms.push_back({static_cast<size_t>(at - indices.begin()), *c});
      continue;
    }
    for (Ref i : indices) {
      if (contains(ctx, t.body, i)) return std::nullopt;
    }
    rest.push_back(t);
  }
  out.offset = ctx.sum(rest);
  std::sort(out.terms.begin(), out.terms.end());
  return out;
}

std::optional<Ref> extreme(Context& ctx, Ref e, bool greatest) {
  for (;;) {
    // The innermost first: its range may contain the outer ones.
    const std::vector<Ref> names = index_placeholders(ctx, e);
    if (names.empty()) return e;
    const Ref inner = *std::max_element(names.begin(), names.end(), [&](Ref a, Ref b) {
      const std::string &x = ctx.symbol(a).name, &y = ctx.symbol(b).name;
      return x.size() != y.size() ? x.size() < y.size() : x < y;
    });
    const auto form = affine(ctx, e, {&inner, 1});
    if (!form || form->terms.size() != 1) return std::nullopt;
    const Domain d = ctx.symbol(inner).domain;
    const int64_t c = form->terms[0].second;
    const Ref value = (c > 0) == greatest ? d.upper : d.lower;
    e = ctx.add(form->offset, ctx.scale(ctx.number(c), value));
  }
}

namespace {

class Comprehension {
 public:
  Comprehension(Context& ctx, Binder binder, std::span<const BoundIndex> indices)
      : ctx_(ctx), binder_(binder), indices_(indices) {
    for (const BoundIndex& i : indices) names_.push_back(i.name);
  }

  Ref close(Ref body, Ref guard);

 private:
  struct Limit {  // difference RELATION 0
    Relation relation;
    Ref difference;
  };
  Ref free_of_inner(Ref e, bool greatest);
  void ranges();
  bool conditions(Ref guard);
  Ref neutral() const { return binder_ == Binder::prod ? one : zero; }
  Ref reduction(const Lifted& body);
  Ref product(Lifter& lifter, const Lifted& body, bool row);

  Context& ctx_;
  Binder binder_;
  std::span<const BoundIndex> indices_;
  std::vector<Ref> names_;
  std::vector<IndexAxis> axes_;
  std::vector<Limit> limits_;
};

// The extreme of a bound over the indices of this comprehension.
Ref Comprehension::free_of_inner(Ref e, bool greatest) {
  for (size_t k = indices_.size(); k-- > 0;) {
    const auto form = affine(ctx_, e, {&names_[k], 1});
    if (!form) {
      throw Failure(Code::not_yet_available,
                    "a range whose end is not linear in an outer index is not available yet");
    }
    if (form->terms.empty()) continue;
    const int64_t c = form->terms[0].second;
    const Ref value = (c > 0) == greatest ? indices_[k].last : indices_[k].first;
    e = ctx_.add(form->offset, ctx_.scale(ctx_.number(c), value));
  }
  return e;
}

void Comprehension::ranges() {
  for (const BoundIndex& i : indices_) {
    const bool low = !index_placeholders(ctx_, i.first).empty(),
               high = !index_placeholders(ctx_, i.last).empty();
    // Bounds by an index outside are bounds by the extreme of that index, and guards.
    const auto first = low ? extreme(ctx_, free_of_inner(i.first, false), false) : i.first;
    const auto last = high ? extreme(ctx_, free_of_inner(i.last, true), true) : i.last;
    if (!first || !last) {
      throw Failure(Code::not_yet_available,
                    "a range whose end is not linear in an outer index is not available yet");
    }
    if (low) limits_.push_back({Relation::less_equal, ctx_.subtract(i.first, i.name)});
    if (high) limits_.push_back({Relation::less_equal, ctx_.subtract(i.name, i.last)});
    const Ref extent = ctx_.add(ctx_.subtract(*last, *first), one);
    if (ctx_.is_number(extent) && ctx_.value(extent).sign() < 0) {
      axes_.push_back({i.name, ctx_.subtract(*first, one), zero});
    } else {
      axes_.push_back({i.name, ctx_.subtract(*first, one), extent});
    }
  }
}

// Splits a condition into affine limits; false when a part of it is none.
bool Comprehension::conditions(Ref guard) {
  std::vector<Ref> todo{guard};
  std::vector<Limit> found;
  while (!todo.empty()) {
    const Ref c = todo.back();
    todo.pop_back();
    const Node& n = ctx_[c];
    if (n.kind == Kind::truth) {
      if (!n.tag) found.push_back({Relation::less_equal, one});
      continue;
    }
    if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::conjunction)) {
      todo.push_back(n.operand(1));
      todo.push_back(n.operand(0));
      continue;
    }
    if (n.kind != Kind::compare) return false;
    const Ref a = n.operand(0), b = n.operand(1);
    if (!(ctx_[a].facts & ctx_[b].facts & integer_valued)) return false;
    const Relation relation = static_cast<Relation>(n.tag);
    const Ref difference = ctx_.subtract(a, b);
    if (!affine(ctx_, difference, names_)) return false;
    found.push_back({relation, difference});
  }
  limits_.insert(limits_.end(), found.begin(), found.end());
  return true;
}

Ref Comprehension::product(Lifter& lifter, const Lifted& body, bool row) {
  IndexedBuilder b(ctx_);
  std::vector<Label> labels, of_body, output;
  for (const IndexAxis& a : axes_) labels.push_back(b.label(a.extent));
  if (binder_ == Binder::array) output = labels;
  for (size_t a : body.axes) of_body.push_back(labels[a]);
  const Shape s = ctx_.shape_of(body.tensor);
  for (size_t k = body.axes.size(); k < s.order(); ++k) {
    of_body.push_back(b.label(s.extents[k]));
    output.push_back(of_body.back());
  }
  b.factor(body.tensor, of_body);
  for (const Limit& l : limits_) lifter.add_guard(b, l.relation, l.difference, labels);
  return b.build(output, row);
}

Ref Comprehension::reduction(const Lifted& body) {
  if (ctx_.shape_of(body.tensor).order() != body.axes.size()) {
    throw Failure(Code::not_a_scalar, "the product, maximum or minimum over an index is of scalars");
  }
  if (std::any_of(axes_.begin(), axes_.end(), [](const IndexAxis& a) { return a.extent == zero; })) {
    if (binder_ == Binder::prod) return one;
    throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value",
                  "let the index run over at least one value");
  }
  const Reduction op = binder_ == Binder::prod  ? Reduction::prod
                       : binder_ == Binder::max ? Reduction::max
                                                : Reduction::min;
  Labelling l;
  std::vector<Ref> extents, offsets;
  for (const IndexAxis& a : axes_) extents.push_back(a.extent);
  l.label_count = static_cast<uint32_t>(extents.size());
  l.factors.emplace_back();
  for (size_t a : body.axes) l.factors[0].push_back(static_cast<Label>(a));
  for (const Limit& limit : limits_) {
    const auto form = affine(ctx_, limit.difference, names_);
    Guard g;
    g.relation = limit.relation == Relation::less ? Relation::less_equal : limit.relation;
    Ref offset = limit.relation == Relation::less ? ctx_.add(form->offset, one) : form->offset;
    for (const auto& [i, c] : form->terms) {
      g.terms.push_back({static_cast<Label>(i), c});
      offset = ctx_.add(offset, ctx_.scale(ctx_.number(c), axes_[i].offset));
    }
    l.guards.push_back(std::move(g));
    offsets.push_back(offset);
  }
  return reduce(ctx_, op, body.tensor, l, extents, offsets);
}

Ref Comprehension::close(Ref body, Ref guard) {
  ranges();
  if (guard && !conditions(guard)) {
    if (binder_ == Binder::max || binder_ == Binder::min) {
      throw Failure(Code::not_yet_available, "a condition on data in max or min is not available yet");
    }
    body = ctx_.select(guard, body,
                       ctx_[body].shape == scalar_shape ? neutral() : ctx_.fill(neutral(), ctx_[body].shape));
  }
  Lifter lifter(ctx_, axes_);
  const Lifted lifted = lifter.lift(body);
  if (binder_ == Binder::sum || binder_ == Binder::array) {
    return product(lifter, lifted, binder_ == Binder::sum && ctx_.shape_of(body).row);
  }
  return reduction(lifted);
}

}  // namespace

Ref close_comprehension(Context& ctx, Binder binder, Ref body, std::span<const BoundIndex> indices,
                        Ref guard) {
  return Comprehension(ctx, binder, indices).close(body, guard);
}

}  // namespace nabla

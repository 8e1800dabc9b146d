#include "expr/lift.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {

Lifter::Lifter(Context& ctx, std::span<const IndexAxis> indices)
    : ctx_(ctx), indices_(indices.begin(), indices.end()) {
  for (const IndexAxis& i : indices_) {
    names_.push_back(i.name);
    bloom_ |= ctx[i.name].names;
  }
}

void Lifter::refuse(std::string_view what) const {
  throw Failure(Code::not_yet_available, std::string(what) + " that depends on an index is not available yet",
                "take the part out of the sum, or write the entries out");
}

bool Lifter::depends(Ref r) {
  if (!(ctx_[r].names & bloom_)) return false;
  for (Ref s : index_placeholders(ctx_, r)) {
    if (std::find(names_.begin(), names_.end(), s) != names_.end()) return true;
  }
  return false;
}

Lifted Lifter::of(Ref r) const {
  const auto it = lifted_.find(r);
  return it == lifted_.end() ? Lifted{r, {}} : it->second;
}

Lifted Lifter::lift(Ref body) {
  if (!depends(body)) return {body, {}};
  const auto order = nodes_below(ctx_, {&body, 1}, [&](Ref r) { return (ctx_[r].names & bloom_) != 0; });
  for (Ref r : order) {
    if (lifted_.count(r)) continue;
    bool any = std::find(names_.begin(), names_.end(), r) != names_.end();
    for (Ref c : ctx_.operands(r)) any = any || lifted_.count(c) != 0;
    if (any) lifted_[r] = node(r);
  }
  return of(body);
}

// ---- alignment ----

std::vector<size_t> Lifter::common_axes(std::span<const Ref> parts) const {
  std::vector<size_t> axes;
  for (Ref p : parts) {
    for (size_t a : of(p).axes) {
      if (std::find(axes.begin(), axes.end(), a) == axes.end()) axes.push_back(a);
    }
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

Ref Lifter::aligned(const Lifted& l, std::span<const size_t> axes, const Shape& own) {
  const size_t own_order = ctx_.shape_of(l.tensor).order() - l.axes.size();
  if (std::equal(axes.begin(), axes.end(), l.axes.begin(), l.axes.end()) && own_order == own.order()) {
    return l.tensor;
  }
  IndexedBuilder b(ctx_);
  std::vector<Label> labels, output;
  for (size_t a : axes) {
    output.push_back(b.label(indices_[a].extent));
    if (std::find(l.axes.begin(), l.axes.end(), a) != l.axes.end()) labels.push_back(output.back());
  }
  for (Ref e : own.extents) output.push_back(b.label(e));
  if (own_order > 0)
    labels.insert(labels.end(), output.begin() + static_cast<ptrdiff_t>(axes.size()), output.end());
  b.factor(l.tensor, labels);
  return b.build(output);
}

Ref Lifter::value_of(size_t index) {
  const IndexAxis& i = indices_[index];
  const ShapeId shape = vector_shape(ctx_, i.extent);
  const Term terms[2] = {{one, iota(ctx_, i.extent)}, {one, ctx_.fill(i.offset, shape)}};
  return tensor_sum(ctx_, terms, shape);
}

// ---- nodes ----

Lifted Lifter::node(Ref r) {
  const Node n = ctx_[r];
  ctx_.budget().spend();
  switch (n.kind) {
    case Kind::symbol: {
      const auto at = std::find(names_.begin(), names_.end(), r);
      const size_t index = static_cast<size_t>(at - names_.begin());
      return {value_of(index), {index}};
    }
    case Kind::product:
    case Kind::long_product:
      return product(r);
    case Kind::entry:
      return entry(r);
    case Kind::indexed:
      return indexed(r);
    case Kind::reduce:
      return reduction(r);
    case Kind::structural:
      return structural(r);
    case Kind::array:
      return array(r);
    case Kind::fill: {
      const Lifted s = of(n.operand(0));
      return {aligned(s, s.axes, ctx_.shape(n.shape)), s.axes};
    }
    case Kind::function:
      return function(r);
    case Kind::sum:
    case Kind::long_sum:
    case Kind::power:
    case Kind::compare:
    case Kind::connective:
    case Kind::select:
      return elementwise(r);
    case Kind::matpow: {
      if (lifted_.count(n.operand(0))) refuse("a power of a matrix");
      const Lifted exponents = of(n.operand(1));
      return {matpow(ctx_, n.operand(0), exponents.tensor), exponents.axes};
    }
    case Kind::reshape:
      refuse("a Kronecker product or vec");
    case Kind::gather:
      refuse("a choice of entries");
    case Kind::opaque:
      if (!ctx_.is_of_scalars(r)) refuse("a call of an opaque function of vectors or matrices");
      return elementwise(r);
    case Kind::operation:
      refuse("a derivative or another operator");
    default:
      refuse("this expression");
  }
}

Lifted Lifter::elementwise(Ref r) {
  const Node n = ctx_[r];
  const std::vector<Ref> parts(n.operands().begin(), n.operands().end());
  const std::vector<size_t> axes = common_axes(parts);
  Shape own = ctx_.shape(n.shape);
  own.row = false;
  Shape whole;
  for (size_t a : axes) whole.extents.push_back(indices_[a].extent);
  whole.extents.insert(whole.extents.end(), own.extents.begin(), own.extents.end());
  const ShapeId shape = ctx_.shape_id(whole);
  const auto part = [&](Ref p) { return aligned(of(p), axes, own); };
  std::vector<Ref> list;
  switch (n.kind) {
    case Kind::sum: {
      std::vector<Term> terms;
      for (size_t i = 0; i < parts.size(); i += 2) terms.push_back({parts[i], part(parts[i + 1])});
      return {tensor_sum(ctx_, terms, shape), axes};
    }
    case Kind::long_sum: {
      std::vector<Term> terms;
      for (Ref p : parts) terms.push_back({one, part(p)});
      return {tensor_sum(ctx_, terms, shape), axes};
    }
    case Kind::power: {
      const bool constant = !lifted_.count(parts[1]) && ctx_[parts[1]].shape == scalar_shape;
      const Ref exponent = constant ? parts[1] : part(parts[1]);
      return {tensor_power(ctx_, part(parts[0]), exponent), axes};
    }
    default:
      break;
  }
  for (Ref p : parts) {  // what does not depend on an index and is a scalar stays one
    const bool condition = n.kind == Kind::select && list.empty();
    const bool plain = !lifted_.count(p) && ctx_[p].shape == scalar_shape && (own.order() == 0 || condition);
    list.push_back(plain ? p : part(p));
  }
  switch (n.kind) {
    case Kind::compare:
      return {tensor_compare(ctx_, static_cast<Relation>(n.tag), list[0], list[1]), axes};
    case Kind::connective:
      return {tensor_connective(ctx_, static_cast<Connective>(n.tag), list), axes};
    case Kind::select:
      return {tensor_select(ctx_, list[0], list[1], list[2]), axes};
    case Kind::opaque: {
      const std::vector<uint16_t> orders(ctx_.orders(r).begin(), ctx_.orders(r).end());
      return {tensor_opaque(ctx_, ctx_.opaque_function(r), orders, list), axes};
    }
    default:
      return {tensor_function(ctx_, static_cast<Fn>(n.tag), list), axes};
  }
}

// Scalars multiplied, or a scalar and a tensor.
Lifted Lifter::product(Ref r) {
  const std::vector<Ref> parts(ctx_.operands(r).begin(), ctx_.operands(r).end());
  const std::vector<size_t> axes = common_axes(parts);
  IndexedBuilder b(ctx_);
  std::vector<Label> at(indices_.size()), output;
  for (size_t a : axes) output.push_back(at[a] = b.label(indices_[a].extent));
  const std::vector<Ref> extents = ctx_.shape_of(r).extents;
  for (Ref e : extents) output.push_back(b.label(e));
  for (Ref p : parts) {
    const Lifted l = of(p);
    std::vector<Label> labels;
    for (size_t a : l.axes) labels.push_back(at[a]);
    if (ctx_.shape_of(p).order() > 0) {
      labels.insert(labels.end(), output.begin() + static_cast<ptrdiff_t>(axes.size()), output.end());
    }
    b.factor(l.tensor, labels);
  }
  return {b.build(output), axes};
}

// T[i+1, k, c[j]]: shifts for indices with an offset, guards for other affine positions, gathers for data.
Lifted Lifter::entry(Ref r) {
  const std::vector<Ref> parts(ctx_.operands(r).begin(), ctx_.operands(r).end());
  const Lifted base = of(parts[0]);
  const std::vector<size_t> axes = common_axes(parts);
  IndexedBuilder b(ctx_);
  std::vector<Label> at(indices_.size()), output, labels;
  for (size_t a : axes) output.push_back(at[a] = b.label(indices_[a].extent));
  for (size_t a : base.axes) labels.push_back(at[a]);
  Ref tensor = base.tensor;
  const std::vector<Ref> extents = ctx_.shape_of(parts[0]).extents;
  struct Gathered {
    size_t axis;
    Lifted positions;
  };
  std::vector<Gathered> gathered;
  std::vector<std::vector<Label>> own(extents.size());
  for (size_t k = 0; k < extents.size(); ++k) {
    const Ref position = parts[k + 1];
    if (!lifted_.count(position)) {
      own[k] = {b.label(extents[k])};
      b.factor(unit(ctx_, extents[k], position), own[k]);
      continue;
    }
    const auto form = affine(ctx_, position, names_);
    if (!form) {
      gathered.push_back({base.axes.size() + k, of(position)});
      for (size_t a : gathered.back().positions.axes) own[k].push_back(at[a]);
      continue;
    }
    Ref offset = form->offset;
    for (const auto& [i, c] : form->terms)
      offset = ctx_.add(offset, ctx_.scale(ctx_.number(c), indices_[i].offset));
    const size_t i = form->terms[0].first;
    const bool single = form->terms.size() == 1 && form->terms[0].second == 1;
    if (single && offset == zero && indices_[i].extent == extents[k]) {
      own[k] = {at[i]};
      continue;
    }
    own[k] = {b.label(extents[k])};
    // A shift is a slice, so it must lie inside; otherwise a condition leaves out what does not exist.
    const Ref room = ctx_.subtract(extents[k], ctx_.add(offset, indices_[i].extent));
    if (single && (ctx_[offset].facts & nonnegative) && (ctx_[room].facts & nonnegative)) {
      b.factor(shift(ctx_, indices_[i].extent, extents[k], offset), {at[i], own[k][0]});
    } else {
      std::vector<std::pair<Label, int64_t>> terms{{own[k][0], -1}};
      for (const auto& [j, c] : form->terms) terms.push_back({at[j], c});
      b.guard(Relation::equal, terms, offset);
    }
  }
  for (size_t g = gathered.size(); g-- > 0;) {
    tensor = gather(ctx_, tensor, gathered[g].axis, gathered[g].positions.tensor);
  }
  for (const auto& o : own) labels.insert(labels.end(), o.begin(), o.end());
  b.factor(tensor, labels);
  return {b.build(output), axes};
}

bool Lifter::add_guard(IndexedBuilder& b, Relation relation, Ref difference, std::span<const Label> labels) {
  const auto form = affine(ctx_, difference, names_);
  if (!form) return false;
  Ref offset = form->offset;
  std::vector<std::pair<Label, int64_t>> terms;
  for (const auto& [i, c] : form->terms) {
    terms.push_back({labels[i], c});
    offset = ctx_.add(offset, ctx_.scale(ctx_.number(c), indices_[i].offset));
  }
  if (relation == Relation::less) {  // of integers
    relation = Relation::less_equal;
    offset = ctx_.add(offset, one);
  }
  b.guard(relation, terms, offset);
  return true;
}

Lifted Lifter::indexed(Ref r) {
  const IndexedView v = view_indexed(ctx_, r);
  const Labelling l = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  const std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  for (Ref e : extents) {
    if (lifted_.count(e)) refuse("a size");
  }
  std::vector<Ref> all = factors;
  all.insert(all.end(), offsets.begin(), offsets.end());
  const std::vector<size_t> axes = common_axes(all);
  IndexedBuilder b(ctx_);
  for (Ref e : extents) b.label(e);
  std::vector<Label> at(indices_.size()), output;
  for (size_t a : axes) output.push_back(at[a] = b.label(indices_[a].extent));
  for (size_t f = 0; f < factors.size(); ++f) {
    const Lifted x = of(factors[f]);
    std::vector<Label> labels;
    for (size_t a : x.axes) labels.push_back(at[a]);
    labels.insert(labels.end(), l.factors[f].begin(), l.factors[f].end());
    b.factor(x.tensor, labels);
  }
  for (size_t g = 0; g < l.guards.size(); ++g) {
    const auto form = affine(ctx_, offsets[g], names_);
    if (!form) refuse("a condition");
    std::vector<std::pair<Label, int64_t>> terms = l.guards[g].terms;
    Ref offset = form->offset;
    for (const auto& [i, c] : form->terms) {
      terms.push_back({at[i], c});
      offset = ctx_.add(offset, ctx_.scale(ctx_.number(c), indices_[i].offset));
    }
    b.guard(l.guards[g].relation, terms, offset);
  }
  output.insert(output.end(), l.output.begin(), l.output.end());
  return {b.build(output), axes};
}

Lifted Lifter::reduction(Ref r) {
  const IndexedView v = view_indexed(ctx_, r);
  const Labelling old = *v.labelling;
  const auto op = static_cast<Reduction>(ctx_[r].tag);
  std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  for (Ref e : extents) {
    if (lifted_.count(e)) refuse("a size");
  }
  const Lifted body = of(v.factors[0]);
  std::vector<Ref> all = offsets;
  all.push_back(v.factors[0]);
  const std::vector<size_t> axes = common_axes(all);
  Labelling l = old;
  std::vector<Label> at(indices_.size());
  l.output.clear();
  for (size_t a : axes) {
    at[a] = l.label_count++;
    extents.push_back(indices_[a].extent);
    l.output.push_back(at[a]);
  }
  l.output.insert(l.output.end(), old.output.begin(), old.output.end());
  l.factors[0].clear();
  for (size_t a : body.axes) l.factors[0].push_back(at[a]);
  l.factors[0].insert(l.factors[0].end(), old.factors[0].begin(), old.factors[0].end());
  for (size_t g = 0; g < l.guards.size(); ++g) {
    const auto form = affine(ctx_, offsets[g], names_);
    if (!form) refuse("a condition");
    offsets[g] = form->offset;
    for (const auto& [i, c] : form->terms) {
      l.guards[g].terms.push_back({at[i], c});
      offsets[g] = ctx_.add(offsets[g], ctx_.scale(ctx_.number(c), indices_[i].offset));
    }
    std::sort(l.guards[g].terms.begin(), l.guards[g].terms.end());
  }
  return {reduce(ctx_, op, body.tensor, l, extents, offsets), axes};
}

// A slice at or from a position that depends on an index: a guard says where the 1 is.
Lifted Lifter::structural(Ref r) {
  const Node n = ctx_[r];
  const Ref position = n.operand(0);
  const auto form = affine(ctx_, position, names_);
  const bool is_unit = n.tag == static_cast<uint16_t>(Structural::unit);
  const std::vector<Ref> extents = ctx_.shape(n.shape).extents;
  if (!form) {
    if (!is_unit) refuse("a range at a position in data");
    const Lifted p = of(position);
    return {gather(ctx_, delta(ctx_, extents[0]), 0, p.tensor), p.axes};
  }
  std::vector<size_t> axes;
  for (const auto& t : form->terms) axes.push_back(t.first);
  std::sort(axes.begin(), axes.end());
  IndexedBuilder b(ctx_);
  std::vector<Label> at(indices_.size()), output;
  for (size_t a : axes) output.push_back(at[a] = b.label(indices_[a].extent));
  for (Ref e : extents) output.push_back(b.label(e));
  Ref offset = form->offset;
  std::vector<std::pair<Label, int64_t>> terms{{output.back(), -1}};
  if (!is_unit) terms.push_back({output[axes.size()], 1});
  for (const auto& [i, c] : form->terms) {
    terms.push_back({at[i], c});
    offset = ctx_.add(offset, ctx_.scale(ctx_.number(c), indices_[i].offset));
  }
  const bool single = is_unit && axes.size() == 1 && form->terms[0].second == 1;
  if (single) {
    b.factor(shift(ctx_, indices_[axes[0]].extent, extents[0], offset), {output[0], output[1]});
  } else {
    b.guard(Relation::equal, terms, offset);
  }
  return {b.build(output), axes};
}

// The entries that depend on indices are put in place by units.
Lifted Lifter::array(Ref r) {
  const std::vector<Ref> parts(ctx_.operands(r).begin(), ctx_.operands(r).end());
  const std::vector<size_t> axes = common_axes(parts);
  const Shape shape = ctx_.shape_of(r);
  std::vector<int64_t> sizes = *constant_extents(ctx_, ctx_[r].shape);
  std::vector<Term> terms;
  ShapeId whole = scalar_shape;
  for (size_t p = 0; p < parts.size(); ++p) {
    if (parts[p] == zero) continue;
    const Lifted l = of(parts[p]);
    IndexedBuilder b(ctx_);
    std::vector<Label> at(indices_.size()), output, labels;
    for (size_t a : axes) output.push_back(at[a] = b.label(indices_[a].extent));
    for (size_t a : l.axes) labels.push_back(at[a]);
    b.factor(l.tensor, labels);
    size_t rest = p;
    std::vector<int64_t> position(sizes.size());
    for (size_t k = sizes.size(); k-- > 0;) {
      position[k] = static_cast<int64_t>(rest % static_cast<size_t>(sizes[k])) + 1;
      rest /= static_cast<size_t>(sizes[k]);
    }
    for (size_t k = 0; k < sizes.size(); ++k) {
      output.push_back(b.label(shape.extents[k]));
      b.factor(unit(ctx_, shape.extents[k], ctx_.number(position[k])), {output.back()});
    }
    terms.push_back({one, b.build(output)});
    whole = ctx_[terms.back().body].shape;
  }
  return {tensor_sum(ctx_, terms, whole), axes};
}

}  // namespace nabla

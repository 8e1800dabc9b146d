#include "codegen/point_choices.h"

#include <algorithm>
#include <vector>

#include "codegen/dead_sides.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr const char* remedy = "let the points share it, or call the function of one point in a loop";

// `e`, whose axes have these labels, as an array with the axes `output`.
Ref spread(Context& ctx, Ref e, const std::vector<size_t>& axes, const std::vector<Ref>& output) {
  IndexedBuilder b(ctx);
  std::vector<Label> labels, own;
  for (Ref extent : output) labels.push_back(b.label(extent));
  for (size_t axis : axes) own.push_back(labels[axis]);
  b.factor(e, own);
  return b.build(labels);
}

std::vector<size_t> counted(size_t first, size_t count) {
  std::vector<size_t> out;
  for (size_t k = 0; k < count; ++k) out.push_back(first + k);
  return out;
}

// The sum over one axis of `e`.
Ref summed(Context& ctx, Ref e, size_t axis) {
  IndexedBuilder b(ctx);
  std::vector<Label> all, kept;
  for (Ref extent : std::vector<Ref>(ctx.shape_of(e).extents)) all.push_back(b.label(extent));
  for (size_t k = 0; k < all.size(); ++k) {
    if (k != axis) kept.push_back(all[k]);
  }
  b.factor(e, all);
  return b.build(kept);
}

}  // namespace

Ref PointChoices::operator()(Ref value) {
  const std::vector<Ref> nodes = nodes_below(ctx_, value);
  RefMap<Ref> image(value.id);
  std::vector<Ref> operands;
  for (Ref r : nodes) {
    refuse_ranges(r);
    operands.clear();
    bool same = true;
    for (Ref o : ctx_.operands(r)) {
      operands.push_back(image[o]);
      same = same && image[o] == o;
    }
    image[r] = chosen(r, same ? r : ctx_.rebuild(r, operands));
  }
  return image[value] == value ? value : within_branches(ctx_, image[value]);
}

Ref PointChoices::chosen(Ref original, Ref rebuilt) {
  if (is_structural(ctx_, original, Structural::unit) && varies_(ctx_.operands(original)[0]))
    return unit(ctx_.shape_of(original).extents[0], ctx_.operands(rebuilt)[0]);
  if (ctx_.kind(original) == Kind::entry) return entry(original, rebuilt);
  const bool gathers = ctx_.kind(original) == Kind::gather && varies_(ctx_.operands(original)[1]);
  return gathers ? gathered(rebuilt) : rebuilt;
}

Ref PointChoices::unit(Ref n, Ref k) {
  return one_where(tensor_compare(ctx_, Relation::equal, iota(ctx_, n), k));
}

Ref PointChoices::one_where(Ref condition) {
  const ShapeId shape = ctx_[condition].shape;
  return tensor_select(ctx_, condition, ctx_.fill(one, shape), ctx_.zeros(shape));
}

// The entries of `tensor` whose position along the axis is `place`, a number or of the shape of the others.
Ref PointChoices::sum_at(Ref tensor, size_t axis, Ref place) {
  const std::vector<Ref> extents = ctx_.shape_of(tensor).extents;
  const Ref positions = spread(ctx_, iota(ctx_, extents[axis]), {axis}, extents);
  const Ref here = tensor_compare(ctx_, Relation::equal, positions, place);
  return summed(ctx_, tensor_select(ctx_, here, tensor, ctx_.zeros(ctx_[tensor].shape)), axis);
}

// Axis by axis from the last: what differs by conditions, then what does not by a unit.
Ref PointChoices::entry(Ref original, Ref rebuilt) {
  const std::vector<Ref> list(ctx_.operands(rebuilt).begin(), ctx_.operands(rebuilt).end());
  const std::vector<Ref> indices(ctx_.operands(original).begin() + 1, ctx_.operands(original).end());
  if (std::none_of(indices.begin(), indices.end(), varies_)) return rebuilt;
  Ref rest = list[0];
  for (size_t axis = indices.size(); axis-- > 0;) {
    if (varies_(indices[axis])) {
      rest = name_(sum_at(rest, axis, list[axis + 1]));
      continue;
    }
    IndexedBuilder b(ctx_);
    std::vector<Label> all;
    for (Ref extent : std::vector<Ref>(ctx_.shape_of(rest).extents)) all.push_back(b.label(extent));
    b.factor(rest, all);
    b.factor(nabla::unit(ctx_, ctx_.shape_of(rest).extents[axis], list[axis + 1]), {all[axis]});
    all.pop_back();
    rest = name_(b.build(all));
  }
  return rest;
}

Ref PointChoices::gathered(Ref rebuilt) {
  const size_t axis = ctx_[rebuilt].tag;
  const Ref tensor = ctx_.operands(rebuilt)[0], positions = ctx_.operands(rebuilt)[1];
  std::vector<Ref> extents = ctx_.shape_of(rebuilt).extents;
  const size_t chosen = ctx_.shape_of(positions).order(), last = extents.size();
  if (is_structural(ctx_, tensor, Structural::delta)) {  // 1 where the other axis is at the position
    const size_t other = axis == 0 ? last - 1 : 0;
    const Ref place = spread(ctx_, iota(ctx_, extents[other]), {other}, extents);
    return one_where(tensor_compare(ctx_, Relation::equal, place,
                                    spread(ctx_, positions, counted(axis, chosen), extents)));
  }
  // The axes of the result, then the one along which it is chosen.
  extents.push_back(ctx_.shape_of(tensor).extents[axis]);
  std::vector<size_t> source = counted(0, last);
  source.erase(source.begin() + static_cast<ptrdiff_t>(axis),
               source.begin() + static_cast<ptrdiff_t>(axis + chosen));
  source.insert(source.begin() + static_cast<ptrdiff_t>(axis), last);
  return name_(sum_at(spread(ctx_, tensor, source, extents), last,
                      spread(ctx_, positions, counted(axis, chosen), extents)));
}

void PointChoices::refuse_ranges(Ref r) const {
  const auto refuse_where = [&](std::span<const Ref> list, const char* what) {
    if (std::none_of(list.begin(), list.end(), varies_)) return;
    throw Failure(Code::not_yet_available,
                  std::string(what) + " differs from point to point, which is not yet available", remedy);
  };
  refuse_where(ctx_.shape_of(r).extents, "the size of an array");
  const Kind kind = ctx_.kind(r);
  if (kind == Kind::indexed || kind == Kind::reduce) {
    const IndexedView v = view_indexed(ctx_, r);
    refuse_where(v.extents, "the range of an index");
    refuse_where(v.offsets, "the range of an index");
  }
  if (kind == Kind::structural && !is_structural(ctx_, r, Structural::unit))
    refuse_where(ctx_.operands(r), "the range of an index");
  if (kind == Kind::matpow) refuse_where(ctx_.operands(r).subspan(1), "the power of a matrix");
}

}  // namespace nabla

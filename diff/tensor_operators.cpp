#include "diff/tensor_operators.h"

#include <algorithm>
#include <vector>

#include "diff/cotangents.h"
#include "diff/rules.h"
#include "diff/structure.h"
#include "diff/tangents.h"
#include "diff/trace.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {

Ref TensorOperators::gradient(Ref scalar, Ref x) {
  const Ref free = Cotangents(partials_, {}).pull_back(scalar, one, {&x, 1})[0];
  return in_space(free, x);
}

Ref TensorOperators::in_space(Ref free, Ref x) {
  const Ref g = in_structure(ctx_, free, x, free_entries_);
  if (Trace* const trace = partials_.trace()) trace->move_to_space(g);
  return g;
}

Ref TensorOperators::jacobian(Ref e, Ref x) {
  const Shape in = ctx_.shape_of(x);
  if (in.order() == 0) return jvp(e, x, one);
  e = as_column(ctx_, e);
  if (ctx_.shape_of(e).order() == 0) {
    const Ref g = gradient(e, x);
    return in.order() == 1 ? as_row(ctx_, g) : g;
  }
  return in_space(free_jacobian(e, x), x);
}

// The axes of the outputs, then those of x, all of whose entries move.
Ref TensorOperators::free_jacobian(Ref e, Ref x) {
  const std::vector<Ref> out = ctx_.shape_of(e).extents, in = ctx_.shape_of(x).extents;
  const Kind kind = ctx_.kind(e);
  std::vector<Ref> extents = out;
  extents.insert(extents.end(), in.begin(), in.end());
  if (kind == Kind::reshape) {  // of vec(A) that of A, with its axes fused
    return reshaped_terms(ctx_, free_jacobian(ctx_.operands(e)[0], x), tensor_shape(ctx_, extents));
  }
  if (kind == Kind::product) return ctx_.scale(ctx_.operands(e)[0], free_jacobian(ctx_.operands(e)[1], x));
  if (kind == Kind::sum) {
    std::vector<Term> terms;
    ctx_.append_terms(e, terms);
    if (std::any_of(terms.begin(), terms.end(),
                    [&](const Term& t) { return ctx_.kind(t.body) == Kind::reshape; })) {
      for (Term& t : terms) t.body = free_jacobian(t.body, x);
      return tensor_sum(ctx_, terms, tensor_shape(ctx_, extents));
    }
  }
  IndexedBuilder b(ctx_);
  std::vector<Label> labels;
  for (size_t half = 0; half < 2; ++half) {
    for (Ref extent : out) labels.push_back(b.label(extent));
  }
  for (size_t a = 0; a < out.size(); ++a) b.factor(delta(ctx_, out[a]), {labels[a], labels[out.size() + a]});
  return Cotangents(partials_, out).pull_back(e, b.build(labels), {&x, 1})[0];
}

Ref TensorOperators::repeated(Ref e, std::span<const Ref> variables) {
  for (Ref v : variables) {
    const bool scalar = ctx_.shape_of(e).order() == 0 && ctx_.shape_of(v).order() > 0;
    e = scalar ? gradient(e, v) : jacobian(e, v);
  }
  return e;
}

Ref TensorOperators::laplacian(Ref e, Ref x) {
  const Ref first = jacobian(e, x);
  return contracted(jacobian(ctx_.shape_of(e).order() == 0 ? as_column(ctx_, first) : first, x), x,
                    ctx_[e].shape);
}

Ref TensorOperators::divergence(Ref field, Ref x) { return contracted(jacobian(field, x), x, scalar_shape); }

Ref TensorOperators::contracted(Ref tensor, Ref x, ShapeId shape) {
  if (ctx_.shape_of(x).order() == 0) return tensor;
  if (ctx_.kind(tensor) == Kind::sum || ctx_.kind(tensor) == Kind::long_sum) {  // tr(A + B) = tr(A) + tr(B)
    std::vector<Term> terms;
    ctx_.append_terms(tensor, terms);
    for (Term& t : terms) t.body = contracted(t.body, x, shape);
    return shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
  }
  IndexedBuilder b(ctx_);
  std::vector<Label> labels;
  const Shape s = ctx_.shape(shape);
  for (Ref extent : s.extents) labels.push_back(b.label(extent));
  const std::vector<Label> output = labels;
  std::vector<Label> twice;
  for (Ref extent : std::vector<Ref>(ctx_.shape_of(x).extents)) twice.push_back(b.label(extent));
  for (int half = 0; half < 2; ++half) labels.insert(labels.end(), twice.begin(), twice.end());
  b.factor(tensor, labels);
  return b.build(output, s.row);
}

Ref TensorOperators::jvp(Ref e, Ref x, Ref direction) {
  const std::pair<Ref, Ref> moves{x, direction};
  return Tangents(partials_, {&moves, 1}).push_forward(e);
}

Ref TensorOperators::vjp(Ref e, Ref x, Ref cotangent) {
  const Ref free =
      Cotangents(partials_, {}).pull_back(as_column(ctx_, e), as_column(ctx_, cotangent), {&x, 1})[0];
  return in_structure(ctx_, free, x, free_entries_);
}

}  // namespace nabla

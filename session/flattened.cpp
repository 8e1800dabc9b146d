#include "session/flattened.h"

#include <optional>
#include <vector>

#include "expr/indexed.h"
#include "expr/print.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// One product with axes i, j, k, l that falls into two matrices.
class Flattening {
 public:
  Flattening(Context& ctx, Ref product) : ctx_(ctx), product_(product), labelling_(ctx.labelling(product)) {
    const auto all = ctx.operands(product);
    operands_.assign(all.begin(), all.end());
    for (Label l = 0; l < labelling_.label_count; ++l) group_.push_back(l);
    for (size_t f = 0; f < labelling_.factors.size(); ++f) {
      for (Label l : labelling_.factors[f]) join(l, labelling_.factors[f][0]);
    }
  }

  // Without the scalar.
  std::optional<std::string> text() {
    if (labelling_.output.size() != 4 || !labelling_.guards.empty()) return std::nullopt;
    const auto together = [&](Label a, Label b) { return root(a) == root(b); };
    if (together(0, 2) && together(1, 3) && !together(0, 1)) {
      return "kron(" + matrix(1, 3) + ", " + matrix(0, 2) + ")";
    }
    if (together(0, 3) && together(1, 2) && !together(0, 1)) {
      const std::string left = matrix(1, 2), right = matrix(0, 3);
      const std::string turn = "commut(" + extent(2) + ", " + extent(3) + ")";
      const bool identities = left == "eye(" + extent(1) + ")" && right == "eye(" + extent(0) + ")";
      return identities ? turn : "kron(" + left + ", " + right + ")*" + turn;
    }
    if (together(0, 1) && together(2, 3) && !together(0, 2)) {
      return "vec(" + matrix(0, 1) + ")*vec(" + matrix(2, 3) + ")'";
    }
    return std::nullopt;
  }

  Ref scalar() {
    for (size_t f = 0; f < labelling_.factors.size(); ++f) {
      if (labelling_.factors[f].empty()) return operands_[f];
    }
    return one;
  }

 private:
  Label root(Label l) {
    while (group_[l] != l) l = group_[l] = group_[group_[l]];
    return l;
  }
  void join(Label a, Label b) { group_[root(a)] = root(b); }
  std::string extent(Label l) { return extent_text(ctx_, operands_[labelling_.factors.size() + l]); }

  // The factors that hang together with these two axes.
  std::string matrix(Label rows, Label columns) {
    IndexedBuilder b(ctx_);
    std::vector<Label> here(labelling_.label_count);
    for (Label l = 0; l < labelling_.label_count; ++l) {
      if (root(l) == root(rows)) here[l] = b.label(operands_[labelling_.factors.size() + l]);
    }
    for (size_t f = 0; f < labelling_.factors.size(); ++f) {
      std::vector<Label> axes = labelling_.factors[f];
      if (axes.empty() || root(axes[0]) != root(rows)) continue;
      for (Label& a : axes) a = here[a];
      b.factor(operands_[f], axes);
    }
    PrintOptions options;
    options.share = false;
    return print(ctx_, b.build({here[rows], here[columns]}), options);
  }

  Context& ctx_;
  Ref product_;
  Labelling labelling_;
  std::vector<Ref> operands_;
  std::vector<Label> group_;
};

// The products that a tensor is the sum of, also where it is stored with its axes in another order.
std::vector<Term> products_of(Context& ctx, Ref tensor) {
  std::vector<Term> terms, result;
  ctx.append_terms(tensor, terms);
  for (const Term& t : terms) {
    const bool indexed = ctx.kind(t.body) == Kind::indexed;
    const Kind inside = indexed ? ctx.kind(ctx.operands(t.body)[0]) : Kind::none;
    if (!indexed || ctx.labelling(t.body).factors.size() != 1 || inside != Kind::sum) {
      result.push_back(t);
      continue;
    }
    std::vector<Ref> operands(ctx.operands(t.body).begin(), ctx.operands(t.body).end());
    std::vector<Term> inner;
    ctx.append_terms(operands[0], inner);
    for (const Term& i : inner) {
      operands[0] = i.body;
      const Term whole = ctx.split_coefficient(rebuild_indexed(ctx, t.body, operands));
      result.push_back(
          {ctx.multiply(ctx.multiply(t.coefficient, i.coefficient), whole.coefficient), whole.body});
    }
  }
  return result;
}

}  // namespace

std::string flattened_by_vec(Context& ctx, Ref tensor) {
  const std::vector<Ref> n = ctx.shape_of(tensor).extents;
  if (n.size() != 4) return {};
  const ShapeId shape = matrix_shape(ctx, ctx.multiply(n[0], n[1]), ctx.multiply(n[2], n[3]));
  std::vector<Term> sum;
  for (const Term& t : products_of(ctx, tensor)) {
    if (ctx.kind(t.body) != Kind::indexed) return {};
    Flattening flattening(ctx, t.body);
    const auto text = flattening.text();
    if (!text || text->find(" for ") != std::string::npos) return {};
    Symbol s;  // the matrix, by its text
    s.name = *text;
    s.role = Role::placeholder;
    s.shape = shape;
    sum.push_back({t.coefficient, elementwise_product(ctx, flattening.scalar(), ctx.symbol(s))});
  }
  PrintOptions options;
  options.share = false;
  return print(ctx, tensor_sum(ctx, sum, shape), options);
}

}  // namespace nabla

#include "diff/structure.h"

#include <vector>

#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

Structure structure_of(const Context& ctx, Ref variable) {
  return ctx.kind(variable) == Kind::symbol ? ctx.symbol(variable).structure : Structure::none;
}

// The derivative with its last two axes.
class Projection {
 public:
  Projection(Context& ctx, Ref g) : ctx_(ctx), g_(g), extents_(ctx.shape_of(g).extents) {}

  Ref combined(Ref own, Ref transposed, Ref diagonal) {
    std::vector<Term> terms{{own, g_}, {transposed, turned()}};
    if (diagonal != zero) terms.push_back({diagonal, on_diagonal()});
    return tensor_sum(ctx_, terms, ctx_[g_].shape);
  }

  Ref on_diagonal() {
    IndexedBuilder b(ctx_);
    const std::vector<Label> l = labels(b);
    b.factor(g_, l);
    b.factor(delta(ctx_, extents_.back()), {row(l), l.back()});
    return b.build(l);
  }

  Ref triangle(bool lower) {
    IndexedBuilder b(ctx_);
    const std::vector<Label> l = labels(b);
    b.factor(g_, l);
    const Label i = row(l), j = l.back();
    const std::pair<Label, int64_t> terms[2] = {{lower ? j : i, 1}, {lower ? i : j, -1}};
    b.guard(Relation::less_equal, terms, zero);
    return b.build(l);
  }

  // In each entry the sum over the diagonal in which it lies, or over the two that lie as far from the
  // middle; `mean`: divided by their length.
  Ref diagonals(bool both, bool mean) {
    if (!mean && extents_.size() == 2) return named_diagonals(both);
    std::vector<Term> terms{{one, diagonal_sums(false, mean, both)}};
    if (both) terms.push_back({one, diagonal_sums(true, mean, true)});
    return tensor_sum(ctx_, terms, ctx_[g_].shape);
  }

  // G - Q sym(Q'G), the tangent space of the orthogonal matrices (Edelman, Arias and Smith, 1998).
  Ref tangent(Ref q) {
    const Term terms[2] = {{one, g_}, {ctx_.number(Rational::fraction(-1, 2)), q_product(q)}};
    return tensor_sum(ctx_, terms, ctx_[g_].shape);
  }

 private:
  // [toepsum(G)[n - i + j] for i in 1:n, j in 1:n]; of both: and its transpose, the main diagonal once.
  Ref named_diagonals(bool both) {
    const Ref n = extents_[0];
    const Ref sums = matrix_function(ctx_, Fn::toepsum, {&g_, 1});
    IndexedBuilder b(ctx_);
    const Label i = b.label(n), j = b.label(n), k = b.label(ctx_.shape_of(sums).extents[0]);
    b.factor(sums, {k});
    const std::pair<Label, int64_t> place[3] = {{i, 1}, {j, -1}, {k, 1}};
    b.guard(Relation::equal, place, ctx_.negate(n));
    const Ref along = b.build({i, j});
    if (!both) return along;
    const Ref middle = matrix_product(ctx_, trace(ctx_, g_), delta(ctx_, n));
    const Term terms[3] = {{one, along}, {one, transpose(ctx_, along)}, {minus_one, middle}};
    return tensor_sum(ctx_, terms, ctx_[g_].shape);
  }

  std::vector<Label> labels(IndexedBuilder& b) {
    std::vector<Label> l;
    for (Ref e : extents_) l.push_back(b.label(e));
    return l;
  }
  static Label row(const std::vector<Label>& l) { return l[l.size() - 2]; }

  Ref turned() {
    if (extents_.size() == 2) return transpose(ctx_, g_);
    IndexedBuilder b(ctx_);
    const std::vector<Label> l = labels(b);
    std::vector<Label> axes = l;
    std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
    b.factor(g_, axes);
    return b.build(l);
  }

  // sum of G[p, q] where q - p = j - i, or, `mirrored`, where p - q = j - i and i != j.
  Ref diagonal_sums(bool mirrored, bool mean, bool both) {
    IndexedBuilder b(ctx_);
    const std::vector<Label> l = labels(b);
    const Label i = row(l), j = l.back(), p = b.label(extents_.back()), q = b.label(extents_.back());
    std::vector<Label> axes = l;
    axes[axes.size() - 2] = mirrored ? q : p;
    axes.back() = mirrored ? p : q;
    b.factor(g_, axes);
    const std::pair<Label, int64_t> same[4] = {{q, 1}, {p, -1}, {j, -1}, {i, 1}};
    b.guard(Relation::equal, same, zero);
    if (mirrored) {
      const std::pair<Label, int64_t> off[2] = {{i, 1}, {j, -1}};
      b.guard(Relation::not_equal, off, zero);
    }
    if (mean) b.factor(reciprocal_lengths(both), {i, j});
    return b.build(l);
  }

  // 1/(n - |i - j|), halved off the diagonal where two diagonals are one.
  Ref reciprocal_lengths(bool both) {
    const Ref n = extents_.back();
    const Ref numbers = iota(ctx_, n);
    const ShapeId square = matrix_shape(ctx_, n, n);
    const Term offsets[2] = {{one, axis(numbers, 0)}, {minus_one, axis(numbers, 1)}};
    const Ref offset = tensor_sum(ctx_, offsets, square);
    const Term length[2] = {{one, ctx_.fill(n, square)},
                            {minus_one, tensor_function(ctx_, Fn::abs, {&offset, 1})}};
    const Ref single = tensor_power(ctx_, tensor_sum(ctx_, length, square), minus_one);
    if (!both) return single;
    const Ref on = tensor_compare(ctx_, Relation::equal, offset, ctx_.zeros(square));
    return tensor_select(ctx_, on, single, ctx_.scale(ctx_.number(Rational::fraction(1, 2)), single));
  }

  Ref axis(Ref vector, size_t position) {
    IndexedBuilder b(ctx_);
    const Label i = b.label(extents_.back()), j = b.label(extents_.back());
    b.factor(vector, {position == 0 ? i : j});
    return b.build({i, j});
  }

  // Q (Q'G + G'Q)
  Ref q_product(Ref q) {
    std::vector<Term> terms;
    for (const bool second : {false, true}) {
      IndexedBuilder b(ctx_);
      const std::vector<Label> l = labels(b);
      const Ref n = extents_.back();
      const Label i = row(l), j = l.back(), k = b.label(n), m = b.label(n);
      std::vector<Label> axes = l;
      axes[axes.size() - 2] = m;
      axes.back() = second ? k : j;
      b.factor(q, {i, k});
      b.factor(q, {m, second ? j : k});
      b.factor(g_, axes);
      terms.push_back({one, b.build(l)});
    }
    return tensor_sum(ctx_, terms, ctx_[g_].shape);
  }

  Context& ctx_;
  Ref g_;
  std::vector<Ref> extents_;
};

}  // namespace

Ref in_structure(Context& ctx, Ref g, Ref variable, bool free_entries) {
  const Ref half = ctx.number(Rational::fraction(1, 2));
  Projection p(ctx, g);
  switch (structure_of(ctx, variable)) {
    case Structure::none:
      return g;
    case Structure::symmetric:
    case Structure::spd:
    case Structure::psd:
      return free_entries ? p.combined(one, one, minus_one) : p.combined(half, half, zero);
    case Structure::skew:
      return free_entries ? p.combined(one, minus_one, zero) : p.combined(half, ctx.negate(half), zero);
    case Structure::diagonal:
      return p.on_diagonal();
    case Structure::lower:
      return p.triangle(true);
    case Structure::upper:
      return p.triangle(false);
    case Structure::toeplitz:
      return p.diagonals(false, !free_entries);
    case Structure::symtoeplitz:
      return p.diagonals(true, !free_entries);
    case Structure::orthogonal:
      if (!free_entries) return p.tangent(variable);
      throw Failure(Code::cannot_differentiate, "an orthogonal matrix has no independent entries",
                    "without --free-entries the answer is the gradient along the orthogonal matrices");
  }
  return g;
}

Ref entry_direction(Context& ctx, Ref entry) {
  const std::vector<Ref> list(ctx.operands(entry).begin(), ctx.operands(entry).end());
  const Shape shape = ctx.shape_of(list[0]);
  const auto single = [&](Ref i, Ref j) {
    return matrix_product(ctx, unit(ctx, shape.extents[0], i), as_row(ctx, unit(ctx, shape.extents[1], j)));
  };
  const Structure s = structure_of(ctx, list[0]);
  if (s == Structure::none || shape.order() != 2) {
    IndexedBuilder b(ctx);
    std::vector<Label> labels;
    for (size_t a = 0; a < shape.order(); ++a) {
      labels.push_back(b.label(shape.extents[a]));
      b.factor(unit(ctx, shape.extents[a], list[1 + a]), {labels.back()});
    }
    return b.build(labels, shape.row);
  }
  const Ref i = list[1], j = list[2], here = single(i, j);
  const auto where = [&](Relation r, Ref a, Ref b) {
    return matrix_product(ctx, ctx.select(ctx.compare(r, a, b), one, zero), here);
  };
  const auto sum = [&](std::initializer_list<Term> terms) {
    return tensor_sum(ctx, std::span(terms.begin(), terms.size()), ctx[here].shape);
  };
  switch (s) {
    case Structure::symmetric:
    case Structure::spd:
    case Structure::psd:
      return sum({{one, here}, {one, single(j, i)}, {minus_one, where(Relation::equal, i, j)}});
    case Structure::skew:
      return sum({{one, here}, {minus_one, single(j, i)}});
    case Structure::diagonal:
      return where(Relation::equal, i, j);
    case Structure::lower:
      return where(Relation::less_equal, j, i);
    case Structure::upper:
      return where(Relation::less_equal, i, j);
    default:
      return in_structure(ctx, here, list[0], true);
  }
}

std::string structure_note(const Context& ctx, Ref variable, bool free_entries) {
  const std::string name = ctx.kind(variable) == Kind::symbol ? ctx.symbol(variable).name : "";
  const auto among = [&](const char* matrices, const char* projected, const char* entries) {
    return free_entries ? "by the independent entries of " + name + ", which is " + matrices + ": " + entries
                        : "gradient in the space of " + name + ", which is " + matrices + ": " + projected;
  };
  switch (structure_of(ctx, variable)) {
    case Structure::none:
      return {};
    case Structure::symmetric:
    case Structure::spd:
    case Structure::psd:
      return among("symmetric", "(G + G')/2", "G + G' - diag(diag(G))");
    case Structure::skew:
      return among("skew-symmetric", "(G - G')/2", "G - G'");
    case Structure::diagonal:
      return among("diagonal", "diag(diag(G))", "diag(diag(G))");
    case Structure::lower:
      return among("lower triangular", "tril(G)", "tril(G)");
    case Structure::upper:
      return among("upper triangular", "triu(G)", "triu(G)");
    case Structure::toeplitz:
      return among("Toeplitz", "the mean of each diagonal of G", "the sum of each diagonal of G");
    case Structure::symtoeplitz:
      return among("symmetric Toeplitz", "the mean of each pair of diagonals of G",
                   "the sum of each pair of diagonals of G");
    case Structure::orthogonal:
      return among("orthogonal", "G - Q*sym(Q'*G)", "");
  }
  return {};
}

}  // namespace nabla

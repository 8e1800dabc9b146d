// Sums, products and reductions of arrays, entry by entry.
#include "parser/written_algebra.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/shape_text.h"

namespace nabla {

void WrittenAlgebra::refuse(std::string_view what) const {
  throw Failure(Code::not_yet_available, std::string(what) + " cannot be checked entry by entry yet");
}

void WrittenAlgebra::allow(uint64_t rows, uint64_t columns, uint64_t terms) const {
  uint64_t left = most_written_entries;
  for (const uint64_t n : {rows, columns, terms}) {
    if (n == 0) return;
    left /= n;
  }
  if (left == 0) refuse("an array of this size");
}

// ---- entries ----

int64_t WrittenAlgebra::number(Ref r, std::string_view what) const {
  const auto n = ctx_.is_number(r) ? ctx_.value(r).as_int() : std::nullopt;
  if (!n) {
    throw Failure(
        Code::not_yet_available,
        std::string(what) + " is symbolic, so the entries cannot be written out: " + extent_text(ctx_, r),
        "give the sizes as numbers, as in vector[3]");
  }
  return *n;
}

std::vector<size_t> WrittenAlgebra::sizes(ShapeId shape) const {
  std::vector<size_t> list;
  for (Ref e : ctx_.shape(shape).extents)
    list.push_back(static_cast<size_t>(std::max<int64_t>(0, number(e, "a size"))));
  return list;
}

size_t WrittenAlgebra::count(ShapeId shape) const {
  const auto s = sizes(shape);
  size_t n = 1;
  for (size_t k : s) {
    allow(n, k);
    n *= k;
  }
  return n;
}

WrittenAlgebra::Entries WrittenAlgebra::entries(Ref a) {
  const Node n = ctx_[a];
  if (n.shape == scalar_shape) return {a};
  const size_t total = count(n.shape);
  ctx_.budget().spend(total);
  if (n.kind == Kind::array) return {ctx_.operands(a).begin(), ctx_.operands(a).end()};
  if (n.kind == Kind::fill) return Entries(total, n.operand(0));
  if (n.kind != Kind::symbol) refuse("this expression");
  const auto s = sizes(n.shape);
  Entries list;
  for (size_t k = 0; k < total; ++k) {
    Entries index(s.size());
    size_t rest = k;
    for (size_t i = s.size(); i-- > 0;) {
      index[i] = ctx_.number(static_cast<int64_t>(rest % s[i]) + 1);
      rest /= s[i];
    }
    list.push_back(ctx_.entry(a, index));
  }
  return list;
}

WrittenAlgebra::Grid WrittenAlgebra::grid(Ref a) {
  const auto s = sizes(ctx_[a].shape);
  if (s.size() == 2) return {s[0], s[1], entries(a)};
  if (s.empty()) return {1, 1, {a}};
  return ctx_.shape_of(a).row ? Grid{1, s[0], entries(a)} : Grid{s[0], 1, entries(a)};
}

Ref WrittenAlgebra::matrix(const Grid& g) {
  return array(g.entries, matrix_shape(ctx_, ctx_.number(static_cast<int64_t>(g.rows)),
                                       ctx_.number(static_cast<int64_t>(g.columns))));
}

// ---- entry by entry ----

Ref WrittenAlgebra::sum(std::span<const Term> terms, ShapeId shape) {
  Entries total = entries(terms[0].body);
  for (const Term& t : terms.subspan(1)) {
    const Entries more = entries(t.body);
    const Written op = t.coefficient == one ? Written::add : Written::subtract;
    for (size_t i = 0; i < total.size(); ++i) total[i] = make(op, total[i], more[i]);
  }
  return shape == scalar_shape ? total[0] : array(total, shape);
}

Ref WrittenAlgebra::negate(Ref a) {
  Entries e = entries(a);
  for (Ref& r : e) r = ctx_.written(Written::negate, {&r, 1});
  return array(e, ctx_[a].shape);
}

Ref WrittenAlgebra::elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) {
  std::vector<Entries> lists;
  for (Ref a : arguments) lists.push_back(entries(a));
  Entries result;
  for (size_t i = 0; i < count(shape); ++i) {
    Entries list;
    for (const Entries& e : lists) list.push_back(e.size() == 1 ? e[0] : e[i]);
    result.push_back(ctx_.written_function(f, list));
  }
  return array(result, shape);
}

Ref WrittenAlgebra::entrywise(Ref a, Ref b, Written op) {
  const ShapeId shape = ctx_[a].shape == scalar_shape ? ctx_[b].shape : ctx_[a].shape;
  if (shape == scalar_shape) return make(op, a, b);
  const Entries x = entries(a), y = entries(b);
  const bool scalar_a = ctx_[a].shape == scalar_shape, scalar_b = ctx_[b].shape == scalar_shape;
  Entries result;
  for (size_t i = 0; i < count(shape); ++i)
    result.push_back(make(op, x[scalar_a ? 0 : i], y[scalar_b ? 0 : i]));
  return array(result, shape);
}

Ref WrittenAlgebra::broadcast(Ref a, ShapeId shape) {
  if (ctx_[a].shape == shape) return a;
  if (ctx_[a].shape == scalar_shape) return ctx_.fill(a, shape);
  const bool row = ctx_.shape_of(a).row;
  count(shape);
  const auto s = sizes(shape);
  const Entries e = entries(a);
  Entries result;
  for (size_t i = 0; i < s[0]; ++i) {
    for (size_t j = 0; j < s[1]; ++j) result.push_back(e[row ? j : i]);
  }
  return array(result, shape);
}

Ref WrittenAlgebra::select(Ref condition, Ref yes, Ref no) {
  const Entries a = entries(yes), b = entries(no);
  Entries result;
  for (size_t i = 0; i < a.size(); ++i) result.push_back(ctx_.written_select(condition, a[i], b[i]));
  return array(result, ctx_[yes].shape);
}

// ---- sums and products ----

Ref WrittenAlgebra::scalar_sum(std::span<const Ref> terms) {
  if (terms.empty()) return zero;
  Ref r = terms[0];
  for (Ref t : terms.subspan(1)) r = make(Written::add, r, t);
  return r;
}

Ref WrittenAlgebra::products(const Entries& a, const Entries& b) {
  Entries terms;
  for (size_t i = 0; i < a.size(); ++i) terms.push_back(make(Written::multiply, a[i], b[i]));
  return scalar_sum(terms);
}

WrittenAlgebra::Grid WrittenAlgebra::multiply(const Grid& a, const Grid& b) {
  allow(a.rows, b.columns, a.columns);
  Grid c{a.rows, b.columns, {}};
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t j = 0; j < b.columns; ++j) {
      Entries terms;
      for (size_t k = 0; k < a.columns; ++k) terms.push_back(make(Written::multiply, a.at(i, k), b.at(k, j)));
      c.entries.push_back(scalar_sum(terms));
    }
  }
  return c;
}

Ref WrittenAlgebra::matrix_product(Ref a, Ref b) {
  if (ctx_[a].shape == scalar_shape || ctx_[b].shape == scalar_shape) return entry_product(a, b);
  const Shape s = ctx_.shape_of(a), t = ctx_.shape_of(b);
  const Grid c = multiply(grid(a), grid(b));
  const bool line = s.order() == 1 && s.row, column = t.order() == 1 && !t.row;
  if (line && column) return c.entries[0];
  if (line) return array(c.entries, row_shape(ctx_, t.extents.back()));
  if (column) return array(c.entries, vector_shape(ctx_, s.extents[0]));
  return matrix(c);
}

Ref WrittenAlgebra::transpose(Ref a) {
  const Shape s = ctx_.shape_of(a);
  if (s.order() == 0) return a;
  if (s.order() == 1) return array(entries(a), ctx_.shape_id({s.extents, !s.row}));
  const Grid g = grid(a);
  Grid t{g.columns, g.rows, {}};
  for (size_t j = 0; j < g.columns; ++j) {
    for (size_t i = 0; i < g.rows; ++i) t.entries.push_back(g.at(i, j));
  }
  return matrix(t);
}

Ref WrittenAlgebra::kron(Ref a, Ref b) {
  const Grid x = grid(a), y = grid(b);
  allow(x.entries.size(), y.entries.size());
  Grid k{x.rows * y.rows, x.columns * y.columns, {}};
  for (size_t i = 0; i < k.rows; ++i) {
    for (size_t j = 0; j < k.columns; ++j) {
      k.entries.push_back(
          make(Written::multiply, x.at(i / y.rows, j / y.columns), y.at(i % y.rows, j % y.columns)));
    }
  }
  const Shape s = ctx_.shape_of(a), t = ctx_.shape_of(b);
  const bool lines = s.order() == 1 && t.order() == 1 && s.row == t.row;
  if (!lines) return matrix(k);
  return array(k.entries, ctx_.shape_id({{ctx_.multiply(s.extents[0], t.extents[0])}, s.row}));
}

// Column-major: the first index runs fastest.
Ref WrittenAlgebra::reshape(Ref a, ShapeId shape) {
  const Entries e = entries(a);
  const auto from = sizes(ctx_[a].shape), to = sizes(shape);
  const auto by_columns = [](const std::vector<size_t>& extents, size_t row_major) {
    std::vector<size_t> index(extents.size());
    for (size_t k = extents.size(); k-- > 0;) {
      index[k] = row_major % extents[k];
      row_major /= extents[k];
    }
    size_t at = 0;
    for (size_t k = extents.size(); k-- > 0;) at = at * extents[k] + index[k];
    return at;
  };
  Entries columns(e.size()), result;
  for (size_t i = 0; i < e.size(); ++i) columns[by_columns(from, i)] = e[i];
  for (size_t i = 0; i < e.size(); ++i) result.push_back(columns[by_columns(to, i)]);
  return array(result, shape);
}

WrittenAlgebra::Entries WrittenAlgebra::along(Ref a, size_t axis, size_t k) {
  const Grid g = grid(a);
  Entries e;
  for (size_t i = 0; i < (axis == 0 ? g.rows : g.columns); ++i)
    e.push_back(axis == 0 ? g.at(i, k) : g.at(k, i));
  return e;
}

Ref WrittenAlgebra::laid(const Entries& e, size_t axis) {
  const Ref n = ctx_.number(static_cast<int64_t>(e.size()));
  return array(e, axis == 0 ? row_shape(ctx_, n) : vector_shape(ctx_, n));
}

Ref WrittenAlgebra::sum_axis(Ref a, size_t axis) {
  Entries sums;
  for (size_t k = 0; k < sizes(ctx_[a].shape)[1 - axis]; ++k) sums.push_back(scalar_sum(along(a, axis, k)));
  return laid(sums, axis);
}

Ref WrittenAlgebra::reduce_axis(Reduction op, Ref a, size_t axis) {
  Entries results;
  for (size_t k = 0; k < sizes(ctx_[a].shape)[1 - axis]; ++k) results.push_back(fold(op, along(a, axis, k)));
  return laid(results, axis);
}

Ref WrittenAlgebra::fold(Reduction op, const Entries& e) {
  if (e.empty() && op == Reduction::prod) return one;
  if (e.empty())
    throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value",
                  "let the index run over at least one value");
  Ref r = e[0];
  for (size_t i = 1; i < e.size(); ++i) {
    r = op == Reduction::prod ? make(Written::multiply, r, e[i])
                              : call(op == Reduction::max ? Fn::max : Fn::min, {r, e[i]});
  }
  return r;
}

Ref WrittenAlgebra::diagonal(Ref a) {
  const Grid g = grid(a);
  Entries e;
  for (size_t i = 0; i < g.rows; ++i) e.push_back(g.at(i, i));
  return array(e, vector_shape(ctx_, ctx_.shape_of(a).extents[0]));
}

Ref WrittenAlgebra::diagonal_matrix(Ref v) {
  const Entries e = entries(v);
  allow(e.size(), e.size());
  Grid g{e.size(), e.size(), Entries(e.size() * e.size(), zero)};
  for (size_t i = 0; i < e.size(); ++i) g.entries[i * e.size() + i] = e[i];
  return matrix(g);
}

Ref WrittenAlgebra::triangle(Ref a, bool lower) {
  Grid g = grid(a);
  for (size_t i = 0; i < g.rows; ++i) {
    for (size_t j = 0; j < g.columns; ++j) {
      if (lower ? j > i : j < i) g.entries[i * g.columns + j] = zero;
    }
  }
  return matrix(g);
}

Ref WrittenAlgebra::cumsum(Ref a, size_t axis) {
  const bool flat = ctx_.shape_of(a).order() == 1;
  Grid g = flat ? Grid{entries(a).size(), 1, entries(a)} : grid(a);
  for (size_t i = 0; i < g.rows; ++i) {
    for (size_t j = 0; j < g.columns; ++j) {
      if ((axis == 0 ? i : j) == 0) continue;
      const Ref before = axis == 0 ? g.at(i - 1, j) : g.at(i, j - 1);
      g.entries[i * g.columns + j] = make(Written::add, before, g.at(i, j));
    }
  }
  return flat ? array(g.entries, ctx_[a].shape) : matrix(g);
}

std::unique_ptr<Algebra> written_algebra(Context& ctx) { return std::make_unique<WrittenAlgebra>(ctx); }

}  // namespace nabla

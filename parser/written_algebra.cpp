// Linear algebra by its definitions, entry by entry, with nodes that nothing folds.
#include <numeric>

#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "parser/algebra.h"

namespace nabla {
namespace {

using Entries = std::vector<Ref>;

class WrittenAlgebra final : public Algebra {
 public:
  using Algebra::Algebra;

  Ref sum(std::span<const Term> terms, ShapeId shape) override;
  Ref negate(Ref a) override;
  Ref elementwise(Fn f, std::span<const Ref> arguments, ShapeId shape) override;
  Ref power(Ref base, Ref exponent) override { return entrywise(base, exponent, Written::power); }
  Ref entry_product(Ref a, Ref b) override { return entrywise(a, b, Written::multiply); }
  Ref entry_quotient(Ref a, Ref b) override { return entrywise(a, b, Written::divide); }
  Ref broadcast(Ref a, ShapeId shape) override;
  Ref select(Ref condition, Ref yes, Ref no) override;

  Ref matrix_product(Ref a, Ref b) override;
  Ref dot(Ref a, Ref b) override { return products(entries(a), entries(b)); }
  Ref transpose(Ref a) override;
  Ref kron(Ref a, Ref b) override;
  Ref reshape(Ref a, ShapeId shape) override;
  Ref sum_entries(Ref a) override { return scalar_sum(entries(a)); }
  Ref sum_axis(Ref a, size_t axis) override;
  Ref trace(Ref a) override { return scalar_sum(entries(diagonal(a))); }
  Ref diagonal(Ref a) override;
  Ref diagonal_matrix(Ref v) override;
  Ref triangle(Ref a, bool lower) override;
  Ref cumsum(Ref a, size_t axis) override;
  Ref reduce_entries(Reduction op, Ref a) override { return fold(op, entries(a)); }
  Ref reduce_axis(Reduction op, Ref a, size_t axis) override;
  Ref matpow(Ref a, Ref exponent) override;
  Ref slice(Ref a, std::span<const Slice> slices) override;
  Ref matrix_function(Fn f, std::span<const Ref> arguments, std::span<const std::string> operands) override;
  Ref structural(Structural s, std::span<const Ref> extents, Ref position) override;
  Ref commutation(Ref n, Ref m) override;
  Ref scalar_product(Ref a, Ref b) override { return make(Written::multiply, a, b); }
  Ref scalar_sum(std::span<const Ref> terms) override;
  Entries entries(Ref a) override;

 private:
  Ref make(Written op, Ref a, Ref b) {
    const Ref pair[2] = {a, b};
    return ctx_.written(op, pair);
  }
  Ref call(Fn f, std::initializer_list<Ref> arguments) {
    return ctx_.written_function(f, std::span<const Ref>(arguments.begin(), arguments.size()));
  }
  Ref array(const Entries& e, ShapeId shape) { return ctx_.array(e, shape); }
  int64_t number(Ref r, std::string_view what) const;
  std::vector<size_t> sizes(ShapeId shape) const;
  size_t count(ShapeId shape) const;
  struct Grid {  // of a matrix; a vector is a column
    size_t rows, columns;
    Entries entries;
    Ref at(size_t i, size_t j) const { return entries[i * columns + j]; }
  };
  Grid grid(Ref a);
  Ref matrix(const Grid& g);
  Ref entrywise(Ref a, Ref b, Written op);
  Ref products(const Entries& a, const Entries& b);
  Ref fold(Reduction op, const Entries& e);
  Entries along(Ref a, size_t axis, size_t k);  // one column (axis 0) or row (axis 1)
  Ref laid(const Entries& e, size_t axis);      // one result for each column or row
  Ref determinant(const Grid& g);
  static Grid minor(const Grid& g, size_t row, size_t column);
  Grid multiply(const Grid& a, const Grid& b);
  Grid inverse(const Grid& g);
  Grid identity(size_t n);
  Ref concatenate(Fn f, std::span<const Ref> arguments, ShapeId shape);
  Ref vector_function(Fn f, const Entries& e);
  Entries softmax(Fn f, const Entries& e);
  [[noreturn]] void refuse(std::string_view what) const;
  void allow(uint64_t rows, uint64_t columns, uint64_t terms = 1) const;  // terms of each entry
};

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

Entries WrittenAlgebra::entries(Ref a) {
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
  for (size_t i = 0; i < a.size(); ++i) result.push_back(ctx_.select(condition, a[i], b[i]));
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

Entries WrittenAlgebra::along(Ref a, size_t axis, size_t k) {
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
  if (e.empty()) throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value");
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

// ---- powers, determinants ----

WrittenAlgebra::Grid WrittenAlgebra::identity(size_t n) {
  allow(n, n);
  Grid g{n, n, Entries(n * n, zero)};
  for (size_t i = 0; i < n; ++i) g.entries[i * n + i] = one;
  return g;
}

WrittenAlgebra::Grid WrittenAlgebra::minor(const Grid& g, size_t row, size_t column) {
  Grid m{g.rows - 1, g.columns - 1, {}};
  for (size_t i = 0; i < g.rows; ++i) {
    for (size_t j = 0; j < g.columns; ++j) {
      if (i != row && j != column) m.entries.push_back(g.at(i, j));
    }
  }
  return m;
}

// Laplace's expansion, of at most 4 rows.
Ref WrittenAlgebra::determinant(const Grid& g) {
  if (g.rows > 4) refuse("a determinant or inverse of more than 4 rows");
  if (g.rows == 0) return one;
  if (g.rows == 1) return g.entries[0];
  Ref r;
  for (size_t j = 0; j < g.columns; ++j) {
    const Ref t = make(Written::multiply, g.at(0, j), determinant(minor(g, 0, j)));
    r = j == 0 ? t : make(j % 2 ? Written::subtract : Written::add, r, t);
  }
  return r;
}

WrittenAlgebra::Grid WrittenAlgebra::inverse(const Grid& g) {
  const Ref d = determinant(g);
  Grid result{g.rows, g.columns, {}};
  for (size_t i = 0; i < g.rows; ++i) {
    for (size_t j = 0; j < g.columns; ++j) {
      Ref c = determinant(minor(g, j, i));
      if ((i + j) % 2) c = ctx_.written(Written::negate, {&c, 1});
      result.entries.push_back(make(Written::divide, c, d));
    }
  }
  return result;
}

Ref WrittenAlgebra::matpow(Ref a, Ref exponent) {
  const auto k = ctx_.is_number(exponent) ? ctx_.value(exponent).as_int() : std::nullopt;
  if (!k || *k > 64 || *k < -64) refuse("a matrix power with this exponent");
  Grid base = grid(a);
  if (*k < 0) base = inverse(base);
  Grid result = *k == 0 ? identity(base.rows) : base;
  for (int64_t i = 1; i < std::abs(*k); ++i) result = multiply(result, base);
  return matrix(result);
}

// ---- entries and constants ----

Ref WrittenAlgebra::slice(Ref a, std::span<const Slice> slices) {
  const Shape shape = ctx_.shape_of(a);
  const auto s = sizes(ctx_[a].shape);
  Entries all;
  const bool direct = ctx_.kind(a) == Kind::symbol;  // one entry of a large symbol does not need the others
  std::vector<std::vector<size_t>> chosen(slices.size());
  Shape result;
  for (size_t k = 0; k < slices.size(); ++k) {
    const Slice& x = slices[k];
    if (x.kind == Slice::Kind::gather) refuse("an index in data");
    size_t first = 0, length = s[k];
    if (x.kind != Slice::Kind::all) first = static_cast<size_t>(number(x.index, "an index") - 1);
    if (x.kind == Slice::Kind::index) length = 1;
    if (x.kind == Slice::Kind::range) length = static_cast<size_t>(number(x.extent, "a length"));
    for (size_t i = 0; i < length; ++i) chosen[k].push_back(first + i);
    if (x.kind != Slice::Kind::index)
      result.extents.push_back(x.kind == Slice::Kind::all ? shape.extents[k] : x.extent);
  }
  result.row =
      result.order() == 1 && (shape.row || (shape.order() == 2 && slices[0].kind == Slice::Kind::index));
  if (!direct) all = entries(a);
  Entries out;
  std::vector<size_t> at(slices.size());
  const bool empty = std::any_of(chosen.begin(), chosen.end(), [](const auto& c) { return c.empty(); });
  for (bool more = !empty; more;) {
    ctx_.budget().spend();
    size_t position = 0;
    Entries index;
    for (size_t k = 0; k < at.size(); ++k) {
      position = position * s[k] + chosen[k][at[k]];
      index.push_back(ctx_.number(static_cast<int64_t>(chosen[k][at[k]]) + 1));
    }
    out.push_back(direct ? ctx_.entry(a, index) : all[position]);
    size_t k = at.size();
    while (k > 0 && ++at[k - 1] == chosen[k - 1].size()) at[--k] = 0;
    more = k > 0;
  }
  return result.order() == 0 ? out[0] : array(out, ctx_.shape_id(result));
}

Ref WrittenAlgebra::structural(Structural s, std::span<const Ref> extents, Ref position) {
  const auto n = static_cast<size_t>(number(extents[0], "a size"));
  const int64_t c = position ? number(position, "a position") : 0;
  if (s == Structural::delta || s == Structural::shift) {
    const auto m = static_cast<size_t>(number(extents[1], "a size"));
    allow(n, m);
    Grid g{n, m, {}};
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < m; ++j) {
        g.entries.push_back(static_cast<int64_t>(j) == static_cast<int64_t>(i) + c ? one : zero);
      }
    }
    return matrix(g);
  }
  allow(n, 1);
  Entries e;
  for (int64_t i = 1; i <= static_cast<int64_t>(n); ++i) {
    e.push_back(s == Structural::iota ? ctx_.number(i) : i == c ? one : zero);
  }
  return array(e, vector_shape(ctx_, extents[0]));
}

Ref WrittenAlgebra::commutation(Ref n, Ref m) {
  const auto rows = static_cast<size_t>(number(n, "a size")),
             columns = static_cast<size_t>(number(m, "a size"));
  allow(rows, columns);
  allow(rows * columns, rows * columns);
  Grid g{rows * columns, rows * columns, Entries(rows * columns * rows * columns, zero)};
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) g.entries[(i * columns + j) * g.columns + j * rows + i] = one;
  }
  return matrix(g);
}

// ---- functions of whole vectors and matrices ----

Ref WrittenAlgebra::vector_function(Fn f, const Entries& e) {
  Entries list;
  switch (f) {
    case Fn::norm1:
    case Fn::norminf:
      for (Ref r : e) list.push_back(call(Fn::abs, {r}));
      return f == Fn::norm1 ? scalar_sum(list) : fold(Reduction::max, list);
    case Fn::norm2:
    case Fn::normF:
      return call(Fn::sqrt, {products(e, e)});
    case Fn::logsumexp:
      for (Ref r : e) list.push_back(call(Fn::exp, {r}));
      return call(Fn::log, {scalar_sum(list)});
    default:
      refuse("'" + std::string(row(f).name) + "'");
  }
}

Entries WrittenAlgebra::softmax(Fn f, const Entries& e) {
  Entries exps, result;
  for (Ref r : e) exps.push_back(call(Fn::exp, {r}));
  const Ref total = scalar_sum(exps);
  for (size_t i = 0; i < e.size(); ++i) {
    result.push_back(f == Fn::softmax ? make(Written::divide, exps[i], total)
                                      : make(Written::subtract, e[i], call(Fn::log, {total})));
  }
  return result;
}

Ref WrittenAlgebra::concatenate(Fn f, std::span<const Ref> arguments, ShapeId shape) {
  std::vector<Grid> grids;
  Grid out{0, 0, {}};
  for (Ref a : arguments) {
    grids.push_back(grid(a));
    const Grid& g = grids.back();
    out.rows = f == Fn::hcat ? g.rows : out.rows + g.rows;
    out.columns = f == Fn::vcat ? g.columns : out.columns + g.columns;
  }
  out.entries.assign(out.rows * out.columns, zero);
  size_t row = 0, column = 0;
  for (const Grid& g : grids) {
    for (size_t i = 0; i < g.rows; ++i) {
      for (size_t j = 0; j < g.columns; ++j) out.entries[(row + i) * out.columns + column + j] = g.at(i, j);
    }
    if (f != Fn::hcat) row += g.rows;
    if (f != Fn::vcat) column += g.columns;
  }
  return array(out.entries, shape);
}

Ref WrittenAlgebra::matrix_function(Fn f, std::span<const Ref> arguments,
                                    std::span<const std::string> operands) {
  const Ref checked = nabla::matrix_function(ctx_, f, arguments, operands);  // for the shapes
  const ShapeId shape = ctx_[checked].shape;
  const Ref a = arguments[0];
  if (f == Fn::hcat || f == Fn::vcat || f == Fn::blockdiag) {
    return arguments.size() == 1 ? a : concatenate(f, arguments, shape);
  }
  if (f == Fn::det) return determinant(grid(a));
  if (f == Fn::logdet) return call(Fn::log, {determinant(grid(a))});
  if (f == Fn::adj) {
    const Grid g = grid(a);
    Grid result{g.rows, g.columns, {}};
    for (size_t i = 0; i < g.rows; ++i) {
      for (size_t j = 0; j < g.columns; ++j) {
        Ref c = determinant(minor(g, j, i));
        if ((i + j) % 2) c = ctx_.written(Written::negate, {&c, 1});
        result.entries.push_back(c);
      }
    }
    return matrix(result);
  }
  const bool whole = arguments.size() == 1;
  const size_t axis = whole ? 0 : static_cast<size_t>(number(arguments[1], "dim") - 1);
  if (f == Fn::softmax || f == Fn::log_softmax) {
    if (whole) return array(softmax(f, entries(a)), shape);
    Grid g = grid(a);
    for (size_t k = 0; k < (axis == 0 ? g.columns : g.rows); ++k) {
      const Entries e = softmax(f, along(a, axis, k));
      for (size_t i = 0; i < e.size(); ++i)
        g.entries[axis == 0 ? i * g.columns + k : k * g.columns + i] = e[i];
    }
    return matrix(g);
  }
  if (f == Fn::norm2 && whole && ctx_.shape_of(a).order() == 2) refuse("the spectral norm");
  if (ctx_[a].shape == scalar_shape) return f == Fn::logsumexp ? a : call(Fn::abs, {a});
  if (whole) return vector_function(f, entries(a));
  Entries results;
  for (size_t k = 0; k < sizes(ctx_[a].shape)[1 - axis]; ++k)
    results.push_back(vector_function(f, along(a, axis, k)));
  return laid(results, axis);
}

}  // namespace

std::unique_ptr<Algebra> written_algebra(Context& ctx) { return std::make_unique<WrittenAlgebra>(ctx); }

}  // namespace nabla

// Powers and determinants, slices, constant arrays and the functions of whole vectors and matrices.
#include "parser/written_algebra.h"

#include <algorithm>
#include <cstdlib>

#include "expr/shape_text.h"

namespace nabla {

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
      for (Ref r : e) list.push_back(ctx_[r].facts & complex_valued ? call(Fn::conj, {r}) : r);
      return call(Fn::sqrt, {products(list, e)});
    case Fn::logsumexp:
      for (Ref r : e) list.push_back(call(Fn::exp, {r}));
      return call(Fn::log, {scalar_sum(list)});
    default:
      refuse("'" + std::string(row(f).name) + "'");
  }
}

WrittenAlgebra::Entries WrittenAlgebra::softmax(Fn f, const Entries& e) {
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

}  // namespace nabla

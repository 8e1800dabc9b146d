#include "expr/scalarize_function.h"

#include <algorithm>
#include <optional>
#include <string>

#include "expr/diagnostic.h"
#include "expr/number_matrix.h"

namespace nabla {
namespace {

[[noreturn]] void refuse(std::string_view what) {
  throw Failure(Code::not_yet_available, std::string(what) + " is not taken entry by entry yet");
}

// The values of n*n entries that are all numbers.
std::optional<std::vector<Rational>> numbers(Context& ctx, const Entries& a, size_t n) {
  std::vector<Rational> values;
  for (Ref e : a) {
    if (!ctx.is_number(e)) return std::nullopt;
    values.push_back(ctx.value(e));
  }
  ctx.budget().spend(n * n * n);  // what elimination takes
  return values;
}

Entries minor(const Entries& a, size_t n, size_t row, size_t column) {
  Entries m;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      if (i != row && j != column) m.push_back(a[i * n + j]);
    }
  }
  return m;
}

Entries cofactors(Context& ctx, const Entries& a, size_t n) {  // transposed: the adjugate
  Entries result;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      const Ref c = determinant_entries(ctx, minor(a, n, j, i), n - 1);
      result.push_back((i + j) % 2 == 0 ? c : ctx.negate(c));
    }
  }
  return result;
}

// By pairs, which does not overflow.
Ref log_sum_exp(Context& ctx, const Entries& a) {
  Ref total = a[0];
  for (size_t k = 1; k < a.size(); ++k) total = ctx.function(Fn::logaddexp, {total, a[k]});
  return total;
}

Entries softmax(Context& ctx, const Entries& a, bool logarithm) {
  const Ref total = log_sum_exp(ctx, a);
  Entries result;
  for (Ref e : a) {
    const Ref l = ctx.subtract(e, total);
    result.push_back(logarithm ? l : ctx.function(Fn::exp, {l}));
  }
  return result;
}

Ref euclidean(Context& ctx, const Entries& a) {
  Entries squares;
  for (Ref e : a) squares.push_back(ctx.multiply(e, ctx.function(Fn::conj, {e})));
  return ctx.sqrt(ctx.sum(std::span<const Ref>(squares)));
}

Ref absolute_sum(Context& ctx, const Entries& a) {
  Entries terms;
  for (Ref e : a) terms.push_back(ctx.function(Fn::abs, {e}));
  return ctx.sum(std::span<const Ref>(terms));
}

Ref absolute_max(Context& ctx, const Entries& a) {
  Ref best = ctx.function(Fn::abs, {a[0]});
  for (size_t k = 1; k < a.size(); ++k) best = ctx.function(Fn::max, {best, ctx.function(Fn::abs, {a[k]})});
  return best;
}

// Rows and columns of an argument as a block: a vector is a column, a row has one row.
struct Block {
  const EntryArray& a;
  size_t rows() const {
    if (a.extents.empty() || (a.row && a.extents.size() == 1)) return 1;
    return static_cast<size_t>(a.extents[0]);
  }
  size_t columns() const { return rows() == 0 ? 0 : a.entries.size() / rows(); }
  Ref at(size_t i, size_t j) const { return a.entries[i * columns() + j]; }
};

enum class Layout { beside, below, diagonal };

Entries blocks(std::span<const EntryArray> arguments, Layout layout) {
  size_t rows = 0, columns = 0;
  for (const EntryArray& a : arguments) {
    const Block b{a};
    rows = layout == Layout::beside ? b.rows() : rows + b.rows();
    columns = layout == Layout::below ? b.columns() : columns + b.columns();
  }
  Entries result(rows * columns, zero);
  size_t top = 0, left = 0;
  for (const EntryArray& a : arguments) {
    const Block b{a};
    for (size_t i = 0; i < b.rows(); ++i) {
      for (size_t j = 0; j < b.columns(); ++j) result[(top + i) * columns + left + j] = b.at(i, j);
    }
    if (layout != Layout::beside) top += b.rows();
    if (layout != Layout::below) left += b.columns();
  }
  return result;
}

// A function of a vector applied down the columns (dim = 1) or along the rows (dim = 2) of a matrix.
template <class Apply>
Entries along(const EntryArray& a, int64_t dim, bool to_scalar, Apply apply) {
  const Block b{a};
  const size_t lines = dim == 1 ? b.columns() : b.rows(), length = dim == 1 ? b.rows() : b.columns();
  Entries result(to_scalar ? lines : a.entries.size());
  for (size_t k = 0; k < lines; ++k) {
    Entries line;
    for (size_t i = 0; i < length; ++i) line.push_back(dim == 1 ? b.at(i, k) : b.at(k, i));
    const Entries value = apply(line);
    if (to_scalar) {
      result[k] = value[0];
      continue;
    }
    for (size_t i = 0; i < length; ++i) {
      result[dim == 1 ? i * b.columns() + k : k * b.columns() + i] = value[i];
    }
  }
  return result;
}

// The position of the first of the largest entries.
Ref largest_position(Context& ctx, const Entries& a) {
  Ref position = ctx.number(static_cast<int64_t>(a.size()));
  for (size_t k = a.size() - 1; k-- > 0;) {  // wrong so far if one before k is as large: the loop comes to it
    Ref largest = ctx.truth(true);
    for (size_t i = k + 1; i < a.size(); ++i) {
      largest = ctx.conjunction(largest, ctx.compare(Relation::less_equal, a[i], a[k]));
    }
    position = ctx.select(largest, ctx.number(static_cast<int64_t>(k + 1)), position);
  }
  return position;
}

// The sums along the diagonals of an n-by-n matrix, from the lowest left.
Entries diagonal_sums(Context& ctx, const Entries& a, size_t n) {
  std::vector<Entries> diagonals(2 * n - 1);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) diagonals[n - 1 + j - i].push_back(a[i * n + j]);
  }
  Entries result;
  for (const Entries& d : diagonals) result.push_back(ctx.sum(std::span<const Ref>(d)));
  return result;
}

using VectorFunction = Entries (*)(Context&, const Entries&);

struct Row {
  Fn fn;
  bool to_scalar;
  VectorFunction apply;
};

constexpr Row vector_functions[] = {
    {Fn::logsumexp, true, [](Context& c, const Entries& a) -> Entries { return {log_sum_exp(c, a)}; }},
    {Fn::softmax, false, [](Context& c, const Entries& a) -> Entries { return softmax(c, a, false); }},
    {Fn::log_softmax, false, [](Context& c, const Entries& a) -> Entries { return softmax(c, a, true); }},
    {Fn::norm1, true, [](Context& c, const Entries& a) -> Entries { return {absolute_sum(c, a)}; }},
    {Fn::norm2, true, [](Context& c, const Entries& a) -> Entries { return {euclidean(c, a)}; }},
    {Fn::argmax, true, [](Context& c, const Entries& a) -> Entries { return {largest_position(c, a)}; }},
    {Fn::norminf, true, [](Context& c, const Entries& a) -> Entries { return {absolute_max(c, a)}; }},
};

}  // namespace

Ref determinant_entries(Context& ctx, const Entries& a, size_t n) {
  if (const auto values = numbers(ctx, a, n)) return ctx.number(determinant_of_numbers(*values, n));
  if (n > 4) refuse("a determinant or an inverse beyond 4 by 4");
  if (n == 0) return one;
  if (n == 1) return a[0];
  Entries terms;
  for (size_t j = 0; j < n; ++j) {  // Laplace's expansion along the first row
    const Ref term = ctx.multiply(a[j], determinant_entries(ctx, minor(a, n, 0, j), n - 1));
    terms.push_back(j % 2 == 0 ? term : ctx.negate(term));
  }
  return ctx.sum(std::span<const Ref>(terms));
}

Entries inverse_entries(Context& ctx, const Entries& a, size_t n) {
  if (const auto values = numbers(ctx, a, n)) {
    const auto inverse = inverse_of_numbers(*values, n);
    if (!inverse) throw Failure(Code::division_by_zero, "the inverse of a singular matrix has no value");
    Entries result;
    for (const Rational& v : *inverse) result.push_back(ctx.number(v));
    return result;
  }
  const Ref reciprocal = ctx.power(determinant_entries(ctx, a, n), minus_one);
  Entries result = cofactors(ctx, a, n);  // Cramer
  for (Ref& e : result) e = ctx.multiply(e, reciprocal);
  return result;
}

Entries function_entries(Context& ctx, Fn f, std::span<const EntryArray> arguments) {
  const EntryArray& a = arguments[0];
  const size_t n = a.extents.empty() ? 1 : static_cast<size_t>(a.extents[0]);
  for (const Row& row : vector_functions) {
    if (row.fn != f) continue;
    const auto apply = [&](const Entries& line) { return row.apply(ctx, line); };
    if (arguments.size() == 1 && a.extents.size() == 2) break;  // the spectral norm of a matrix
    if (arguments.size() == 1) return apply(a.entries);
    const auto dim = ctx.value(arguments[1].entries[0]).as_int();
    return along(a, *dim, row.to_scalar, apply);
  }
  switch (f) {
    case Fn::det:
      return {determinant_entries(ctx, a.entries, n)};
    case Fn::logdet:
      return {ctx.function(Fn::log, {determinant_entries(ctx, a.entries, n)})};
    case Fn::adj:
      return cofactors(ctx, a.entries, n);
    case Fn::toepsum:
      return diagonal_sums(ctx, a.entries, n);
    case Fn::normF:
      return {euclidean(ctx, a.entries)};
    case Fn::hcat:
      return blocks(arguments, Layout::beside);
    case Fn::vcat:
      return blocks(arguments, Layout::below);
    case Fn::blockdiag:
      return blocks(arguments, Layout::diagonal);
    default:
      break;
  }
  refuse("'" + std::string(row(f).name) + "'");
}

}  // namespace nabla

#include "eval/dense_function.h"

#include <string>

#include "eval/dense_matrix_function.h"
#include "expr/diagnostic.h"

namespace nabla::dense {
namespace {

[[noreturn]] void refuse(Fn f, const std::string& why) {
  throw Failure(Code::cannot_evaluate, "'" + std::string(row(f).name) + "' " + why);
}

// A vector is a column, a row has one row, a scalar is 1 by 1.
template <class T>
Matrix<T> as_matrix(const Argument<T>& a) {
  const auto& e = a.array->extents;
  size_t rows = e.empty() || (a.row && e.size() == 1) ? 1 : static_cast<size_t>(e[0]);
  size_t columns = e.size() == 2            ? static_cast<size_t>(e[1])
                   : e.size() == 1 && a.row ? static_cast<size_t>(e[0])
                                            : 1;
  return Matrix<T>(rows, columns, a.array->entries);
}

template <class T>
DenseArray<T> of_matrix(Matrix<T> m) {
  return {{static_cast<int64_t>(m.rows), static_cast<int64_t>(m.columns)}, std::move(m.entries)};
}

template <class T>
DenseArray<T> of_vector(std::vector<T> v) {
  const auto n = static_cast<int64_t>(v.size());
  return {{n}, std::move(v)};
}

template <class T>
DenseArray<T> of_scalar(const T& v) {
  return {{}, {v}};
}

// ---- functions of one vector ----

template <class T>
size_t position_of_largest(const std::vector<T>& v, bool absolute_values = false) {
  size_t best = 0;
  for (size_t k = 0; k < v.size(); ++k) {
    const double x = absolute_values ? magnitude(v[k]) : real_value(v[k]);
    const double y = absolute_values ? magnitude(v[best]) : real_value(v[best]);
    if (x > y || std::isnan(x)) best = k;
    if (std::isnan(x)) return k;
  }
  return best;
}

template <class T>
T euclidean(const std::vector<T>& v) {
  double scale = 0;
  for (const T& x : v) scale = std::max(scale, magnitude(x));
  if (scale == 0 || !std::isfinite(scale)) scale = 1;
  T sum(0.0);
  for (const T& x : v) {
    const T y = x / T(scale);
    sum += y * conj(y);
  }
  return T(scale) * sqrt(sum);
}

template <class T>
T log_sum_exp(const std::vector<T>& v) {
  const size_t top = position_of_largest(v);
  T rest(0.0);
  for (size_t k = 0; k < v.size(); ++k) rest += exp(v[k] - v[top]);
  return v[top] + log(rest);
}

// One number, or as many as the vector has.
template <class T>
std::vector<T> vector_function(Fn f, const std::vector<T>& v) {
  if (v.empty()) {
    throw Failure(Code::empty_reduction, "'" + std::string(row(f).name) + "' of nothing has no value");
  }
  switch (f) {
    case Fn::logsumexp:
      return {log_sum_exp(v)};
    case Fn::softmax:
    case Fn::log_softmax: {
      const T total = log_sum_exp(v);
      std::vector<T> r;
      for (const T& x : v) r.push_back(f == Fn::softmax ? exp(x - total) : x - total);
      return r;
    }
    case Fn::norm1: {
      T sum(0.0);
      for (const T& x : v) sum += absolute(x);
      return {sum};
    }
    case Fn::norm2:
    case Fn::normF:
      return {euclidean(v)};
    case Fn::norminf:
      return {absolute(v[position_of_largest(v, true)])};
    case Fn::argmax: {
      const size_t k = position_of_largest(v);
      return {std::isnan(real_value(v[k])) ? T(nan) : T(static_cast<double>(k + 1))};
    }
    default:
      refuse(f, "of a vector is not computed");
  }
}

// Down the columns (dim = 1) or along the rows (dim = 2).
template <class T>
DenseArray<T> along(Fn f, const Matrix<T>& a, int dim) {
  const size_t lines = dim == 1 ? a.columns : a.rows, length = dim == 1 ? a.rows : a.columns;
  const bool same_shape = row(f).shape == ShapeRule::along;
  Matrix<T> whole(a.rows, a.columns);
  std::vector<T> each;
  for (size_t k = 0; k < lines; ++k) {
    std::vector<T> line;
    for (size_t i = 0; i < length; ++i) line.push_back(dim == 1 ? a(i, k) : a(k, i));
    const std::vector<T> value = vector_function(f, line);
    if (!same_shape) each.push_back(value[0]);
    for (size_t i = 0; same_shape && i < length; ++i) (dim == 1 ? whole(i, k) : whole(k, i)) = value[i];
  }
  return same_shape ? of_matrix(std::move(whole)) : of_vector(std::move(each));
}

// ---- functions of a square matrix ----

// The functions defined by a power series, for which f([X E; 0 X]) has the derivative at X in the direction E
// in its corner (Higham, Functions of Matrices, 2008, Theorem 3.6).
template <class T>
Matrix<T> primary_function(Fn f, const Matrix<T>& a) {
  switch (f) {
    case Fn::expm:
      return exponential(a);
    case Fn::logm:
      return logarithm(a);
    case Fn::sqrtm:
      return square_root(a);
    case Fn::sinm:
      return sine_cosine(a).sine;
    case Fn::cosm:
      return sine_cosine(a).cosine;
    default:
      refuse(f, "is no function of a matrix with a Fréchet derivative here");
  }
}

// A map of matrices for each of the matrices in the last two axes.
template <class T, class Map>
DenseArray<T> each_matrix(const DenseArray<T>& a, const Map& map) {
  const auto rows = static_cast<size_t>(a.extents[a.extents.size() - 2]);
  const auto columns = static_cast<size_t>(a.extents.back());
  DenseArray<T> result{a.extents, {}};
  for (size_t start = 0; start < a.entries.size(); start += rows * columns) {
    Matrix<T> one(rows, columns);
    const auto from = a.entries.begin() + static_cast<ptrdiff_t>(start);
    std::copy(from, from + static_cast<ptrdiff_t>(rows * columns), one.entries.begin());
    const Matrix<T> image = map(one);
    result.entries.insert(result.entries.end(), image.entries.begin(), image.entries.end());
  }
  return result;
}

// [x e; 0 x]
template <class T>
Matrix<T> beside(const Matrix<T>& x, const Matrix<T>& e) {
  const size_t n = x.rows;
  Matrix<T> block(2 * n, 2 * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      block(i, j) = block(n + i, n + j) = x(i, j);
      block(i, n + j) = e(i, j);
    }
  }
  return block;
}

// In several directions: with X and E, then [X E; 0 X] and [F 0; 0 F], and so on, the corner of h has the
// derivative of this order (Higham and Relton, Higher order Fréchet derivatives of matrix functions, 2014,
// Theorem 3.5).
template <class T>
Matrix<T> frechet(std::string_view name, const Matrix<T>& x, std::span<const Matrix<T>> directions) {
  Matrix<T> block = x;
  for (Matrix<T> e : directions) {
    while (e.rows < block.rows) e = beside(e, Matrix<T>(e.rows, e.rows));
    block = beside(block, e);
  }
  const Matrix<T> value = primary_function(find_function(name).value_or(Fn::frechet), block);
  const size_t n = x.rows, corner = block.rows - n;
  Matrix<T> r(n, n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) r(i, j) = value(i, corner + j);
  }
  return r;
}

// One of the directions may be several matrices.
template <class T>
DenseArray<T> frechet(std::span<const Argument<T>> arguments) {
  const Matrix<T> x = as_matrix(arguments[1]);
  size_t several = arguments.size() - 1;
  for (size_t k = 2; k < arguments.size(); ++k) {
    if (arguments[k].array->extents.size() > 2) several = k;
  }
  std::vector<Matrix<T>> directions(arguments.size() - 2);
  for (size_t k = 2; k < arguments.size(); ++k) {
    if (k != several) directions[k - 2] = as_matrix(arguments[k]);
  }
  return each_matrix(*arguments[several].array, [&](const Matrix<T>& e) {
    directions[several - 2] = e;
    return frechet(arguments[0].name, x, std::span<const Matrix<T>>(directions));
  });
}

template <class T>
Singular<T> singular_of(Fn f, const Matrix<T>& a) {
  if constexpr (IsComplex<T>::value) {
    refuse(f, "of a complex matrix is not computed");
  } else {
    if (a.rows >= a.columns) return singular_values(a);
    Singular<T> s = singular_values(transposed(a));
    std::swap(s.u, s.v);
    for (size_t k = 0; k < s.values.size(); ++k) make_positive(s.v, k, &s.u);
    return s;
  }
}

template <class T>
DenseArray<T> singular_function(Fn f, const Matrix<T>& a) {
  Singular<T> s = singular_of(f, a);
  switch (f) {
    case Fn::singval:
      return of_vector(std::move(s.values));
    case Fn::svdu:
      return of_matrix(std::move(s.u));
    case Fn::svdv:
      return of_matrix(std::move(s.v));
    case Fn::normnuc: {
      T sum(0.0);
      for (const T& x : s.values) sum += x;
      return of_scalar(sum);
    }
    default:
      return of_scalar(s.values.empty() ? T(0.0) : s.values[0]);  // norm2
  }
}

template <class T>
DenseArray<T> eigen_function(Fn f, std::span<const Argument<T>> arguments) {
  if constexpr (IsComplex<T>::value) {
    refuse(f, "of a complex matrix is not computed");
  } else {
    Eigen<T> e = symmetric_eigen(as_matrix(arguments[0]));
    const size_t n = e.values.size();
    size_t index = f == Fn::eigmin ? 1 : n;
    if (f == Fn::eigval || f == Fn::eigvec) {
      const double i = real_value(arguments[1].array->entries[0]);
      if (!(i >= 1 && i <= static_cast<double>(n) && i == std::floor(i))) {
        throw Failure(Code::bad_value, "'" + std::string(row(f).name) + "' is asked for number " +
                                           std::to_string(static_cast<int64_t>(i)) + " of " +
                                           std::to_string(n));
      }
      index = static_cast<size_t>(i);
    }
    if (f == Fn::eigvals) return of_vector(std::move(e.values));
    if (f == Fn::eigvecs) return of_matrix(std::move(e.vectors));
    if (f != Fn::eigvec) return of_scalar(e.values[index - 1]);
    std::vector<T> v;
    for (size_t i = 0; i < n; ++i) v.push_back(e.vectors(i, index - 1));
    return of_vector(std::move(v));
  }
}

// ---- functions that place entries ----

template <class T>
Matrix<T> toeplitz(const std::vector<T>& column, const std::vector<T>& first_row) {
  Matrix<T> r(column.size(), first_row.size());
  for (size_t i = 0; i < r.rows; ++i) {
    for (size_t j = 0; j < r.columns; ++j) r(i, j) = i >= j ? column[i - j] : first_row[j - i];
  }
  return r;
}

template <class T>
std::vector<T> diagonal_sums(const Matrix<T>& a) {
  std::vector<T> r(a.rows == 0 ? 0 : 2 * a.rows - 1, T(0.0));
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t j = 0; j < a.columns; ++j) r[a.rows - 1 + j - i] += a(i, j);
  }
  return r;
}

enum class Layout { beside, below, diagonal };

template <class T>
DenseArray<T> blocks(std::span<const Argument<T>> arguments, Layout layout) {
  size_t rows = 0, columns = 0;
  bool plain = true;  // rows beside each other, or columns below each other
  for (const Argument<T>& a : arguments) {
    const Matrix<T> b = as_matrix(a);
    const size_t order = a.array->extents.size();
    plain = plain && layout != Layout::diagonal &&
            (order == 0 || (order == 1 && a.row == (layout == Layout::beside)));
    rows = layout == Layout::beside ? b.rows : rows + b.rows;
    columns = layout == Layout::below ? b.columns : columns + b.columns;
  }
  Matrix<T> r(rows, columns);
  size_t top = 0, left = 0;
  for (const Argument<T>& a : arguments) {
    const Matrix<T> b = as_matrix(a);
    if ((layout == Layout::beside && b.rows != rows) || (layout == Layout::below && b.columns != columns)) {
      throw Failure(Code::bad_value, "blocks of different size stand in one matrix");
    }
    for (size_t i = 0; i < b.rows; ++i) {
      for (size_t j = 0; j < b.columns; ++j) r(top + i, left + j) = b(i, j);
    }
    if (layout != Layout::beside) top += b.rows;
    if (layout != Layout::below) left += b.columns;
  }
  return plain ? of_vector(std::move(r.entries)) : of_matrix(std::move(r));
}

template <class T>
DenseArray<T> of_square(Fn f, const Matrix<T>& a) {
  switch (f) {
    case Fn::det:
      return of_scalar(determinant(a));
    case Fn::logdet:
      return of_scalar(log_determinant(a));
    case Fn::adj:
      return of_matrix(adjugate(a));
    case Fn::chol:
      return of_matrix(cholesky(a));
    case Fn::polar:
      return of_matrix(polar_factor(a));
    case Fn::toepsum:
      return of_vector(diagonal_sums(a));
    default:
      return of_matrix(primary_function(f, a));
  }
}

}  // namespace

template <class T>
DenseArray<T> matrix_function(Fn f, std::span<const Argument<T>> arguments) {
  const Argument<T>& first = arguments[0];
  switch (f) {
    case Fn::hcat:
      return blocks(arguments, Layout::beside);
    case Fn::vcat:
      return blocks(arguments, Layout::below);
    case Fn::blockdiag:
      return blocks(arguments, Layout::diagonal);
    case Fn::frechet:
      return frechet(arguments);
    case Fn::sylvester:
      return each_matrix(*arguments[2].array, [a = as_matrix(first), b = as_matrix(arguments[1])](
                                                  const Matrix<T>& c) { return sylvester(a, b, c); });
    case Fn::pinv:
      return of_matrix(pseudoinverse(as_matrix(first)));
    case Fn::eigvals:
    case Fn::eigval:
    case Fn::eigmax:
    case Fn::eigmin:
    case Fn::eigvecs:
    case Fn::eigvec:
      return eigen_function(f, arguments);
    case Fn::singval:
    case Fn::svdu:
    case Fn::svdv:
    case Fn::normnuc:
      return singular_function(f, as_matrix(first));
    case Fn::toeplitz:
      return of_matrix(
          toeplitz(first.array->entries, arguments[arguments.size() == 2 ? 1 : 0].array->entries));
    case Fn::normF:
      return of_scalar(euclidean(first.array->entries));
    default:
      break;
  }
  const ShapeRule rule = row(f).shape;
  if (rule != ShapeRule::norm && rule != ShapeRule::along && rule != ShapeRule::along_to_scalar) {
    return of_square(f, as_matrix(first));
  }
  if (arguments.size() == 2) {
    return along(f, as_matrix(first), static_cast<int>(real_value(arguments[1].array->entries[0])));
  }
  if (f == Fn::norm2 && first.array->extents.size() == 2) return singular_function(f, as_matrix(first));
  std::vector<T> r = vector_function(f, first.array->entries);
  return rule == ShapeRule::along ? of_vector(std::move(r)) : of_scalar(r[0]);
}

template <class T>
DenseArray<T> matrix_power(const DenseArray<T>& a, const T& exponent) {
  return of_matrix(matrix_power(as_matrix(Argument<T>{&a}), exponent));
}

// NOLINTBEGIN(bugprone-macro-parentheses): T is a type
#define NABLA_INSTANTIATE(T)                                                            \
  template DenseArray<T> matrix_function(Fn f, std::span<const Argument<T>> arguments); \
  template DenseArray<T> matrix_power(const DenseArray<T>& a, const T& exponent);
// NOLINTEND(bugprone-macro-parentheses)
NABLA_INSTANTIATE(double)
NABLA_INSTANTIATE(Complex)
NABLA_INSTANTIATE(Jet<double>)
NABLA_INSTANTIATE(Jet<Complex>)
NABLA_INSTANTIATE(Jet<Jet<double>>)
#undef NABLA_INSTANTIATE

}  // namespace nabla::dense

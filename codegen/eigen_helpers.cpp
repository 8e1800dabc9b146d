#include "codegen/eigen_helpers.h"

#include <string_view>
#include <vector>

namespace nabla {
namespace {

struct Helper {
  std::string_view name, needs, text;
};

// What a helper needs stands above it.
constexpr Helper helpers[] = {
    {"undefined", "", R"(inline Matrix undefined(Eigen::Index rows, Eigen::Index columns) {
  return Matrix::Constant(rows, columns, std::numeric_limits<Scalar>::quiet_NaN());
}
)"},
    {"log_of_pivots", "", R"(// The logarithm of the determinant; NaN where that is negative.
inline Scalar log_of_pivots(const Eigen::PartialPivLU<Matrix>& lu) {
  Scalar sign = 1, sum = 0;
  Eigen::VectorXi order = lu.permutationP().indices();
  for (Eigen::Index i = 0; i < order.size(); ++i) {
    while (order(i) != i) {  // one exchange puts one row in its place
      const int k = order(i);
      order(i) = order(k);
      order(k) = k;
      sign = -sign;
    }
  }
  for (Eigen::Index i = 0; i < order.size(); ++i) {
    const Scalar pivot = lu.matrixLU()(i, i);
    if (pivot < 0) sign = -sign;
    sum += std::log(std::abs(pivot));
  }
  return sign < 0 ? std::numeric_limits<Scalar>::quiet_NaN() : sum;
}
)"},
    {"log_determinant", "log_of_pivots", R"(inline Scalar log_determinant(const Matrix& a) {
  return log_of_pivots(Eigen::PartialPivLU<Matrix>(a));
}
)"},
    {"Factors", "log_of_pivots",
     R"(// What solves with a matrix: the Cholesky factor of one that is positive definite, or an elimination.
class Factors {
 public:
  explicit Factors(const Matrix& a) {
    definite_ = a == a.transpose() && llt_.compute(a).info() == Eigen::Success;
    if (!definite_) lu_.compute(a);
  }
  template <class B>
  typename B::PlainObject solve(const B& b) const {
    if (definite_) return llt_.solve(b);
    return lu_.solve(b);
  }
  // With the transpose.
  template <class B>
  typename B::PlainObject solve_transposed(const B& b) const {
    if (definite_) return llt_.solve(b);
    return lu_.transpose().solve(b);
  }
  Scalar log_determinant() const {
    if (!definite_) return log_of_pivots(lu_);
    return 2 * llt_.matrixLLT().diagonal().array().log().sum();
  }

 private:
  Eigen::LLT<Matrix> llt_;
  Eigen::PartialPivLU<Matrix> lu_;
  bool definite_ = false;
};
)"},
    {"cholesky", "undefined", R"(// Lower triangular; NaN unless a is positive definite.
inline Matrix cholesky(const Matrix& a) {
  const Eigen::LLT<Matrix> factor(a);
  if (factor.info() != Eigen::Success) return undefined(a.rows(), a.rows());
  return factor.matrixL();
}
)"},
    {"matrix_power", "", R"(// a^k by repeated squaring.
inline Matrix matrix_power(const Matrix& a, Eigen::Index k) {
  Matrix square = a, result = Matrix::Identity(a.rows(), a.rows());
  if (k < 0) square = a.inverse();
  for (Eigen::Index left = k < 0 ? -k : k; left > 0; left /= 2) {
    if (left % 2 == 1) result = result * square;
    if (left > 1) square = square * square;
  }
  return result;
}
)"},
    {"adjugate", "", R"(// By the recurrence of Faddeev and LeVerrier, which divides by no entry.
inline Matrix adjugate(const Matrix& a) {
  Matrix x = Matrix::Identity(a.rows(), a.rows());
  for (Eigen::Index k = 1; k < a.rows(); ++k) {
    x = a * x;
    x.diagonal().array() -= x.trace() / static_cast<Scalar>(k);
  }
  return a.rows() % 2 == 0 ? Matrix(-x) : x;
}
)"},
    {"logsumexp", "", R"(// log(sum(exp(x))) without overflow.
inline Scalar logsumexp(const Vector& x) {
  const Scalar most = x.maxCoeff();
  return most + std::log((x.array() - most).exp().sum());
}
)"},
    {"softmax", "logsumexp",
     R"(inline Vector softmax(const Vector& x) { return (x.array() - logsumexp(x)).exp(); }
)"},
    {"log_softmax", "logsumexp",
     R"(inline Vector log_softmax(const Vector& x) { return x.array() - logsumexp(x); }
)"},
    {"argmax", "", R"(// The position of the largest entry, from 1, the lowest of equal ones.
inline Scalar argmax(const Vector& x) {
  Eigen::Index at = 0;
  x.maxCoeff(&at);
  return static_cast<Scalar>(at + 1);
}
)"},
    {"norm1", "", R"(inline Scalar norm1(const Vector& x) { return x.lpNorm<1>(); }
)"},
    {"norm2", "", R"(inline Scalar norm2(const Vector& x) { return x.stableNorm(); }
)"},
    {"norminf", "", R"(inline Scalar norminf(const Vector& x) { return x.lpNorm<Eigen::Infinity>(); }
)"},
    {"spectral_norm", "",
     R"(inline Scalar spectral_norm(const Matrix& a) { return a.jacobiSvd().singularValues()(0); }
)"},
    {"nuclear_norm", "",
     R"(inline Scalar nuclear_norm(const Matrix& a) { return a.jacobiSvd().singularValues().sum(); }
)"},
    {"singular_values", "",
     R"(inline Vector singular_values(const Matrix& a) { return a.jacobiSvd().singularValues(); }
)"},
    {"polar_factor", "", R"(// The orthogonal factor of the polar decomposition.
inline Matrix polar_factor(const Matrix& a) {
  const Eigen::JacobiSVD<Matrix> svd(a, Eigen::ComputeThinU | Eigen::ComputeThinV);
  return svd.matrixU() * svd.matrixV().transpose();
}
)"},
    {"pseudoinverse", "", R"(// Pivots that are rounding, relative to the largest one, count as 0.
inline Matrix pseudoinverse(const Matrix& a) {
  Eigen::CompleteOrthogonalDecomposition<Matrix> factor(a.rows(), a.cols());
  factor.setThreshold(std::sqrt(std::numeric_limits<Scalar>::epsilon()) / 100);
  return factor.compute(a).pseudoInverse();
}
)"},
    {"eigenvalues", "", R"(// Of a symmetric matrix, ascending.
inline Vector eigenvalues(const Matrix& a) {
  return Eigen::SelfAdjointEigenSolver<Matrix>(a, Eigen::EigenvaluesOnly).eigenvalues();
}
)"},
    {"eigenvectors", "",
     R"(// Of a symmetric matrix, one a column: its largest component, the first of nearly equal ones, is positive.
inline Matrix eigenvectors(const Matrix& a) {
  Matrix v = Eigen::SelfAdjointEigenSolver<Matrix>(a).eigenvectors();
  for (Eigen::Index k = 0; k < v.cols(); ++k) {
    const Scalar most = v.col(k).cwiseAbs().maxCoeff();
    Eigen::Index i = 0;
    while (std::abs(v(i, k)) < (1 - Scalar(1e-8)) * most) ++i;
    if (v(i, k) < 0) v.col(k) = -v.col(k);
  }
  return v;
}
)"},
    {"sylvester", "", R"(// The x with a*x + x*b = c, by Kronecker's sum.
inline Matrix sylvester(const Matrix& a, const Matrix& b, const Matrix& c) {
  const Eigen::Index n = a.rows(), m = b.rows();
  Matrix k = Matrix::Zero(n * m, n * m);
  for (Eigen::Index j = 0; j < m; ++j) {
    k.block(j * n, j * n, n, n) += a;
    for (Eigen::Index l = 0; l < m; ++l) k.block(j * n, l * n, n, n).diagonal().array() += b(l, j);
  }
  return Matrix(k.partialPivLu().solve(Matrix(c.reshaped()))).reshaped(n, m);
}
)"},
    {"RowMatrix", "",
     R"(using RowMatrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
)"},
    {"ByRows", "RowMatrix", R"(// Room for the numbers of x row by row, which are written to x at the end.
class ByRows {
 public:
  explicit ByRows(Eigen::Ref<Matrix> x) : x_(x), rows_(x.rows(), x.cols()) {}
  ByRows(const ByRows&) = delete;
  ByRows& operator=(const ByRows&) = delete;
  ~ByRows() { x_ = rows_; }
  Scalar* data() { return rows_.data(); }

 private:
  Eigen::Ref<Matrix> x_;
  RowMatrix rows_;
};
)"},
    {"without_gaps", "", R"(// The numbers of x, one column after the other; where x leaves gaps, in `copy`.
inline const Scalar* without_gaps(const Eigen::Ref<const Matrix>& x, Matrix& copy) {
  if (x.outerStride() == x.rows() || x.cols() < 2) return x.data();
  copy = x;
  return copy.data();
}
)"},
    {"Room", "",
     R"(// Room for the numbers of x, one column after the other; where x leaves gaps, write() puts them there.
class Room {
 public:
  explicit Room(Eigen::Ref<Matrix> x) : x_(x), apart_(x.outerStride() != x.rows() && x.cols() > 1) {
    if (apart_) copy_.resize(x.rows(), x.cols());
  }
  Scalar* data() { return apart_ ? copy_.data() : x_.data(); }
  void write() {
    if (apart_) x_ = copy_;
  }

 private:
  Eigen::Ref<Matrix> x_;
  Matrix copy_;
  bool apart_;
};
)"},
    {"block_diagonal", "",
     R"(// A matrix with the places of `one` so many times along its diagonal, and zeros there.
template <class Sparse>
Sparse block_diagonal(Eigen::Index count, const Sparse& one) {
  using Place = typename Sparse::StorageIndex;
  const Eigen::Index lines = one.outerSize(), across = one.innerSize(), numbers = one.nonZeros();
  eigen_assert(numbers == 0 || count <= std::numeric_limits<Place>::max() / numbers);
  Sparse all(count * one.rows(), count * one.cols());
  all.resizeNonZeros(count * numbers);
  for (Eigen::Index p = 0; p < count; ++p) {
    for (Eigen::Index i = 0; i < lines; ++i)
      all.outerIndexPtr()[p * lines + i] = static_cast<Place>(p * numbers) + one.outerIndexPtr()[i];
    for (Eigen::Index k = 0; k < numbers; ++k)
      all.innerIndexPtr()[p * numbers + k] = static_cast<Place>(p * across) + one.innerIndexPtr()[k];
  }
  all.outerIndexPtr()[count * lines] = static_cast<Place>(count * numbers);
  all.coeffs().setZero();
  return all;
}
)"},
    {"beside", "", R"(// The block matrix [x, e; 0, x], in which a function of matrices has its derivative.
inline Matrix beside(const Matrix& x, const Matrix& e) {
  const Eigen::Index n = x.rows();
  Matrix block = Matrix::Zero(2 * n, 2 * n);
  block.topLeftCorner(n, n) = x;
  block.topRightCorner(n, n) = e;
  block.bottomRightCorner(n, n) = x;
  return block;
}
)"},
};

}  // namespace

std::string eigen_helpers(const std::set<std::string>& names) {
  std::set<std::string_view> wanted(names.begin(), names.end());
  for (size_t k = std::size(helpers); k-- > 0;) {
    if (wanted.count(helpers[k].name) != 0 && !helpers[k].needs.empty()) wanted.insert(helpers[k].needs);
  }
  std::string out;
  for (const Helper& h : helpers) {
    if (wanted.count(h.name) != 0) out += "\n" + std::string(h.text);
  }
  return out;
}

}  // namespace nabla

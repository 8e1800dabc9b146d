#include "expr/number_matrix.h"

#include <algorithm>
#include <utility>

namespace nabla {
namespace {

// Rows of `width` numbers, brought into echelon form in the first n columns; of a regular matrix these become
// the identity where `reduced`. The determinant of these columns.
Rational eliminate(std::vector<Rational>& a, size_t n, size_t width, bool reduced) {
  const auto at = [&](size_t i, size_t j) -> Rational& { return a[i * width + j]; };
  Rational determinant(1);
  for (size_t k = 0; k < n; ++k) {
    size_t pivot = k;
    while (pivot < n && at(pivot, k).is_zero()) ++pivot;
    if (pivot == n) return Rational(0);
    if (pivot != k) {
      for (size_t j = 0; j < width; ++j) std::swap(at(pivot, j), at(k, j));
      determinant = -determinant;
    }
    determinant = determinant * at(k, k);
    const Rational scale = Rational(1) / at(k, k);
    for (size_t j = k; j < width; ++j) at(k, j) = at(k, j) * scale;
    for (size_t i = reduced ? 0 : k + 1; i < n; ++i) {
      if (i == k || at(i, k).is_zero()) continue;
      const Rational times = at(i, k);
      for (size_t j = k; j < width; ++j) at(i, j) = at(i, j) - times * at(k, j);
    }
  }
  return determinant;
}

// The pivots of L*D*L' without exchanges: all above 0 of a definite matrix; of a semidefinite one a pivot is
// 0 only where its row is (Golub and Van Loan, Matrix Computations, 4th edition, 2013, section 4.2.8).
bool has_positive_pivots(std::vector<Rational>& a, size_t n, bool strict) {
  for (size_t k = 0; k < n; ++k) {
    const auto row = a.begin() + static_cast<ptrdiff_t>(k * n);
    const Rational pivot = row[static_cast<ptrdiff_t>(k)];
    const bool zeros = std::all_of(row + static_cast<ptrdiff_t>(k), row + static_cast<ptrdiff_t>(n),
                                   [](const Rational& x) { return x.is_zero(); });
    if (zeros && !strict) continue;
    if (pivot.sign() <= 0) return false;
    for (size_t i = k + 1; i < n; ++i) {
      const Rational times = a[i * n + k] / pivot;
      for (size_t j = k; j < n; ++j) a[i * n + j] = a[i * n + j] - times * a[k * n + j];
    }
  }
  return true;
}

}  // namespace

bool is_definite_of_numbers(std::vector<Rational> a, size_t n) { return has_positive_pivots(a, n, true); }
bool is_semidefinite_of_numbers(std::vector<Rational> a, size_t n) {
  return has_positive_pivots(a, n, false);
}

Rational determinant_of_numbers(std::vector<Rational> a, size_t n) { return eliminate(a, n, n, false); }

std::optional<std::vector<Rational>> inverse_of_numbers(const std::vector<Rational>& a, size_t n) {
  std::vector<Rational> both(2 * n * n);  // the matrix beside the identity
  for (size_t i = 0; i < n; ++i) {
    std::copy_n(a.begin() + static_cast<ptrdiff_t>(i * n), n,
                both.begin() + static_cast<ptrdiff_t>(2 * i * n));
    both[2 * i * n + n + i] = Rational(1);
  }
  if (eliminate(both, n, 2 * n, true).is_zero()) return std::nullopt;
  std::vector<Rational> inverse;
  for (size_t i = 0; i < n; ++i) {
    const auto row = both.begin() + static_cast<ptrdiff_t>(2 * i * n + n);
    inverse.insert(inverse.end(), row, row + static_cast<ptrdiff_t>(n));
  }
  return inverse;
}

}  // namespace nabla

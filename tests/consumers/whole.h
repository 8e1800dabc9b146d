// What the programs that use code for whole arrays have in common: data, Eigen from rows, numbers for ADOL-C.
#pragma once

#include <Eigen/Dense>

#include "consumer.h"

using Numbers = std::vector<double>;

// Numbers between -1 and 1 that look random.
inline Numbers numbers(std::ptrdiff_t n, double seed) {
  Numbers out;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const double v = std::sin(seed + 12.9898 * static_cast<double>(i + 1)) * 43758.5453;
    out.push_back(2 * (v - std::floor(v)) - 1);
  }
  return out;
}

// A positive definite matrix.
inline Numbers definite(std::ptrdiff_t n, double seed) {
  const Numbers a = numbers(n * n, seed);
  Numbers out;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j) {
      double sum = i == j ? 0.5 : 0;
      for (std::ptrdiff_t k = 0; k < n; ++k)
        sum += a[static_cast<std::size_t>(i * n + k)] * a[static_cast<std::size_t>(j * n + k)];
      out.push_back(sum);
    }
  }
  return out;
}

inline Eigen::VectorXd vector(const Numbers& v) {
  return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
}

inline Eigen::MatrixXd matrix(const Numbers& v, Eigen::Index rows, Eigen::Index columns) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(v.data(), rows, columns);
}

inline Numbers rows_of(const Eigen::MatrixXd& m) {
  Numbers out;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    for (Eigen::Index j = 0; j < m.cols(); ++j) out.push_back(m(i, j));
  }
  return out;
}

inline std::size_t size(std::ptrdiff_t n) { return static_cast<std::size_t>(n); }

inline std::vector<adouble> passive(const Numbers& v) { return {v.begin(), v.end()}; }

inline Numbers joined(const Numbers& a, const Numbers& b) {
  Numbers out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

// The functions of functions_matrix.def in numbers.
//
// Conventions: eigenvalues ascend, singular values descend; of an eigenvector (of svdv for singular vectors)
// the largest component, the first of nearly equal ones, is positive. pinv is differentiated at constant
// rank.
#pragma once

#include <span>
#include <string_view>

#include "eval/dense.h"

namespace nabla::dense {

template <class T>
struct Argument {
  const DenseArray<T>* array = nullptr;
  bool row = false;            // of one axis
  std::string_view name = {};  // the h of frechet(h, X, E), which has no array
};

// Failure (cannot_evaluate) for what has no numbers in T.
template <class T>
DenseArray<T> matrix_function(Fn f, std::span<const Argument<T>> arguments);

// a^exponent of a square matrix.
template <class T>
DenseArray<T> matrix_power(const DenseArray<T>& a, const T& exponent);

}  // namespace nabla::dense

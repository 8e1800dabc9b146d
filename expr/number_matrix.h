// Matrices of numbers, row-major, in exact arithmetic.
#pragma once

#include <optional>
#include <vector>

#include "expr/number.h"

namespace nabla {

Rational determinant_of_numbers(std::vector<Rational> a, size_t n);
// None: the matrix is singular.
std::optional<std::vector<Rational>> inverse_of_numbers(const std::vector<Rational>& a, size_t n);

// Whether all eigenvalues of a symmetric matrix are above 0, or none below.
bool is_definite_of_numbers(std::vector<Rational> a, size_t n);
bool is_semidefinite_of_numbers(std::vector<Rational> a, size_t n);

}  // namespace nabla

// How many operations Eigen's algorithms run, as formulas of the sizes: those that textbooks count, without
// what blocks and vectors of the processor add, and without the search for pivots.
//
// Source: G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition, 2013: 3.1 (triangular systems,
// n^2 for a right side), 3.4 (elimination, 2*n^3/3 and lower powers), 4.2 (Cholesky's
// method, n^3/3 and lower powers).
#pragma once

#include <optional>

#include "codegen/operation_count.h"

namespace nabla {

// Of a function of vectors or matrices, along an axis all lines together, and of a power of a matrix. Nullopt
// for what iterates until the numbers are settled: eigenvalues, singular values, functions by series.
std::optional<CallCount> eigen_count(Context& ctx, Ref value);
// Of the factors of a matrix with so many rows, which is compared with its transpose before, and of solving
// with them for so many right sides. `definite`: it is declared to be positive definite.
CallCount eigen_factors(Context& ctx, Ref rows, bool definite);
CallCount eigen_solve(Context& ctx, Ref rows, Ref columns);
// The logarithm of the determinant, from factors.
CallCount eigen_log_of_pivots(Context& ctx, Ref rows, bool definite);

}  // namespace nabla

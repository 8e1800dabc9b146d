// The table of functions: everything Nabla knows about sin, pow, digamma, … stands in one row.
//
// The rows are in functions.def; the parser, the printers, the differentiator, the evaluators, the
// emitters, the help and the tests read them. Adding a function is adding a row.
//
// In the texts of a row the arguments are x, y, z, the result is f, and the differentials of the
// arguments are dx, dy, dz. A differential is linear in them: the coefficient of dx is the text with
// dx = 1 and the other differentials 0. Scalar rows are closed under differentiation. In the rows of vectors
// and matrices the arguments are X, Y, Z and dX, dY, dZ; n and m are the extents of X, l the
// first one of Y.
//
// Invariant: rows are immutable and ordered as the enumerators of Fn; there is no other table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nabla {

class Ball;

enum class Fn : uint16_t {
#define FN(name, arguments, value, ball, partials, ...) name,
#define MFN(name, min_arguments, max_arguments, ...) name,
#include "expr/functions.def"
};

// How the shape of the result follows from the shapes of the arguments.
enum class ShapeRule : uint8_t {
  elementwise,  // a function of scalars, applied entry by entry
  // functions_matrix.def; the rules are in matrix_function.cpp
  square_to_scalar,
  square,      // and of the same shape
  transposed,  // matrix[n, m] to matrix[m, n]
  frechet,     // name of a matrix function, a square matrix, directions of its shape
  sylvester,   // square, square, matrix
  symmetric,   // square and symmetric, and of the same shape
  symmetric_to_vector,
  symmetric_to_scalar,
  singular_values,  // vector[min(n, m)]
  singular_left,    // matrix[n, min(n, m)]
  singular_right,   // matrix[m, min(n, m)]
  matrix,           // and of the same shape
  array_to_scalar,
  matrix_to_scalar,
  norm,             // vector or matrix to scalar; with dim as along_to_scalar
  along_to_scalar,  // a vector to a scalar; a matrix with dim to a row (1) or vector (2)
  along,            // a vector, or a matrix with dim; the same shape
  toeplitz,
  toepsum,
  hcat,
  vcat,
  blockdiag,
};

enum class Parity : uint8_t { none, odd, even };

// Of a function of one matrix: f(A') is f(A), or f(A)'.
enum class Orientation : uint8_t { none, invariant, follows };

// f(c*X) of a function of one tensor, for a scalar c.
enum class Scaling : uint8_t {
  none,
  linear,     // c*f(X)
  size,       // |c|*f(X)
  positive,   // c*f(X) where c >= 0
  root,       // sqrt(c)*f(X) where c > 0
  inverse,    // f(X)/c where c != 0
  invariant,  // f(X) where c > 0
};

// Where a function of arrays has a real value.
enum class ArrayDomain : uint8_t {
  everywhere,
  positive_definite,  // of a symmetric matrix
  positive_determinant,
  principal_root,       // no eigenvalue is negative
  principal_logarithm,  // no eigenvalue is negative or 0
  of_matrix_function,   // where the one that it names has one
  one_solution,
  entries,  // at least one to choose from
};

// Of complex arguments. Analytic functions keep their differential there; with_cuts: off branch cuts, on
// which f(conj(x)) is not conj(f(x)). The others have no derivative by a complex argument.
enum class Analytic : uint8_t { no, with_cuts, everywhere };

struct Function {
  // Read by the program, in this order: the macros FN and MFN fill them in.
  Fn fn{};
  std::string_view name = {};
  uint8_t min_args = 1;
  uint8_t max_args = 1;
  // Kernels of scalar functions, null in other rows. `args` has max_args entries.
  double (*value)(const double* args) = nullptr;
  // out[i] = value at args[0][i], args[1][i], …; `out` may be one of the columns.
  void (*column)(const double* const* args, double* out, size_t n) = nullptr;
  // The mathematical definition in certified arithmetic, written independently of `value`. The result
  // is undefined() outside the domain, and not finite where the precision cannot decide.
  Ball (*ball)(const Ball* args, long precision) = nullptr;
  // out[k] = the derivative in argument k where the result is f; written independently of `differential`
  // and read by automatic differentiation only. Arguments in `not_differentiable` give NaN.
  void (*partials)(const double* args, double f, double* out) = nullptr;
  void (*ball_partials)(const Ball* args, const Ball& f, Ball* out, long precision) = nullptr;

  // Columns of the row, all optional; a row gives them in this order.
  ShapeRule shape = ShapeRule::elementwise;
  std::string_view domain = {};        // condition under which f is defined; empty: for all arguments
  std::string_view differential = {};  // df, linear in dx, dy, dz
  // The same where the argument is a matrix, of a function of square matrices where it is not square.
  std::string_view differential_of_matrix = {};
  std::string_view differential_of_two = {};  // the same with two arguments, if that differs
  // Bit k: linear in argument k; the transposed map is the same function with its other matrices transposed.
  uint8_t linear_in = 0;
  std::string_view where = {};        // condition under which `differential` holds; empty: on the domain
  std::string_view where_again = {};  // of the derivatives of `differential`, where that is less
  uint8_t not_differentiable = 0;     // bit k: there is no derivative in argument k
  std::string_view exact = {};        // "sin(0) = 0; sin(pi/6) = 1/2": values that are folded
  Parity parity = Parity::none;       // of a function of one argument
  Orientation orientation = Orientation::none;
  Scaling scaling = Scaling::none;
  ArrayDomain array_domain = ArrayDomain::everywhere;
  std::string_view stable = {};  // "log(1 + x) -> log1p(x)": same value, computed more accurately
  // The function in C++, "std::sin" or "rt::digamma" (runtime/nabla_runtime.h).
  std::string_view cpp = {};
  Analytic analytic = Analytic::no;
  // The name in LaTeX, "\\sin"; with braces a template, "\\sqrt{#1}", in which #1, #2 are the arguments.
  std::string_view latex = {};
  uint8_t weight = 1;             // cost of one call in units of one addition
  std::string_view help = {};     // one line
  std::string_view example = {};  // "sin(pi/6)"
};

const Function& row(Fn fn);
std::optional<Fn> find_function(std::string_view name);
size_t function_count();
inline Fn function_at(size_t index) { return static_cast<Fn>(index); }  // index < function_count()

}  // namespace nabla

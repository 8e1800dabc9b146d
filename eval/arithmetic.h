// What one instruction of a tape means, in doubles and in balls: its value and its local derivatives.
//
// Partials of functions are the column `partials` of the function table; those of + * / ^ are elementary
// calculus written here. Second partials of functions are central differences of the partials in balls, see
// second_differences(): the differentials that diff/ works with are never read.
//
// Invariant: where a value is undefined it is NaN (a Ball is undefined() or not finite); conventions at kinks
// are those of the table.
#pragma once

#include "eval/tape.h"
#include "expr/ball.h"

namespace nabla {

inline constexpr size_t max_operands = 3;

// Local derivatives of an instruction with operands x0, x1, x2.
template <class T>
struct Second {
  T at[max_operands][max_operands];  // symmetric
};

template <class T>
class Arithmetic;

template <>
class Arithmetic<double> {
 public:
  explicit Arithmetic(const Tape& tape) : tape_(tape) {}
  double integer(int32_t k) const { return k; }
  double number(uint32_t i) const { return tape_.number(i); }
  double value(const Instruction& i, const double* x) const;
  void function_partials(const Instruction& i, const double* x, double f, double* out) const;
  void function_seconds(const Instruction& i, const double* x, Second<double>& out) const;

 private:
  const Tape& tape_;
};

template <>
class Arithmetic<Ball> {
 public:
  Arithmetic(const Tape& tape, long precision) : tape_(tape), precision_(precision) {}
  Ball integer(int32_t k) const { return Ball(double{1} * k, precision_); }
  Ball number(uint32_t i) const { return {tape_.exact(i), precision_}; }
  Ball value(const Instruction& i, const Ball* x) const;
  void function_partials(const Instruction& i, const Ball* x, const Ball& f, Ball* out) const;
  void function_seconds(const Instruction& i, const Ball* x, Second<Ball>& out) const;

 private:
  const Tape& tape_;
  long precision_;
};

inline bool is_zero(double x) { return x == 0; }
inline bool is_zero(const Ball& x) { return x.is_zero(); }

// a * b where 0 times anything, also undefined, is 0: what a derivative does not depend on cannot poison it.
template <class T>
T annihilating_product(const T& a, const T& b) {
  return is_zero(a) || is_zero(b) ? T(0) : a * b;
}

inline bool is_linear(TapeOp op) {
  return op == TapeOp::add || op == TapeOp::subtract || op == TapeOp::negate || op == TapeOp::scale ||
         op == TapeOp::shift;
}

// The partials of instruction i at operands x, where its value is f. Zero for truth values; those of select
// are 1 for the branch taken.
template <class T>
void partials(const Arithmetic<T>& in, const Instruction& i, const T* x, const T& f, T* out);
template <class T>
void second_partials(const Arithmetic<T>& in, const Instruction& i, const T* x, const T& f, Second<T>& out);

// The derivatives of row(fn).ball_partials by central differences with a step of 2^-(precision/3), relative
// to each argument, at `precision` bits; the radius includes the change from doubling the step, which is
// three times the leading term of the truncation error. Not finite where the partials jump.
void second_differences(Fn fn, size_t count, const Ball* x, long precision, Second<Ball>& out);
// The same in doubles, with as many bits in between as that needs.
void function_seconds(Fn fn, size_t count, const double* x, Second<double>& out);

// x^k by repeated multiplication for small |k|; NaN for 0 to a negative power.
double integer_power(double x, int32_t k);
double half_power(double x, int32_t k);     // x^(k/2), k odd
double real_power(double x, double y);      // the real semantics of the language
double divide_defined(double a, double b);  // NaN for b = 0
double compare_values(Relation r, double a, double b);

}  // namespace nabla

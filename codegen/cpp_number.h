// Exact numbers as C++ expressions of the scalar type T that are right for every T: float, double, long
// double and types for automatic differentiation.
//
// Integers and dyadic fractions are exact, T(0.5). A fraction of small integers is one division, T(1) / T(3),
// which IEEE 754 rounds once for each T and compilers fold. Everything else is a double and what it lacks,
// T(hi) + T(lo): in double that is hi, the nearest double, and in long double it has all bits. For T = double
// and T = float themselves they are literals, 2.0 and 2.0F.
#pragma once

#include <string>
#include <string_view>

#include "expr/context.h"

namespace nabla {

struct CppNumber {
  std::string text;
  bool is_fraction = false;  // a division; otherwise the text can stand anywhere
};

// v >= 0; `scalar` is the name of the type T. Throws Failure(Code::cannot_emit) beyond the range of double.
CppNumber cpp_number(const Rational& v, std::string_view scalar);

// The same of an expression without names, such as sqrt(2/pi), which is positive. Failure: cannot_emit where
// its digits cannot be found.
CppNumber cpp_constant(Context& ctx, Ref e, std::string_view scalar);
// e to 40 digits, "-0.25"; empty where they are not certain.
std::string constant_digits(Context& ctx, Ref e);

// The digits of a finite double that read back as itself: "0.1", "1e-09".
std::string shortest(double v);

}  // namespace nabla

// Whether a scalar expression is 0.
//
// The elementary functions are written by exp, log, sin, cos, asin, atan and roots, and the expression
// becomes a quotient of two polynomials in kernels (kernel_field.h) that satisfy the relations known between
// them; it is 0 if the numerator is. First on points where every part is real; if no such point is found, or
// conditions would be left, for complex principal values. The relations known here may not be all, so "not 0"
// is said only at a point where certified arithmetic tells the value from 0.
#pragma once

#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

struct ZeroTest {
  enum class Answer : uint8_t { unknown, proved, not_zero };
  Answer answer = Answer::unknown;
  std::vector<Ref> where = {};  // of proved: conditions, all of which it needs; some point satisfies them
  bool complex_values = false;  // of proved: no point was found where every part is real
};

// Spends from the Budget; what grows beyond polynomial.h's bounds is unknown.
// `given`: comparisons that hold where the answer is asked for.
ZeroTest test_zero(Context& ctx, Ref e, std::span<const Ref> given = {});

// Terms of all values on the way to one answer, each of which stands for products and divisors: seconds.
inline constexpr uint64_t most_zero_work = 150'000;

// Proved without conditions: e is 0 wherever it is defined. False says nothing.
bool proved_zero(Context& ctx, Ref e, uint64_t most_work = most_zero_work);

}  // namespace nabla

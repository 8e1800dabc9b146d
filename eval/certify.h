// Certified values and derivatives: ball arithmetic at an exact point, with more and more bits until the
// answer is as accurate as asked.
//
// Invariant: what is returned encloses the true value; undefined() means that the expression has no value at
// the point, whatever the precision. (Second derivatives of table functions: see second_differences().)
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "eval/dual.h"
#include "eval/tape.h"

namespace nabla {

inline constexpr long certify_precision = 4096;  // bits, unless more digits are asked for

std::vector<Ball> exact_balls(std::span<const double> numbers, long precision);

// Output `output` of the tape at `point`: its value; with a v its derivative along v; with a w too its second
// derivative along v and w. Either undefined(), or accurate to `bits` relative bits, or the best enclosure
// that `most` bits of precision give: then nothing more was decided.
Ball certify(Budget& budget, const Tape& tape, size_t output, std::span<const Rational> point,
             std::span<const Rational> v, std::span<const Rational> w, long bits,
             long most = certify_precision);

// The value of e to `digits` correctly rounded significant digits, at exact values of its names.
// Failure: missing_value, cannot_evaluate, undefined_value, and undecided when the digits do not settle (such
// as those of a zero that is not recognised).
std::string certified_digits(Context& ctx, Ref e, int digits,
                             std::span<const std::pair<Ref, Rational>> at = {});

}  // namespace nabla

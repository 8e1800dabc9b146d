// How a number that is known to so many digits is written.
#pragma once

#include <string>

namespace nabla {

// The number 0.d1 d2 d3 … * 10^(exponent + 1), with an optional sign: "3.14", "-0.00012", "6.02e+23".
// `exact` drops trailing zeros of the fraction. digits is not empty and does not begin with 0.
std::string decimal_text(bool negative, std::string digits, long exponent, bool exact);

}  // namespace nabla

// Whether two polynomials have a factor in common, by images modulo a prime: nearly all that are met have
// none, and the images tell it sooner than a greatest common divisor does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "expr/modulus.h"

namespace nabla {

inline constexpr Modulus image_modulus(3192369367362793679u);  // a prime

// A polynomial with integer coefficients, modulo that prime.
struct ImagePolynomial {
  std::vector<Modulus::Residue> coefficients;
  std::vector<uint64_t> exponents;  // of the first term, then of the second, …
};

// True: every common factor is a constant. False says nothing.
bool are_coprime(const ImagePolynomial& a, const ImagePolynomial& b, size_t variables);

}  // namespace nabla

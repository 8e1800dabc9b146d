// The primes of the residue test, and the functions whose relations hold exactly among residues.
//
// A function gives nothing where there is no value, or none that keeps to the relations: a root of what is no
// square.
#pragma once

#include <array>
#include <optional>

#include "expr/function.h"
#include "expr/modulus.h"
#include "expr/number.h"

namespace nabla::residues {

using Residue = Modulus::Residue;

// The expression, its exponents, the exponents in those, and angles: p = 2*q + 1, q = 2*s + 1, s = 60*t - 1,
// all prime, so that squares modulo p and q have the orders q and s, and circles modulo p, q and s have the
// orders 240*t, 120*t and 60*t. The primes up to 23 are squares modulo p, those up to 5 modulo q.
enum Level : uint8_t { outer, exponents, inner, angles, no_level };
inline constexpr size_t levels = 4;
inline constexpr Modulus moduli[levels] = {Modulus(3192369367362793679u), Modulus(1596184683681396839u),
                                           Modulus(798092341840698419u), Modulus(13301539030678307u)};
inline constexpr std::array<uint64_t, levels> steps_of_circle = {240, 120, 60, 0};

constexpr Level level_of_exponent(Level l) {
  return l == outer ? exponents : l == exponents ? inner : no_level;
}
constexpr Level level_of_angle(Level l) { return l == angles ? no_level : angles; }

std::optional<Residue> number(const Rational& c, const Modulus& m);
// The power of a square in the group of squares.
std::optional<Residue> root(Residue base, const Rational& q, Level l);
// exp, expm1, sigmoid and the hyperbolic functions of u, an exponent.
std::optional<Residue> exponential(Fn fn, Residue u, Level l);
// The circular functions of u, an angle.
std::optional<Residue> circular(Fn fn, Residue u, Level l);

}  // namespace nabla::residues

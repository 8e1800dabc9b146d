#include "simplify/residues.h"

#include <string>
#include <tuple>
#include <utility>

namespace nabla::residues {
namespace {

// The inverse of a modulo n; none: they are not coprime.
std::optional<uint64_t> inverse_modulo(uint64_t a, uint64_t n) {
  __int128 r0 = n, r1 = a % n, t0 = 0, t1 = 1;
  while (r1 != 0) {
    const __int128 q = r0 / r1;
    std::tie(r0, r1) = std::pair(r1, r0 - q * r1);
    std::tie(t0, t1) = std::pair(t1, t0 - q * t1);
  }
  if (r0 != 1) return std::nullopt;
  return static_cast<uint64_t>(t0 < 0 ? t0 + n : t0);
}

// A point of the circle as c + s*i, where -1 is no square.
struct Point {
  Residue c, s;
};
Point product(const Point& a, const Point& b, const Modulus& m) {
  return {m.subtract(m.multiply(a.c, b.c), m.multiply(a.s, b.s)),
          m.add(m.multiply(a.c, b.s), m.multiply(a.s, b.c))};
}
Point power(Point a, uint64_t n, const Modulus& m) {
  Point result{m.from(uint64_t{1}), 0};
  for (; n != 0; n >>= 1, a = product(a, a, m)) {
    if (n & 1) result = product(result, a, m);
  }
  return result;
}

}  // namespace

std::optional<Residue> number(const Rational& c, const Modulus& m) {
  if (c.is_small()) {
    const Residue n = m.from(c.small_num());
    return c.small_den() == 1 ? n : m.multiply(n, m.inverse(m.from(c.small_den())));
  }
  if (!c.is_integer()) {
    const auto n = number(c.numerator(), m), d = number(c.denominator(), m);
    if (!n || !d || *d == 0) return std::nullopt;
    return m.multiply(*n, m.inverse(*d));
  }
  const Residue ten = m.from(uint64_t{10});
  Residue total = 0;
  for (const char digit : c.to_string()) {
    if (digit != '-') total = m.add(m.multiply(total, ten), m.from(static_cast<uint64_t>(digit - '0')));
  }
  return c.sign() < 0 ? m.negate(total) : total;
}

std::optional<Residue> root(Residue base, const Rational& q, Level l) {
  const Modulus& m = moduli[l];
  if (base == 0 || !q.is_small() || !m.is_square(base)) return std::nullopt;
  const uint64_t order = m.value() / 2;
  const auto degree = inverse_modulo(static_cast<uint64_t>(q.small_den()), order);
  if (!degree) return std::nullopt;
  const Residue r = m.power(base, *degree);
  const auto size = static_cast<uint64_t>(q.abs().small_num());
  return m.power(q.sign() < 0 ? m.inverse(r) : r, size);
}

std::optional<Residue> exponential(Fn fn, Residue u, Level l) {
  const Modulus& m = moduli[l];
  const Residue one = m.from(uint64_t{1}), half = m.inverse(m.from(uint64_t{2}));
  const Residue g = m.power(m.from(uint64_t{0x9e3779b97f4a7c15u}), 2);
  const Residue f = m.power(g, moduli[level_of_exponent(l)].plain(u)), inverse = m.inverse(f);
  const Residue sinh = m.multiply(m.subtract(f, inverse), half), cosh = m.multiply(m.add(f, inverse), half);
  const auto quotient = [&](Residue a, Residue b) -> std::optional<Residue> {
    if (b == 0) return std::nullopt;
    return m.multiply(a, m.inverse(b));
  };
  switch (fn) {
    case Fn::exp:
      return f;
    case Fn::expm1:
      return m.subtract(f, one);
    case Fn::sigmoid:
      return quotient(f, m.add(f, one));
    case Fn::sinh:
      return sinh;
    case Fn::cosh:
      return cosh;
    case Fn::tanh:
      return quotient(sinh, cosh);
    case Fn::coth:
      return quotient(cosh, sinh);
    case Fn::sech:
      return quotient(one, cosh);
    default:
      return quotient(one, sinh);
  }
}

std::optional<Residue> circular(Fn fn, Residue u, Level l) {
  const Modulus& m = moduli[l];
  // z/conj(z) lies on the circle; its power of 240, 120 or 60 has the order t.
  const Point z{m.from(uint64_t{0x9e3779b97f4a7c15u}), m.from(uint64_t{0xbf58476d1ce4e5b9u})};
  const Residue norm = m.add(m.multiply(z.c, z.c), m.multiply(z.s, z.s)), scale = m.inverse(norm);
  Point w = product(z, z, m);
  w = power({m.multiply(w.c, scale), m.multiply(w.s, scale)}, steps_of_circle[l], m);
  const auto [c, s] = power(w, moduli[angles].plain(u), m);
  const bool by_c = fn == Fn::tan || fn == Fn::sec, by_s = fn == Fn::cot || fn == Fn::csc;
  if ((by_c && c == 0) || (by_s && s == 0)) return std::nullopt;
  switch (fn) {
    case Fn::sin:
      return s;
    case Fn::cos:
      return c;
    case Fn::tan:
      return m.multiply(s, m.inverse(c));
    case Fn::cot:
      return m.multiply(c, m.inverse(s));
    case Fn::sec:
      return m.inverse(c);
    default:
      return m.inverse(s);
  }
}

}  // namespace nabla::residues

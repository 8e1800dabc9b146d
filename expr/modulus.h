// Arithmetic modulo an odd number below 2^62.
//
// Residues are kept in Montgomery's form, n*2^64 mod m (Math. Comp. 44, 1985), so that products need no
// division. Invariant: a residue is less than m.
#pragma once

#include <cstdint>

namespace nabla {

class Modulus {
 public:
  using Residue = uint64_t;

  constexpr explicit Modulus(uint64_t m) : m_(m) {
    for (int i = 0; i < 6; ++i) inverse_ *= 2 - m * inverse_;  // Newton's iteration modulo 2^64
    const Wide r = (Wide{1} << 64) % m;
    square_ = static_cast<uint64_t>(r * r % m);
  }

  constexpr uint64_t value() const { return m_; }
  constexpr Residue from(uint64_t n) const { return multiply(n % m_, square_); }
  constexpr Residue from(int64_t n) const {
    return n >= 0 ? from(static_cast<uint64_t>(n)) : negate(from(uint64_t{0} - static_cast<uint64_t>(n)));
  }
  constexpr uint64_t plain(Residue a) const { return reduce(a); }  // below m

  constexpr Residue add(Residue a, Residue b) const { return a + b >= m_ ? a + b - m_ : a + b; }
  constexpr Residue subtract(Residue a, Residue b) const { return a >= b ? a - b : a + m_ - b; }
  constexpr Residue negate(Residue a) const { return a == 0 ? 0 : m_ - a; }
  constexpr Residue multiply(Residue a, Residue b) const { return reduce(Wide{a} * b); }
  constexpr Residue power(Residue a, uint64_t n) const {
    Residue result = from(uint64_t{1});
    for (; n != 0; n >>= 1, a = multiply(a, a)) {
      if (n & 1) result = multiply(result, a);
    }
    return result;
  }
  // Of a prime modulus: 0 of 0.
  constexpr Residue inverse(Residue a) const { return power(a, m_ - 2); }
  // Of a prime modulus: whether a is 0 or a square (Euler's criterion).
  constexpr bool is_square(Residue a) const { return a == 0 || power(a, m_ / 2) == from(uint64_t{1}); }

 private:
  using Wide = unsigned __int128;

  constexpr Residue reduce(Wide n) const {
    const uint64_t q = static_cast<uint64_t>(n) * (uint64_t{0} - inverse_);
    const auto r = static_cast<uint64_t>((n + Wide{q} * m_) >> 64);
    return r >= m_ ? r - m_ : r;
  }

  uint64_t m_;
  uint64_t inverse_ = 1;  // of m modulo 2^64
  uint64_t square_ = 0;   // 2^128 mod m
};

}  // namespace nabla

#include "expr/number.h"

#include <gmpxx.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "expr/decimal.h"
#include "expr/diagnostic.h"

namespace nabla {

static_assert(sizeof(long) == 8 && GMP_NUMB_BITS == 64, "GMP with 64-bit limbs and 64-bit long");

struct Rational::Big {
  mpq_class q;  // canonical in GMP's sense: coprime, denominator positive
};

namespace {

using Wide = __int128;
using UWide = unsigned __int128;

constexpr int64_t int_min = std::numeric_limits<int64_t>::min();
constexpr int64_t int_max = std::numeric_limits<int64_t>::max();

uint64_t magnitude(int64_t n) {
  return n < 0 ? uint64_t{0} - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
}
uint64_t length(uint64_t n) { return static_cast<uint64_t>(std::bit_width(n)); }
uint64_t length(const mpz_class& n) { return n == 0 ? 0 : mpz_sizeinbase(n.get_mpz_t(), 2); }

uint64_t size_of(const mpq_class& q) {
  return length(q.get_num()) + (q.get_den() == 1 ? 0 : length(q.get_den()));
}

[[noreturn]] void too_large() {
  throw Failure(Code::number_too_large,
                "the exact number would need more than " + std::to_string(Rational::max_bits) + " bits",
                "keep the power or factorial symbolic, or evaluate it numerically");
}

[[noreturn]] void zero_denominator() { throw std::domain_error("division of an exact number by zero"); }

mpz_class make_mpz(UWide n) {
  mpz_class high(static_cast<uint64_t>(n >> 64));
  high <<= 64;
  return high + mpz_class(static_cast<uint64_t>(n));
}

// The finaliser of MurmurHash3 (Appleby), a bijection on 64 bits.
uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return h ^ (h >> 33);
}

uint64_t hash_integer(const mpz_class& n) {
  uint64_t h = n < 0 ? 0x9e3779b97f4a7c15ULL : 0x2545f4914f6cdd1dULL;
  const size_t limbs = mpz_size(n.get_mpz_t());
  for (size_t i = 0; i < limbs; ++i) h = mix(h + mpz_getlimbn(n.get_mpz_t(), static_cast<mp_size_t>(i)));
  return h;
}

// The double nearest to q * 2^-shift, ties to even, where q has 63 or 64 bits and its lowest bit is
// "sticky": set also when the quotient it came from was not exact. One rounding, subnormals included.
double round_to_double(uint64_t q, int64_t shift) {
  const int64_t top = static_cast<int64_t>(length(q)) - 1 - shift;
  const int64_t last = std::max<int64_t>(top - 52, -1074);  // exponent of the result's last place
  const int64_t drop = last + shift;                        // bits of q below it, at least 10
  if (drop > 64) return 0.0;
  const uint64_t kept = drop == 64 ? 0 : q >> drop;
  const uint64_t half = uint64_t{1} << (drop - 1);
  const uint64_t rest = q & (half | (half - 1));
  const bool up = rest > half || (rest == half && (kept & 1) != 0);
  return std::ldexp(static_cast<double>(kept + (up ? 1 : 0)), static_cast<int>(last));
}

double ratio_to_double(const mpz_class& n, const mpz_class& d) {
  const int64_t e = static_cast<int64_t>(length(n)) - static_cast<int64_t>(length(d));
  if (e > 1026) return std::numeric_limits<double>::infinity();
  if (e < -1078) return 0.0;
  const int64_t shift = 63 - e;
  mpz_class a = n;
  mpz_class b = d;
  if (shift >= 0) {
    a <<= static_cast<uint64_t>(shift);
  } else {
    b <<= static_cast<uint64_t>(-shift);
  }
  mpz_class q;
  mpz_class r;
  mpz_tdiv_qr(q.get_mpz_t(), r.get_mpz_t(), a.get_mpz_t(), b.get_mpz_t());
  return round_to_double(mpz_get_ui(q.get_mpz_t()) | (r == 0 ? 0U : 1U), shift);
}

// n^e if it fits an unsigned word.
std::optional<uint64_t> word_pow(uint64_t n, uint64_t e) {
  uint64_t result = 1;
  for (;;) {
    if ((e & 1) != 0 && __builtin_mul_overflow(result, n, &result)) return std::nullopt;
    e >>= 1;
    if (e == 0) return result;
    if (__builtin_mul_overflow(n, n, &n)) return std::nullopt;
  }
}

// The k-th root of n >= 0 if it is an integer.
std::optional<mpz_class> integer_root(const mpz_class& n, uint64_t k) {
  if (n <= 1 || k == 1) return n;
  if (k >= length(n)) return std::nullopt;
  mpz_class r;
  if (mpz_root(r.get_mpz_t(), n.get_mpz_t(), k) == 0) return std::nullopt;
  return r;
}

constexpr auto small_primes = [] {
  std::array<uint16_t, 168> primes{};
  size_t count = 0;
  for (uint16_t n = 2; n < 1000; ++n) {
    bool prime = true;
    for (size_t i = 0; i < count && prime; ++i) prime = n % primes[i] != 0;
    if (prime) primes[count++] = n;
  }
  return primes;
}();

// m and j with n = m^j, j as large as possible; n > 1 has no prime factor below 1000.
std::pair<mpz_class, uint64_t> perfect_power(mpz_class n) {
  uint64_t exponent = 1;
  for (uint64_t j = 2; mpz_perfect_power_p(n.get_mpz_t()) != 0 && j < length(n);) {
    if (auto r = integer_root(n, j)) {
      n = std::move(*r);
      exponent *= j;
    } else {
      ++j;
    }
  }
  return {std::move(n), exponent};
}

}  // namespace

// ---- between the two representations ----

Rational::Big Rational::widen(const Rational& a) {
  if (a.big_) return *a.big_;
  Big b;
  b.q.get_num() = a.num_;
  b.q.get_den() = a.den_;
  return b;
}

Rational Rational::narrow(Big&& value) {
  const mpz_class& n = value.q.get_num();
  const mpz_class& d = value.q.get_den();
  Rational r;
  if (n.fits_slong_p() && d.fits_slong_p()) {
    r.num_ = n.get_si();
    r.den_ = d.get_si();
    return r;
  }
  if (size_of(value.q) > max_bits) too_large();
  r.big_ = std::make_shared<const Big>(std::move(value));
  return r;
}

Rational Rational::narrow(Wide n, UWide d) {
  if (n >= int_min && n <= int_max && d <= static_cast<UWide>(int_max)) {
    Rational r(static_cast<int64_t>(n));
    r.den_ = static_cast<int64_t>(d);
    return r;
  }
  Big b;
  b.q.get_num() = make_mpz(n < 0 ? UWide{0} - static_cast<UWide>(n) : static_cast<UWide>(n));
  if (n < 0) mpz_neg(b.q.get_num_mpz_t(), b.q.get_num_mpz_t());
  b.q.get_den() = make_mpz(d);
  return narrow(std::move(b));
}

Rational Rational::fraction(int64_t n, int64_t d) {
  if (d == 0) zero_denominator();
  const uint64_t g = std::gcd(magnitude(n), magnitude(d));
  const Wide top = static_cast<Wide>(magnitude(n) / g);
  return narrow((n < 0) != (d < 0) ? -top : top, magnitude(d) / g);
}

std::optional<Rational> Rational::parse(std::string_view text, uint64_t max_digits) {
  const std::optional<Decimal> decimal = scan_decimal(text);
  if (!decimal) return std::nullopt;
  const auto& [whole, decimals, scale] = *decimal;
  const uint64_t digits = whole.size() + decimals.size();
  if (digits == 0) return Rational();
  const uint64_t up = scale > 0 ? magnitude(scale) : 0;
  const uint64_t down = scale < 0 ? magnitude(scale) : 0;
  if (std::max(digits + up, down) > max_digits) return std::nullopt;
  // 10 < 2^3.322, so this many bits are enough for numerator and denominator.
  if ((digits + up + down) * 3322 / 1000 + 2 > max_bits) return std::nullopt;

  if (digits + up <= 18 && down <= 18) {
    int64_t n = 0;
    for (const char c : whole) n = n * 10 + (c - '0');
    for (const char c : decimals) n = n * 10 + (c - '0');
    n *= static_cast<int64_t>(*word_pow(10, up));
    return down == 0 ? Rational(n) : fraction(n, static_cast<int64_t>(*word_pow(10, down)));
  }
  Big b;
  b.q.get_num() = mpz_class(std::string(whole) + std::string(decimals), 10);
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, up + down);
  if (up > 0) {
    b.q.get_num() *= power;
  } else if (down > 0) {
    b.q.get_den() = power;
    b.q.canonicalize();
  }
  return narrow(std::move(b));
}

// ---- questions ----

bool Rational::big_integer() const { return big_->q.get_den() == 1; }

bool Rational::same_big(const Rational& a, const Rational& b) {
  return a.big_ == b.big_ || a.big_->q == b.big_->q;
}

bool Rational::is_even() const {
  return is_integer() && (big_ ? mpz_even_p(big_->q.get_num_mpz_t()) != 0 : num_ % 2 == 0);
}

int Rational::sign() const {
  if (big_) return sgn(big_->q);
  return num_ > 0 ? 1 : num_ < 0 ? -1 : 0;
}

std::optional<int64_t> Rational::as_int() const {
  if (!is_small_int()) return std::nullopt;
  return num_;
}

uint64_t Rational::bits() const {
  if (big_) return size_of(big_->q);
  return length(magnitude(num_)) + (den_ == 1 ? 0 : length(magnitude(den_)));
}

Rational Rational::numerator() const {
  if (!big_) return num_;
  return narrow(Big{mpq_class(big_->q.get_num())});
}

Rational Rational::denominator() const {
  if (!big_) return den_;
  return narrow(Big{mpq_class(big_->q.get_den())});
}

std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  if (!a.big_ && !b.big_) {
    if (a.den_ == b.den_) return a.num_ <=> b.num_;
    return static_cast<Wide>(a.num_) * b.den_ <=> static_cast<Wide>(b.num_) * a.den_;
  }
  const int c =
      a.big_ && b.big_ ? cmp(a.big_->q, b.big_->q) : cmp(Rational::widen(a).q, Rational::widen(b).q);
  return c <=> 0;
}

uint64_t Rational::hash() const {
  if (big_) return mix(hash_integer(big_->q.get_num()) * 3 + hash_integer(big_->q.get_den()));
  return mix(static_cast<uint64_t>(num_) + mix(static_cast<uint64_t>(den_ - 1)));
}

double Rational::to_double() const {
  if (!big_) {
    if (den_ == 1) return static_cast<double>(num_);
    constexpr uint64_t exact = uint64_t{1} << 53;
    if (magnitude(num_) <= exact && magnitude(den_) <= exact) {
      return static_cast<double>(num_) / static_cast<double>(den_);
    }
  }
  const Big b = widen(*this);
  const double r = ratio_to_double(::abs(b.q.get_num()), b.q.get_den());
  return sign() < 0 ? -r : r;
}

std::string Rational::to_string() const {
  if (big_) return big_->q.get_str();
  std::string text = std::to_string(num_);
  if (den_ != 1) text += '/' + std::to_string(den_);
  return text;
}

// ---- arithmetic ----
// Operands have at most max_bits bits, so GMP never sees a result above 2 * max_bits + 1 bits; `narrow`
// then refuses what is above max_bits after cancellation.

Rational Rational::add(const Rational& a, const Rational& b, bool subtract) {
  if (a.big_ || b.big_) {
    Big x = widen(a);
    const Big y = widen(b);
    if (subtract) {
      x.q -= y.q;
    } else {
      x.q += y.q;
    }
    return narrow(std::move(x));
  }
  // Knuth, The Art of Computer Programming, vol. 2, 4.5.1. The products stay below 2^126.
  const Wide c = subtract ? -static_cast<Wide>(b.num_) : static_cast<Wide>(b.num_);
  const int64_t g = std::gcd(a.den_, b.den_);
  const Wide t = static_cast<Wide>(a.num_) * (b.den_ / g) + c * (a.den_ / g);
  if (g == 1) return narrow(t, static_cast<UWide>(a.den_) * static_cast<UWide>(b.den_));
  const int64_t h = std::gcd(static_cast<int64_t>(t % g), g);
  return narrow(t / h, static_cast<UWide>(a.den_ / g) * static_cast<UWide>(b.den_ / h));
}

Rational Rational::mul(const Rational& a, const Rational& b) {
  if (a.big_ || b.big_) {
    // A product of integers has at least this many bits; no need to compute it to refuse it.
    if (a.is_integer() && b.is_integer() && !a.is_zero() && !b.is_zero() &&
        a.bits() + b.bits() - 1 > max_bits) {
      too_large();
    }
    Big x = widen(a);
    x.q *= widen(b).q;
    return narrow(std::move(x));
  }
  const auto g = static_cast<int64_t>(std::gcd(magnitude(a.num_), magnitude(b.den_)));
  const auto h = static_cast<int64_t>(std::gcd(magnitude(b.num_), magnitude(a.den_)));
  return narrow(static_cast<Wide>(a.num_ / g) * (b.num_ / h),
                static_cast<UWide>(a.den_ / h) * static_cast<UWide>(b.den_ / g));
}

Rational operator/(const Rational& a, const Rational& b) {
  if (b.is_zero()) zero_denominator();
  if (a.big_ || b.big_) {
    Rational::Big x = Rational::widen(a);
    x.q /= Rational::widen(b).q;
    return Rational::narrow(std::move(x));
  }
  const uint64_t n = magnitude(a.num_);
  const uint64_t m = magnitude(b.num_);
  const uint64_t g = std::gcd(n, m);
  const auto h = static_cast<uint64_t>(std::gcd(a.den_, b.den_));
  const Wide top = static_cast<Wide>(static_cast<UWide>(n / g) * (static_cast<uint64_t>(b.den_) / h));
  const UWide bottom = static_cast<UWide>(m / g) * (static_cast<uint64_t>(a.den_) / h);
  return Rational::narrow((a.num_ < 0) != (b.num_ < 0) ? -top : top, bottom);
}

Rational Rational::operator-() const {
  if (!big_) return narrow(-static_cast<Wide>(num_), static_cast<UWide>(den_));
  return narrow(Big{mpq_class(-big_->q)});
}

Rational Rational::floor() const {
  if (is_integer()) return *this;
  if (!big_) return num_ / den_ - (num_ < 0 ? 1 : 0);
  Big b;
  mpz_fdiv_q(b.q.get_num_mpz_t(), big_->q.get_num_mpz_t(), big_->q.get_den_mpz_t());
  return narrow(std::move(b));
}

std::optional<Rational> Rational::pow(int64_t e, uint64_t bit_limit) const {
  bit_limit = std::min(bit_limit, max_bits);
  if (e == 0 || is_one()) return Rational(1);
  if (is_zero()) return e > 0 ? std::optional<Rational>(Rational()) : std::nullopt;
  if (is_minus_one()) return Rational(e % 2 == 0 ? 1 : -1);
  const uint64_t k = magnitude(e);
  const bool negative = sign() < 0 && k % 2 == 1;
  if (!big_) {
    const auto n = word_pow(magnitude(num_), k);
    const auto d = word_pow(magnitude(den_), k);
    if (n && d) {
      const Wide top = static_cast<Wide>(e > 0 ? *n : *d);
      Rational r = narrow(negative ? -top : top, e > 0 ? *d : *n);
      if (r.bits() > bit_limit) return std::nullopt;
      return r;
    }
  }
  Big b = widen(*this);
  // n^k has more than k * (length(n) - 1) bits, and at most twice as many when n > 1.
  const uint64_t least = length(b.q.get_num()) + length(b.q.get_den()) - 2;
  if (least != 0 && k > bit_limit / least) return std::nullopt;
  mpz_pow_ui(b.q.get_num_mpz_t(), b.q.get_num_mpz_t(), k);
  mpz_pow_ui(b.q.get_den_mpz_t(), b.q.get_den_mpz_t(), k);
  if (e < 0) b.q = 1 / b.q;
  if (size_of(b.q) > bit_limit) return std::nullopt;
  return narrow(std::move(b));
}

std::optional<Rational> Rational::root(uint64_t k) const {
  if (sign() < 0 || k == 0) return std::nullopt;
  const Big b = widen(*this);
  const auto n = integer_root(b.q.get_num(), k);
  if (!n) return std::nullopt;
  const auto d = integer_root(b.q.get_den(), k);
  if (!d) return std::nullopt;
  return narrow(Big{mpq_class(*n, *d)});
}

std::pair<Rational, Rational> Rational::extract_power(uint64_t k) const {
  if (!is_integer() || sign() <= 0 || k < 2 || k >= bits()) return {1, *this};
  mpz_class rest = widen(*this).q.get_num();
  mpz_class outside = 1;
  mpz_class inside = 1;
  mpz_class factor;
  const auto move_out = [&](const mpz_class& base, uint64_t exponent) {
    mpz_pow_ui(factor.get_mpz_t(), base.get_mpz_t(), exponent / k);
    outside *= factor;
    mpz_pow_ui(factor.get_mpz_t(), base.get_mpz_t(), exponent % k);
    inside *= factor;
  };
  for (const uint16_t p : small_primes) {
    if (rest == 1) break;
    if (mpz_divisible_ui_p(rest.get_mpz_t(), p) == 0) continue;
    const mpz_class prime(p);
    move_out(prime, mpz_remove(rest.get_mpz_t(), rest.get_mpz_t(), prime.get_mpz_t()));
  }
  if (rest != 1) {
    if (length(rest) <= 4096) {
      const auto [base, exponent] = perfect_power(rest);
      move_out(base, exponent);
    } else if (auto r = integer_root(rest, k)) {
      outside *= *r;
    } else {
      inside *= rest;
    }
  }
  return {narrow(Big{mpq_class(outside)}), narrow(Big{mpq_class(inside)})};
}

Rational gcd(const Rational& a, const Rational& b) {
  if (!a.big_ && !b.big_) {
    return Rational::narrow(static_cast<Wide>(std::gcd(magnitude(a.num_), magnitude(b.num_))), 1);
  }
  const Rational::Big x = Rational::widen(a);
  const Rational::Big y = Rational::widen(b);
  Rational::Big r;
  mpz_gcd(r.q.get_num_mpz_t(), x.q.get_num_mpz_t(), y.q.get_num_mpz_t());
  return Rational::narrow(std::move(r));
}

std::optional<Rational> factorial(int64_t n, uint64_t bit_limit) {
  bit_limit = std::min(bit_limit, Rational::max_bits);
  if (n < 0) return std::nullopt;
  // n! >= (n/e)^n (Stirling), and n! >= 2^n from n = 4 on.
  const double x = static_cast<double>(n);
  if (n > 20 && (static_cast<uint64_t>(n) > bit_limit ||
                 x * (std::log2(x) - 1.4427) > static_cast<double>(bit_limit))) {
    return std::nullopt;
  }
  Rational::Big b;
  mpz_fac_ui(b.q.get_num_mpz_t(), static_cast<uint64_t>(n));
  if (size_of(b.q) > bit_limit) return std::nullopt;
  return Rational::narrow(std::move(b));
}

}  // namespace nabla

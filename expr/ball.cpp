#include "expr/ball.h"

#include <acb_hypgeom.h>
#include <arb.h>
#include <arb_hypgeom.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "expr/ball_text.h"
#include "expr/number.h"

namespace nabla {

static_assert(sizeof(arb_struct) == 48 && alignof(arb_struct) <= 8, "Ball::storage_ holds an arb_struct");

struct BallAccess {
  static arb_ptr raw(Ball& b) { return reinterpret_cast<arb_ptr>(b.storage_); }
  static arb_srcptr raw(const Ball& b) { return reinterpret_cast<arb_srcptr>(b.storage_); }
  static Ball result(long precision) {
    Ball r;
    r.precision_ = precision;
    return r;
  }
  static Ball without_value(bool undefined) {
    Ball r;
    arb_indeterminate(raw(r));
    r.undefined_ = undefined;
    return r;
  }
};

namespace {

arb_ptr raw(Ball& b) { return BallAccess::raw(b); }
arb_srcptr raw(const Ball& b) { return BallAccess::raw(b); }
Ball result(long precision) { return BallAccess::result(precision); }

long clamp_precision(long p) { return std::clamp(p, 2L, Ball::max_precision); }

// Exponents of two beyond 62 bits end here, so that towers of exponentials cannot fill the memory.
Ball checked(Ball&& r) {
  const arb_srcptr x = raw(r);
  const bool small = !COEFF_IS_MPZ(ARF_EXP(arb_midref(x))) && !COEFF_IS_MPZ(MAG_EXP(arb_radref(x)));
  if (small && arb_is_finite(x)) return std::move(r);
  return Ball::unknown();
}

Ball not_finite(const Ball& a) { return a.is_undefined() ? Ball::undefined() : Ball::unknown(); }
Ball not_finite(const Ball& a, const Ball& b) {
  return a.is_undefined() || b.is_undefined() ? Ball::undefined() : Ball::unknown();
}

constexpr long any_size = std::numeric_limits<long>::max();

// op(result, x, precision) where |x| < 2^bits and x lies in the domain.
template <class Op>
Ball apply(const Ball& x, Op op, long bits = any_size, Truth inside = Truth::yes) {
  if (!x.is_finite()) return not_finite(x);
  if (inside != Truth::yes) return inside == Truth::no ? Ball::undefined() : Ball::unknown();
  if (bits != any_size && x.magnitude_bits().value_or(0) > bits) return Ball::unknown();
  Ball r = result(x.precision());
  op(raw(r), raw(x), r.precision());
  return checked(std::move(r));
}

template <class Op>
Ball combine(const Ball& a, const Ball& b, Op op) {
  if (!a.is_finite() || !b.is_finite()) return not_finite(a, b);
  Ball r = result(std::max(a.precision(), b.precision()));
  op(raw(r), raw(a), raw(b), r.precision());
  return checked(std::move(r));
}

// 0 +- 2^-(2^61): what is left of exp(-x) for huge x.
Ball vanishing(long precision) {
  Ball r = result(precision);
  mag_set_ui_2exp_si(arb_radref(raw(r)), 1, -(1L << 61));
  return r;
}

bool at_most_minus_2exp(const Ball& x, long bits) {
  arb_t bound;
  arb_init(bound);
  arb_set_si(bound, -1);
  arb_mul_2exp_si(bound, bound, bits);
  const bool yes = x.is_finite() && arb_le(raw(x), bound);
  arb_clear(bound);
  return yes;
}

// Real functions that Arb has for complex numbers only.
template <class Op>
void on_real(arb_t r, Op op) {
  acb_t z;
  acb_init(z);
  op(z);
  arb_swap(r, acb_realref(z));
  acb_clear(z);
}

}  // namespace

Ball::Ball(int n) {
  arb_init(raw(*this));
  arb_set_si(raw(*this), n);
}

Ball::Ball(double x, long precision) : Ball(0) {
  precision_ = clamp_precision(precision);
  if (std::isfinite(x)) {
    arb_set_d(raw(*this), x);
  } else {
    arb_indeterminate(raw(*this));
  }
}

Ball::Ball(const Rational& q, long precision)
    : Ball(q.is_small() ? fraction(q.small_num(), q.small_den(), precision)
                        : fraction(q.numerator().to_string(), q.denominator().to_string(), precision)) {}

Ball Ball::fraction(int64_t numerator, int64_t denominator, long precision) {
  Ball r = result(clamp_precision(precision));
  arb_set_si(raw(r), numerator);
  if (denominator != 1) arb_div_si(raw(r), raw(r), denominator, r.precision_);
  return checked(std::move(r));
}

Ball Ball::fraction(std::string_view numerator, std::string_view denominator, long precision) {
  Ball r = result(clamp_precision(precision));
  fmpz_t n, d;
  fmpz_init(n), fmpz_init(d);
  const bool parsed = fmpz_set_str(n, std::string(numerator).c_str(), 10) == 0 &&
                      fmpz_set_str(d, std::string(denominator).c_str(), 10) == 0;
  if (parsed) {
    arb_fmpz_div_fmpz(raw(r), n, d, r.precision_);
  } else {
    arb_indeterminate(raw(r));
  }
  fmpz_clear(n), fmpz_clear(d);
  return checked(std::move(r));
}

Ball Ball::interval(double lower, double upper, long precision) {
  return unite(Ball(lower, precision), Ball(upper, precision));
}

Ball Ball::pi(long precision) {
  Ball r = result(clamp_precision(precision));
  arb_const_pi(raw(r), r.precision_);
  return r;
}

Ball Ball::e(long precision) {
  Ball r = result(clamp_precision(precision));
  arb_const_e(raw(r), r.precision_);
  return r;
}

Ball Ball::undefined() { return BallAccess::without_value(true); }
Ball Ball::unknown() { return BallAccess::without_value(false); }

Ball::Ball(const Ball& other) : precision_(other.precision_), undefined_(other.undefined_) {
  arb_init(raw(*this));
  arb_set(raw(*this), raw(other));
}

Ball::Ball(Ball&& other) noexcept : Ball(0) { swap(other); }

Ball& Ball::operator=(Ball other) noexcept {
  swap(other);
  return *this;
}

Ball::~Ball() { arb_clear(raw(*this)); }

void Ball::swap(Ball& other) noexcept {
  arb_swap(raw(*this), raw(other));
  std::swap(precision_, other.precision_);
  std::swap(undefined_, other.undefined_);
}

Ball Ball::with_precision(long precision) const {
  Ball r = *this;
  r.precision_ = clamp_precision(precision);
  return r;
}

bool Ball::is_finite() const { return arb_is_finite(raw(*this)); }
bool Ball::is_exact() const { return is_finite() && arb_is_exact(raw(*this)); }
bool Ball::is_zero() const { return arb_is_zero(raw(*this)); }
bool Ball::is_integer() const { return is_finite() && arb_is_int(raw(*this)); }
bool Ball::contains_zero() const { return !is_finite() || arb_contains_zero(raw(*this)); }
bool Ball::contains_integer() const { return !is_finite() || arb_contains_int(raw(*this)); }
bool Ball::contains(const Ball& other) const { return !is_finite() || arb_contains(raw(*this), raw(other)); }
bool Ball::overlaps(const Ball& other) const { return arb_overlaps(raw(*this), raw(other)); }

double Ball::midpoint() const {
  if (!is_finite()) return std::numeric_limits<double>::quiet_NaN();
  return arf_get_d(arb_midref(raw(*this)), ARF_RND_NEAR);
}

double Ball::radius() const {
  if (!is_finite()) return std::numeric_limits<double>::infinity();
  const double r = mag_get_d(arb_radref(raw(*this)));
  return r == 0 && !is_exact() ? std::numeric_limits<double>::denorm_min() : r;
}

double Ball::lower() const {
  if (!is_finite()) return -std::numeric_limits<double>::infinity();
  arf_t bound;
  arf_init(bound);
  arb_get_lbound_arf(bound, raw(*this), 53);
  const double r = arf_get_d(bound, ARF_RND_FLOOR);
  arf_clear(bound);
  return r;
}

double Ball::upper() const { return -(-*this).lower(); }

long Ball::accurate_bits() const {
  if (!is_finite()) return 0;
  return std::clamp(static_cast<long>(arb_rel_accuracy_bits(raw(*this))), 0L, max_precision);
}

std::optional<long> Ball::magnitude_bits() const {
  if (!is_finite() || is_zero()) return std::nullopt;
  mag_t m;
  mag_init(m);
  arb_get_mag(m, raw(*this));
  const long e = MAG_EXP(m);  // fits: checked() holds exponents to 62 bits, and a larger one reads as larger
  mag_clear(m);
  return e;
}

Ball Ball::operator-() const {
  Ball r = *this;
  arb_neg(raw(r), raw(r));
  return r;
}

Ball operator+(const Ball& a, const Ball& b) { return combine(a, b, arb_add); }
Ball operator-(const Ball& a, const Ball& b) { return combine(a, b, arb_sub); }
Ball operator*(const Ball& a, const Ball& b) { return combine(a, b, arb_mul); }
Ball operator/(const Ball& a, const Ball& b) {
  if (b.is_zero()) return Ball::undefined();
  return combine(a, b, arb_div);
}

Truth operator<(const Ball& a, const Ball& b) {
  if (!a.is_finite() || !b.is_finite()) return Truth::unknown;
  return arb_lt(raw(a), raw(b)) ? Truth::yes : arb_ge(raw(a), raw(b)) ? Truth::no : Truth::unknown;
}

Truth operator<=(const Ball& a, const Ball& b) {
  if (!a.is_finite() || !b.is_finite()) return Truth::unknown;
  return arb_le(raw(a), raw(b)) ? Truth::yes : arb_gt(raw(a), raw(b)) ? Truth::no : Truth::unknown;
}

Truth operator==(const Ball& a, const Ball& b) {
  if (!a.is_finite() || !b.is_finite()) return Truth::unknown;
  return arb_eq(raw(a), raw(b)) ? Truth::yes : arb_ne(raw(a), raw(b)) ? Truth::no : Truth::unknown;
}

Ball unite(const Ball& a, const Ball& b) {
  if (!a.is_finite() || !b.is_finite()) {
    return a.is_undefined() && b.is_undefined() ? Ball::undefined() : Ball::unknown();
  }
  return combine(a, b, arb_union);
}

// A root or power of a non-negative number: the ball is cut at 0 from below.
static Ball power_of_nonnegative(const Ball& x, const Ball& y) {
  if (!x.contains_zero()) return combine(x, y, arb_pow);
  if (x.is_zero()) return Ball(0).with_precision(x.precision());
  Ball top = result(x.precision());
  arb_get_ubound_arf(arb_midref(raw(top)), raw(x), x.precision());
  const Ball zero;  // x^y for 0 <= x <= top, y > 0 is largest at a corner
  return unite(zero, combine(top, y, arb_pow));
}

static void integer_power(arb_ptr r, arb_srcptr x, arb_srcptr y, long precision) {
  fmpz_t exponent;
  fmpz_init(exponent);
  arf_get_fmpz(exponent, arb_midref(y), ARF_RND_DOWN);
  arb_pow_fmpz(r, x, exponent, precision);
  fmpz_clear(exponent);
}

Ball pow(const Ball& x, const Ball& y) {
  if (!x.is_finite() || !y.is_finite()) return not_finite(x, y);
  const long precision = std::max(x.precision(), y.precision());
  if (y.is_zero()) return Ball(1).with_precision(precision);
  if (y.is_integer()) {
    if (y.magnitude_bits().value_or(0) > 60) return Ball::unknown();
    if (x.is_zero() && (y < 0) == Truth::yes) return Ball::undefined();
    // arb_pow takes the logarithm of a ball around 0.
    return x.contains_zero() ? combine(x, y, integer_power) : combine(x, y, arb_pow);
  }
  if (const Truth positive = x > 0; positive == Truth::yes) return combine(x, y, arb_pow);
  if ((x < 0) == Truth::yes) return y.contains_integer() ? Ball::unknown() : Ball::undefined();
  if ((x >= 0) == Truth::yes && (y > 0) == Truth::yes) return power_of_nonnegative(x, y);
  if (x.is_zero() && (y < 0) == Truth::yes) return Ball::undefined();
  return Ball::unknown();
}

Ball pow(const Ball& x, const Rational& y) {
  if (y.is_small() && y.small_den() == 2) {
    const Ball root = sqrt(x);
    return y.small_num() == 1 ? root : pow(root, Ball::fraction(y.small_num(), 1, x.precision()));
  }
  return pow(x, Ball(y, x.precision()));
}

Ball sqrt(const Ball& x) { return apply(x, arb_sqrtpos, any_size, x >= 0); }

Ball cbrt(const Ball& x) {
  const auto third = [](auto r, auto v, long p) { arb_root_ui(r, v, 3, p); };
  const auto root = [third](const Ball& a) { return apply(a, third); };
  if ((x < 0) == Truth::yes) return -root(-x);
  if ((x > 0) == Truth::yes || x.is_zero() || !x.is_finite()) return root(x);
  Ball bound = result(x.precision());  // -bound <= x <= bound
  arb_get_abs_ubound_arf(arb_midref(raw(bound)), raw(x), 30);
  bound = root(bound);
  return unite(-bound, bound);
}

Ball exp(const Ball& x) {
  if (at_most_minus_2exp(x, 61)) return vanishing(x.precision());
  return apply(x, arb_exp, 61);
}

Ball expm1(const Ball& x) {
  if (at_most_minus_2exp(x, 61)) return vanishing(x.precision()) - 1;
  return apply(x, arb_expm1, 61);
}

Ball log(const Ball& x) { return apply(x, arb_log, any_size, x > 0); }
Ball log1p(const Ball& x) { return apply(x, arb_log1p, any_size, x > -1); }
Ball abs(const Ball& x) {
  return apply(x, [](auto r, auto v, long) { arb_abs(r, v); });
}
Ball sign(const Ball& x) {
  return apply(x, [](auto r, auto v, long) { arb_sgn(r, v); });
}
Ball floor(const Ball& x) { return apply(x, arb_floor); }
Ball ceil(const Ball& x) { return apply(x, arb_ceil); }

Ball round(const Ball& x) {
  const Ball half = Ball(1) / Ball(2);
  return select(x > 0, floor(x + half), select(x < 0, ceil(x - half), 0));
}

Ball sin(const Ball& x) { return apply(x, arb_sin); }
Ball cos(const Ball& x) { return apply(x, arb_cos); }
Ball tan(const Ball& x) { return apply(x, arb_tan); }
Ball asin(const Ball& x) { return apply(x, arb_asin, any_size, both(x >= -1, x <= 1)); }
Ball acos(const Ball& x) { return apply(x, arb_acos, any_size, both(x >= -1, x <= 1)); }
Ball atan(const Ball& x) { return apply(x, arb_atan); }
Ball sinh(const Ball& x) { return apply(x, arb_sinh, 61); }
Ball cosh(const Ball& x) { return apply(x, arb_cosh, 61); }
Ball tanh(const Ball& x) { return apply(x, arb_tanh, 61); }
Ball asinh(const Ball& x) { return apply(x, arb_asinh); }
Ball acosh(const Ball& x) { return apply(x, arb_acosh, any_size, x >= 1); }
Ball atanh(const Ball& x) { return apply(x, arb_atanh, any_size, both(x > -1, x < 1)); }
Ball sinc(const Ball& x) { return apply(x, arb_sinc); }
// arb_sqrtpos drops what rounding put below 0.
Ball hypot(const Ball& x, const Ball& y) { return apply(x * x + y * y, arb_sqrtpos); }

Ball atan2(const Ball& y, const Ball& x) { return combine(y, x, arb_atan2); }

// Beyond 2^30 the error function is 1 to within 2^-(2^60), and exp(x^2) has no bounded exponent.
Ball erf(const Ball& x) {
  if (at_most_minus_2exp(x, 30)) return vanishing(x.precision()) - 1;
  if (at_most_minus_2exp(-x, 30)) return 1 - vanishing(x.precision());
  return apply(x, arb_hypgeom_erf, 31);
}

Ball erfc(const Ball& x) {
  if (at_most_minus_2exp(x, 30)) return 2 - vanishing(x.precision());
  if (at_most_minus_2exp(-x, 30)) return vanishing(x.precision());
  return apply(x, arb_hypgeom_erfc, 31);
}

Ball erfi(const Ball& x) { return apply(x, arb_hypgeom_erfi, 30); }

static Truth off_poles(const Ball& x) {
  const Truth positive = x > 0;
  if (positive == Truth::yes || !x.contains_integer()) return Truth::yes;
  return x.is_integer() ? positive : Truth::unknown;
}

Ball gamma(const Ball& x) { return apply(x, arb_gamma, 50, off_poles(x)); }
Ball reciprocal_gamma(const Ball& x) { return apply(x, arb_rgamma, 50); }
Ball digamma(const Ball& x) { return apply(x, arb_digamma, 4096, off_poles(x)); }

Ball lgamma(const Ball& x) {
  if ((x < 1) != Truth::yes) return apply(x, arb_lgamma, 4096, off_poles(x));
  const Ball reflected = apply(1 - x, arb_lgamma, 4096, off_poles(x));  // gamma(x)*gamma(1-x) = pi/sin(pi*x)
  const Ball sine = apply(
      x, [](auto r, auto v, long p) { arb_sin_pi(r, v, p); }, 4096);
  return log(Ball::pi(x.precision()) / abs(sine)) - reflected;
}

Ball Si(const Ball& x) { return apply(x, arb_hypgeom_si, 4096); }
Ball Ci(const Ball& x) { return apply(x, arb_hypgeom_ci, 4096, x > 0); }

Ball Ei(const Ball& x) {
  if (at_most_minus_2exp(x, 60)) return vanishing(x.precision());
  return apply(x, arb_hypgeom_ei, 61, !(x == 0));
}

Ball li(const Ball& x) {
  const auto integral = [](auto r, auto v, long p) { arb_hypgeom_li(r, v, 0, p); };
  return apply(x, integral, any_size, both(x > 0, !(x == 1)));
}

// (-1)^(k+1) * k! * zeta(k + 1, x), DLMF 5.15.1; below 0 after summing terms up to a positive argument.
Ball polygamma(const Ball& k, const Ball& x) {
  if (!k.is_finite() || !x.is_finite()) return not_finite(k, x);
  if (!k.is_integer()) return k.contains_integer() ? Ball::unknown() : Ball::undefined();
  if ((k < 0) == Truth::yes) return Ball::undefined();
  if (k.is_zero()) return digamma(x);
  if (off_poles(x) == Truth::no) return Ball::undefined();
  const Truth within = both(both(k <= 1000, x >= -4000), off_poles(x));
  if (within != Truth::yes || x.magnitude_bits().value_or(0) > 4096) return Ball::unknown();
  const Ball s = k + 1;
  Ball sum = Ball(0).with_precision(x.precision()), a = x;
  for (; (a >= 1) != Truth::yes; a += 1) sum += pow(a, -s);
  // 6,000 bits take about 50 ms and 20,000 bits a second, so the precision ends there.
  const long precision = std::min(std::max(k.precision(), x.precision()), 6000L);
  Ball zeta = result(precision);
  on_real(raw(zeta), [&](acb_t z) {
    acb_t order, argument;
    acb_init(order), acb_init(argument);
    acb_set_arb(order, raw(s)), acb_set_arb(argument, raw(a));
    acb_hurwitz_zeta(z, order, argument, precision);
    acb_clear(order), acb_clear(argument);
  });
  const Ball value = gamma(s.with_precision(precision)) * (sum + checked(std::move(zeta)));
  return arf_is_int_2exp_si(arb_midref(raw(k)), 1) ? -value : value;
}

// The text of |x| rounded to an integer after multiplication by 10^shift; halves away from zero.
static std::string rounded(const arf_t x, long shift, bool& exact) {
  fmpz_t m, e, ten;
  fmpz_init(m), fmpz_init(e), fmpz_init(ten);
  arf_get_fmpz_2exp(m, e, x);
  fmpz_abs(m, m);
  const long twos = fmpz_get_si(e) + 1;  // one more: twice the value is rounded to an integer, then halved
  fmpz_ui_pow_ui(ten, 10, static_cast<ulong>(shift < 0 ? -shift : shift));
  if (shift > 0) fmpz_mul(m, m, ten);
  if (twos > 0) fmpz_mul_2exp(m, m, static_cast<ulong>(twos));
  if (shift > 0) fmpz_one(ten);
  if (twos < 0) fmpz_mul_2exp(ten, ten, static_cast<ulong>(-twos));
  fmpz_fdiv_qr(m, e, m, ten);
  exact = fmpz_is_zero(e) && fmpz_is_even(m);
  fmpz_add_ui(m, m, 1);
  fmpz_fdiv_q_2exp(m, m, 1);
  char* text = fmpz_get_str(nullptr, 10, m);
  std::string r = text;
  flint_free(text);
  fmpz_clear(m), fmpz_clear(e), fmpz_clear(ten);
  return r;
}

std::optional<std::string> Ball::digits(int digits) const {
  constexpr long largest = 200'000;  // bits of the exponents that are written out
  if (is_zero()) return "0";
  const long e = magnitude_bits().value_or(any_size);
  if (contains_zero() || digits < 1 || digits > 6000 || e > largest || e < -largest) return std::nullopt;
  arf_t lower, upper;
  arf_init(lower), arf_init(upper);
  const long bits = std::max(static_cast<long>(digits) * 4 + 64, static_cast<long>(arb_bits(raw(*this))));
  arb_get_abs_lbound_arf(lower, raw(*this), std::min(bits, largest));
  arb_get_abs_ubound_arf(upper, raw(*this), std::min(bits, largest));
  long exponent = static_cast<long>(std::floor(static_cast<double>(e - 1) * 0.30102999566398120));
  std::optional<std::string> text;
  for (int tries = 0; tries < 3 && !text; ++tries) {
    bool exact = false, unused = false;
    std::string low = rounded(lower, digits - 1 - exponent, exact);
    const auto size = static_cast<int>(low.size());
    if (size != digits && low != "1" + std::string(static_cast<size_t>(digits), '0')) {
      exponent += size < digits ? -1 : 1;
      continue;
    }
    if (low != rounded(upper, digits - 1 - exponent, unused)) break;
    if (size > digits) low.pop_back(), ++exponent;
    text = decimal_text((*this < 0) == Truth::yes, low, exponent, is_exact() && exact);
  }
  arf_clear(lower), arf_clear(upper);
  return text;
}

}  // namespace nabla

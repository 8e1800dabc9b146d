#include "eval/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "expr/relation.h"

namespace nabla {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double negation(double a) { return 1 - a; }
double conjunction(double a, double b) { return a == 0 || b == 0 ? 0 : a + b == 2 ? 1 : nan; }
double disjunction(double a, double b) { return a == 1 || b == 1 ? 1 : a + b == 0 ? 0 : nan; }

bool is_true(double c) { return c == 1; }
bool is_true(const Ball& c) { return !c.contains_zero(); }

Ball truth_ball(Truth t) { return t == Truth::unknown ? Ball::unknown() : Ball(t == Truth::yes ? 1 : 0); }

bool is_false(const Ball& b) { return b.is_zero(); }

Ball compare_balls(Relation r, const Ball& a, const Ball& b) {
  if (a.is_undefined() || b.is_undefined()) return Ball::undefined();
  switch (r) {
    case Relation::less:
      return truth_ball(a < b);
    case Relation::less_equal:
      return truth_ball(a <= b);
    case Relation::equal:
      return truth_ball(a == b);
    case Relation::not_equal:
      return truth_ball(!(a == b));
  }
  return Ball::unknown();
}

Ball select_ball(const Ball& c, const Ball& a, const Ball& b) {
  if (c.is_undefined()) return c;
  return select(!c.is_finite() ? Truth::unknown : is_false(c) ? Truth::no : Truth::yes, a, b);
}

double log_of(double x) { return std::log(x); }
Ball log_of(const Ball& x) { return log(x); }
double power_of(double x, double y) { return real_power(x, y); }
Ball power_of(const Ball& x, const Ball& y) { return pow(x, y); }
double integer_power_of(double x, int32_t k) { return integer_power(x, k); }
Ball integer_power_of(const Ball& x, int32_t k) { return pow(x, Rational(k)); }
double half_power_of(double x, int32_t k) { return half_power(x, k); }
Ball half_power_of(const Ball& x, int32_t k) { return pow(x, Rational::fraction(k, 2)); }
bool positive(double x) { return x > 0; }
bool positive(const Ball& x) { return (x > Ball(0)) == Truth::yes; }

template <class T>
T power_in_base(const T& x, const T& y) {  // d(x^y)/dx
  return is_zero(y) ? T(0) : T(y * power_of(x, T(y - T(1))));
}

// The derivatives in y of x^y at x = 0, y > 0 are 0.
template <class T>
T power_in_exponent(const T& x, const T& y, const T& f) {
  return is_zero(x) && positive(y) ? T(0) : T(f * log_of(x));
}

template <class T>
void power_seconds(const T& x, const T& y, const T& f, Second<T>& out) {
  const T y1 = y - T(1);
  out.at[0][0] = is_zero(y) || is_zero(y1) ? T(0) : T(y * y1 * power_of(x, T(y1 - T(1))));
  if (is_zero(x) && positive(y)) {
    out.at[0][1] = positive(y1) ? T(0) : T(log_of(x));
    out.at[1][1] = T(0);
  } else {
    const T l = log_of(x);
    out.at[0][1] = power_of(x, y1) * (T(1) + y * l);
    out.at[1][1] = f * l * l;
  }
}

}  // namespace

double integer_power(double x, int32_t k) {
  if (k < 0 && x == 0) return nan;
  if (k > 64 || k < -64) return std::pow(x, k);
  double result = 1;
  for (uint32_t n = static_cast<uint32_t>(std::abs(k)); n != 0; n >>= 1) {
    if (n & 1) result *= x;
    x *= x;
  }
  return k < 0 ? 1 / result : result;
}

double half_power(double x, int32_t k) { return integer_power(std::sqrt(x), k); }

double real_power(double x, double y) { return x == 0 && y < 0 ? nan : std::pow(x, y); }

double divide_defined(double a, double b) { return b == 0 ? nan : a / b; }

double compare_values(Relation r, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return nan;
  return relation_holds(r, a, b);
}

double Arithmetic<double>::value(const Instruction& i, const double* x) const {
  switch (i.op) {
    case TapeOp::input:
      return nan;  // given, not computed
    case TapeOp::number:
      return number(i.a);
    case TapeOp::constant:
      return static_cast<Constant>(i.tag) == Constant::pi ? std::numbers::pi : std::numbers::e;
    case TapeOp::add:
      return x[0] + x[1];
    case TapeOp::subtract:
      return x[0] - x[1];
    case TapeOp::multiply:
      return x[0] * x[1];
    case TapeOp::divide:
      return divide_defined(x[0], x[1]);
    case TapeOp::negate:
      return -x[0];
    case TapeOp::scale:
      return number(i.b) * x[0];
    case TapeOp::shift:
      return x[0] + number(i.b);
    case TapeOp::power_integer:
      return integer_power(x[0], i.exponent());
    case TapeOp::power_half:
      return half_power(x[0], i.exponent());
    case TapeOp::power:
      return real_power(x[0], x[1]);
    case TapeOp::function:
      return row(i.fn()).value(x);
    case TapeOp::compare:
      return compare_values(i.relation(), x[0], x[1]);
    case TapeOp::negation:
      return negation(x[0]);
    case TapeOp::conjunction:
      return conjunction(x[0], x[1]);
    case TapeOp::disjunction:
      return disjunction(x[0], x[1]);
    case TapeOp::select:
      return std::isnan(x[0]) ? nan : x[0] == 1 ? x[1] : x[2];
  }
  return nan;
}

Ball Arithmetic<Ball>::value(const Instruction& i, const Ball* x) const {
  switch (i.op) {
    case TapeOp::input:
      return Ball::unknown();  // given, not computed
    case TapeOp::number:
      return number(i.a);
    case TapeOp::constant:
      return static_cast<Constant>(i.tag) == Constant::pi ? Ball::pi(precision_) : Ball::e(precision_);
    case TapeOp::add:
      return x[0] + x[1];
    case TapeOp::subtract:
      return x[0] - x[1];
    case TapeOp::multiply:
      return x[0] * x[1];
    case TapeOp::divide:
      return x[0] / x[1];
    case TapeOp::negate:
      return -x[0];
    case TapeOp::scale:
      return number(i.b) * x[0];
    case TapeOp::shift:
      return x[0] + number(i.b);
    case TapeOp::power_integer:
      return integer_power_of(x[0], i.exponent());
    case TapeOp::power_half:
      return half_power_of(x[0], i.exponent());
    case TapeOp::power: {
      const Instruction& exponent = tape_[i.b];
      return exponent.op == TapeOp::number ? pow(x[0], tape_.exact(exponent.a)) : pow(x[0], x[1]);
    }
    case TapeOp::function:
      return row(i.fn()).ball(x, precision_);
    case TapeOp::compare:
      return compare_balls(i.relation(), x[0], x[1]);
    case TapeOp::negation:
      return x[0].is_finite() ? Ball(1) - x[0] : x[0];
    case TapeOp::conjunction:
      if (is_false(x[0]) || is_false(x[1])) return 0;
      return x[0] * x[1];  // 1 * 1, or not finite
    case TapeOp::disjunction:
      if (x[0].is_finite() && !is_false(x[0])) return 1;
      if (x[1].is_finite() && !is_false(x[1])) return 1;
      return x[0] + x[1];
    case TapeOp::select:
      return select_ball(x[0], x[1], x[2]);
  }
  return Ball::unknown();
}

void Arithmetic<double>::function_partials(const Instruction& i, const double* x, double f,
                                           double* out) const {
  row(i.fn()).partials(x, f, out);
}

void Arithmetic<Ball>::function_partials(const Instruction& i, const Ball* x, const Ball& f,
                                         Ball* out) const {
  row(i.fn()).ball_partials(x, f, out, precision_);
}

template <class T>
void partials(const Arithmetic<T>& in, const Instruction& i, const T* x, const T& f, T* out) {
  switch (i.op) {
    case TapeOp::add:
      out[0] = out[1] = T(1);
      break;
    case TapeOp::subtract:
      out[0] = T(1);
      out[1] = T(-1);
      break;
    case TapeOp::multiply:
      out[0] = x[1];
      out[1] = x[0];
      break;
    case TapeOp::divide:
      out[0] = T(1) / x[1];
      out[1] = -f / x[1];
      break;
    case TapeOp::negate:
      out[0] = T(-1);
      break;
    case TapeOp::scale:
      out[0] = in.number(i.b);
      break;
    case TapeOp::shift:
      out[0] = T(1);
      break;
    case TapeOp::power_integer:
      out[0] = in.integer(i.exponent()) * integer_power_of(x[0], i.exponent() - 1);
      break;
    case TapeOp::power_half:
      out[0] = in.integer(i.exponent()) / in.integer(2) * half_power_of(x[0], i.exponent() - 2);
      break;
    case TapeOp::power:
      out[0] = power_in_base(x[0], x[1]);
      out[1] = power_in_exponent(x[0], x[1], f);
      break;
    case TapeOp::function:
      in.function_partials(i, x, f, out);
      break;
    case TapeOp::select:
      out[0] = T(0);
      out[1] = T(is_true(x[0]) ? 1 : 0);
      out[2] = T(is_true(x[0]) ? 0 : 1);
      break;
    default:  // atoms and truth values
      for (size_t k = 0; k < i.count; ++k) out[k] = T(0);
  }
}

template <class T>
void second_partials(const Arithmetic<T>& in, const Instruction& i, const T* x, const T& f, Second<T>& out) {
  for (auto& line : out.at) {
    for (T& s : line) s = T(0);
  }
  switch (i.op) {
    case TapeOp::multiply:
      out.at[0][1] = T(1);
      break;
    case TapeOp::divide: {
      const T squared = x[1] * x[1];
      out.at[0][1] = T(-1) / squared;
      out.at[1][1] = T(2) * f / squared;
      break;
    }
    case TapeOp::power_integer: {
      const T k = in.integer(i.exponent());
      out.at[0][0] = k * (k - T(1)) * integer_power_of(x[0], i.exponent() - 2);
      break;
    }
    case TapeOp::power_half: {
      const T k = in.integer(i.exponent()) / in.integer(2);
      out.at[0][0] = k * (k - T(1)) * half_power_of(x[0], i.exponent() - 4);
      break;
    }
    case TapeOp::power:
      power_seconds(x[0], x[1], f, out);
      break;
    case TapeOp::function:
      in.function_seconds(i, x, out);
      break;
    default:
      break;
  }
  out.at[1][0] = out.at[0][1];
}

template void partials(const Arithmetic<double>&, const Instruction&, const double*, const double&, double*);
template void partials(const Arithmetic<Ball>&, const Instruction&, const Ball*, const Ball&, Ball*);
template void second_partials(const Arithmetic<double>&, const Instruction&, const double*, const double&,
                              Second<double>&);
template void second_partials(const Arithmetic<Ball>&, const Instruction&, const Ball*, const Ball&,
                              Second<Ball>&);

}  // namespace nabla

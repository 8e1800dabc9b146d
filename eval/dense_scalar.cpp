#include "eval/dense_scalar.h"

#include <numbers>
#include <string>

#include "eval/arithmetic.h"
#include "expr/diagnostic.h"

namespace nabla::dense {
namespace {

// One of the functions that have a meaning for complex numbers, by its name in the function table.
template <class T>
struct ComplexRow {
  std::string_view name;
  T (*value)(const T* x);
};

template <class T>
T number(double v) {
  return T(v);
}

template <class T>
T real_as_complex(const typename RealOf<T>::type& x) {
  T out;
  from_real(x, out);
  return out;
}

#define NABLA_COMPLEX(name, formula)                              \
  {                                                               \
#name, [](const T* a) -> T { const T& x = a[0]; return formula; } \
  }

template <class T>
const ComplexRow<T>* find_complex(std::string_view name) {
  static const ComplexRow<T> rows[] = {
      NABLA_COMPLEX(exp, exp(x)),
      NABLA_COMPLEX(log, log(x)),
      NABLA_COMPLEX(log2, log(x) / number<T>(std::numbers::ln2)),
      NABLA_COMPLEX(log10, log(x) / number<T>(std::numbers::ln10)),
      NABLA_COMPLEX(log1p, log(T(1.0) + x)),
      NABLA_COMPLEX(expm1, exp(x) - T(1.0)),
      NABLA_COMPLEX(sqrt, sqrt(x)),
      NABLA_COMPLEX(sin, sin(x)),
      NABLA_COMPLEX(cos, cos(x)),
      NABLA_COMPLEX(tan, tan(x)),
      NABLA_COMPLEX(sec, T(1.0) / cos(x)),
      NABLA_COMPLEX(csc, T(1.0) / sin(x)),
      NABLA_COMPLEX(cot, T(1.0) / tan(x)),
      NABLA_COMPLEX(asin, asin(x)),
      NABLA_COMPLEX(acos, acos(x)),
      NABLA_COMPLEX(atan, atan(x)),
      NABLA_COMPLEX(asec, acos(T(1.0) / x)),
      NABLA_COMPLEX(acsc, asin(T(1.0) / x)),
      NABLA_COMPLEX(acot, number<T>(std::numbers::pi / 2) - atan(x)),
      NABLA_COMPLEX(sinh, sinh(x)),
      NABLA_COMPLEX(cosh, cosh(x)),
      NABLA_COMPLEX(tanh, tanh(x)),
      NABLA_COMPLEX(sech, T(1.0) / cosh(x)),
      NABLA_COMPLEX(csch, T(1.0) / sinh(x)),
      NABLA_COMPLEX(coth, T(1.0) / tanh(x)),
      NABLA_COMPLEX(asinh, asinh(x)),
      NABLA_COMPLEX(acosh, acosh(x)),
      NABLA_COMPLEX(atanh, atanh(x)),
      NABLA_COMPLEX(asech, acosh(T(1.0) / x)),
      NABLA_COMPLEX(acsch, asinh(T(1.0) / x)),
      NABLA_COMPLEX(acoth, atanh(T(1.0) / x)),
      NABLA_COMPLEX(sigmoid, T(1.0) / (T(1.0) + exp(-x))),
      NABLA_COMPLEX(softplus, log(T(1.0) + exp(x))),
      NABLA_COMPLEX(silu, x / (T(1.0) + exp(-x))),
      NABLA_COMPLEX(logit, log(x / (T(1.0) - x))),
      NABLA_COMPLEX(sinc, magnitude(x) == 0 ? T(1.0) : sin(x) / x),
      NABLA_COMPLEX(abs, absolute(x)),
      NABLA_COMPLEX(conj, conj(x)),
      NABLA_COMPLEX(real, real_as_complex<T>(to_real(x))),
      NABLA_COMPLEX(imag, real_as_complex<T>(imaginary(x))),
      NABLA_COMPLEX(pow, power(x, a[1])),
  };
  for (const ComplexRow<T>& r : rows) {
    if (r.name == name) return &r;
  }
  return nullptr;
}

#undef NABLA_COMPLEX

template <class T>
T apply_complex(Fn f, const T* x) {
  const Function& r = row(f);
  if (const ComplexRow<T>* c = find_complex<T>(r.name)) return c->value(x);
  typename RealOf<T>::type reals[most_arguments];
  for (size_t k = 0; k < r.max_args; ++k) {
    if (!is_real(x[k])) {
      throw Failure(Code::cannot_evaluate,
                    "'" + std::string(r.name) + "' of a number that is not real is not computed");
    }
    reals[k] = to_real(x[k]);
  }
  return real_as_complex<T>(apply(f, reals));
}

// Rows of complex numbers may have no kernel for real ones.
bool is_plain(std::string_view name) { return name == "real" || name == "conj"; }

}  // namespace

double constant_power(double x, double q) {
  if (q == std::floor(q) && std::abs(q) <= 64) return integer_power(x, static_cast<int64_t>(q));
  if (2 * q == std::floor(2 * q) && std::abs(q) <= 32) {
    return integer_power(std::sqrt(x), static_cast<int64_t>(2 * q));
  }
  return real_power(x, q);
}

Complex constant_power(const Complex& x, double q) {
  if (q == std::floor(q) && std::abs(q) < 0x1p31) return integer_power(x, static_cast<int64_t>(q));
  if (x == 0.0) return q > 0 ? 0.0 : nan;
  return q == 0.5 ? sqrt(x) : std::exp(q * log(x));
}

double power(double x, double y) { return real_power(x, y); }

Complex power(const Complex& x, const Complex& y) {
  if (y.imag() == 0) return constant_power(x, y.real());
  if (x == 0.0) return y.real() > 0 ? 0.0 : nan;
  return std::exp(y * log(x));
}

double apply(Fn f, const double* x) {
  const Function& r = row(f);
  if (is_plain(r.name)) return x[0];
  if (r.name == "imag") return 0;
  return r.value(x);
}

Jet<double> apply(Fn f, const Jet<double>* x) {
  const Function& r = row(f);
  double values[most_arguments] = {}, partials[most_arguments] = {};
  bool moves = false;
  for (size_t k = 0; k < r.max_args; ++k) {
    values[k] = x[k].value;
    moves |= x[k].tangent != 0;
  }
  Jet<double> result(apply(f, values), 0);
  if (is_plain(r.name)) return x[0];
  if (!moves || r.name == "imag") return result;
  r.partials(values, result.value, partials);
  for (size_t k = 0; k < r.max_args; ++k) {
    if (x[k].tangent != 0) result.tangent += partials[k] * x[k].tangent;
  }
  return result;
}

// The partials are dual numbers themselves; theirs are the second partials, from differences in balls.
Jet<Jet<double>> apply(Fn f, const Jet<Jet<double>>* x) {
  const Function& r = row(f);
  if (is_plain(r.name)) return x[0];
  if (r.name == "imag") return {0.0};
  const size_t n = r.max_args;
  Jet<double> inner[most_arguments];
  double values[most_arguments] = {}, partials[most_arguments] = {};
  bool moves = false, curved = false;
  for (size_t k = 0; k < n; ++k) {
    inner[k] = x[k].value;
    values[k] = inner[k].value;
    moves |= !is_zero(x[k].tangent);
    for (size_t l = 0; l < n; ++l) curved |= x[k].tangent.value != 0 && x[l].value.tangent != 0;
  }
  Jet<Jet<double>> result(apply(f, inner), {});
  if (!moves) return result;
  r.partials(values, result.value.value, partials);
  Second<double> seconds{};
  if (curved) function_seconds(f, n, values, seconds);
  for (size_t k = 0; k < n; ++k) {
    const Jet<double>& t = x[k].tangent;
    if (is_zero(t)) continue;
    result.tangent.value += partials[k] * t.value;
    result.tangent.tangent += partials[k] * t.tangent;
    for (size_t l = 0; l < n && t.value != 0; ++l) {
      if (inner[l].tangent != 0) result.tangent.tangent += seconds.at[k][l] * inner[l].tangent * t.value;
    }
  }
  return result;
}

Complex apply(Fn f, const Complex* x) { return apply_complex(f, x); }
Jet<Complex> apply(Fn f, const Jet<Complex>* x) { return apply_complex(f, x); }

}  // namespace nabla::dense

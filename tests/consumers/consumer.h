// What the programs that use generated headers have in common: comparison, and derivatives by ADOL-C of a
// function template. Each is compiled with g++ and clang++ and exits with the number of disagreements.
#pragma once

#include <adolc/adolc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <type_traits>
#include <vector>

// What generated code calls and ADOL-C 2.7 lacks; found by argument-dependent lookup.
inline adouble log1p(const badouble& x) { return log(1.0 + x); }
inline adouble erfc(const badouble& x) { return 1.0 - erf(x); }

inline int failures = 0;

template <class A>
void flatten(const A& a, std::vector<double>& out) {
  if constexpr (std::is_arithmetic_v<A>) {
    out.push_back(static_cast<double>(a));
  } else {
    for (const auto& x : a) flatten(x, out);
  }
}

// Entry by entry, relative to the entry, or to the largest one where an entry is small by cancellation.
template <class A, class B>
void expect(const char* what, const A& got, const B& wanted, double tolerance = 1e-11) {
  std::vector<double> a, b;
  flatten(got, a);
  flatten(wanted, b);
  double largest = 0;
  for (double x : b) largest = std::max(largest, std::fabs(x));
  bool good = a.size() == b.size();
  for (std::size_t i = 0; good && i < a.size(); ++i) {
    good = std::fabs(a[i] - b[i]) <= tolerance * (std::fabs(b[i]) + 1e-3 * largest);
    if (!good) std::printf("%s, entry %zu: %.17g, expected %.17g\n", what, i, a[i], b[i]);
  }
  if (a.size() != b.size()) std::printf("%s: %zu entries, expected %zu\n", what, a.size(), b.size());
  if (!good) ++failures;
}

using Point = std::vector<double>;
using Rows = std::vector<std::vector<double>>;

// Tapes y = f(x): f takes a pointer to n adoubles and returns an array of them.
template <class F>
std::size_t tape(short tag, const Point& x, F f) {
  trace_on(tag);
  std::vector<adouble> active(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) active[i] <<= x[i];
  const auto y = f(active.data());
  double passive = 0;
  for (adouble v : y) v >>= passive;
  trace_off();
  return y.size();
}

// The Jacobian by ADOL-C, outputs by inputs.
template <class F>
Rows adolc_jacobian(const Point& x, F f) {
  const std::size_t m = tape(1, x, f), n = x.size();
  Rows out(m, std::vector<double>(n));
  std::vector<double*> rows;
  for (auto& r : out) rows.push_back(r.data());
  jacobian(1, static_cast<int>(m), static_cast<int>(n), const_cast<double*>(x.data()), rows.data());
  return out;
}

// The Hessian of a function with one output by ADOL-C.
template <class F>
Rows adolc_hessian(const Point& x, F f) {
  tape(2, x, f);
  const std::size_t n = x.size();
  Rows out(n, std::vector<double>(n));
  std::vector<double*> rows;
  for (auto& r : out) rows.push_back(r.data());
  hessian(2, static_cast<int>(n), const_cast<double*>(x.data()), rows.data());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) out[i][j] = out[j][i];
  }
  return out;
}

inline std::vector<double> times(const Rows& a, const std::vector<double>& v) {
  std::vector<double> out;
  for (const auto& row : a) {
    double sum = 0;
    for (std::size_t j = 0; j < v.size(); ++j) sum += row[j] * v[j];
    out.push_back(sum);
  }
  return out;
}

template <std::size_t N, class T>
std::array<T, N> array_at(const T* x) {
  std::array<T, N> out;
  for (std::size_t i = 0; i < N; ++i) out[i] = x[i];
  return out;
}

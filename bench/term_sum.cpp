#include "bench/term_sum.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace nabla::bench {

TermSum::TermSum(size_t terms) {
  for (size_t i = 0; i < terms; ++i) term(i == 0);
}

uint64_t TermSum::below(uint64_t n) {  // splitmix64 (Steele, Lea and Flood, 2014)
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (z ^ (z >> 31)) % n;
}

void TermSum::term(bool first) {
  const bool minus = below(2) == 1;
  const int p = between(1, 99), q = between(1, 9);
  text_ += minus ? "-" : first ? "" : "+";
  fmt::format_to(std::back_inserter(text_), "{}/{}", p, q);
  double value = (minus ? -1.0 : 1.0) * p / q;
  PerVariable log_derivative{};
  for (int m = between(4, 7); m > 0; --m) factor(value, log_derivative);
  value_ += value;
  scale_ += std::abs(value);
  for (size_t i = 1; i <= variables; ++i) {
    gradient_[i] += value * log_derivative[i];
    scales_[i] += std::abs(value * log_derivative[i]);
  }
}

void TermSum::factor(double& value, PerVariable& log_derivative) {
  const auto out = std::back_inserter(text_);
  const auto i = static_cast<size_t>(between(1, variables)), j = static_cast<size_t>(between(1, variables));
  const double x = at(i), y = at(j);
  switch (below(4)) {
    case 0: {
      const int a = between(1, 9), b = between(1, 9);
      fmt::format_to(out, "*sin({}*x{}+{}*x{})", a, i, b, j);
      const double angle = a * x + b * y;
      value *= std::sin(angle);
      log_derivative[i] += a * std::cos(angle) / std::sin(angle);
      log_derivative[j] += b * std::cos(angle) / std::sin(angle);
      return;
    }
    case 1: {
      const int c = between(2, 9);
      fmt::format_to(out, "*exp(x{}*x{}/{})", i, j, c);
      value *= std::exp(x * y / c);
      log_derivative[i] += y / c;
      log_derivative[j] += x / c;
      return;
    }
    default: {
      const int k = between(1, 6);
      fmt::format_to(out, "*x{}^{}", i, k);
      value *= std::pow(x, k);
      log_derivative[i] += k / x;
    }
  }
}

}  // namespace nabla::bench

// A sum of random terms as one line of text, with its value and gradient at a point computed from the
// numbers that were drawn: what the parser and the differentiator have to agree with.
//
// A term is sign P/Q*F1*…*Fm with P in 1..99, Q in 1..9, m in 4..7; a factor is, with probability 1/2, 1/4,
// 1/4: x_i^k (k in 1..6), sin(a*x_i+b*x_j) (a, b in 1..9), exp(x_i*x_j/c) (c in 2..9); i, j in 1..20.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace nabla::bench {

class TermSum {
 public:
  static constexpr size_t variables = 20;

  explicit TermSum(size_t terms);  // the same sum each time

  const std::string& text() const { return text_; }
  // The point: sines are taken where they are far from 0.
  static double at(size_t i) { return 0.12 + 0.0025 * static_cast<double>(i); }  // of x_i, i in 1..20
  double value() const { return value_; }
  double value_scale() const { return scale_; }             // the sum of the terms' absolute values
  double gradient(size_t i) const { return gradient_[i]; }  // i in 1..20
  double gradient_scale(size_t i) const { return scales_[i]; }

 private:
  using PerVariable = std::array<double, variables + 1>;

  void term(bool first);
  // Appends a factor; multiplies `value` by it and adds its logarithmic derivatives.
  void factor(double& value, PerVariable& log_derivative);
  uint64_t below(uint64_t n);  // uniform in 0..n-1
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<uint64_t>(high - low + 1)));
  }

  uint64_t state_ = 1;
  std::string text_;
  double value_ = 0, scale_ = 0;
  PerVariable gradient_{}, scales_{};
};

}  // namespace nabla::bench

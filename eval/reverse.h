// Reverse mode: adjoints swept backwards over a tape at one point, and forward over reverse for products with
// the Hessian (Griewank and Walther, 2008, chapters 3 and 5).
//
// Invariant: an adjoint or a partial that is 0 contributes 0, whatever it is multiplied by, so a branch that
// is not taken never poisons. A gradient costs one sweep whatever the number of inputs.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "eval/arithmetic.h"
#include "eval/tape.h"

namespace nabla {

class Reverse {
 public:
  explicit Reverse(const Tape& tape);  // the tape must outlive it

  // Moves to a point: one number per input. Before anything else.
  void move_to(std::span<const double> point);
  double value(size_t output) const { return values_[tape_.outputs()[output]]; }
  std::span<const double> values() const { return values_; }  // of every instruction

  // gradient[j] = sum over k of weights[k] * d output k / d input j.
  void gradient(std::span<const double> weights, std::span<double> gradient);
  void gradient(size_t output, std::span<double> gradient);
  // result[j] = sum over k and i of weights[k] * (d2 output k / d input j d input i) * direction[i].
  void hessian_vector(std::span<const double> weights, std::span<const double> direction,
                      std::span<double> result);
  void hessian_vector(size_t output, std::span<const double> direction, std::span<double> result);

 private:
  const double* partials_of(uint32_t i) const { return partials_.data() + first_[i]; }
  const Second<double>& seconds_of(uint32_t i);
  void load(uint32_t i, double* x) const;
  void seed(std::span<const double> weights);
  void push_tangents(std::span<const double> direction);

  const Tape& tape_;
  Arithmetic<double> arithmetic_;
  std::vector<uint32_t> first_;  // of each instruction's partials
  std::vector<double> values_;
  std::vector<double> partials_;
  std::vector<double> adjoints_;
  std::vector<double> tangents_;  // of values
  std::vector<double> adjoint_tangents_;
  std::unordered_map<uint32_t, Second<double>> seconds_;  // of functions, at this point
  Second<double> elementary_;
};

}  // namespace nabla

// ADOL-C as a candidate: the function is recorded once and the tape is run for each evaluation. Buffers have
// their default size; what is longer goes to files in the current folder.
#pragma once

#include <adolc/adolc.h>

#include <cstddef>
#include <vector>

// What ADOL-C 2.7 lacks; found by argument-dependent lookup.
inline adouble erfc(const badouble& x) { return 1 - erf(x); }

namespace nabla::bench::codegen {

class Tape {
 public:
  // f(const T* x, T* y) for T = adouble
  template <class F>
  Tape(const std::vector<double>& x, std::size_t outputs, F f)
      : inputs_(static_cast<int>(x.size())), outputs_(static_cast<int>(outputs)), x_(x) {
    std::vector<adouble> in(x.size()), out(outputs);
    trace_on(id_);
    for (std::size_t i = 0; i < x.size(); ++i) in[i] <<= x[i];
    f(in.data(), out.data());
    double ignored = 0;
    for (adouble& y : out) y >>= ignored;
    trace_off();
    weights_.assign(outputs, std::vector<double>(outputs));
    for (std::size_t i = 0; i < outputs; ++i) weights_[i][i] = 1;
  }

  // out: the values, then the Jacobian row by row.
  void jacobian(double* out) const { jacobian(x_.data(), out); }
  void jacobian(const double* x, double* out) const {
    zos_forward(id_, outputs_, inputs_, 1, x, out);
    if (outputs_ == 1) {
      fos_reverse(id_, 1, inputs_, weights_[0].data(), out + 1);
      return;
    }
    std::vector<double*> rows, weights;
    for (int i = 0; i < outputs_; ++i) rows.push_back(out + outputs_ + i * inputs_);
    for (std::vector<double>& w : weights_) weights.push_back(w.data());
    fov_reverse(id_, outputs_, inputs_, outputs_, weights.data(), rows.data());
  }
  // Of one function: out is its value, its gradient and its whole Hessian.
  void hessian(double* out) const {
    jacobian(out);
    double* const rows = out + 1 + inputs_;
    std::vector<double*> lower;
    for (int i = 0; i < inputs_; ++i) lower.push_back(rows + i * inputs_);
    std::vector<double> x = x_;  // the driver takes it without const
    ::hessian(id_, inputs_, x.data(), lower.data());
    for (int i = 0; i < inputs_; ++i) {
      for (int j = 0; j < i; ++j) rows[j * inputs_ + i] = rows[i * inputs_ + j];
    }
  }

 private:
  static short next_id() {
    static short id = 0;
    return ++id;
  }

  short id_ = next_id();
  int inputs_, outputs_;
  std::vector<double> x_;
  mutable std::vector<std::vector<double>> weights_;  // rows of the identity, taken without const
};

}  // namespace nabla::bench::codegen

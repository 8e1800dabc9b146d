// Numbers for whole vectors, matrices and tensors whose sizes are given at run time.
//
// Every node of expr/ has a value here, also the functions of matrices, for any scalar of dense_scalar.h:
// real or complex numbers, and dual numbers, whose tangents are derivatives taken by the algorithms
// themselves. That makes it an oracle for diff/: it shares no code with it and never reads a differential.
//
// Invariants: arrays are row-major; truth values are 1 and 0; an undefined value is NaN; a branch that a
// scalar condition does not take and a term that a guard excludes are never looked at. Nothing recurses on
// the depth of an expression, and the work is spent from the Budget of the Context. Refs are valid until
// Context::keep.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "eval/dense_scalar.h"
#include "expr/context.h"

namespace nabla {

template <class T>
struct DenseArray {
  std::vector<int64_t> extents;  // none: a scalar
  std::vector<T> entries;        // row-major
};

template <class T>
class DenseEvaluator {
 public:
  explicit DenseEvaluator(Context& ctx);
  ~DenseEvaluator();
  DenseEvaluator(const DenseEvaluator&) = delete;
  DenseEvaluator& operator=(const DenseEvaluator&) = delete;

  // The value of a symbol, of a dim, of a let or of an entry of a tensor. Dims that are extents of its shape
  // become known. Failure (bad_value) when an extent differs from what is known or declared, naming both
  // sources.
  void set(Ref name, DenseArray<T> value);
  void set(Ref name, const T& scalar) { set(name, DenseArray<T>{{}, {scalar}}); }

  // After an evaluation: another value for a name that has one, of the same extents and the same numbers,
  // with other tangents. What was evaluated gets its new value; nodes whose parts stay the same are not
  // looked at.
  void vary(Ref name, DenseArray<T> value);

  // Of a scalar, one entry. Failure: missing_value, bad_value, empty_reduction, cannot_evaluate.
  const DenseArray<T>& operator()(Ref e);
  // The value of a part, if it was looked at since the last set(); else nullptr.
  const DenseArray<T>* computed(Ref part) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

extern template class DenseEvaluator<double>;
extern template class DenseEvaluator<Complex>;
extern template class DenseEvaluator<Jet<double>>;
extern template class DenseEvaluator<Jet<Complex>>;
extern template class DenseEvaluator<Jet<Jet<double>>>;

// Values for names.
struct DenseBinding {
  Ref name;
  DenseArray<double> value;
  std::vector<double> imaginary = {};  // parts of the entries; empty: all are real
};
using DensePoint = std::vector<DenseBinding>;

// The value of e, and its derivative in the direction: tangents for some of the names of the point. NaN where
// there is no value.
DenseArray<double> dense_value(Context& ctx, Ref e, std::span<const DenseBinding> point);
DenseArray<double> directional_derivative(Context& ctx, Ref e, std::span<const DenseBinding> point,
                                          std::span<const DenseBinding> direction);
// The second derivative along v, then w.
DenseArray<double> second_derivative(Context& ctx, Ref e, std::span<const DenseBinding> point,
                                     std::span<const DenseBinding> v, std::span<const DenseBinding> w);
// The axes of e, then those of the variable, whose entries are taken as independent (whatever its structure).
DenseArray<double> jacobian(Context& ctx, Ref e, std::span<const DenseBinding> point, Ref variable);

}  // namespace nabla

// The value of a question such as grad(f, X) by automatic differentiation: dual numbers through the evaluator
// of whole arrays, entry of the variable by entry. T: double, or Complex for Wirtinger derivatives.
//
// The layouts are those of docs/language.md; of a variable with structure, the gradient in its space or, with
// `free_entries`, the derivative by its independent entries.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "eval/dense.h"
#include "expr/context.h"

namespace nabla {

template <class T>
class Reference {
 public:
  Reference(Context& ctx, bool free_entries) : ctx_(ctx), free_entries_(free_entries) {}

  void set(Ref name, DenseArray<T> value) { point_.emplace_back(name, std::move(value)); }

  // The entries of an expression without operators.
  std::vector<T> value(Ref e);
  // The entries of an expression with operators; nullopt where one of them is not understood here.
  std::optional<std::vector<T>> differentiate(Ref question);

 private:
  using Array = DenseArray<T>;
  using Binding = std::pair<Ref, Array>;

  const Array* find(Ref name) const;
  DenseArray<T> array_value(Ref e);
  std::vector<T> along(Ref e, const std::vector<Binding>& direction);
  // The derivative of e in the directions of the entries of x, times `unit`: entries of e by those of x.
  std::vector<std::vector<T>> columns(Ref e, Ref x, T unit);
  std::optional<std::vector<T>> operation(Ref node);
  std::optional<std::vector<T>> by_variable(Ref node, Ref e, Ref variable);
  // The same by several scalars.
  std::optional<std::vector<T>> by_scalars(Ref node);
  std::optional<std::vector<T>> hessian(Ref e, Ref x);
  // The Hessian of a scalar times v.
  std::optional<std::vector<T>> hessian_product(Ref e, Ref x, Ref v);
  // The second derivative of e by two scalars.
  std::optional<std::vector<T>> second(Ref e, Ref x, Ref y);
  // div, curl and laplacian, by one vector.
  std::optional<std::vector<T>> of_field(Ref node);
  std::optional<std::vector<T>> differential(Ref node);
  std::vector<T> in_space(const std::vector<T>& free, Ref x) const;

  Context& ctx_;
  bool free_entries_;
  std::vector<Binding> point_;
};

extern template class Reference<double>;
extern template class Reference<Complex>;

}  // namespace nabla

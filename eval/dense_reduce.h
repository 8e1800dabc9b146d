// Products, maxima and minima over labels.
#pragma once

#include <cmath>
#include <vector>

#include "eval/dense_product.h"
#include "eval/dense_scalar.h"
#include "expr/indexed.h"

namespace nabla::dense {

// The first of equal values stays, and NaN.
template <class T>
void fold(Reduction op, T& best, const T& x, bool found) {
  if (op == Reduction::prod) {
    best *= x;
    return;
  }
  const double a = real_value(best), b = real_value(x);
  if (!found || std::isnan(b) || (op == Reduction::max ? b > a : b < a)) best = x;
}

// Over the labels from `outputs` on. `complete`: whether each result has at least one operand.
template <class T>
std::vector<T> reduced(Reduction op, const Operand<T>& source, const std::vector<int64_t>& extents,
                       size_t outputs, const std::vector<Condition>& conditions, Budget& budget,
                       bool& complete) {
  std::vector<Label> order, kept;
  size_t size = 1;
  for (Label k = 0; k < extents.size(); ++k) {
    order.push_back(k);
    if (k >= outputs) continue;
    kept.push_back(k);
    size *= static_cast<size_t>(extents[k]);
  }
  const Operand<T> target = make_operand<T>(nullptr, kept, extents, extents.size());
  std::vector<T> result(size, T(1.0));
  std::vector<bool> found(size);
  Nest nest(budget, order, extents, conditions);
  nest.run([&](int64_t first, int64_t last) {
    for (int64_t i = first; i <= last; ++i) {
      int64_t from = 0, to = 0;
      for (Label k : order) {
        const int64_t v = nest.is_innermost(k) ? i : nest.at(k);
        from += v * source.stride[k];
        to += v * target.stride[k];
      }
      const auto at = static_cast<size_t>(to);
      fold(op, result[at], (*source.entries)[static_cast<size_t>(from)], found[at]);
      found[at] = true;
    }
  });
  complete = std::find(found.begin(), found.end(), false) == found.end();
  return result;
}

}  // namespace nabla::dense

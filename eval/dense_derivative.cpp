// Derivatives by dual numbers through the evaluator of whole arrays.
#include <algorithm>
#include <string>

#include "eval/dense.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

const DenseBinding* find(std::span<const DenseBinding> list, Ref name) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const DenseBinding& b) { return b.name == name; });
  return at == list.end() ? nullptr : &*at;
}

double entry_along(Context& ctx, const DenseBinding* direction, const DenseBinding& at, size_t i) {
  if (direction == nullptr) return 0;
  if (direction->value.entries.size() != at.value.entries.size()) {
    throw Failure(Code::bad_value, "the direction of '" + short_text(ctx, at.name) + "' has another size");
  }
  return direction->value.entries[i];
}

// The value of a name with its tangents.
DenseArray<Jet<double>> dual(Context& ctx, const DenseBinding& b, const DenseBinding* along) {
  DenseArray<Jet<double>> value{b.value.extents, {}};
  for (size_t i = 0; i < b.value.entries.size(); ++i) {
    value.entries.emplace_back(b.value.entries[i], entry_along(ctx, along, b, i));
  }
  return value;
}

DenseArray<double> tangents(const DenseArray<Jet<double>>& f) {
  DenseArray<double> result{f.extents, {}};
  for (const Jet<double>& x : f.entries) result.entries.push_back(std::isnan(x.value) ? x.value : x.tangent);
  return result;
}

}  // namespace

DenseArray<double> dense_value(Context& ctx, Ref e, std::span<const DenseBinding> point) {
  DenseEvaluator<double> evaluator(ctx);
  for (const DenseBinding& b : point) evaluator.set(b.name, b.value);
  return evaluator(e);
}

DenseArray<double> directional_derivative(Context& ctx, Ref e, std::span<const DenseBinding> point,
                                          std::span<const DenseBinding> direction) {
  DenseEvaluator<Jet<double>> evaluator(ctx);
  for (const DenseBinding& b : point) evaluator.set(b.name, dual(ctx, b, find(direction, b.name)));
  return tangents(evaluator(e));
}

DenseArray<double> second_derivative(Context& ctx, Ref e, std::span<const DenseBinding> point,
                                     std::span<const DenseBinding> v, std::span<const DenseBinding> w) {
  DenseEvaluator<Jet<Jet<double>>> evaluator(ctx);
  for (const DenseBinding& b : point) {
    const DenseBinding *along = find(v, b.name), *then = find(w, b.name);
    DenseArray<Jet<Jet<double>>> value{b.value.extents, {}};
    for (size_t i = 0; i < b.value.entries.size(); ++i) {
      value.entries.emplace_back(Jet<double>(b.value.entries[i], entry_along(ctx, then, b, i)),
                                 Jet<double>(entry_along(ctx, along, b, i)));
    }
    evaluator.set(b.name, std::move(value));
  }
  const DenseArray<Jet<Jet<double>>>& f = evaluator(e);
  DenseArray<double> result{f.extents, {}};
  for (const auto& x : f.entries) {
    result.entries.push_back(std::isnan(x.value.value) ? x.value.value : x.tangent.tangent);
  }
  return result;
}

DenseArray<double> jacobian(Context& ctx, Ref e, std::span<const DenseBinding> point, Ref variable) {
  const DenseBinding* x = find(point, variable);
  if (x == nullptr) {
    throw Failure(Code::missing_value, "'" + short_text(ctx, variable) + "' has no value");
  }
  DenseEvaluator<Jet<double>> evaluator(ctx);
  for (const DenseBinding& b : point) evaluator.set(b.name, dual(ctx, b, nullptr));
  if (!x->value.entries.empty()) evaluator(e);
  DenseArray<Jet<double>> along = dual(ctx, *x, nullptr);
  const size_t n = x->value.entries.size();
  DenseArray<double> result;
  for (size_t i = 0; i < n; ++i) {
    along.entries[i].tangent = 1;
    evaluator.vary(variable, along);
    along.entries[i].tangent = 0;
    const DenseArray<double> column = tangents(evaluator(e));
    if (i == 0) {
      result.extents = column.extents;
      result.extents.insert(result.extents.end(), x->value.extents.begin(), x->value.extents.end());
      result.entries.resize(column.entries.size() * n);
    }
    for (size_t k = 0; k < column.entries.size(); ++k) result.entries[k * n + i] = column.entries[k];
  }
  return result;
}

}  // namespace nabla

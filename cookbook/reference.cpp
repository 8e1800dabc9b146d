#include "cookbook/reference.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "expr/operator.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "parser/names.h"

namespace nabla {
namespace {

bool is_operation(const Context& ctx, Ref r, Operator op) {
  return ctx.kind(r) == Kind::operation && static_cast<Operator>(ctx[r].tag) == op;
}

// real(X), imag(X), conj(X) of a name, or the name.
struct Variable {
  Ref name;
  std::string_view part;  // "real", "imag", "conj", or empty
};

std::optional<Variable> variable_of(const Context& ctx, Ref v) {
  if (ctx.kind(v) == Kind::symbol) return Variable{v, {}};
  if (ctx.kind(v) != Kind::function || ctx.kind(ctx.operands(v)[0]) != Kind::symbol) return std::nullopt;
  return Variable{ctx.operands(v)[0], row(ctx.function_of(v)).name};
}

// G - Q*sym(Q'*G), the part of G in the tangent space of the orthogonal matrices at Q.
template <class T>
std::vector<T> tangent(const std::vector<T>& g, const std::vector<T>& q) {
  const auto n = static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(q.size()))));
  std::vector<T> product(n * n), out = g;
  for (size_t i = 0; i < n * n * n; ++i) {
    const size_t row = i / n / n, column = i / n % n, k = i % n;
    product[row * n + column] += q[k * n + row] * g[k * n + column];
  }
  for (size_t i = 0; i < n * n * n; ++i) {
    const size_t row = i / n / n, column = i / n % n, k = i % n;
    out[row * n + column] -= q[row * n + k] * (product[k * n + column] + product[column * n + k]) * 0.5;
  }
  return out;
}

}  // namespace

template <class T>
const DenseArray<T>* Reference<T>::find(Ref name) const {
  for (const Binding& b : point_) {
    if (b.first == name) return &b.second;
  }
  return nullptr;
}

template <class T>
DenseArray<T> Reference<T>::array_value(Ref e) {
  DenseEvaluator<T> evaluator(ctx_);
  for (const auto& [name, value] : point_) evaluator.set(name, value);
  return evaluator(e);
}

template <class T>
std::vector<T> Reference<T>::value(Ref e) {
  return array_value(e).entries;
}

template <class T>
std::vector<T> Reference<T>::along(Ref e, const std::vector<Binding>& direction) {
  DenseEvaluator<Jet<T>> evaluator(ctx_);
  for (const auto& [name, at] : point_) {
    const auto same = [&of = name](const Binding& b) { return b.first == of; };
    const auto v = std::find_if(direction.begin(), direction.end(), same);
    DenseArray<Jet<T>> value{at.extents, {}};
    for (size_t i = 0; i < at.entries.size(); ++i) {
      value.entries.emplace_back(at.entries[i], v == direction.end() ? T(0.0) : v->second.entries[i]);
    }
    evaluator.set(name, std::move(value));
  }
  std::vector<T> out;
  for (const Jet<T>& x : evaluator(e).entries) out.push_back(x.tangent);
  return out;
}

template <class T>
std::vector<std::vector<T>> Reference<T>::columns(Ref e, Ref x, T unit) {
  std::vector<Binding> direction{{x, *find(x)}};
  std::vector<T>& v = direction[0].second.entries;
  std::vector<std::vector<T>> out;
  for (size_t i = 0; i < v.size(); ++i) {
    std::fill(v.begin(), v.end(), T(0.0));
    v[i] = unit;
    out.push_back(along(e, direction));
  }
  return out;
}

// The entries (i, j) that one parameter of the structure stands for, and the sign in front of it, from the
// derivatives by the entries as if they were independent.
template <class T>
std::vector<T> Reference<T>::in_space(const std::vector<T>& free, Ref x) const {
  const Structure s = ctx_.symbol(x).structure;
  if (s == Structure::none) return free;
  if (s == Structure::orthogonal) return free_entries_ ? free : tangent(free, find(x)->entries);
  const auto n = static_cast<int64_t>(find(x)->extents[0]);
  const auto at = [&](int64_t i, int64_t j) { return static_cast<size_t>(i * n + j); };
  std::vector<T> out(free.size());
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum(0.0);
      double count = 0;
      for (int64_t k = 0; k < n; ++k) {
        for (int64_t l = 0; l < n; ++l) {
          const bool same = k == i && l == j, swapped = k == j && l == i;
          bool member = same;
          double sign = 1;
          if (s == Structure::symmetric || s == Structure::spd || s == Structure::psd)
            member = same || swapped;
          if (s == Structure::skew) member = (same || swapped) && i != j, sign = same ? 1 : -1;
          if (s == Structure::diagonal) member = same && i == j;
          if (s == Structure::lower) member = same && i >= j;
          if (s == Structure::upper) member = same && i <= j;
          if (s == Structure::toeplitz) member = k - l == i - j;
          if (s == Structure::symtoeplitz) member = std::abs(k - l) == std::abs(i - j);
          if (!member) continue;
          sum += sign * free[at(k, l)];
          ++count;
        }
      }
      if (count > 0) out[at(i, j)] = free_entries_ ? sum : sum * (1 / count);
    }
  }
  return out;
}

template <class T>
std::optional<std::vector<T>> Reference<T>::by_variable(Ref node, Ref e, Ref variable) {
  auto v = variable_of(ctx_, variable);
  if (!v) {
    // X[i, j]: the direction in which only this entry grows.
    std::vector<Ref> names;
    for (Ref r : symbols_of(ctx_, variable)) {
      if (ctx_.shape_of(r).order() > 0) names.push_back(r);
    }
    if (names.size() != 1 || ctx_.shape_of(variable).order() != 0) return std::nullopt;
    std::vector<T> direction;
    for (const auto& column : columns(variable, names[0], T(1.0))) direction.push_back(column[0]);
    direction = in_space(direction, names[0]);
    if (!free_entries_ && ctx_.symbol(names[0]).structure != Structure::none) return std::nullopt;
    return along(e, {{names[0], Array{find(names[0])->extents, direction}}});
  }
  if (find(v->name) == nullptr) return std::nullopt;
  const bool complex = ctx_.symbol(v->name).complex;
  std::vector<std::vector<T>> real, imaginary;
  real = columns(e, v->name, T(1.0));
  if constexpr (std::is_same_v<T, Complex>) {
    if (complex) imaginary = columns(e, v->name, Complex(0, 1));
  }
  // a*D[1] + b*D[i]
  T a(1.0), b(0.0);
  if constexpr (std::is_same_v<T, Complex>) {
    const Complex i(0, 1);
    if (v->part == "real") a = 1, b = 0;
    if (v->part == "imag") a = 0, b = 1;
    if (v->part == "conj") a = 0.5, b = 0.5 * i;
    if (v->part.empty() && complex) {
      a = is_operation(ctx_, node, Operator::grad) ? 1.0 : 0.5;
      b = is_operation(ctx_, node, Operator::grad) ? i : -0.5 * i;
    }
  }
  const size_t rows = real.empty() ? 0 : real[0].size();
  std::vector<T> out;
  for (size_t r = 0; r < rows; ++r) {
    std::vector<T> line;
    for (size_t c = 0; c < real.size(); ++c) {
      line.push_back(a * real[c][r] + (imaginary.empty() ? T(0.0) : b * imaginary[c][r]));
    }
    line = in_space(line, v->name);
    out.insert(out.end(), line.begin(), line.end());
  }
  return out;
}

template <class T>
std::optional<std::vector<T>> Reference<T>::hessian(Ref e, Ref x) {
  if constexpr (!std::is_same_v<T, double>) {
    return std::nullopt;
  } else {
    DensePoint point;
    for (const auto& [name, value] : point_) point.push_back({name, value});
    if (ctx_.kind(x) != Kind::symbol || ctx_.symbol(x).structure != Structure::none) return std::nullopt;
    const size_t n = find(x)->entries.size();
    DenseBinding v{x, *find(x)}, w = v;
    std::vector<double> out;
    for (size_t i = 0; i < n * n; ++i) {
      std::fill(v.value.entries.begin(), v.value.entries.end(), 0.0);
      w.value.entries = v.value.entries;
      v.value.entries[i / n] = 1, w.value.entries[i % n] = 1;
      out.push_back(second_derivative(ctx_, e, point, {&v, 1}, {&w, 1}).entries[0]);
    }
    return out;
  }
}

template <class T>
std::optional<std::vector<T>> Reference<T>::hessian_product(Ref e, Ref x, Ref v) {
  if constexpr (!std::is_same_v<T, double>) {
    return std::nullopt;
  } else {
    if (find(x) == nullptr || ctx_.symbol(x).structure != Structure::none) return std::nullopt;
    DensePoint point;
    for (const auto& [name, value] : point_) point.push_back({name, value});
    const DenseBinding direction{x, array_value(v)};
    DenseBinding entry{x, *find(x)};
    std::vector<double> out;
    for (size_t i = 0; i < entry.value.entries.size(); ++i) {
      std::fill(entry.value.entries.begin(), entry.value.entries.end(), 0.0);
      entry.value.entries[i] = 1;
      out.push_back(second_derivative(ctx_, e, point, {&direction, 1}, {&entry, 1}).entries[0]);
    }
    return out;
  }
}

template <class T>
std::optional<std::vector<T>> Reference<T>::second(Ref e, Ref x, Ref y) {
  if constexpr (!std::is_same_v<T, double>) {
    return std::nullopt;
  } else {
    if (find(x) == nullptr || find(y) == nullptr || ctx_.shape_of(x).order() + ctx_.shape_of(y).order() > 0)
      return std::nullopt;
    DensePoint point;
    for (const auto& [name, value] : point_) point.push_back({name, value});
    const DenseBinding v{x, {{}, {1.0}}}, w{y, {{}, {1.0}}};
    return second_derivative(ctx_, e, point, {&v, 1}, {&w, 1}).entries;
  }
}

template <class T>
std::optional<std::vector<T>> Reference<T>::by_scalars(Ref node) {
  const std::vector<Ref> all(ctx_.operands(node).begin(), ctx_.operands(node).end());
  const std::span<const Ref> variables = std::span(all).subspan(1);
  for (Ref v : variables) {
    if (find(v) == nullptr || ctx_.shape_of(v).order() > 0) return std::nullopt;
  }
  const bool twice = is_operation(ctx_, node, Operator::hess);
  std::vector<std::vector<T>> lists;  // one for each variable
  for (Ref v : variables) {
    lists.emplace_back();
    if (!twice) lists.back() = along(all[0], {{v, Array{{}, {T(1.0)}}}});
    for (size_t k = 0; twice && k < variables.size(); ++k) {
      const auto entry = second(all[0], v, variables[k]);
      if (!entry) return std::nullopt;
      lists.back().push_back(entry->at(0));
    }
  }
  std::vector<T> out;  // outputs by inputs
  for (size_t r = 0; r < lists[0].size(); ++r) {
    for (const auto& list : lists) out.push_back(list[r]);
  }
  return out;
}

template <class T>
std::optional<std::vector<T>> Reference<T>::of_field(Ref node) {
  const auto operands = ctx_.operands(node);
  if (operands.size() != 2 || ctx_.kind(operands[1]) != Kind::symbol) return std::nullopt;
  const Ref e = operands[0], x = operands[1];
  if (find(x) == nullptr || ctx_.shape_of(x).order() != 1) return std::nullopt;
  const size_t n = find(x)->entries.size();
  T sum(0.0);
  if (is_operation(ctx_, node, Operator::laplacian)) {
    if (ctx_.shape_of(e).order() > 0) return std::nullopt;
    const auto second_derivatives = hessian(e, x);
    if (!second_derivatives) return std::nullopt;
    for (size_t i = 0; i < n; ++i) sum += second_derivatives->at(i * n + i);
    return std::vector<T>{sum};
  }
  const auto d = columns(e, x, T(1.0));  // d[k][i]: entry i by entry k
  if (is_operation(ctx_, node, Operator::curl)) {
    if (n != 3) return std::nullopt;
    return std::vector<T>{d[1][2] - d[2][1], d[2][0] - d[0][2], d[0][1] - d[1][0]};
  }
  for (size_t i = 0; i < n; ++i) sum += d[i][i];
  if constexpr (std::is_same_v<T, Complex>) {
    if (ctx_.symbol(x).complex) {  // of the real field in the real and imaginary parts
      const auto turned = columns(e, x, Complex(0, 1));
      sum = sum.real();
      for (size_t i = 0; i < n; ++i) sum += turned[i][i].imag();
    }
  }
  return std::vector<T>{sum};
}

// differential(e) in the direction dX; differential(differential(e)) in dX twice, and once in ddX.
template <class T>
std::optional<std::vector<T>> Reference<T>::differential(Ref node) {
  Ref e = ctx_.operands(node)[0];
  const bool twice = is_operation(ctx_, e, Operator::differential);
  if (twice) e = ctx_.operands(e)[0];
  std::vector<Binding> first, second;
  for (Ref r : symbols_of(ctx_, e)) {
    if (ctx_.symbol(r).role != Role::variable) continue;
    const Ref d = differential_symbol(ctx_, r, 1), dd = differential_symbol(ctx_, r, 2);
    if (const Array* v = find(d)) first.emplace_back(r, *v);
    if (const Array* v = find(dd)) second.emplace_back(r, *v);
  }
  std::vector<T> out = along(e, twice ? second : first);
  if (!twice) return out;
  if constexpr (std::is_same_v<T, double>) {
    DensePoint point, v;
    for (const auto& [name, value] : point_) point.push_back({name, value});
    for (const auto& [name, value] : first) v.push_back({name, value});
    const DenseArray<double> more = second_derivative(ctx_, e, point, v, v);
    for (size_t i = 0; i < out.size(); ++i) out[i] += more.entries[i];
    return out;
  }
  return std::nullopt;
}

template <class T>
std::optional<std::vector<T>> Reference<T>::operation(Ref node) {
  const auto operands = ctx_.operands(node);
  switch (static_cast<Operator>(ctx_[node].tag)) {
    case Operator::diff:
      if (operands.size() == 3) return second(operands[0], operands[1], operands[2]);
      return operands.size() == 2 ? by_variable(node, operands[0], operands[1]) : std::nullopt;
    case Operator::grad:
    case Operator::jac:
      return operands.size() == 2 ? by_variable(node, operands[0], operands[1]) : by_scalars(node);
    case Operator::hess:
      return operands.size() == 2 ? hessian(operands[0], operands[1]) : by_scalars(node);
    case Operator::jvp:
      if (operands.size() != 3 || find(operands[1]) == nullptr) return std::nullopt;
      return along(operands[0], {{operands[1], array_value(operands[2])}});
    case Operator::hvp:
      if (operands.size() != 3) return std::nullopt;
      return hessian_product(operands[0], operands[1], operands[2]);
    case Operator::laplacian:
    case Operator::div:
    case Operator::curl:
      return of_field(node);
    case Operator::differential:
      return differential(node);
    default:
      return std::nullopt;
  }
}

template <class T>
std::optional<std::vector<T>> Reference<T>::differentiate(Ref question) {
  if (ctx_.kind(question) == Kind::operation) return operation(question);
  // Each operator becomes a name with the value of its derivative.
  std::vector<std::pair<Ref, Ref>> replacements;
  for (Ref r : nodes_below(ctx_, question)) {
    if (ctx_.kind(r) != Kind::operation) continue;
    auto value = operation(r);
    if (!value) return std::nullopt;
    Symbol s;
    s.name = "value" + std::to_string(replacements.size()) + " of an operator";
    s.shape = ctx_[r].shape;
    s.complex = std::is_same_v<T, Complex>;
    const Ref name = ctx_.symbol(s);
    std::vector<int64_t> extents;
    DenseEvaluator<T> sizes(ctx_);
    for (const auto& [known, at] : point_) sizes.set(known, at);
    for (Ref n : ctx_.shape(s.shape).extents) {
      extents.push_back(static_cast<int64_t>(std::lround(std::abs(sizes(n).entries[0]))));
    }
    set(name, {extents, *value});
    replacements.emplace_back(r, name);
  }
  return value(substitute(ctx_, question, replacements));
}

template class Reference<double>;
template class Reference<Complex>;

}  // namespace nabla

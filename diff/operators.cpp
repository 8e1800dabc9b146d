#include "diff/operators.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "diff/complex_operators.h"
#include "diff/derivative.h"
#include "diff/rules.h"
#include "diff/tangents.h"
#include "diff/tensor_operators.h"
#include "diff/trace.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/scalarize.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "parser/names.h"

namespace nabla {
namespace {

class Operators {
 public:
  Operators(Context& ctx, bool free_entries, Trace* trace)
      : ctx_(ctx), partials_(ctx, trace), free_entries_(free_entries) {}

  // As wholes where a variable is a vector or matrix, or the expression contains some; entry by entry for
  // what speaks of single entries.
  Ref apply(Operator op, std::span<const Ref> operands, ShapeId shape) {
    const auto variables = variables_of(op, operands);
    if (has_complex_values(ctx_, op, operands)) {
      return apply_complex_operator(partials_, op, operands, free_entries_);
    }
    if (op == Operator::differential) return differential(operands[0]);
    check_variables(variables);
    if (!has_tensors(operands)) return by_entries(op, operands, shape);
    const bool wholly =
        op == Operator::diff || op == Operator::grad || op == Operator::hess || op == Operator::laplacian;
    if (variables.size() > 1 && !wholly && constant_sizes(operands) && !calls_of_tensors(operands))
      return by_entries(op, operands, shape);
    if (!constant_sizes(operands) || has_structure(variables) || calls_of_tensors(operands))
      return as_wholes(op, operands);
    const auto wholes = [&] { return as_wholes(op, operands); };
    const auto entries = [&] { return by_entries(op, operands, shape); };
    if (speaks_of_entries(operands)) return first_or(entries, Code::not_yet_available, wholes);
    const auto shorter = [&] {
      const size_t before = steps_so_far();
      const Ref r = wholes();
      if (!speaks_of_entries({&r, 1})) return r;
      forget_steps_since(before);
      return first_or(entries, Code::not_yet_available, wholes);
    };
    return first_or(shorter, Code::cannot_differentiate, entries);
  }

 private:
  size_t steps_so_far() const { return partials_.trace() ? partials_.trace()->size() : 0; }
  void forget_steps_since(size_t n) {
    if (partials_.trace()) partials_.trace()->forget_since(n);
  }

  // The other way where the first one refuses so; where both do, what the first one said.
  template <class First, class Second>
  Ref first_or(First first, Code refusal, Second second) {
    const size_t before = steps_so_far();
    try {
      return first();
    } catch (const Failure& failure) {
      if (failure.diagnostic.code != refusal) throw;
      forget_steps_since(before);
      try {
        return second();
      } catch (const Failure& other) {
        const Code code = other.diagnostic.code;
        if (code != Code::cannot_differentiate && code != Code::not_yet_available) throw;
      }
      throw;
    }
  }

  Ref as_wholes(Operator op, std::span<const Ref> operands) {
    TensorOperators whole(partials_, free_entries_);
    const Ref e = operands[0], x = operands[1];
    const auto variables = variables_of(op, operands);
    if (variables.size() > 1 && op != Operator::diff) return by_several(op, e, variables);
    switch (op) {
      case Operator::diff:
        return whole.repeated(e, variables);
      case Operator::grad:
        return whole.gradient(e, x);
      case Operator::jac:
        return whole.jacobian(e, x);
      case Operator::hess:
        return whole.hessian(e, x);
      case Operator::laplacian:
        return whole.laplacian(e, x);
      case Operator::div:
        return whole.divergence(e, x);
      case Operator::jvp:
        return whole.jvp(e, x, operands[2]);
      case Operator::vjp:
        return whole.vjp(e, x, operands[2]);
      case Operator::hvp:
        return whole.hvp(e, x, operands[2]);
      default:
        throw_no_rule("this operator");
    }
  }

  // Each variable moves with its differential, and that with the second one.
  Ref differential(Ref e) {
    std::vector<std::pair<Ref, Ref>> directions;
    for (Ref s : symbols_of(ctx_, e)) {
      const Symbol symbol = ctx_.symbol(s);
      if (symbol.role == Role::variable || symbol.role == Role::differential) {
        directions.emplace_back(s, differential_symbol(ctx_, s));
      }
    }
    return Tangents(partials_, directions).push_forward(e);
  }

  // Several scalars are taken as one vector.
  Ref by_several(Operator op, Ref e, std::span<const Ref> variables) {
    TensorOperators whole(partials_, free_entries_);
    const bool second = op == Operator::hess || op == Operator::laplacian;
    if (ctx_[e].shape != scalar_shape || (op != Operator::grad && !second)) {
      throw Failure(
          Code::not_yet_available,
          "a derivative of a vector or matrix of symbolic size by several variables is not yet available",
          "differentiate by one of them at a time");
    }
    const Ref n = ctx_.number(static_cast<int64_t>(variables.size()));
    std::vector<Ref> list;
    for (Ref x : variables) {
      const Ref dx = whole.jvp(e, x, one);
      if (!second) list.push_back(dx);
      for (Ref y : variables) {
        if (op == Operator::hess || (second && x == y)) list.push_back(whole.jvp(dx, y, one));
      }
    }
    if (op == Operator::laplacian) return ctx_.sum(list);
    return ctx_.array(list, second ? matrix_shape(ctx_, n, n) : vector_shape(ctx_, n));
  }

  bool has_tensors(std::span<const Ref> operands) {
    const auto nodes = nodes_below(ctx_, operands);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
      return ctx_[r].shape != scalar_shape || ctx_.kind(r) == Kind::indexed || ctx_.kind(r) == Kind::reduce;
    });
  }

  bool has_structure(std::span<const Ref> variables) {
    return std::any_of(variables.begin(), variables.end(), [&](Ref v) {
      if (ctx_.kind(v) == Kind::entry) v = ctx_.operands(v)[0];
      return ctx_.kind(v) == Kind::symbol && ctx_.symbol(v).structure != Structure::none;
    });
  }

  // Opaque functions of vectors or matrices, which have no entries to take.
  bool calls_of_tensors(std::span<const Ref> operands) {
    const auto nodes = nodes_below(ctx_, operands);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
      const auto list = ctx_.operands(r);
      return ctx_.kind(r) == Kind::opaque &&
             (ctx_[r].shape != scalar_shape ||
              std::any_of(list.begin(), list.end(), [&](Ref a) { return ctx_[a].shape != scalar_shape; }));
    });
  }

  bool constant_sizes(std::span<const Ref> operands) {
    for (Ref r : nodes_below(ctx_, operands)) {
      if (!constant_extents(ctx_, ctx_[r].shape)) return false;
      if (ctx_.kind(r) == Kind::symbol && ctx_.symbol(r).role == Role::extent) return false;
    }
    return true;
  }

  bool speaks_of_entries(std::span<const Ref> roots) {
    const auto nodes = nodes_below(ctx_, roots);
    return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
      return ctx_.kind(r) == Kind::entry || ctx_.kind(r) == Kind::array ||
             is_structural(ctx_, r, Structural::unit);
    });
  }

  Ref by_entries(Operator op, std::span<const Ref> operands, ShapeId shape) {
    const auto variables = variables_of(op, operands);
    switch (op) {
      case Operator::diff:
        return repeated(operands[0], variables, shape);
      case Operator::grad:
      case Operator::jac:
        return shaped(jacobian(entries(ctx_, operands[0]), all(variables)), shape);
      case Operator::hess:
        return shaped(hessian(scalar(operands[0]), all(variables)), shape);
      case Operator::laplacian:
        return laplacian(scalar(operands[0]), all(variables));
      case Operator::div:
        return divergence(entries(ctx_, operands[0]), all(variables));
      case Operator::curl:
        return curl(entries(ctx_, operands[0]), all(variables), shape);
      case Operator::jvp:
        return jvp(operands, shape);
      case Operator::vjp:
        return vjp(operands, shape);
      case Operator::hvp:
        return hvp(operands, shape);
      default:
        throw Failure(Code::internal_error, "not a differential operator");
    }
  }

  void check_variables(std::span<const Ref> variables) {
    for (Ref v : variables) {
      const Kind kind = ctx_.kind(v);
      const bool named = kind == Kind::symbol && ctx_.symbol(v).role != Role::extent;
      if (!named && kind != Kind::entry) {
        throw Failure(Code::not_a_variable, "the variable of differentiation must be a name or an entry",
                      "name a variable, as in grad(f, x)");
      }
    }
  }

  // The scalar variables of a list of symbols and entries, tensors entry by entry.
  std::vector<Ref> all(std::span<const Ref> variables) {
    std::vector<Ref> result;
    for (Ref v : variables) {
      const auto list = entries(ctx_, v);
      result.insert(result.end(), list.begin(), list.end());
    }
    return result;
  }

  Ref scalar(Ref e) { return entries(ctx_, e)[0]; }

  Derivative& by(Ref variable) {
    auto it = derivatives_.find(variable);
    if (it == derivatives_.end())
      it = derivatives_.emplace(variable, Derivative(partials_, variable, true)).first;
    return it->second;
  }

  Ref shaped(const std::vector<Ref>& list, ShapeId shape) {
    return shape == scalar_shape ? list[0] : ctx_.array(list, shape);
  }

  // outputs by inputs, row-major
  std::vector<Ref> jacobian(const std::vector<Ref>& outputs, const std::vector<Ref>& variables) {
    std::vector<Ref> result(outputs.size() * variables.size());
    for (size_t k = 0; k < variables.size(); ++k) {
      for (size_t i = 0; i < outputs.size(); ++i) {
        result[i * variables.size() + k] = by(variables[k]).of(outputs[i]);
      }
    }
    return result;
  }

  std::vector<Ref> hessian(Ref e, const std::vector<Ref>& variables) {
    const size_t n = variables.size();
    std::vector<Ref> result(n * n);
    for (size_t k = 0; k < n; ++k) {
      const Ref g = by(variables[k]).of(e);
      for (size_t l = k; l < n; ++l) result[k * n + l] = result[l * n + k] = by(variables[l]).of(g);
    }
    return result;
  }

  Ref repeated(Ref e, std::span<const Ref> variables, ShapeId shape) {
    if (variables.size() > ctx_.limits().derivative_order) {
      throw Failure(Code::order_too_large, "derivative order " + std::to_string(variables.size()) +
                                               " is beyond the limit of " +
                                               std::to_string(ctx_.limits().derivative_order));
    }
    std::vector<Ref> outputs = entries(ctx_, e);
    for (Ref v : variables) outputs = jacobian(outputs, all({&v, 1}));
    return shaped(outputs, shape);
  }

  Ref laplacian(Ref e, const std::vector<Ref>& variables) {
    std::vector<Ref> terms;
    for (Ref x : variables) terms.push_back(by(x).of(by(x).of(e)));
    return ctx_.sum(terms);
  }

  Ref divergence(const std::vector<Ref>& field, const std::vector<Ref>& variables) {
    std::vector<Ref> terms;
    for (size_t k = 0; k < variables.size(); ++k) terms.push_back(by(variables[k]).of(field[k]));
    return ctx_.sum(terms);
  }

  Ref curl(const std::vector<Ref>& field, const std::vector<Ref>& x, ShapeId shape) {
    std::vector<Ref> result;
    for (size_t k = 0; k < 3; ++k) {
      const size_t i = (k + 1) % 3, j = (k + 2) % 3;
      result.push_back(ctx_.subtract(by(x[i]).of(field[j]), by(x[j]).of(field[i])));
    }
    return shaped(result, shape);
  }

  Ref dot(const std::vector<Ref>& a, const std::vector<Ref>& b) {
    std::vector<Ref> terms;
    for (size_t k = 0; k < a.size(); ++k) terms.push_back(ctx_.multiply(a[k], b[k]));
    return ctx_.sum(terms);
  }

  Ref jvp(std::span<const Ref> operands, ShapeId shape) {
    const auto x = all(variables_of(Operator::jvp, operands)), v = entries(ctx_, operands.back());
    std::vector<Ref> result;
    for (Ref e : entries(ctx_, operands[0])) result.push_back(dot(jacobian({e}, x), v));
    return shaped(result, shape);
  }

  Ref vjp(std::span<const Ref> operands, ShapeId shape) {
    const auto e = entries(ctx_, operands[0]), u = entries(ctx_, operands.back());
    std::vector<Ref> result;
    for (Ref x : all(variables_of(Operator::vjp, operands))) result.push_back(dot(jacobian(e, {x}), u));
    return shaped(result, shape);
  }

  Ref hvp(std::span<const Ref> operands, ShapeId shape) {
    const auto x = all(variables_of(Operator::hvp, operands)), v = entries(ctx_, operands.back());
    const Ref e = scalar(operands[0]);
    std::vector<Ref> result;
    for (Ref k : x) result.push_back(dot(jacobian({by(k).of(e)}, x), v));
    return shaped(result, shape);
  }

  Context& ctx_;
  Partials partials_;
  bool free_entries_;
  std::unordered_map<Ref, Derivative> derivatives_;
};

}  // namespace

bool takes_direction(Operator op) {
  return op == Operator::jvp || op == Operator::vjp || op == Operator::hvp;
}

std::span<const Ref> variables_of(Operator op, std::span<const Ref> operands) {
  return operands.subspan(1, operands.size() - (takes_direction(op) ? 2 : 1));
}

Ref apply_operator(Context& ctx, Operator op, std::span<const Ref> operands, ShapeId shape, bool free_entries,
                   Trace* trace) {
  return Operators(ctx, free_entries, trace).apply(op, operands, shape);
}

}  // namespace nabla

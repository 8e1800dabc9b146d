#include "diff/complex_operators.h"

#include <algorithm>
#include <string>
#include <vector>

#include "diff/conjugates.h"
#include "diff/operators.h"
#include "diff/structure.h"
#include "diff/tensor_operators.h"
#include "expr/conjugate.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "parser/names.h"

namespace nabla {
namespace {

using Part = ComplexVariable::Part;

bool is_complex(const Context& ctx, Ref r) { return (ctx[r].facts & complex_valued) != 0; }

Ref symbol_of(const Context& ctx, Ref name) {
  return ctx.kind(name) == Kind::entry ? ctx.operands(name)[0] : name;
}

class ComplexOperators {
 public:
  ComplexOperators(Partials& partials, bool free_entries)
      : ctx_(partials.context()), partials_(partials), free_entries_(free_entries) {}

  Ref apply(Operator op, std::span<const Ref> operands) {
    const Ref e = operands[0];
    if (op == Operator::differential) return differential(e);
    const bool direction = takes_direction(op);
    std::vector<ComplexVariable> variables;
    for (Ref v : variables_of(op, operands)) variables.push_back(variable(v));
    switch (op) {
      case Operator::diff: {
        Ref result = e;
        for (const ComplexVariable& v : variables) result = derivative(result, v, false);
        return result;
      }
      case Operator::grad: {
        if (variables.size() == 1) return gradient(e, variables[0]);
        std::vector<Ref> list;
        for (const ComplexVariable& v : variables) list.push_back(gradient(e, v));
        return ctx_.array(list, vector_shape(ctx_, ctx_.number(static_cast<int64_t>(list.size()))));
      }
      case Operator::jac:
        if (variables.size() == 1) return derivative(e, variables[0], true);
        break;
      case Operator::hess:
        return hessian(e, variables);
      case Operator::laplacian:
        return laplacian(e, variables);
      case Operator::div:
        return divergence(e, variables);
      case Operator::curl:
        return curl(e, variables);
      default:
        break;
    }
    if (direction && variables.size() == 1 && variables[0].part == Part::whole) {
      const Ref name = variables[0].name;
      if (op == Operator::vjp) return pulled_back(e, variables[0], operands[2]);
      return moved(op == Operator::hvp ? gradient(e, variables[0]) : e, name, operands[2]);
    }
    const std::string name(operator_name(op));
    if (direction && variables.size() == 1) {
      throw Failure(Code::not_a_variable,
                    "'" + name + "' is by a variable, not by its conjugate or a part of it",
                    "name the variable");
    }
    throw Failure(Code::not_yet_available, "'" + name + "' by several complex variables is not available",
                  "differentiate by one variable at a time");
  }

 private:
  bool is_real(const ComplexVariable& v) const {
    return v.part == Part::real || v.part == Part::imaginary || !is_complex(ctx_, v.name);
  }

  ComplexVariable variable(Ref r) const {
    const auto v = complex_variable(ctx_, r);
    if (!v) {
      throw Failure(Code::not_a_variable, "the variable of differentiation must be a name or an entry",
                    "name a variable, as in grad(f, x)");
    }
    const Symbol& s = ctx_.symbol(symbol_of(ctx_, v->name));
    if (s.complex && s.structure != Structure::none) {
      throw Failure(Code::not_yet_available,
                    "a derivative by '" + s.name + "', which is complex and declared " +
                        structure_words[static_cast<size_t>(s.structure)] + ", is not yet available",
                    "declared without this word, its entries are independent");
    }
    return *v;
  }

  // How the variable and its conjugate move with the part.
  std::pair<Ref, Ref> weights(const ComplexVariable& v) {
    const Ref im = ctx_.constant(Constant::im);
    switch (v.part) {
      case Part::whole:
        return {one, zero};
      case Part::conjugate:
        return {zero, one};
      case Part::real:
        return {one, one};
      case Part::imaginary:
        return {im, ctx_.negate(im)};
    }
    return {one, zero};
  }

  // A scalar by a tensor has the shape of the tensor, or as a Jacobian that of its row.
  Ref derivative(Ref e, const ComplexVariable& v, bool as_row_of_jacobian) {
    const Ref symbol = symbol_of(ctx_, v.name);
    Conjugates c(partials_, {&symbol, 1});
    const Shape in = ctx_.shape_of(v.name);
    if (in.order() == 0) return by_scalar(e, v, c);
    e = as_column(ctx_, e);
    const std::vector<Ref> out = ctx_.shape_of(e).extents;
    Ref g = whole_derivative(e, v, c, out);
    if (!is_complex(ctx_, v.name)) g = in_structure(ctx_, g, v.name, free_entries_);
    return as_row_of_jacobian && out.empty() && in.order() == 1 ? as_row(ctx_, g) : g;
  }

  // As it is written.
  Ref named(const ComplexVariable& v) {
    switch (v.part) {
      case Part::whole:
        return v.name;
      case Part::conjugate:
        return conjugate(ctx_, v.name);
      case Part::real:
        return real_part(ctx_, v.name);
      case Part::imaginary:
        return imaginary_part(ctx_, v.name);
    }
    return v.name;
  }

  Ref by_scalar(Ref e, const ComplexVariable& v, Conjugates& c) {
    const Ref split = c.split(e);
    const auto [own, other] = weights(v);
    std::vector<std::pair<Ref, Ref>> directions;
    if (own != zero) directions.emplace_back(v.name, own);
    if (other != zero) directions.emplace_back(c.twin(v.name), other);
    return c.tangent(split, std::move(directions), is_real(v), named(v));
  }

  Ref whole_derivative(Ref e, const ComplexVariable& v, Conjugates& c, const std::vector<Ref>& out) {
    const Ref split = c.split(e);
    const auto [own, other] = is_complex(ctx_, v.name) ? weights(v) : std::pair{one, zero};
    std::vector<Ref> targets;
    if (own != zero) targets.push_back(v.name);
    // Of a real function the derivative by conj(z) is the conjugate of that by z.
    const bool mirrored = own != zero && other != zero && is_proved_real(ctx_, e);
    if (other != zero && !mirrored) targets.push_back(c.twin(v.name));
    const std::vector<Ref> g = c.cotangents(split, identity(out), out, targets);
    if (mirrored) {
      const Ref two = ctx_.number(v.part == Part::real ? 2 : -2);
      return ctx_.scale(two, v.part == Part::real ? real_part(ctx_, g[0]) : imaginary_part(ctx_, g[0]));
    }
    if (g.size() == 1) return g[0];
    return ctx_.add(elementwise_product(ctx_, own, g[0]), elementwise_product(ctx_, other, g[1]));
  }

  Ref identity(const std::vector<Ref>& extents) {
    if (extents.empty()) return one;
    IndexedBuilder b(ctx_);
    std::vector<Label> labels;
    for (size_t half = 0; half < 2; ++half) {
      for (Ref extent : extents) labels.push_back(b.label(extent));
    }
    const size_t n = extents.size();
    for (size_t a = 0; a < n; ++a) b.factor(delta(ctx_, extents[a]), {labels[a], labels[n + a]});
    return b.build(labels);
  }

  Ref gradient(Ref e, const ComplexVariable& v) {
    if (is_real(v)) return derivative(e, v, false);
    if (v.part == Part::conjugate) {
      throw Failure(Code::not_a_variable, "a gradient is by a variable, not by its conjugate",
                    "write diff(f, conj(z)) for the derivative, grad(f, z) for twice that");
    }
    if (!is_proved_real(ctx_, e)) {
      throw Failure(
          Code::cannot_differentiate,
          "the gradient by a complex variable is that of a real function, and this one is not known "
          "to be real",
          "write grad(real(f), z), or diff(f, z) and diff(f, conj(z))");
    }
    const Ref half = derivative(e, {v.name, Part::conjugate}, false);
    return ctx_.scale(ctx_.number(2), half);
  }

  // The derivative of the gradient 2*diff(f, conj(z)) by z, or by conj(z) where that is named: half of the
  // blocks of the complex Hessian of Kreutz-Delgado, 2009, section 6.
  Ref hessian(Ref e, const std::vector<ComplexVariable>& variables) {
    const auto by_two = [&](const ComplexVariable& v, const ComplexVariable& w) {
      const bool real = is_real(v);
      const Ref first = real ? derivative(e, v, false) : gradient(e, {v.name, Part::whole});
      return derivative(first, w, real);
    };
    if (variables.size() == 1) return by_two(variables[0], variables[0]);
    std::vector<Ref> list;
    for (const ComplexVariable& v : variables) {
      for (const ComplexVariable& w : variables) list.push_back(by_two(v, w));
    }
    const Ref n = ctx_.number(static_cast<int64_t>(variables.size()));
    return ctx_.array(list, matrix_shape(ctx_, n, n));
  }

  // By real and imaginary parts: 4 times the derivative by z and conj(z).
  Ref laplacian(Ref e, const std::vector<ComplexVariable>& variables) {
    Ref total = ctx_.zeros(ctx_[e].shape);
    for (const ComplexVariable& v : variables) {
      if (v.part == Part::conjugate) refuse_conjugate("Laplacian");
      const ComplexVariable second{v.name, is_real(v) ? v.part : Part::conjugate};
      const Ref both = derivative(derivative(e, v, false), second, false);
      const Ref trace = TensorOperators(partials_).contracted(both, v.name, ctx_[e].shape);
      total = ctx_.add(total, ctx_.scale(ctx_.number(is_real(v) ? 1 : 4), trace));
    }
    return total;
  }

  // By real and imaginary parts, so that it is the Laplacian of a gradient: 2*real(tr(jac(F, z))).
  Ref divergence(Ref field, const std::vector<ComplexVariable>& variables) {
    Ref total = zero;
    for (size_t k = 0; k < variables.size(); ++k) {
      const ComplexVariable& v = variables[k];
      if (v.part == Part::conjugate) refuse_conjugate("divergence");
      const Ref at = ctx_.number(static_cast<int64_t>(k) + 1);
      const Ref part = variables.size() == 1 ? field : element(ctx_, field, {&at, 1});
      const Ref trace =
          TensorOperators(partials_).contracted(derivative(part, v, false), v.name, scalar_shape);
      total = ctx_.add(total, is_real(v) ? trace : ctx_.scale(ctx_.number(2), real_part(ctx_, trace)));
    }
    return total;
  }

  Ref curl(Ref field, const std::vector<ComplexVariable>& variables) {
    for (const ComplexVariable& v : variables) {
      if (is_real(v)) continue;
      throw Failure(
          Code::cannot_differentiate,
          "the curl by complex variables has no accepted meaning: it is of fields in a real space of "
          "three dimensions",
          "take it by a real vector, or combine the entries of jac(F, z) and jac(F, conj(z))");
    }
    const auto partial = [&](size_t i, size_t k) {  // of entry i by variable k
      const Ref at[2] = {ctx_.number(static_cast<int64_t>(i) + 1), ctx_.number(static_cast<int64_t>(k) + 1)};
      if (variables.size() == 1) return element(ctx_, derivative(field, variables[0], false), at);
      return derivative(element(ctx_, field, {at, 1}), variables[k], false);
    };
    std::vector<Ref> list;
    for (size_t k = 0; k < 3; ++k) {
      const size_t i = (k + 1) % 3, j = (k + 2) % 3;
      list.push_back(ctx_.subtract(partial(j, i), partial(i, j)));
    }
    return ctx_.array(list, ctx_[field].shape);
  }

  [[noreturn]] static void refuse_conjugate(const std::string& what) {
    throw Failure(Code::not_a_variable, "a " + what + " is by a variable, not by its conjugate",
                  "name the variable");
  }

  // The gradient of real(uᴴ*e), in which u does not move.
  Ref pulled_back(Ref e, const ComplexVariable& v, Ref cotangent) {
    Symbol s;
    s.name = "u";
    s.role = Role::placeholder;
    s.shape = ctx_[cotangent].shape;
    s.complex = is_complex(ctx_, cotangent);
    const Ref u = ctx_.symbol(s);
    const Ref g = gradient(real_part(ctx_, dot(ctx_, conjugate(ctx_, u), e)), v);
    const std::pair<Ref, Ref> pair{u, cotangent};
    return substitute(ctx_, g, {&pair, 1});
  }

  Ref moved(Ref e, Ref name, Ref direction) {
    const Ref symbol = symbol_of(ctx_, name);
    Conjugates c(partials_, {&symbol, 1});
    const Ref split = c.split(e);
    std::vector<std::pair<Ref, Ref>> directions{{name, direction}};
    if (is_complex(ctx_, name)) directions.emplace_back(c.twin(name), conjugate(ctx_, direction));
    return c.tangent(split, std::move(directions), is_complex(ctx_, name) || !is_complex(ctx_, direction));
  }

  // Each variable moves with its differential, its conjugate with the conjugate of that.
  Ref differential(Ref e) {
    std::vector<Ref> moving;
    for (Ref s : symbols_of(ctx_, e)) {
      const Role role = ctx_.symbol(s).role;
      if (role == Role::variable || role == Role::differential) moving.push_back(s);
    }
    Conjugates c(partials_, moving);
    const Ref split = c.split(e);
    std::vector<std::pair<Ref, Ref>> directions;
    for (Ref s : moving) {
      const Ref d = differential_symbol(ctx_, s);
      directions.emplace_back(s, d);
      if (is_complex(ctx_, s)) directions.emplace_back(c.twin(s), conjugate(ctx_, d));
    }
    return c.tangent(split, std::move(directions), true);
  }

  Context& ctx_;
  Partials& partials_;
  bool free_entries_;
};

}  // namespace

std::optional<ComplexVariable> complex_variable(const Context& ctx, Ref v) {
  ComplexVariable result{v, Part::whole};
  if (ctx.kind(v) == Kind::function) {
    switch (ctx.function_of(v)) {
      case Fn::conj:
        result.part = Part::conjugate;
        break;
      case Fn::real:
        result.part = Part::real;
        break;
      case Fn::imag:
        result.part = Part::imaginary;
        break;
      default:
        return std::nullopt;
    }
    result.name = ctx.operands(v)[0];
  }
  const Ref symbol = symbol_of(ctx, result.name);
  if (ctx.kind(symbol) != Kind::symbol || ctx.symbol(symbol).role == Role::extent) return std::nullopt;
  return result;
}

bool has_complex_values(Context& ctx, Operator op, std::span<const Ref> operands) {
  // The adjoint of a Jacobian has conjugates of its own.
  if (op == Operator::vjp && (is_complex(ctx, operands[0]) || is_complex(ctx, operands.back()))) return true;
  const auto variables = variables_of(op, operands);
  uint64_t names = op == Operator::differential ? ~uint64_t{0} : 0;
  for (Ref v : variables) {
    names |= ctx[v].names;
    if (is_complex(ctx, v) || ctx.kind(v) == Kind::function) return true;
  }
  const auto order = nodes_below(ctx, operands.first(1), [&](Ref r) { return (ctx[r].names & names) != 0; });
  return std::any_of(order.begin(), order.end(), [&](Ref r) {
    const Kind kind = ctx.kind(r);
    if (kind == Kind::reduce) {
      return ctx[r].tag != static_cast<uint16_t>(Reduction::prod) && is_complex(ctx, ctx.operands(r)[0]);
    }
    if (kind != Kind::function || row(ctx.function_of(r)).analytic != Analytic::no) return false;
    const auto list = ctx.operands(r);
    return std::any_of(list.begin(), list.end(), [&](Ref c) { return is_complex(ctx, c); });
  });
}

Ref apply_complex_operator(Partials& partials, Operator op, std::span<const Ref> operands,
                           bool free_entries) {
  return ComplexOperators(partials, free_entries).apply(op, operands);
}

}  // namespace nabla

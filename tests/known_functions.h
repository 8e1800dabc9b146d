// Functions with formulas in the place of those that are only declared, so that what is said of any function
// is said of numbers: f(x, y, …) = 2 + sin(A*x + B*y + … + 1/2), where A, B, … are names for coefficients
// with the axes of the value and those of the argument. The sine's derivatives are known without diff/: each
// derivative by x is a factor A and a quarter of a period.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "expr/indexed.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla::test {

class KnownFunctions {
 public:
  explicit KnownFunctions(Context& ctx) : ctx_(ctx) {}

  // e with formulas for all calls.
  Ref operator()(Ref e) {
    const auto found = known_.find(e);
    if (found != known_.end()) return found->second;
    Ref out = e;
    while (const Ref call = innermost_call(out)) {
      const std::pair<Ref, Ref> pair{call, formula(call)};
      out = substitute(ctx_, out, {&pair, 1});
    }
    return known_[e] = out;
  }

 private:
  // Children stand below their parents: no argument of the first call is a call.
  Ref innermost_call(Ref e) {
    for (const Ref r : nodes_below(ctx_, e)) {
      if (ctx_.kind(r) == Kind::opaque) return r;
    }
    return {};
  }

  Ref coefficient(Ref function, size_t argument, Ref x) {
    const Symbol& f = ctx_.symbol(function);
    Symbol s;
    s.name = "coefficient " + std::to_string(argument + 1) + " of " + f.name;
    s.role = Role::parameter;
    Shape shape;
    if (!ctx_.is_of_scalars(function)) {
      shape = ctx_.shape(f.shape);
      const std::vector<Ref> axes = ctx_.shape_of(x).extents;
      shape.extents.insert(shape.extents.end(), axes.begin(), axes.end());
      shape.row = false;
    }
    s.shape = ctx_.shape_id(shape);
    return ctx_.symbol(s);
  }

  // value[own] * A[own, k-th argument's axes] * …, or summed with x[those axes].
  Ref times_coefficients(Ref value, Ref function, const std::vector<Ref>& list,
                         const std::vector<uint16_t>& orders, bool row) {
    IndexedBuilder b(ctx_);
    std::vector<Label> output;
    for (const Ref n : std::vector<Ref>(ctx_.shape_of(value).extents)) output.push_back(b.label(n));
    const std::vector<Label> own = output;
    b.factor(value, own);
    for (size_t k = 0; k < list.size(); ++k) {
      for (uint16_t i = 0; i < orders[k]; ++i) {
        std::vector<Label> axes = own;
        if (ctx_.is_of_scalars(function)) axes.clear();
        for (const Ref n : std::vector<Ref>(inner_axes(function, list[k]))) {
          axes.push_back(b.label(n));
          output.push_back(axes.back());
        }
        b.factor(coefficient(function, k, list[k]), axes);
      }
    }
    return b.build(output, row);
  }

  std::vector<Ref> inner_axes(Ref function, Ref x) {
    return ctx_.is_of_scalars(function) ? std::vector<Ref>() : ctx_.shape_of(x).extents;
  }

  Ref linear(Ref function, size_t k, Ref x, ShapeId shape) {
    if (ctx_.is_of_scalars(function))
      return broadcast(ctx_, elementwise_product(ctx_, coefficient(function, k, x), x), shape);
    IndexedBuilder b(ctx_);
    std::vector<Label> own, axes;
    for (const Ref n : std::vector<Ref>(ctx_.shape(shape).extents)) own.push_back(b.label(n));
    for (const Ref n : std::vector<Ref>(ctx_.shape_of(x).extents)) axes.push_back(b.label(n));
    b.factor(x, axes);
    axes.insert(axes.begin(), own.begin(), own.end());
    b.factor(coefficient(function, k, x), axes);
    return b.build(own, ctx_.shape(shape).row);
  }

  Ref formula(Ref call) {
    const Ref function = ctx_.opaque_function(call);
    const std::vector<Ref> list(ctx_.operands(call).begin(), ctx_.operands(call).end());
    const std::vector<uint16_t> orders(ctx_.orders(call).begin(), ctx_.orders(call).end());
    const ShapeId shape = ctx_.is_of_scalars(function) ? ctx_[call].shape : ctx_.symbol(function).shape;
    const auto number = [&](const Rational& v) { return broadcast(ctx_, ctx_.number(v), shape); };
    std::vector<Term> terms{{one, number(Rational::fraction(1, 2))}};
    for (size_t k = 0; k < list.size(); ++k) terms.push_back({one, linear(function, k, list[k], shape)});
    const Ref inside = ctx_.sum(terms, shape);
    unsigned order = 0;
    for (const uint16_t o : orders) order += o;
    const Ref wave = tensor_function(ctx_, order % 2 == 1 ? Fn::cos : Fn::sin, {&inside, 1});
    if (order == 0) return ctx_.sum(std::vector<Term>{{one, number(Rational(2))}, {one, wave}}, shape);
    const Ref value = times_coefficients(wave, function, list, orders, ctx_.shape_of(call).row);
    return order % 4 >= 2 ? ctx_.negate(value) : value;
  }

  Context& ctx_;
  std::unordered_map<Ref, Ref> known_;
};

}  // namespace nabla::test

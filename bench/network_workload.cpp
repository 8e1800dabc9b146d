// Functions of whole matrices: a deep perceptron.
#include <cmath>
#include <string>
#include <vector>

#include "bench/workloads.h"
#include "codegen/tensor_entry.h"
#include "eval/dense.h"
#include "eval/dense_points.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla::bench {
namespace {

Ref symbol(Context& ctx, const std::string& name, Role role, ShapeId shape) {
  Symbol s;
  s.name = name;
  s.role = role;
  s.shape = shape;
  return ctx.symbol(s);
}

// The squared error of `layers` layers of width h on n points, tanh between them.
Model perceptron_model(Context& ctx, size_t layers) {
  const Ref h = symbol(ctx, "h", Role::extent, scalar_shape),
            n = symbol(ctx, "n", Role::extent, scalar_shape);
  const ShapeId square = matrix_shape(ctx, h, h), points = matrix_shape(ctx, h, n);
  Model model;
  ModelRequest request;
  Ref a = symbol(ctx, "X", Role::parameter, points);
  for (size_t k = 1; k <= layers; ++k) {
    const Ref w = symbol(ctx, "W" + std::to_string(k), Role::variable, square);
    const Ref b = symbol(ctx, "b" + std::to_string(k), Role::variable, vector_shape(ctx, h));
    IndexedBuilder spread(ctx);
    const Label i = spread.label(h), j = spread.label(n);
    spread.factor(b, {i});
    const Term terms[2] = {{one, matrix_product(ctx, w, a)}, {one, spread.build({i, j})}};
    a = tensor_sum(ctx, terms, points);
    if (k < layers) a = tensor_function(ctx, Fn::tanh, {&a, 1});
    request.variables.push_back(w);
    request.variables.push_back(b);
  }
  const Term error[2] = {{one, a}, {minus_one, symbol(ctx, "Y", Role::parameter, points)}};
  const Ref e = tensor_sum(ctx, error, points);
  ModelFunction f;
  f.name = "loss";
  f.body = f.written = dot(ctx, e, e);
  model.functions.push_back(f);
  request.outputs = {Output::grad};
  model.requests.push_back(request);
  return model;
}

}  // namespace

void perceptron(Run& run, size_t layers) {
  Context ctx;
  const Model model = perceptron_model(ctx, layers);
  std::vector<TensorEntry> entries;
  run.time([&] { entries = tensor_entry_points(ctx, model); });
  const TensorEntry& e = entries.at(0);
  run.note("lets", static_cast<double>(e.program.lets.size()));
  // The derivative along a random direction is the sum of its products with the gradient.
  const DensePoint at = random_point(ctx, e.arguments, {}, 1);
  DenseEvaluator<double> evaluator(ctx);
  for (const DenseBinding& b : at) evaluator.set(b.name, b.value);
  for (const Let& l : e.program.lets) {
    const DenseArray<double> v = evaluator(l.value);
    evaluator.set(l.name, v);
  }
  DensePoint direction;
  double along = 0, scale = 0;
  for (const TensorOutput& o : e.program.outputs) {
    if (o.by.empty()) continue;
    const DenseArray<double> g = evaluator(o.value);
    direction.push_back({o.by[0], random_direction(ctx, o.by[0], g, direction.size() + 1, false)});
    for (size_t i = 0; i < g.entries.size(); ++i) {
      along += g.entries[i] * direction.back().value.entries[i];
      scale += std::abs(g.entries[i]);
    }
  }
  const double wanted = directional_derivative(ctx, model.functions[0].body, at, direction).entries[0];
  run.expect_near(along, wanted, scale, 1e-10, "derivative along a direction");
  run.expect(direction.size() == 2 * layers, "number of gradients");
}

}  // namespace nabla::bench

// Functions of many variables: gradients and a sparse Hessian as one Program.
#include <string>
#include <vector>

#include "bench/evaluate.h"
#include "bench/workloads.h"
#include "diff/forward.h"
#include "diff/reverse.h"

namespace nabla::bench {
namespace {

std::vector<Ref> variables(Context& ctx, size_t n) {
  std::vector<Ref> list;
  for (size_t i = 1; i <= n; ++i) list.push_back(ctx.variable("x" + std::to_string(i)));
  return list;
}

Residue at(size_t i) { return static_cast<int64_t>(i * i + 17 * i + 5); }  // of variable i, from 0

Point<Residue> point(std::span<const Ref> variables) {
  Point<Residue> result;
  for (size_t i = 0; i < variables.size(); ++i) result[variables[i]] = at(i);
  return result;
}

// The sum of 100(y - x^2)^2 + (1 - x)^2 over pairs of neighbours.
Ref rosenbrock_sum(Context& ctx, std::span<const Ref> x) {
  std::vector<Ref> terms;
  for (size_t i = 0; i + 1 < x.size(); i += 2) {
    const Ref square = ctx.power(ctx.subtract(x[i + 1], ctx.power(x[i], 2)), 2);
    terms.push_back(ctx.scale(ctx.number(100), square));
    terms.push_back(ctx.power(ctx.subtract(one, x[i]), 2));
  }
  return ctx.sum(terms);
}

}  // namespace

void product_gradient(Run& run, size_t n) {
  Context ctx;
  const std::vector<Ref> x = variables(ctx, n);
  Program p;
  run.time([&] { p = gradient_program(ctx, ctx.product(x), x); });
  const Point<Residue> where = point(x);
  const ProgramValues<Residue> values(ctx, p, where);
  Residue product = 1;
  for (size_t i = 0; i < n; ++i) product = product * at(i);
  run.expect(values(p.outputs[0].entries[0]) == product, "value of the product");
  for (size_t i = 0; i < n; ++i) {
    run.expect(values(p.outputs[1].entries[i]) * at(i) == product, "derivative of the product");
  }
  run.note("lets", static_cast<double>(p.lets.size()));
}

void rosenbrock(Run& run, size_t n) {
  Context ctx;
  const std::vector<Ref> x = variables(ctx, n);
  const Ref f = rosenbrock_sum(ctx, x);
  Program p;
  std::vector<Ref> g;
  std::vector<std::vector<Tangent>> hessian;
  run.time([&] {
    p.inputs = x;
    Lowering lowering(ctx, p);
    Partials partials(ctx);
    const std::pair<Ref, Ref> seed{lowering.lower(f), one};
    g = reverse(lowering, partials, {&seed, 1}, x);
    hessian = sparse_jacobian(lowering, partials, g, x);
  });
  const Point<Residue> where = point(x);
  const ProgramValues<Residue> values(ctx, p, where);
  size_t nonzeros = 0;
  for (size_t i = 0; i + 1 < n; i += 2) {
    const Residue a = at(i), b = at(i + 1), gap = b - a * a;
    run.expect(values(g[i]) == -400 * a * gap - 2 * (1 - a), "gradient of an odd variable");
    run.expect(values(g[i + 1]) == 200 * gap, "gradient of an even variable");
    const Residue rows[2][2] = {{1200 * a * a - 400 * b + 2, -400 * a}, {-400 * a, 200}};
    for (size_t r = 0; r < 2; ++r) {
      nonzeros += hessian[i + r].size();
      for (const Tangent& t : hessian[i + r]) {
        const size_t column = t.direction - i;  // wraps where t.direction < i
        run.expect(column < 2 && values(t.value) == rows[r][column], "entry of the Hessian");
      }
    }
  }
  run.expect(nonzeros == 2 * n, "number of nonzeros of the Hessian");
}

}  // namespace nabla::bench

// Deep expressions: chains built through the API, their derivatives as closed form or as Program.
#include <vector>

#include "bench/evaluate.h"
#include "bench/workloads.h"
#include "diff/derivative.h"
#include "diff/reverse.h"

namespace nabla::bench {
namespace {

const Residue somewhere = 1234567891;

Ref sine(Context& ctx, Ref a) { return ctx.function(Fn::sin, {a}); }

// The value and derivative of f_K by the recurrence `step(f, df)`, from f_0 = x.
template <class Step>
std::pair<Residue, Residue> recurrence(size_t depth, Step step) {
  Residue f = somewhere, df = 1;
  for (size_t k = 0; k < depth; ++k) step(f, df);
  return {f, df};
}

// Builds f_K, its gradient as a Program, and compares with the recurrence.
template <class Build, class Step>
void chain_gradient(Run& run, size_t depth, Build build, Step step) {
  Context ctx;
  const Ref x = ctx.variable("x");
  Ref f = x;
  Program p;
  run.time([&] {
    for (size_t k = 0; k < depth; ++k) f = build(ctx, f);
    p = gradient_program(ctx, f, {&x, 1});
  });
  const auto [value, derivative] = recurrence(depth, step);
  const Point<Residue> at{{x, somewhere}};
  const ProgramValues<Residue> values(ctx, p, at);
  run.expect(values(p.outputs[0].entries[0]) == value, "value of the chain");
  run.expect(values(p.outputs[1].entries[0]) == derivative, "gradient of the chain");
  run.note("lets", static_cast<double>(p.lets.size()));
}

}  // namespace

void deep_chain(Run& run, size_t depth) {
  Context ctx;
  const Ref x = ctx.variable("x");
  Ref f = x;
  for (size_t k = 0; k < depth; ++k) f = ctx.add(ctx.multiply(sine(ctx, f), f), x);
  Ref d;
  run.time([&] { d = diff(ctx, f, x); });
  const auto expected = recurrence(depth, [](Residue& u, Residue& du) {
    du = (cos(u) * u + sin(u)) * du + 1;
    u = sin(u) * u + somewhere;
  });
  const Point<Residue> at{{x, somewhere}};
  run.expect(evaluate(ctx, {&d, 1}, at)[0] == expected.second, "derivative of the chain");
  run.note("dag", static_cast<double>(nodes_below(ctx, d).size()));
}

void sum_chain(Run& run, size_t depth) {
  chain_gradient(
      run, depth, [](Context& ctx, Ref f) { return ctx.add(f, sine(ctx, f)); },
      [](Residue& u, Residue& du) {
        du = (1 + cos(u)) * du;
        u = u + sin(u);
      });
}

void product_chain(Run& run, size_t depth) {
  chain_gradient(
      run, depth, [](Context& ctx, Ref f) { return ctx.multiply(f, sine(ctx, f)); },
      [](Residue& u, Residue& du) {
        du = (sin(u) + u * cos(u)) * du;
        u = u * sin(u);
      });
}

void append_terms(Run& run, size_t terms) {
  Context ctx;
  const Ref x = ctx.variable("x");
  auto term = [&](size_t i) { return sine(ctx, ctx.scale(ctx.number(static_cast<int64_t>(i + 2)), x)); };
  Ref s = zero;
  run.time([&] {
    for (size_t i = 0; i < terms; ++i) s = ctx.add(s, term(i));
  });
  std::vector<Ref> all;
  for (size_t i = terms; i-- > 0;) all.push_back(term(i));
  run.expect(ctx.sum(all) == s, "the sum in another order is the same expression");
  Residue value = 0;
  for (size_t i = 0; i < terms; ++i) value = value + sin(static_cast<int64_t>(i + 2) * somewhere);
  const Point<Residue> at{{x, somewhere}};
  run.expect(evaluate(ctx, {&s, 1}, at)[0] == value, "value of the sum");
}

}  // namespace nabla::bench

// High orders of differentiation, and calls nested deeply.
#include <cmath>
#include <optional>
#include <string>

#include "bench/evaluate.h"
#include "bench/workloads.h"
#include "diff/derivative.h"
#include "expr/count.h"
#include "expr/print.h"
#include "parser/elaborate.h"

namespace nabla::bench {

// Taylor coefficients at 7/10 times n!, computed with 60 digits (mpmath 1.3).
double high_order_value(size_t order) {
  switch (order) {
    case 5:
      return -185.13610069118081686;
    case 10:
      return 149713.80859931815739;
    case 20:
      return -29330443904223893.877;
    default:
      return std::nan("");
  }
}

void high_order(Run& run, size_t order) {
  Context ctx;
  Names names(ctx, true);
  const Ref f = elaborate(ctx, names, "exp(sin(x))*x^5/(1+x^2)");
  const Ref x = ctx.variable("x");
  Ref d;
  run.time([&] { d = diff(ctx, f, x, order); });
  const double value = evaluate(ctx, {&d, 1}, Point<double>{{x, 0.7}})[0];
  const double expected = high_order_value(order);
  run.expect_near(value, expected, std::abs(expected), 1e-8, "derivative at 7/10");
  const Counts counts = count_nodes(ctx, d);
  run.note("tree", static_cast<double>(counts.nodes));
  run.note("dag", static_cast<double>(counts.dag_nodes));
}

void nested_calls(Run& run, size_t depth) {
  constexpr size_t most_in_text = 10'000;  // Limits::nesting
  const size_t in_text = std::min(depth, most_in_text);
  const std::string text = nested_text(in_text);
  Limits limits;
  limits.printed_characters = 100'000'000;
  std::optional<Context> ctx;
  std::optional<Names> names;
  Ref x, d;
  std::string printed;
  run.time([&] {
    ctx.emplace(limits);
    names.emplace(*ctx, true);
    x = ctx->variable("x");
    Ref f = elaborate(*ctx, *names, text);
    for (size_t k = in_text; k < depth; ++k) f = ctx->function(Fn::sin, {f});
    d = diff(*ctx, f, x);
    printed = print(*ctx, d);
  });
  double f = 0.5, expected = 1;
  for (size_t k = 0; k < depth; ++k) {
    expected *= std::cos(f);
    f = std::sin(f);
  }
  const double value = evaluate(*ctx, {&d, 1}, Point<double>{{x, 0.5}})[0];
  run.expect_near(value, expected, std::abs(expected), 1e-9, "derivative at 1/2");
  run.expect(elaborate(*ctx, *names, printed) == d, "the printed derivative, read back");
  run.note("characters", static_cast<double>(printed.size()));
  run.time([&] {
    names.reset();
    ctx.reset();
  });
}

}  // namespace nabla::bench

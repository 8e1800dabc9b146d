// A line of 100,000 random terms: parsed, and differentiated by its 20 variables.
#include <string>
#include <vector>

#include "bench/evaluate.h"
#include "bench/term_sum.h"
#include "bench/workloads.h"
#include "diff/derivative.h"
#include "parser/elaborate.h"

namespace nabla::bench {
namespace {

constexpr double tolerance = 1e-12;  // of the sum of the absolute values of the terms

std::vector<Ref> variables(Context& ctx) {
  std::vector<Ref> list;
  for (size_t i = 1; i <= TermSum::variables; ++i) list.push_back(ctx.variable("x" + std::to_string(i)));
  return list;
}

Point<double> point(std::span<const Ref> variables) {
  Point<double> at;
  for (size_t i = 0; i < variables.size(); ++i) at[variables[i]] = TermSum::at(i + 1);
  return at;
}

}  // namespace

void parse_terms(Run& run, size_t terms) {
  const TermSum expected(terms);
  Context ctx;
  Names names(ctx, true);
  Ref f;
  run.time([&] { f = elaborate(ctx, names, expected.text()); });
  run.note("bytes", static_cast<double>(expected.text().size()));
  const double value = evaluate(ctx, {&f, 1}, point(variables(ctx)))[0];
  run.expect_near(value, expected.value(), expected.value_scale(), tolerance, "value of the sum");
}

void gradient_of_terms(Run& run, size_t terms) {
  const TermSum expected(terms);
  Context ctx;
  Names names(ctx, true);
  const Ref f = elaborate(ctx, names, expected.text());
  const std::vector<Ref> x = variables(ctx);
  std::vector<Ref> g;
  run.time([&] { g = gradient(ctx, f, x); });
  const std::vector<double> values = evaluate(ctx, g, point(x));
  for (size_t i = 1; i <= TermSum::variables; ++i) {
    run.expect_near(values[i - 1], expected.gradient(i), expected.gradient_scale(i), tolerance,
                    "derivative by x" + std::to_string(i));
  }
  run.note("dag", static_cast<double>(nodes_below(ctx, g).size()));
}

}  // namespace nabla::bench

// nabla-bench [NAME] [--benchmark_…]: runs the rows whose name contains NAME, all without one, and prints
// CPU times beside the target and beside GiNaC. --benchmark_out=FILE writes the numbers as JSON.
// nabla-bench codegen [NAME]: the workloads of generated code (codegen/codegen.h).
// Exit status 1: a row ended without a right result. A target that was missed is no failure.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/codegen/codegen.h"
#include "bench/table.h"
#include "bench/workloads.h"

namespace nabla::bench {
namespace {

constexpr int repetitions = 5;
constexpr unsigned ginac_seconds = 20;
constexpr size_t gigabyte = size_t{1} << 30;

const Row rows[] = {
    {"parse-10k", "parse one line of random terms", 10'000, parse_terms, nullptr, {}, {}, ""},
    {"parse",
     "the same, 6 MB",
     100'000,
     parse_terms,
     ginac::parse_terms,
     {1'000, 10'000, 100'000},
     {.text = ">= 20 MB/s, linear", .least_mb_per_second = 20, .linear_from = "parse-10k"},
     "GiNaC 2.2 MB/s, SymEngine 3.1 MB/s term by term"},
    {"gradient",
     "its gradient by all 20 variables, closed form",
     100'000,
     gradient_of_terms,
     ginac::gradient_of_terms,
     {1'000, 10'000, 20'000, 40'000, 60'000, 80'000, 100'000},
     {.text = "< 2 s, < 300 MB", .most_seconds = 2, .most_mb = 300},
     "SymEngine 43 s, 822 MB; GiNaC 53 s"},
    {"deep-10k",
     "f = sin(f)*f + x, repeated: derivative",
     10'000,
     deep_chain,
     ginac::deep_chain,
     {10, 14, 16, 18, 19, 20, 21, 22, 23, 24, 25},
     {.text = "< 20 ms", .most_seconds = 0.020},
     "SymEngine 85 ms; GiNaC exponential"},
    {"deep-100k", "the same, deeper", 100'000, deep_chain, nullptr, {}, {}, "SymEngine crashes at 30,000"},
    {"deep-1M",
     "the same, deeper",
     1'000'000,
     deep_chain,
     nullptr,
     {},
     {.text = "completes, memory linear", .linear_from = "deep-100k"},
     "SymEngine crashes at 30,000"},
    {"sum-chain",
     "f = f + sin(f), repeated: build and gradient (Program)",
     100'000,
     sum_chain,
     ginac::sum_chain,
     {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25},
     {.text = "< 1 s, < 1 GB", .most_seconds = 1, .most_mb = 1024},
     "engines that flatten: 40 GB"},
    {"product-chain",
     "f = f*sin(f), repeated: build and gradient (Program)",
     100'000,
     product_chain,
     ginac::product_chain,
     {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25},
     {.text = "< 1 s, < 1 GB", .most_seconds = 1, .most_mb = 1024},
     "engines that flatten: 40 GB"},
    {"append",
     "s = s + t, repeated",
     100'000,
     append_terms,
     ginac::append_terms,
     {1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000},
     {.text = "< 1 s, < 1 GB", .most_seconds = 1, .most_mb = 1024},
     "engines that flatten are quadratic"},
    {"product-2k",
     "gradient of a product of n variables (Program)",
     2'000,
     product_gradient,
     ginac::product_gradient,
     {50, 100, 200, 400, 500, 600, 800, 1'000, 2'000},
     {.text = "< 20 ms", .most_seconds = 0.020},
     "SymEngine 1.09 s; GiNaC > 40 s"},
    {"product-10k", "the same", 10'000, product_gradient, nullptr, {}, {}, ""},
    {"product-100k",
     "the same",
     100'000,
     product_gradient,
     nullptr,
     {},
     {.text = "linear", .linear_from = "product-10k"},
     ""},
    {"rosenbrock",
     "extended Rosenbrock: gradient and sparse Hessian",
     1'000,
     rosenbrock,
     ginac::rosenbrock,
     {100, 1'000},
     {.text = "< 10 ms", .most_seconds = 0.010},
     "SymEngine 1.56 s"},
    {"order-10",
     "derivative of exp(sin(x))*x^5/(1+x^2)",
     10,
     high_order,
     ginac::high_order,
     {5, 10},
     {.text = "< 2 ms", .most_seconds = 0.002},
     "SymEngine 4.2 ms; DAG 594 nodes"},
    {"order-20",
     "the same",
     20,
     high_order,
     ginac::high_order,
     {10, 20},
     {.text = "< 30 ms", .most_seconds = 0.030},
     "SymEngine 120 ms; DAG 4,984 nodes"},
    {"nested",
     "sin(sin(…x…)): parse 10,000, build, differentiate, print, destroy",
     100'000,
     nested_calls,
     ginac::nested_calls,
     {125, 250, 500, 1'000, 2'000, 4'000, 10'000},
     {.text = "no overflow"},
     "SymEngine crashes at 10,000"},
    {"perceptron-50",
     "loss of 50 tanh layers, sizes symbolic: gradient by all weights and biases, as code plans it",
     50,
     perceptron,
     nullptr,
     {},
     {.text = "< 50 ms", .most_seconds = 0.050},
     ""},
    {"simplify-integrals",
     "simplify(diff(F, x) - f) of 300 integrals (Rubi's test suites): all of them",
     300,
     antiderivatives,
     nullptr,
     {},
     {.text = ">= 98 % are 0, median < 10 ms, none over 5 s",
      .notes = {{"of 300 are 0", 294, 300}, {"us median", 0, 10'000}, {"ms longest", 0, 5'000}}},
     "Maxima 91.0 %, giac 85.7 %, SymPy 76.0 %, GiNaC 55.3 %, SymEngine 16.7 %"},
    {"simplify-own",
     "the same of 300 derivatives of our own making",
     300,
     own_derivatives,
     nullptr,
     {},
     {},
     ""},
    {"simplify-order-10",
     "derivative of exp(sin(x))*x^5/(1+x^2), simplified",
     10,
     simplified_order,
     nullptr,
     {},
     {.text = "<= 2,500 nodes, < 100 ms", .most_seconds = 0.1, .notes = {{"tree", 0, 2'500}}},
     "Maxima's ratsimp 2,511 nodes, SymPy 3,392"},
    {"simplify-expand",
     "s^n*(s^n + 1), s = x + y + z + 1, multiplied out",
     20,
     expanded,
     ginac::expanded,
     {5, 10, 15, 20},
     {.text = "< 50 ms", .most_seconds = 0.05},
     "GiNaC 11.3 s, SymEngine 3.0 s, FLINT alone 6 ms"},
    {"simplify-textbook",
     "derivatives in the form of the books (tests/golden/textbook.tsv)",
     1,
     textbook,
     nullptr,
     {},
     {.text = "all rows met", .notes = {{"rows not met", 0, 0}}},
     ""},
    {"simplify-random",
     "random expressions, scalar and of matrices: promises checked",
     4'000,
     random_expressions,
     nullptr,
     {},
     {.text = "none broken", .notes = {{"promises broken", 0, 0}}},
     ""},
    {"simplify-rules",
     "random formulas and derivatives by the rules alone",
     300,
     rules_alone,
     nullptr,
     {},
     {.text = "about 1 us for each node", .notes = {{"ns for each dag node", 0, 1'500}}},
     ""},
    {"simplify-formulas", "the same by simplify", 300, whole_simplify, nullptr, {}, {}, ""},
    {"start",
     "start, one derivative, exit",
     1,
     start,
     ginac::start,
     {1},
     {.text = "< 10 ms", .most_seconds = 0.010},
     "ginsh 6 ms, Maxima 120 ms, SymPy 600 ms"},
    {"prompt-start",
     "start to prompt, wall time, with a history of n lines",
     10'000,
     prompt_start,
     nullptr,
     {},
     {.text = "< 15 ms", .most_seconds = 0.015},
     ""},
    {"prompt-key",
     "one key in a line of n characters: edit, colour, draw",
     2'000,
     prompt_key,
     nullptr,
     {},
     {.text = "< 5 ms", .most_seconds = 0.005},
     ""},
    {"prompt-search",
     "one key of a search through n lines that finds nothing",
     10'000,
     prompt_search,
     nullptr,
     {},
     {.text = "< 5 ms", .most_seconds = 0.005},
     ""},
    {"statements",
     "a script of n small derivatives, simplified and printed",
     10'000,
     statements,
     nullptr,
     {},
     {.text = "< 1 s", .most_seconds = 1},
     ""},
};

// Up the sizes until one takes too long or crashes. A size is not tried when the growth so far, as a power of
// the size, lets expect more than twice the limit.
Comparison compare(const Row& row) {
  Comparison c;
  double degree = 0;
  for (size_t size : row.sizes) {
    const double steps = c.size == 0 ? 0 : std::log(static_cast<double>(size) / static_cast<double>(c.size));
    if (c.seconds > 0.5 && c.seconds * std::exp(degree * steps) > 2 * ginac_seconds) {
      c.stopped = size;
      c.reason = fmt::format("more than {} s expected", ginac_seconds);
      break;
    }
    const Measured m = measure(row.theirs, size, {ginac_seconds, 16 * gigabyte, gigabyte});
    if (!m.failure.empty()) {
      c.stopped = size;
      c.reason = m.failure;
      break;
    }
    const double seconds = median(m.seconds);
    degree = c.size == 0 ? 0 : std::log(seconds / c.seconds) / steps;
    c.size = size;
    c.seconds = seconds;
    c.peak_mb = m.peak_mb;
  }
  if (c.size != 0) c.ours = median(measure(row.ours, c.size, {}).seconds);
  return c;
}

void run(Result& result, benchmark::State& state) {
  const Row& row = *result.row;
  for (auto _ : state) {
    const Measured m = measure(row.ours, row.size, {});
    if (!m.failure.empty()) {
      result.failure = m.failure;
      state.SkipWithError(m.failure.c_str());
      return;
    }
    state.SetIterationTime(median(m.seconds));
    result.peak_mb = std::max(result.peak_mb, m.peak_mb);
    result.notes = m.notes;
  }
  if (result.ginac.size == 0 && result.ginac.stopped == 0 && !row.sizes.empty()) result.ginac = compare(row);
  const Comparison& c = result.ginac;
  state.counters["peak_MB"] = result.peak_mb;
  for (const auto& [name, value] : result.notes) state.counters[name] = value;
  if (c.size == 0) return;
  state.counters["GiNaC_size"] = static_cast<double>(c.size);
  state.counters["GiNaC_seconds"] = c.seconds;
  state.counters["ratio"] = c.seconds / c.ours;
}

int main(int argc, char** argv) {
  if (argc >= 2 && std::string(argv[1]) == "codegen") return codegen_table(argc > 2 ? argv[2] : "");
  benchmark::Initialize(&argc, argv);
  if (argc > 2) {
    fmt::print(stderr, "usage: nabla-bench [NAME] [--benchmark_...], nabla-bench codegen [NAME]\n");
    return 2;
  }
  const std::string wanted = argc == 2 ? argv[1] : "";
  std::vector<Result> results;
  for (const Row& row : rows) {
    if (std::string(row.name).find(wanted) != std::string::npos) results.emplace_back().row = &row;
  }
  if (results.empty()) {
    fmt::print(stderr, "nabla-bench: no row has '{}' in its name; there are\n", wanted);
    for (const Row& row : rows) fmt::print(stderr, "  {}\n", row.name);
    return 2;
  }
  for (Result& result : results) {
    benchmark::RegisterBenchmark(result.row->name, [&result](benchmark::State& state) { run(result, state); })
        ->UseManualTime()
        ->Iterations(1)
        ->Repetitions(repetitions)
        ->Unit(benchmark::kMillisecond);
  }
  Table table(results);
  benchmark::RunSpecifiedBenchmarks(&table);
  if (table.missed() != 0)
    fmt::print("\n{} of {} rows missed their target\n", table.missed(), results.size());
  return table.failures() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nabla::bench

int main(int argc, char** argv) { return nabla::bench::main(argc, argv); }

#include "bench/codegen/growth.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>

#include "bench/codegen/command.h"
#include "bench/codegen/formula.h"
#include "bench/codegen/measure.h"
#include "generated/rosenbrock.h"

NABLA_NO_WORK(rosenbrock)

namespace nabla::bench::codegen {
namespace {

constexpr unsigned most_seconds = 120;  // of a compilation
constexpr double most_ratio = 4, most_generation = 2, most_compilation = 60, most_mb = 1024;

// Each line takes the two before it and one of eight variables, with derivatives below 1, so that nothing
// grows.
std::string model(std::size_t operations) {
  std::string text = "var x : vector[8] in (0, 1)\n", before = "x[1]", last = "x[2]";
  std::size_t line = 0;
  for (std::size_t done = 0; done + 1 < operations; ++line) {
    const std::size_t j = line % 8 + 1;
    std::string next;
    switch (line % 4) {
      case 0:
        next = fmt::format("({}*x[{}] + {})/4", last, j, before), done += 3;
        break;
      case 1:
        next = fmt::format("sin({} + x[{}])", last, j), done += 2;
        break;
      case 2:
        next = fmt::format("{}*{}/4 + x[{}]", last, before, j), done += 3;
        break;
      default:
        next = fmt::format("x[{}]/(2 + {}*{})", j, last, before), done += 3;
        break;
    }
    text += fmt::format("v{} = {}\n", line, next);
    before = last;
    last = fmt::format("v{}", line);
  }
  return text + "f(x) = " + last + "\nderive f wrt x : value, grad\n";
}

constexpr const char* program = R"(#include "growth.h"
extern "C" void function(const std::array<double, 8>& x, double* out) { out[0] = growth::f(x); }
extern "C" void gradient(const std::array<double, 8>& x, double* out) {
  const auto [value, grad] = growth::f_grad(x);
  *out++ = value;
  for (const double g : grad) *out++ = g;
}
)";

Workload without_target(std::size_t outputs) {
  return {.what = "",
          .values = 1,
          .outputs = outputs,
          .target = 0,
          .baseline = By::function,
          .adolc_over = 0,
          .others = ""};
}

double ratio(const Workload& w) {
  const Times t = measure(w, 0.2);
  return t.disagreement.empty() ? t.seconds.at(By::nabla) / t.seconds.at(By::function) : -1;
}

// Gradient over function of the library that was compiled.
double ratio_of_library(const std::string& path) {
  using Evaluate = void (*)(const std::array<double, 8>&, double*);
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return -1;
  const auto function = reinterpret_cast<Evaluate>(dlsym(library, "function"));
  const auto gradient = reinterpret_cast<Evaluate>(dlsym(library, "gradient"));
  const std::array<double, 8> x = {0.3, 0.7, 0.2, 0.9, 0.5, 0.1, 0.8, 0.4};
  Workload w = without_target(9);
  w.add(By::nabla, [=](double* out) { gradient(x, out); });
  w.add(By::function, [=](double* out) { function(x, out); });
  const double result = ratio(w);
  w.candidates.clear();
  dlclose(library);
  return result;
}

double ratio_of_loop(std::size_t n) {
  const auto data = std::make_shared<double[]>(n, 0.6);
  const auto work = std::make_shared<double[]>(
      std::max(::rosenbrock::f_grad_work(signed_size(n)), ::rosenbrock::f_work(signed_size(n))));
  Workload w = without_target(1 + n);
  w.add(By::nabla, [=](double* out) {
    out[0] = NABLA_CALL(work.get(), ::rosenbrock::f_grad, signed_size(n), data.get(), out + 1);
  });
  w.add(By::function,
        [=](double* out) { out[0] = NABLA_CALL(work.get(), ::rosenbrock::f, signed_size(n), data.get()); });
  return ratio(w);
}

std::string verdict(bool reached) { return reached ? "" : " MISSED"; }

// The peak counts what this process had when it made the other, so only large ones say something.
std::string cost(const Cost& c, double seconds, bool bounded) {
  const std::string memory = c.peak_mb < 200 ? "< 200 MB" : fmt::format("{:.0f} MB", c.peak_mb);
  if (!c.ended) return fmt::format("stopped after {:.0f} s, {}", c.cpu_seconds, memory);
  return fmt::format("{:.2f} s, {}{}", c.cpu_seconds, memory,
                     verdict(!bounded || (c.cpu_seconds < seconds && c.peak_mb < most_mb)));
}

void line(std::size_t operations, double ratio, const std::string& generation,
          const std::string& compilation) {
  fmt::print("{:>16}  {:<20}{:<28}{}\n", operations,
             ratio < 0 ? "-" : fmt::format("{:.2f}{}", ratio, verdict(ratio < most_ratio)), generation,
             compilation);
  std::fflush(stdout);
}

void straight_line(std::size_t operations) {
  const bool bounded = operations == 100'000;
  std::ofstream("growth.nabla") << model(operations);
  std::ofstream("growth.cpp") << program;
  const Cost generation = run({NABLA_BINARY, "gen", "growth.nabla", "-o", "growth.h"}, most_seconds);
  if (!generation.ended) return line(operations, -1, cost(generation, 0, false), "-");
  const std::string library = fmt::format("./growth{}.so", operations);
  const Cost compilation = run(
      {NABLA_COMPILER, "-std=c++20", "-O2", "-fPIC", "-shared", "growth.cpp", "-o", library}, most_seconds);
  line(operations, compilation.ended ? ratio_of_library(library) : -1,
       cost(generation, most_generation, bounded), cost(compilation, most_compilation, bounded));
}

}  // namespace

void growth_table() {
  fmt::print(
      "\nGrowth: cost of gradient over function (target < {}); nabla gen (of 100,000 operations < {} s) and "
      "g++ -O2\n"
      "(< {} s, < 1 GB), CPU time and peak memory; the last line is a loop (Rosenbrock, n = 100,000)\n",
      most_ratio, most_generation, most_compilation);
  fmt::print("{:>16}  {:<20}{:<28}{}\n", "operations", "gradient/function", "generation", "compilation");
  for (std::size_t operations = 10; operations <= 100'000; operations *= 10) straight_line(operations);
  line(1'000'000, ratio_of_loop(100'000), "", "");
}

}  // namespace nabla::bench::codegen

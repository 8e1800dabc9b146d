// Long functions in parts: what the parts compute together, and code that compiles and is right.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "codegen/check.h"
#include "codegen/parts.h"
#include "codegen/step_table.h"
#include "codegen_model.h"
#include "compile.h"
#include "eval/columns.h"
#include "random_formula.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// x' = x + sin(y)/100, y' = y - sin(x')/100, n times.
std::string pendulum(size_t n) {
  std::string text = "var x, y\nx0 = x\ny0 = y\n";
  for (size_t k = 0; k < n; ++k) {
    const std::string i = std::to_string(k), j = std::to_string(k + 1);
    text += "x" + j + " = x" + i + " + sin(y" + i + ")/100\n";
    text += "y" + j + " = y" + i + " - sin(x" + j + ")/100\n";
  }
  return text + "f(x, y) = x" + std::to_string(n) + "*y" + std::to_string(n) + "\nderive f : value, grad\n";
}

}  // namespace

TEST_CASE("the parts of a plan compute what the plan does", "[parts]") {
  size_t most_parts = 0, reused = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Context ctx;
    RandomFormula formula(ctx, seed + 70'000, 3);
    Program p;
    p.inputs = formula.variables();
    Lowering lowering(ctx, p);
    std::vector<Ref> roots;
    for (int k = 0; k < 4; ++k) roots.push_back(lowering.lower(formula.make(12).canonical));
    p.outputs = {{"f", scalar_shape, roots}};
    const Plan plan = make_plan(ctx, p);
    const PlanParts cut = parts_of(plan, p.inputs.size(), plan.outputs[0], 4 + seed % 9);
    most_parts = std::max(most_parts, cut.parts.size());
    size_t written = 0;
    for (const PlanPart& part : cut.parts) written += part.written.size();
    reused += written - cut.places;
    const Plan again = joined(cut, p.inputs.size(), plan.outputs[0].size());
    std::vector<std::vector<double>> at;
    for (size_t k = 0; k < 3; ++k) at.push_back({0.3 + 0.1 * static_cast<double>(k), 1.7, 2.9});
    const Tape first = compile(ctx, read_back(ctx, plan, p)), second = compile(ctx, read_back(ctx, again, p));
    const auto a = Columns(first).evaluate(at, 3), b = Columns(second).evaluate(at, 3);
    INFO("seed " << seed + 70'000);
    REQUIRE(a.size() == b.size());
    for (size_t k = 0; k < a.size(); ++k) {
      for (size_t i = 0; i < 3; ++i)
        CHECK((a[k][i] == b[k][i] || (std::isnan(a[k][i]) && std::isnan(b[k][i]))));
    }
  }
  CHECK(most_parts > 5);
  CHECK(reused > 0);  // places are used again
}

TEST_CASE("a long function becomes several", "[parts][codegen]") {
  LoadedModel m(pendulum(1200), "pendulum.nabla");
  const std::string header = m.header();
  CHECK(header.find("[[gnu::noinline]]") != std::string::npos);
  const auto folder = fresh_folder("parts");
  write_file(folder / "pendulum.h", header);
  write_file(folder / "main.cpp", R"(#include "pendulum.h"
#include <cmath>
#include <cstdio>
int main() {
  // The same steps and their derivatives along x and y.
  double x = 0.5, y = 0.25, xa = 1, xb = 0, ya = 0, yb = 1;
  for (int k = 0; k < 1200; ++k) {
    x += std::sin(y) / 100, xa += std::cos(y) * ya / 100, xb += std::cos(y) * yb / 100;
    y -= std::sin(x) / 100, ya -= std::cos(x) * xa / 100, yb -= std::cos(x) * xb / 100;
  }
  const auto r = pendulum::f_grad(0.5, 0.25);
  const double wrong = std::fabs(r.value - x * y) + std::fabs(r.grad[0] - xa * y - x * ya) +
                       std::fabs(r.grad[1] - xb * y - x * yb) + std::fabs(pendulum::f(0.5, 0.25) - x * y);
  std::printf("%g\n", wrong);
  return wrong < 1e-10 ? 0 : 1;
}
)");
  for (const std::string& compiler : compilers()) {
    const Ran ran = run(
        "cd '" + folder.string() + "' && " + compiler + strict + "-O1 main.cpp -o main && ./main", folder);
    INFO(compiler << "\n" << ran.output);
    CHECK(ran.status == 0);
  }
}

TEST_CASE("long sums become running totals with the same value", "[parts]") {
  // 100 terms, each used by the sum alone: none has to wait for the last.
  std::string text = "var x : vector[100]\nvar a\nf(x, a) = ";
  for (int k = 1; k <= 100; ++k)
    text += (k % 3 == 0 ? " - " : " + ") + ("sin(a*x[" + std::to_string(k) + "])");
  LoadedModel m(text + "\nderive f : value\n");
  EntryPoint e = entry_points(m.ctx, m.model).at(0);
  e.plan = with_running_totals(e.plan);
  size_t longest = 0, sums = 0;
  for (StepId s = 0; s < e.plan.steps.size(); ++s) {
    if (e.plan.steps[s].op != PlanOp::sum) continue;
    longest = std::max(longest, e.plan.operands(s).size());
    ++sums;
  }
  CHECK(longest == 9);
  CHECK(sums == 13);
  CHECK(check_entry(m.ctx, e).report.agreement == Agreement::yes);
  const std::vector<StepId> targets = e.plan.outputs[0];
  CHECK(parts_of(e.plan, e.program.inputs.size(), targets, 60).places <=
        9);  // the total, and terms that wait
}

TEST_CASE("sums come where the last of their terms is known", "[parts]") {
  // (sin x1 + sin x2) * (sin x3 + sin x4) * …, written with all sines first.
  Plan plan;
  StepTable table;
  std::vector<PlanOperand> sines, sums;
  for (uint32_t k = 0; k < 8; ++k) {
    const PlanOperand x{table.add(plan, {PlanOp::input, 0, k, 0, {}}, {})};
    sines.push_back({table.add(plan, {PlanOp::call, static_cast<uint16_t>(Fn::sin), 0, 0, {}}, {&x, 1})});
  }
  for (size_t k = 0; k < 8; k += 2)
    sums.push_back({table.add(plan, {PlanOp::sum, 0, 0, 0, {}}, {&sines[k], 2})});
  plan.outputs = {{table.add(plan, {PlanOp::product, 0, 0, 0, {}}, sums)}};
  const Plan early = with_running_totals(plan);
  std::string order;
  for (const PlanStep& s : early.steps) {
    if (s.op != PlanOp::input) order += s.op == PlanOp::call ? 'c' : s.op == PlanOp::sum ? '+' : '*';
  }
  CHECK(order == "cc+cc+cc+cc+*");
}

TEST_CASE("a header is for double where a template would be too long for compilers", "[parts]") {
  std::string text = pendulum(4'000);
  text.resize(text.find(", grad"));
  LoadedModel m(text + "\n", "pendulum.nabla");
  CHECK(m.header().find("template") == m.header().find("template of this length"));
  CHECK(m.header().find("inline double f(double x, double y) {") != std::string::npos);
  GenerateOptions asked;
  asked.scalar = "template";
  CHECK(m.header(asked).find("template <class T") != std::string::npos);
  CHECK(LoadedModel(pendulum(10), "pendulum.nabla").header().find("template <class T") != std::string::npos);
}

TEST_CASE("a step table has each step once", "[parts]") {
  Plan plan;
  StepTable table;
  std::vector<StepId> first;
  for (int round = 0; round < 2; ++round) {
    for (uint32_t k = 0; k < 500; ++k) {
      const StepId input = table.add(plan, {PlanOp::input, 0, k, 0, {}}, {});
      const PlanOperand pair[2] = {{input}, {k > 0 ? first[2 * (k - 1)] : input, k % 2 == 0}};
      const StepId sum = table.add(plan, {PlanOp::sum, 0, 0, 0, {}}, pair);
      if (round == 0) {
        first.push_back(input);
        first.push_back(sum);
      }
      CHECK(input == first[2 * k]);
      CHECK(sum == first[2 * k + 1]);
    }
  }
  CHECK(plan.steps.size() == 1000);
}

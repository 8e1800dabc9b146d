// Calls of one function that do not wait for each other, computed several at once: which they are, and that
// their values are those of <cmath>.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "codegen/call_groups.h"
#include "codegen/runtime_text.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string calls_of(const std::string& model) {
  LoadedModel m(model);
  return calls_at_once(entry_points(m.ctx, m.model).at(0).plan);
}

std::string header_of(const std::string& model, const std::string& scalar = "template") {
  LoadedModel m(model);
  GenerateOptions options;
  options.name_space = "m";
  options.scalar = scalar;
  return m.header(options);
}

const char* const model =
    "var x : vector[9]\n"
    "f(x) = sin(x[1])*exp(sin(x[2])) + sin(x[3])*cos(x[4]) + sin(x[5])*sin(sin(x[6])) + cos(x[1])*cos(x[2]) "
    "+ log1p(x[7]^2)*exp(x[8])*cos(x[9])\n"
    "derive f wrt x : value, grad\n";

}  // namespace

TEST_CASE("calls that do not wait for each other are groups", "[codegen]") {
  const std::string head = "var x : vector[6]\n", end = "\nderive f : value";
  CHECK(calls_of(head + "f(x) = sin(x[1])*sin(x[2])*sin(x[3])*sin(x[4])" + end) == "4 calls of sin");
  CHECK(calls_of(head + "f(x) = sin(x[1])*sin(x[2])*sin(x[3])" + end).empty());
  CHECK(calls_of(head + "f(x) = sum(sin(x[i])*cos(x[i]) for i in 1:6)" + end) == "6 calls of cos, 6 of sin");
  // Each waits for the one before it.
  CHECK(calls_of(head + "f(x) = sin(x[1] + sin(x[2] + sin(x[3] + sin(x[4] + sin(x[5])))))" + end).empty());
  CHECK(calls_of(head + "f(x) = sum(sin(sin(x[i])) for i in 1:4)" + end) == "8 calls of sin");
  // Functions of two arguments, of the runtime, and square roots are not.
  CHECK(calls_of(head + "f(x) = sum(sqrt(x[i] + 2)*digamma(x[i]) for i in 1:6)" + end).empty());
  // What only one side of a condition needs is computed there.
  CHECK(calls_of(head + "f(x) = if x[1] > 0 then log(x[1])*log(x[2])*log(x[3])*log(x[4]) else x[5]" + end)
            .empty());
}

TEST_CASE("the calls of a group follow one another, after what they need", "[codegen]") {
  LoadedModel m(model);
  const Plan plan = entry_points(m.ctx, m.model).at(1).plan;
  std::vector<StepId> targets;
  for (const auto& list : plan.outputs) targets.insert(targets.end(), list.begin(), list.end());
  const Scopes scopes(plan, targets);
  const CallGroups groups = call_groups(plan, scopes);
  std::set<StepId> done;
  size_t grouped = 0;
  for (size_t k = 0; k < groups.order.size(); ++k) {
    const StepId s = groups.order[k];
    const size_t n = std::max<size_t>(groups.size[s], 1);
    grouped += n > 1 ? n : 0;
    for (size_t i = k; i < k + n; ++i) {
      const PlanStep& step = plan.steps[groups.order[i]];
      CHECK(step.op == plan.steps[s].op);
      CHECK(step.tag == plan.steps[s].tag);
      for (const PlanOperand& o : plan.operands(groups.order[i])) CHECK(done.count(o.step) == 1);
    }
    for (size_t i = k; i < k + n; ++i) CHECK(done.insert(groups.order[i]).second);
    k += n - 1;
  }
  CHECK(grouped >= 12);
  for (StepId s = 0; s < plan.steps.size(); ++s) CHECK((scopes.uses(s) > 0) == (done.count(s) == 1));
}

TEST_CASE("calls at once are written where they can be", "[codegen]") {
  for (const char* scalar : {"template", "double"}) {
    const std::string header = header_of(model, scalar);
    CHECK(header.find("rt::sin_each<") != std::string::npos);
    CHECK(header.find("// Calls of cos, sin are computed several at once, to 4 units") != std::string::npos);
  }
  CHECK(header_of(model, "float").find("_each") == std::string::npos);
  CHECK(header_of("var x\nf(x) = sin(x)\nderive f : grad").find("_each") == std::string::npos);
}

// All of the runtime, with 1 to 17 arguments: where, poles, infinities, NaN and the largest numbers among
// them; and a type of its own in the place of numbers.
TEST_CASE("calls at once have the values of <cmath>", "[codegen]") {
  std::string checks;
  const std::string text(runtime_text());
  const std::string mark = "_each needs calls", open = "// @function ";
  size_t functions = 0;
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1), ++functions) {
    const size_t begin = text.rfind(open, at) + open.size();
    const std::string f = text.substr(begin, at - begin);
    checks += "  check(\"" + f + "\", [](double x) { return std::" + f +
              "(x); }, [](const auto&... x) { return nabla::rt::" + f + "_each<double>(x...); });\n";
  }
  CHECK(functions == 21);
  const std::string program = R"(
#include <cstring>
#include <limits>
#include "nabla_calls.h"
#include "model.h"
int wrong = 0;
// How many numbers lie between.
double steps_between(double a, double b) {
  if (a == b || (a != a && b != b)) return 0;
  if (!(std::fabs(a) <= 1.7e308 && std::fabs(b) <= 1.7e308)) return 1e9;
  const double unit = std::nextafter(std::fabs(b), 1.7e308) - std::fabs(b);
  return std::fabs(a - b) / unit;
}
const double inf = std::numeric_limits<double>::infinity();
const double at[] = {0.3, -0.7, 1.5, 0.0, -0.0, 2.25, -1.0, 1.0, 1e-300, 40.5, -3.5, inf, -inf, inf - inf, 1e6, 1e300, -7e4};
template <class One, class Several, std::size_t... I>
void compare(const char* name, std::size_t from, One one, Several several, std::index_sequence<I...>) {
  const auto got = several(at[(from + I) % 17]...);
  for (std::size_t k = 0; k < got.size(); ++k) {
    const double x = at[(from + k) % 17], wanted = one(x);
    if (steps_between(got[k], wanted) <= 4) continue;
    std::printf("%s(%.17g) of %zu: %.17g, not %.17g\n", name, x, got.size(), got[k], wanted);
    ++wrong;
  }
}
template <class One, class Several>
void check(const char* name, One one, Several several) {
  for (std::size_t from = 0; from < 17; ++from) {
    compare(name, from, one, several, std::make_index_sequence<1>());
    compare(name, from, one, several, std::make_index_sequence<4>());
    compare(name, from, one, several, std::make_index_sequence<5>());
    compare(name, from, one, several, std::make_index_sequence<9>());
    compare(name, from, one, several, std::make_index_sequence<17>());
  }
}
// A number with its derivative by one variable, for the template.
struct Dual {
  double v = 0, d = 0;
  Dual() = default;
  Dual(double x) : v(x) {}
  Dual(double x, double y) : v(x), d(y) {}
};
Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
Dual operator-(Dual a) { return {-a.v, -a.d}; }
Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
Dual operator/(Dual a, Dual b) { return {a.v / b.v, (a.d * b.v - a.v * b.d) / (b.v * b.v)}; }
Dual sin(Dual a) { return {std::sin(a.v), std::cos(a.v) * a.d}; }
Dual cos(Dual a) { return {std::cos(a.v), -std::sin(a.v) * a.d}; }
Dual exp(Dual a) { return {std::exp(a.v), std::exp(a.v) * a.d}; }
Dual log1p(Dual a) { return {std::log1p(a.v), a.d / (1 + a.v)}; }
int main() {
CHECKS
  const std::array<double, 9> x = {0.3, -0.7, 1.5, 0.2, -0.4, 2.25, -1.25, 0.75, 0.5};
  std::array<Dual, 9> y;
  for (std::size_t i = 0; i < 9; ++i) y[i] = {x[i], i == 2 ? 1.0 : 0.0};
  const double value = m::f(x), third = m::f_grad(x).grad[2];
  const Dual dual = m::f(y);
  if (std::fabs(value - dual.v) > 1e-14 || std::fabs(third - dual.d) > 1e-13) {
    std::printf("f: %.17g and %.17g, by dual numbers %.17g and %.17g\n", value, third, dual.v, dual.d);
    ++wrong;
  }
  return wrong == 0 ? 0 : 1;
}
)";
  const std::string code = std::string(program).replace(program.find("CHECKS"), 6, checks);
  for (const std::string& compiler : compilers()) {
    const auto folder = fresh_folder("calls-" + std::filesystem::path(compiler).filename().string());
    write_file(folder / "model.h", header_of(model));
    write_file(folder / "main.cpp", "#include <cstdio>\n" + code);
    for (const std::string options :
         {"-O2", "-O2 -mavx2 -mfma", "-O3 -march=native -DNABLA_NO_VECTOR_MATH", "-O1 -march=native"}) {
      INFO(compiler << " " << options);
      const std::string common = "'" + compiler + "'" + strict + options + " -I'" +
                                 std::string(paths::source) + "/runtime' '" + (folder / "main.cpp").string() +
                                 "' -o '" + folder.string();
      const Ran built = run(common + "/main'", folder);
      INFO(built.output.substr(0, 4000));
      REQUIRE(built.status == 0);
      const Ran ran = run("'" + (folder / "main").string() + "'", folder);
      INFO(ran.output.substr(0, 4000));
      CHECK(ran.status == 0);
    }
    // Vectors where they were allowed, whatever the level.
    write_file(folder / "f.cpp",
               "#include \"model.h\"\ndouble f(const std::array<double, 9>& x) { return m::f(x); }\n");
    const auto assembly = [&](const std::string& options) {
      const Ran built = run("'" + compiler + "'" + strict + options + " -S '" + (folder / "f.cpp").string() +
                                "' -o '" + (folder / "f.s").string() + "'",
                            folder);
      INFO(built.output.substr(0, 4000));
      REQUIRE(built.status == 0);
      return read_file(folder / "f.s");
    };
    CHECK(assembly("-O2").find("_ZGV") == std::string::npos);
    CHECK(assembly("-O2 -mavx2 -DNABLA_NO_VECTOR_MATH").find("_ZGV") == std::string::npos);
#if defined(__x86_64__) && defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)
    CHECK(assembly("-O1 -mavx2").find("_ZGVdN4v_sin") != std::string::npos);
    CHECK(assembly("-O2 -mavx512f").find("_ZGVeN8v_sin") != std::string::npos);
#endif
  }
}

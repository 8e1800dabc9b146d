// Arrays of constant sizes: which are written out entry by entry and which become loops, and that both
// compute the same numbers, compiled by g++ and clang++ under strict flags.
#include <catch2/catch.hpp>

#include "codegen/routing.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string rosenbrock(int n, const std::string& outputs = "value, grad") {
  const std::string size = std::to_string(n);
  return "var x : vector[" + size +
         "]\nf(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:" + size +
         "-1)\nderive f wrt x : " + outputs + "\n";
}

bool loops(const std::string& text, size_t entry) {
  LoadedModel m(text);
  return entry_points(m.ctx, m.model, true).at(entry).loops.has_value();
}

struct Case {
  const char* name;
  std::string text;
  const char* call;  // of NAME in both headers: compares all results
};

const std::vector<Case>& cases() {
  static const std::vector<Case> list = {
      {"rosenbrock", rosenbrock(100, "value, grad, hvp, jvp"),
       "same(loops::f(filled(x)), plain::f(filled(x)));"
       "same(loops::f_grad(x).grad, plain::f_grad(x).grad);"
       "same(loops::f_hvp(x, x).hvp, plain::f_hvp(x, x).hvp);"
       "same(loops::f_jvp(x, x).jvp, plain::f_jvp(x, x).jvp);"},
      {"several",
       "var x : vector[30]\nvar b\nvar A : matrix[30, 30]\nparam c : vector[30]\n"
       "f(x, b, A) = sum(sin(x[i]*b + c[i])*(A*x)[i] for i in 1:30)\ng(x, b) = A*x + b*c\n"
       "derive f wrt x, b, A : value, grad, hvp\nderive g wrt x : jac, jvp, vjp\nderive g wrt x, b : jvp\n",
       "same(loops::f(x, b, A, c), plain::f(x, b, A, c));"
       "same(loops::f_grad(x, b, A, c).value, plain::f_grad(x, b, A, c).value);"
       "same(loops::f_grad(x, b, A, c).grad, plain::f_grad(x, b, A, c).grad);"
       "same(loops::f_hvp(x, b, A, c, v).hvp, plain::f_hvp(x, b, A, c, v).hvp);"
       "same(loops::g_jac(x, b, A, c).value, plain::g_jac(x, b, A, c).value);"
       "same(loops::g_jac(x, b, A, c).jac, plain::g_jac(x, b, A, c).jac);"
       "same(loops::g_jvp(x, b, A, c, u).jvp, plain::g_jvp(x, b, A, c, u).jvp);"
       "same(loops::g_vjp(x, b, A, c, u).vjp, plain::g_vjp(x, b, A, c, u).vjp);"
       "same(loops::g_jvp_x_b(x, b, A, c, w).jvp, plain::g_jvp_x_b(x, b, A, c, w).jvp);"},
      {"product", "var x : vector[400]\nf(x) = prod(x)\nderive f wrt x : value, grad\n",
       "same(loops::f(x), plain::f(x)); same(loops::f_grad(x).grad, plain::f_grad(x).grad);"},
  };
  return list;
}

const char* arrays_of(const std::string& name) {
  if (name == "rosenbrock") return "std::array<double, 100> x{}; fill(x);";
  if (name == "product") return "std::array<double, 400> x{}; fill(x); for (double& e : x) e = 1 + e / 100;";
  return "std::array<double, 30> x{}, c{}, u{}; std::array<std::array<double, 30>, 30> A{}; const double b = "
         "0.7;"
         "std::array<double, 931> v{}; std::array<double, 31> w{};"
         "fill(x); fill(c); fill(u); fill(A); fill(v); fill(w);";
}

const char* const comparison = R"(#include <cstdio>
namespace {
int wrong = 0;
unsigned state = 1;
void fill(double& x) { state = state * 1664525U + 1013904223U; x = (state >> 8) / 16777216.0 - 0.4; }
template <class A> void fill(A& list) { for (auto& x : list) fill(x); }
template <class A> const A& filled(const A& list) { return list; }
void same(double a, double b) {
  if (std::fabs(a - b) <= 1e-9 * (1 + std::fabs(b))) return;
  std::printf("%.17g, not %.17g\n", a, b);
  ++wrong;
}
template <class A> void same(const A& a, const A& b) {
  for (std::size_t k = 0; k < a.size(); ++k) same(a[k], b[k]);
}
}  // namespace
)";

}  // namespace

TEST_CASE("constant sizes: small ones are written out, large ones are loops", "[codegen][routing]") {
  CHECK(!loops(rosenbrock(3), 1));
  CHECK(!loops(rosenbrock(10), 1));
  CHECK(loops(rosenbrock(100), 0));
  CHECK(loops(rosenbrock(100), 1));
  CHECK(loops(rosenbrock(100'000), 1));
  // A Hessian with few entries other than 0 is written out.
  CHECK(!loops(rosenbrock(100, "hess"), 0));
  CHECK(loops("var x : vector[1000]\nf(x) = prod(x)\nderive f wrt x : grad\n", 0));
  CHECK(!loops("var x : vector[20]\nf(x) = prod(x)\nderive f wrt x : grad\n", 0));
  // Many operations on numbers are not loops.
  CHECK(!loops("var x\nf(x) = sum(sin(k*x) for k in 1:3)\nderive f wrt x : grad\n", 0));
}

TEST_CASE("constant sizes: loops on std::array pass the check", "[codegen][routing]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    LoadedModel m(c.text);
    const std::vector<EntryPoint> entries = entry_points(m.ctx, m.model, true);
    for (const EntryCheck& e : check_entries(m.ctx, entries)) {
      REQUIRE(e.loops);
      CHECK(e.loops->points >= 8);
    }
  }
}

TEST_CASE("constant sizes: loops compute what entry by entry is computed", "[codegen][routing]") {
  const std::filesystem::path folder = fresh_folder("array-loops");
  for (const Case& c : cases()) {
    LoadedModel m(c.text);
    const std::vector<EntryPoint> looped = entry_points(m.ctx, m.model, true);
    for (const EntryPoint& e : looped) CHECK(e.loops);
    GenerateOptions options;
    options.name_space = "loops";
    write_file(folder / "loops.h", generate(m.ctx, m.model, looped, options));
    options.name_space = "plain";
    write_file(folder / "plain.h", m.header(options));
    write_file(folder / "main.cpp", std::string("#include \"loops.h\"\n#include \"plain.h\"\n") + comparison +
                                        "int main() {\n" + arrays_of(c.name) + c.call + "return wrong;\n}\n");
    for (const std::string& compiler : compilers()) {
      INFO(c.name << " by " << compiler);
      const Ran built = run("'" + compiler + "'" + strict + "'" + (folder / "main.cpp").string() + "' -o '" +
                                (folder / "main").string() + "'",
                            folder);
      INFO(built.output.substr(0, 4000));
      REQUIRE(built.status == 0);
      const Ran ran = run("'" + (folder / "main").string() + "'", folder);
      INFO(ran.output.substr(0, 2000));
      CHECK(ran.status == 0);
    }
  }
}

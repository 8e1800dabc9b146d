// C99: every function of the table in double and float, arrays and branches, long functions in parts;
// compiled by gcc and clang with warnings as errors, run, and compared with certified values and derivatives
// (balls).
#include <catch2/catch.hpp>
#include <cstdio>

#include "codegen/c_generate.h"
#include "eval/certify.h"
#include "eval/dual.h"
#include "expr/function.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"

using namespace nabla;
using namespace nabla::test;

namespace {

constexpr long precision = 200;

std::string c_header(LoadedModel& m, const std::string& name, const std::string& scalar) {
  GenerateOptions options;
  options.name_space = name;
  options.scalar = scalar;
  return generate_c(m.ctx, m.model, entry_points(m.ctx, m.model), options);
}

std::string exactly(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

const std::string comparison = R"(#include <stdio.h>
#include <math.h>
static int wrong = 0;
static void expect(const char* what, double got, double wanted, double scale, double relative) {
  if (fabs(got - wanted) <= relative * (fabs(wanted) + 0.01 * scale)) return;
  printf("%s: %.17g, not %.17g\n", what, got, wanted);
  ++wrong;
}
)";

// Value, gradient and Hessian of a function of the table at some points, in one type.
class RowInC {
 public:
  RowInC(const Function& r, std::string scalar) : row_(r), scalar_(std::move(scalar)) {
    const bool has_order = r.not_differentiable == 1;  // polygamma: the first argument is a number
    n_ = has_order ? 1 : r.max_args;
    const char* arguments = has_order ? "(2, x)" : n_ == 1 ? "(x)" : "(x, y)";
    LoadedModel m(std::string("var x, y\nf") + (n_ == 1 ? "(x)" : "(x, y)") + " = " + std::string(r.name) +
                  arguments + "\nderive f : value, grad, hess\n");
    header = c_header(m, name(), scalar_);
    std::vector<Ref> inputs;
    for (const char* v : {"x", "y"}) inputs.push_back(m.ctx.variable(v));
    inputs.resize(n_);
    const Tape tape = compile(m.ctx, {&m.model.functions[0].written, 1}, inputs);
    const std::vector<double> at = {-3.75, -1.625, -0.4375, 0.3125, 0.84375, 1.40625, 2.625, 5.3125};
    for (size_t k = 0; k < at.size(); ++k) append_point(tape, {at[k], at[(k * 5 + 3) % at.size()]});
  }

  std::string name() const { return scalar_ + "_" + std::string(row_.name); }

  std::string header, calls;

 private:
  void append_point(const Tape& tape, std::vector<double> at) {
    at.resize(n_);
    const auto unit = [&](size_t k) {
      std::vector<double> v(n_);
      v[k] = 1;
      return exact_balls(v, precision);
    };
    std::string checks, list;
    double scale = 0;
    const auto expect = [&](const std::string& got, double wanted) {
      scale = std::max(scale, std::abs(wanted));
      checks += "    expect(\"" + name() + " " + got + "\", (double)" + got + ", " + exactly(wanted) +
                ", scale, " + (scalar_ == "float" ? "1e-4" : "1e-11") + ");\n";
    };
    for (double x : at) list += "(" + scalar_ + ")" + exactly(x) + ", ";
    for (size_t i = 0; i < n_; ++i) {
      for (size_t j = 0; j < n_; ++j) {
        const auto d = forward(tape, exact_balls(at, precision), unit(i), unit(j), precision)[0];
        if (!d.value.is_finite() || !d.v.is_finite() || !d.vw.is_finite()) return;
        if (i + j == 0) {
          expect("alone", d.value.midpoint());
          expect("value", d.value.midpoint());
        }
        if (j == 0) expect("grad[" + std::to_string(i) + "]", d.v.midpoint());
        expect("hess[" + std::to_string(i * n_ + j) + "]", d.vw.midpoint());
      }
    }
    const std::string n = std::to_string(n_), nn = std::to_string(n_ * n_);
    calls += "  {\n    const double scale = " + exactly(scale) + ";\n    " + scalar_ + " value, grad[" + n +
             "], hess[" + nn + "];\n    const " + scalar_ + " alone = " + name() + "_f(" +
             list.substr(0, list.size() - 2) + ");\n    " + name() + "_f_grad(" + list +
             "&value, grad);\n    " + name() + "_f_hess(" + list + "&value, grad, hess);\n" + checks +
             "  }\n";
  }

  const Function& row_;
  std::string scalar_;
  size_t n_ = 1;
};

void compile_and_run(const std::filesystem::path& folder, const std::string& source) {
  write_file(folder / "main.c", source);
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const Ran built = run(
        "cd '" + folder.string() + "' && '" + compiler + "'" + strict_c + "-O1 main.c -o main -lm", folder);
    INFO(built.output.substr(0, 4000));
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + (folder / "main").string() + "'", folder);
    INFO(ran.output.substr(0, 4000));
    CHECK(ran.status == 0);
  }
}

}  // namespace

TEST_CASE("C: every row of the table, in double and float", "[codegen][c99]") {
  const auto folder = fresh_folder("c-functions");
  std::string includes, functions, main = "int main(void) {\n";
  for (const char* scalar : {"double", "float"}) {
    for (size_t i = 0; i < function_count(); ++i) {
      const Function& r = row(function_at(i));
      if (r.value == nullptr) continue;
      const RowInC code(r, scalar);
      write_file(folder / (code.name() + ".h"), code.header);
      includes += "#include \"" + code.name() + ".h\"\n";
      functions += "static void check_" + code.name() + "(void) {\n" + code.calls + "}\n";
      main += "  check_" + code.name() + "();\n";
    }
  }
  compile_and_run(folder, includes + comparison + functions + main + "  return wrong == 0 ? 0 : 1;\n}\n");
}

TEST_CASE("C: arrays, matrices, branches and names", "[codegen][c99]") {
  const auto folder = fresh_folder("c-shapes");
  LoadedModel m(
      "var x : vector[3]\nvar A : matrix[2, 3]\nparam value, unused\n"
      "f(x, A, unused) = [A[1,1]*x[1] + A[1,2]*x[2] + A[1,3]*x[3]; if x[1] < value then x[2]^2 else "
      "sqrt(x[3])]\n"
      "g(x) = (if x[1] > 0 and x[2] > 0 then log(x[1]*x[2]) else x[1]*x[2]*pi)*value\n"
      "derive f wrt x : value, jac, jvp, vjp\nderive g wrt x : value, grad, hess, hvp\n");
  write_file(folder / "shapes.h", c_header(m, "shapes", "double"));
  compile_and_run(folder, "#include \"shapes.h\"\n" + comparison + R"(int main(void) {
  const double x[3] = {2, 3, 4}, A[6] = {1, 2, 3, 4, 5, 6}, v[3] = {1, 0, 0}, u[2] = {1, 10};
  double value[2], jac[6], jvp[2], vjp[3], one, grad[3], hess[9], hvp[3];
  shapes_f(x, A, 0, 1, value);
  expect("f1", value[0], 20, 1, 1e-15), expect("f2", value[1], 2, 1, 1e-15);
  shapes_f_jac(x, A, 0, 5, value, jac);
  expect("f2", value[1], 9, 1, 1e-15);
  expect("by x3", jac[2], 3, 1, 1e-15), expect("by x2", jac[4], 6, 1, 1e-15), expect("by x3", jac[5], 0, 1, 0);
  shapes_f_jvp(x, A, 0, 5, v, value, jvp);
  expect("jvp", jvp[0], 1, 1, 1e-15), expect("jvp", jvp[1], 0, 1, 0);
  shapes_f_vjp(x, A, 0, 5, u, value, vjp);
  expect("vjp", vjp[1], 2 + 60, 1, 1e-15);
  shapes_g_grad(x, 7, &one, grad);
  expect("g", one, 7 * log(6), 1, 1e-15), expect("g by x2", grad[1], 7.0 / 3, 1, 1e-15);
  shapes_g_hess(x, 7, &one, grad, hess);
  expect("g by x1 x1", hess[0], -7.0 / 4, 1, 1e-15), expect("g by x1 x2", hess[1], 0, 1, 0);
  shapes_g_hvp(x, 7, v, hvp);
  expect("g along v", hvp[0], -7.0 / 4, 1, 1e-15);
  return wrong == 0 ? 0 : 1;
}
)");
}

TEST_CASE("C: long sums are added in groups, with their signs", "[codegen][c99]") {
  const auto folder = fresh_folder("c-sums");
  LoadedModel m(
      "var y : vector[9]\n"
      "f(y) = y[1] - y[2] - y[3] - y[4] - y[5] - y[6] - y[7] - y[8]\n"
      "g(y) = y[9] - y[8] - y[7] - y[6] - y[5] - y[4] - y[3] - y[2] - y[1]\n"
      "h(y) = sum(sum((-1)^(i + j)*(i + 2*j)*y[i]*y[j] for j in 1:9) for i in 1:9)\n"
      "derive f : value\nderive g : value\nderive h : value\n");
  write_file(folder / "sums.h", c_header(m, "sums", "double"));
  compile_and_run(folder, "#include \"sums.h\"\n" + comparison + R"(int main(void) {
  const double y[9] = {1, 2, 4, 8, 16, 32, 64, 128, 256};
  double sum = 0;
  for (int i = 1; i <= 9; ++i) {
    for (int j = 1; j <= 9; ++j) sum += ((i + j) % 2 == 0 ? 1 : -1) * (i + 2 * j) * y[i - 1] * y[j - 1];
  }
  expect("f", sums_f(y), 1 - 254, 1, 0), expect("g", sums_g(y), 256 - 255, 1, 0);
  expect("h", sums_h(y), sum, 1, 1e-14);
  return wrong == 0 ? 0 : 1;
}
)");
}

TEST_CASE("C: a long function becomes several", "[codegen][c99]") {
  const auto folder = fresh_folder("c-parts");
  std::string text = "var x, y\nx0 = x\ny0 = y\n";
  for (size_t k = 0; k < 1200; ++k) {
    const std::string i = std::to_string(k), j = std::to_string(k + 1);
    text += "x" + j + " = x" + i + " + sin(y" + i + ")/100\ny" + j + " = y" + i + " - sin(x" + j + ")/100\n";
  }
  LoadedModel m(text + "f(x, y) = x1200*y1200\nderive f : value, grad\n");
  const std::string header = c_header(m, "pendulum", "double");
  CHECK(header.find("__part1") != std::string::npos);
  write_file(folder / "pendulum.h", header);
  compile_and_run(folder, "#include \"pendulum.h\"\n" + comparison + R"(int main(void) {
  double x = 0.5, y = 0.25, xa = 1, ya = 0, value, grad[2];
  for (int k = 0; k < 1200; ++k) {
    x += sin(y) / 100, xa += cos(y) * ya / 100;
    y -= sin(x) / 100, ya -= cos(x) * xa / 100;
  }
  pendulum_f_grad(0.5, 0.25, &value, grad);
  expect("value", value, x * y, 1, 1e-10), expect("grad", grad[0], xa * y + x * ya, 1, 1e-10);
  expect("alone", pendulum_f(0.5, 0.25), x * y, 1, 1e-10);
  return wrong == 0 ? 0 : 1;
}
)");
}

// Every name that a comment gives is declared in the header.
TEST_CASE("C99: comments of compressed batches name what there is", "[codegen][c99][batch]") {
  for (const char* derive : {"hess(csr), batch", "hess(lower, csr), batch(a)"}) {
    INFO(derive);
    LoadedModel m(
        "param a\nvar x : vector[3]\nf(x, a) = sum(x[i]^2*x[i+1]*a for i in 1:2)\nderive f wrt x, a : " +
        std::string(derive) + "\n");
    const std::string header = c_header(m, "m", "double");
    CHECK(header.find("Where the numbers belong") != std::string::npos);
    const bool named = header.find("pattern say") != std::string::npos;
    CHECK(named ==
          (header.find("static inline void m_f_hess_lower_csr_batch_pattern(") != std::string::npos));
  }
}

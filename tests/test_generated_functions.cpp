// Every scalar function of the table in generated code: value, gradient and Hessian in float, double and long
// double, compiled by g++ and clang++ with nothing included but the generated headers, run, and compared with
// certified values and derivatives (balls), in which neither diff/ nor the double kernels have a part.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>

#include "eval/certify.h"
#include "eval/dual.h"
#include "expr/function.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

constexpr long precision = 200;

std::string exactly(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

// What the programs below compare with. float has 24 bits; the headers bring <cmath> themselves.
const std::string comparison = R"(#include <cstdio>
namespace {
int wrong = 0;
template <class T>
void expect(const char* what, T got, double wanted, double scale) {
  const double bits = sizeof(T) == sizeof(float) ? 1e-4 : 1e-11;
  const double error = std::fabs(static_cast<double>(got) - wanted);
  if (error <= bits * (std::fabs(wanted) + 0.01 * scale)) return;
  std::printf("%s: %.17g, not %.17g\n", what, static_cast<double>(got), wanted);
  ++wrong;
}
}  // namespace
)";

// One row: its header in a namespace of its own, and calls at points where it is defined.
class RowCode {
 public:
  explicit RowCode(const Function& r) : row_(r) {
    const bool has_order = r.not_differentiable == 1;  // polygamma: the first argument is a number
    variables_ = has_order ? 1 : r.max_args;
    const char* arguments = has_order ? "(2, x)" : variables_ == 1 ? "(x)" : "(x, y)";
    const std::string text = std::string("var x, y\nf") + (variables_ == 1 ? "(x)" : "(x, y)") + " = " +
                             std::string(r.name) + arguments + "\nderive f : value, grad, hess\n";
    LoadedModel model(text);
    GenerateOptions options;
    options.name_space = name_space();
    header_ = model.header(options);
    append_calls(model);
  }

  std::string name_space() const { return "row_" + std::string(row_.name); }
  const std::string& header() const { return header_; }
  const std::string& calls() const { return calls_; }
  size_t points() const { return points_; }

 private:
  void append_calls(LoadedModel& model) {
    const ModelFunction& f = model.model.functions[0];
    std::vector<Ref> inputs;
    for (const char* name : {"x", "y"}) inputs.push_back(model.ctx.variable(name));
    inputs.resize(variables_);
    const Tape tape = compile(model.ctx, {&f.written, 1}, inputs);
    // Numbers that float holds.
    const std::vector<double> candidates = {-3.75, -1.625, -0.4375, 0.3125, 0.84375, 1.40625, 2.625, 5.3125};
    for (size_t k = 0; k < candidates.size(); ++k) {
      std::vector<double> at = {candidates[k], candidates[(k * 5 + 3) % candidates.size()]};
      at.resize(variables_);
      append_point(tape, at);
    }
  }

  void append_point(const Tape& tape, const std::vector<double>& at) {
    const auto unit = [&](size_t k) {
      std::vector<double> v(variables_);
      v[k] = 1;
      return exact_balls(v, precision);
    };
    const size_t n = variables_;
    std::vector<double> wanted = {0};
    wanted.resize(1 + n + n * n);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        const auto d = forward(tape, exact_balls(at, precision), unit(i), unit(j), precision)[0];
        if (!d.value.is_finite() || !d.v.is_finite() || !d.vw.is_finite()) return;
        wanted[0] = d.value.midpoint();
        wanted[1 + i] = d.v.midpoint();
        wanted[1 + n + i * n + j] = d.vw.midpoint();
      }
    }
    ++points_;
    for (const char* type : {"float", "double", "long double"}) append_call(type, at, wanted);
  }

  void append_call(const std::string& type, const std::vector<double>& at,
                   const std::vector<double>& wanted) {
    std::string list, where;
    double scale = 0;
    for (double x : at) {
      where += (where.empty() ? "" : ", ") + exactly(x);
      list += (list.empty() ? "" : ", ") + ("static_cast<" + type + ">(" + exactly(x) + ")");
    }
    for (double w : wanted) scale = std::max(scale, std::abs(w));
    const std::string call = name_space() + "::f";
    const auto expect = [&](const std::string& what, const std::string& got, double value) {
      calls_ += "  expect(\"" + what + " of " + std::string(row_.name) + " at " + where + ", " + type +
                "\", " + got + ", " + exactly(value) + ", " + exactly(scale) + ");\n";
    };
    calls_ += "  {\n  const auto g = " + call + "_grad(" + list + ");\n  const auto h = " + call + "_hess(" +
              list + ");\n";
    expect("value", call + "(" + list + ")", wanted[0]);
    expect("value with gradient", "g.value", wanted[0]);
    expect("value with Hessian", "h.value", wanted[0]);
    const size_t n = variables_;
    for (size_t i = 0; i < n; ++i) {
      const std::string first = "[" + std::to_string(i) + "]";
      expect("gradient", "g.grad" + first, wanted[1 + i]);
      expect("gradient with Hessian", "h.grad" + first, wanted[1 + i]);
      for (size_t j = 0; j < n; ++j) {
        expect("Hessian", "h.hess" + first + "[" + std::to_string(j) + "]", wanted[1 + n + i * n + j]);
      }
    }
    calls_ += "  }\n";
  }

  const Function& row_;
  size_t variables_ = 1;
  size_t points_ = 0;
  std::string header_, calls_;
};

// A header alone: it includes what it uses, nothing else, and defines no macro.
void check_alone(const std::string& header) {
  const auto has = [&](const char* text) { return header.find(text) != std::string::npos; };
  CHECK(has("#include <limits>") == has("std::numeric_limits"));
  CHECK(has("#include <array>"));
  CHECK(has("#include <cmath>"));
  CHECK(has("#include <type_traits>"));
  CHECK_FALSE(has("#define"));
  CHECK_FALSE(has("new "));
  CHECK_FALSE(has("std::vector"));
  CHECK_FALSE(has("nabla::rt"));
}

void check_all_rows(const std::string& compiler) {
  INFO(compiler);
  if (compiler.empty()) return;
  const std::filesystem::path folder =
      fresh_folder("functions-" + std::filesystem::path(compiler).filename().string());
  std::string includes, functions, main = "int main() {\n";
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& r = row(function_at(i));
    if (r.value == nullptr) continue;
    INFO(r.name);
    const RowCode code(r);
    CHECK(code.points() >= 2);
    check_alone(code.header());
    write_file(folder / (code.name_space() + ".h"), code.header());
    includes += "#include \"" + code.name_space() + ".h\"\n";
    functions += "void check_" + code.name_space() + "() {\n" + code.calls() + "}\n";
    main += "  check_" + code.name_space() + "();\n";
  }
  write_file(folder / "rows.cpp",
             includes + comparison + functions + main + "  return wrong == 0 ? 0 : 1;\n}\n");
  const std::string binary = (folder / "rows").string();
  const Ran built =
      run("'" + compiler + "'" + strict + "-O2 '" + (folder / "rows.cpp").string() + "' -o '" + binary + "'",
          folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  const Ran ran = run("'" + binary + "'", folder);
  INFO(ran.output);
  CHECK(ran.status == 0);
}

}  // namespace

TEST_CASE("generated functions: every row of the table, g++", "[codegen]") { check_all_rows(paths::gxx); }
TEST_CASE("generated functions: every row of the table, clang++", "[codegen]") {
  check_all_rows(paths::clangxx);
}

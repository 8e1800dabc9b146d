// Compressed Jacobians and Hessians of any size: where their entries stand, by hand; the code, compiled by
// g++ and clang++ and run at several sizes, compared number by number with the code for whole matrices; what
// is refused.
#include <algorithm>
#include <catch2/catch.hpp>

#include "codegen/loop_report.h"
#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::string rosenbrock =
    "dim n >= 2\nvar x : vector[n]\nf(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n";

// What is said of the pattern of the first output, in one line.
std::string pattern(const std::string& text) {
  LoadedModel m(text);
  const std::vector<TensorEntry> entries = tensor_entry_points(m.ctx, m.model);
  std::string out;
  for (const std::string& line :
       pattern_lines(m.ctx, entries[0].matrix, entries[0].layout.sparsity == Sparsity::csr))
    out += (out.empty() ? "" : "; ") + line;
  return out;
}

std::string message_of(const std::string& text) {
  try {
    (void)pattern(text);
  } catch (const Failure& f) {
    return f.diagnostic.message + "; " + f.diagnostic.help;
  }
  return {};
}

struct Function {
  std::string name, formula;
  std::vector<std::string> wrt;  // of a, b: their sizes stand in `sizes`
  std::string rows = {};         // of the value; none: a scalar
  std::string data = {};         // the arguments that are no variables
};

const std::string declarations =
    "dim n >= 2\ndim m >= 2\nvar x, y : vector[n]\nvar z : vector[2*n]\nvar A : matrix[m, n]\nvar s, t : "
    "scalar\n"
    "param a, b : vector[n]\nparam c : vector[m]\n";

const std::vector<Function> functions = {
    {"valley", "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)", {"x"}},
    {"separable", "sum(a .* sin(x)) + sum(log(1 .+ x.^2))", {"x"}, "", "a"},
    {"pairs", "sum(x[i]*x[i+1]*exp(x[i]) for i in 1:n-1) + sum(cos(x))", {"x"}},
    {"linear", "a'*x + 1", {"x"}, "", "a"},
    {"strided", "sum(100*(z[2*i] - z[2*i-1]^2)^2 + (1 - z[2*i-1])^2 for i in 1:n)", {"z"}},
    {"coupled", "sum(x[i]^2*y[i] for i in 1:n) + sum(sin(x[i+1]*y[i]) for i in 1:n-1)", {"x", "y"}},
    {"arrow", "sum(exp(s*x[i])/3 for i in 1:n) + s^2*t + cos(t)", {"x", "s", "t"}},
    {"grid", "sum((A[i+1,j] - A[i,j])^2 + A[i,j]*sin(A[i,j+1]) for i in 1:m-1, j in 1:n-1)", {"A"}},
    {"blocks", "sum((A*a - c).^2) + sum(A.^3)", {"A"}, "", "a, c"},
    {"mixed", "sum(A[i,j]*x[j]^2 for i in 1:m, j in 1:n)", {"x", "A"}},
    {"second", "[x[i-1] - 2*x[i] + x[i+1] + a[i]*x[i]^3 for i in 2:n-1]", {"x"}, "n - 2", "a"},
    {"map", "a .* sin(x)", {"x"}, "n", "a"},
    {"forward", "[x[i+1]^2 - x[i]*y[i] for i in 1:n-1]", {"x", "y"}, "n - 1"},
    {"slope", "[s*x[i+1] - s^2*x[i] for i in 1:n-1]", {"x", "s"}, "n - 1"},
    {"product", "A*a", {"A"}, "m", "a"},
    {"entries", "sin(A) + A.^2", {"A"}, "m*n"},
    {"columns", "[A[i+1,j]*x[j] - A[i,j]^2 for i in 1:m-1, j in 1:n]", {"A", "x"}, "(m - 1)*n"},
};

const std::vector<std::string> hess_layouts = {"csr", "csc", "lower_csr", "lower_csc_only"},
                               jac_layouts = {"csr", "csc", "csr_only"};

std::string joined(const std::vector<std::string>& list, const std::string& between,
                   const std::string& before = "", const std::string& after = "") {
  std::string out;
  for (const std::string& s : list) out += (out.empty() ? "" : between) + before + s + after;
  return out;
}

std::string size_of(const std::string& variable) {
  if (variable == "A") return "m*n";
  if (variable == "z") return "2*n";
  return variable == "s" || variable == "t" ? "1" : "n";
}

bool is_scalar(const std::string& variable) { return size_of(variable) == "1"; }

std::string text_of_all() {
  std::string text = declarations;
  for (const Function& f : functions) {
    text += f.name + "(" + joined(f.wrt, ", ") + (f.data.empty() ? "" : ", " + f.data) + ") = " + f.formula +
            "\nderive " + f.name + " wrt " + joined(f.wrt, ", ") + " : " +
            (f.rows.empty() ? "hess, hess(csr), hess(csc), hess(lower, csr), hess(lower, csc, only)\n"
                            : "jac, jac(csr), jac(csc), jac(csr, only)\n");
  }
  return text;
}

// What `name` takes: those of n and m that its header says, as each takes those that it needs.
std::string dims_of(const std::string& header, const std::string& name) {
  const size_t at = header.find(" " + name + "(");
  const std::string list = header.substr(at, header.find(')', at) - at);
  std::string out;
  for (const char* d : {"n", "m"}) {
    const std::string parameter = std::string("ptrdiff_t ") + d;
    const size_t found = list.find(parameter);
    if (found != list.npos && !std::isalnum(static_cast<unsigned char>(list[found + parameter.size()])))
      out += (out.empty() ? "" : ", ") + std::string(d);
  }
  return out;
}

bool has(const std::string& header, const std::string& text) { return header.find(text) != header.npos; }

// "x.data()" or "s"
std::string arguments(const Function& f) {
  std::vector<std::string> list;
  for (const std::string& v : f.wrt) list.push_back(is_scalar(v) ? v : v + ".data()");
  if (!f.data.empty()) {
    for (char d : f.data) {
      if (d != ',' && d != ' ') list.push_back(std::string(1, d) + ".data()");
    }
  }
  return joined(list, ", ");
}

std::string gradients(const Function& f, const std::string& to) {
  std::vector<std::string> list;
  for (size_t k = 0; k < f.wrt.size(); ++k) list.push_back(to + "[" + std::to_string(k) + "].data()");
  return joined(list, ", ");
}

const std::string harness = R"(
using std::ptrdiff_t;
std::size_t size(ptrdiff_t k) { return static_cast<std::size_t>(k); }
// A block at these places of the whole matrix; turned over too.
template <class T>
void put(std::vector<T>& whole, ptrdiff_t columns, ptrdiff_t row, ptrdiff_t column, ptrdiff_t rows, ptrdiff_t own,
         const std::vector<T>& block, bool turned) {
  for (ptrdiff_t i = 0; i < rows; ++i)
    for (ptrdiff_t j = 0; j < own; ++j) {
      whole[size((row + i) * columns + column + j)] = block[size(i * own + j)];
      if (turned) whole[size((column + j) * columns + row + i)] = block[size(i * own + j)];
    }
}
template <class T>
void compare(const char* what, bool by_rows, ptrdiff_t rows, ptrdiff_t columns, const std::vector<int>& starts,
             const std::vector<int>& indices, const std::vector<T>& values, std::vector<T> whole, bool lower) {
  const ptrdiff_t lines = by_rows ? rows : columns;
  if (starts[0] != 0 || starts[size(lines)] != static_cast<int>(values.size())) {
    std::printf("%s: %d numbers, not %zu\n", what, starts[size(lines)], values.size());
    ++wrong;
  }
  for (ptrdiff_t i = 0; i < lines; ++i) {
    int last = -1;
    for (int k = starts[size(i)]; k < starts[size(i) + 1]; ++k) {
      const int j = indices[size(k)];
      if (j <= last || j >= (by_rows ? columns : rows) || (lower && (by_rows ? j > i : j < i))) {
        std::printf("%s: column %d after %d in line %td\n", what, j, last, i);
        ++wrong;
      }
      last = j;
      T& entry = whole[size(by_rows ? i * columns + j : j * columns + i)];
      expect(what, i * 1000 + j, values[size(k)], entry, T(1));
      entry = 0;
    }
  }
  for (ptrdiff_t i = 0; i < rows; ++i)
    for (ptrdiff_t j = 0; j < columns; ++j)
      if (!(lower && j > i)) expect(what, i * 1000 + j, whole[size(i * columns + j)], T(0), T(1));
}
)";

// The whole matrix from the blocks of the function for it.
std::string whole_matrix(const Function& f, const std::string& header) {
  const bool hess = f.rows.empty();
  const std::string name = f.name + (hess ? "_hess" : "_jac");
  std::string code, blocks, puts, total = "0", row;
  for (size_t i = 0; i < f.wrt.size(); ++i) {
    const std::string own = size_of(f.wrt[i]);
    if (!hess) {
      const std::string b = "b" + std::to_string(i);
      code += "  std::vector<T> " + b + "(size((" + f.rows + ")*(" + own + ")) + 1);\n";
      blocks += ", " + b + ".data()";
      puts += "  put<T>(whole, N, 0, " + total + ", " + f.rows + ", " + own + ", " + b + ", false);\n";
    }
    std::string across = total;
    for (size_t j = i; hess && j < f.wrt.size(); ++j) {
      const std::string b = "b" + std::to_string(i) + std::to_string(j), other = size_of(f.wrt[j]);
      code += "  std::vector<T> " + b + "(size((" + own + ")*(" + other + ")));\n";
      blocks += ", " + b + ".data()";
      puts +=
          "  put<T>(whole, N, " + total + ", " + across + ", " + own + ", " + other + ", " + b + ", true);\n";
      across += " + " + other;
    }
    total += " + " + own;
  }
  const std::string work = has(header, " " + name + "_work(") ? ", work.data()" : "";
  return "  const ptrdiff_t N = " + total + ", M = " + (hess ? "N" : f.rows) +
         ";\n  std::vector<T> whole(size(M * N));\n" + code + "  " + (hess ? "const T wanted = " : "") +
         "m::" + name + "(" + dims_of(header, name) + ", " + arguments(f) + ", " +
         (hess ? gradients(f, "g") : "value.data()") + blocks + work + ");\n" + puts;
}

std::string compressed(const Function& f, const std::string& layout, const std::string& header) {
  const bool hess = f.rows.empty(), only = has(layout, "only");
  const std::string name = f.name + (hess ? "_hess_" : "_jac_") + layout;
  std::string code = "  {\n";
  if (has(header, " " + name + "_work("))
    code += "    if (m::" + name + "_work(" + dims_of(header, name + "_work") + ") > work.size()) ++wrong;\n";
  code += "    values.assign(m::" + name + "_nonzeros(" + dims_of(header, name + "_nonzeros") +
          "), T(7));\n    indices.assign(values.size() + 1, 0);\n    starts.assign(size((" +
          (has(layout, "csr") ? "M" : "N") + ") + 1), -1);\n    m::" + name + "_pattern(" +
          dims_of(header, name + "_pattern") + ", starts.data(), indices.data());\n    " +
          (hess && !only ? "const T found = " : "") + "m::" + name + "(" + dims_of(header, name) + ", " +
          arguments(f) + ", " +
          (only   ? ""
           : hess ? gradients(f, "h") + ", "
                  : "value.data(), ") +
          "values.data()" + (has(header, " " + name + "_work(") ? ", work.data()" : "") + ");\n";
  if (hess && !only) {
    code += "    expect(\"value\", 0, found, wanted, T(1));\n";
    for (size_t k = 0; k < f.wrt.size(); ++k)
      code += "    for (ptrdiff_t i = 0; i < " + size_of(f.wrt[k]) + "; ++i) expect(\"gradient\", i, h[" +
              std::to_string(k) + "][size(i)], g[" + std::to_string(k) + "][size(i)], T(1));\n";
  }
  return code + "    compare<T>(\"" + name + "\", " + (has(layout, "csr") ? "true" : "false") +
         ", M, N, starts, indices, values, whole, " + (has(layout, "lower") ? "true" : "false") + ");\n  }\n";
}

std::string program(const std::string& header) {
  std::string code = harness + R"(
template <class T>
void check(ptrdiff_t n, ptrdiff_t m) {
  std::vector<T> x(size(n)), y(size(n)), z(size(2 * n)), a(size(n)), b(size(n)), A(size(m * n)), c(size(m)),
      value(size(m * n + n)), work(size(40 * m * n * (n + 40)) + 4096), values;
  std::vector<std::vector<T>> g(3, std::vector<T>(size(m * n + 2 * n))), h = g;
  std::vector<int> starts, indices;
  const T s = T(0.7), t = T(-0.4);
  const auto fill = [](std::vector<T>& v, T first, T step, int turn) {
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = first + step * T(static_cast<int>(i) % turn);
  };
  fill(x, T(0.3), T(0.1), 7), fill(y, T(-0.5), T(0.2), 5), fill(z, T(0.4), T(0.1), 6), fill(a, T(1), T(-0.2), 5);
  fill(b, T(0.2), T(0.1), 3), fill(A, T(0.1), T(0.07), 11), fill(c, T(-1), T(0.3), 4);
)";
  const auto in_float = {"valley", "coupled", "grid"};  // the others are compiled for double alone
  for (const Function& f : functions) {
    const bool both = std::find(in_float.begin(), in_float.end(), f.name) != in_float.end();
    code += std::string(both ? "" : "  if constexpr (sizeof(T) == sizeof(double))\n") + "  {\n" +
            whole_matrix(f, header);
    for (const std::string& layout : f.rows.empty() ? hess_layouts : jac_layouts)
      code += compressed(f, layout, header);
    code += "  }\n";
  }
  return code + "}\n";
}

}  // namespace

TEST_CASE("compressed: where entries stand", "[codegen][layout][compressed]") {
  CHECK(pattern(rosenbrock + "derive f : hess(csr)\n") == "by x: entries at column - row = -1, 0, 1");
  CHECK(pattern(rosenbrock + "derive f : hess(lower, csc)\n") == "by x: entries at row - column = 0, 1");
  CHECK(
      pattern("dim n >= 4\nvar x : vector[n]\nF(x) = [x[i]*x[i+3] for i in 1:n-3]\nderive F : jac(csr)\n") ==
      "by x: entries at column - row = 0, 3");
  CHECK(pattern("dim n\nvar x : vector[n]\nF(x) = exp(x) + 2*x\nderive F : jac(csc)\n") ==
        "by x: entries at row - column = 0");
  // The five points of a difference along each axis, not the nine around them.
  CHECK(
      pattern(
          "dim m, n >= 2\nvar A : matrix[m, n]\nf(A) = sum((A[i+1,j] - A[i,j])^2 for i in 1:m-1, j in 1:n) + "
          "sum((A[i,j+1] - A[i,j])^2 for i in 1:m, j in 1:n-1)\nderive f : hess(csr)\n") ==
      "by A: entries at column - row = (-1, 0), (0, -1), (0, 0), (0, 1), (1, 0)");
  CHECK(pattern("dim m, n\nparam a : vector[n]\nvar A : matrix[m, n]\nf(A) = sum((A*a).^2)\nderive f : "
                "hess(csr)\n") == "by A: entries at column - row = (0, all)");
  CHECK(pattern("dim n\nvar x : vector[n]\nvar s : scalar\nf(x, s) = sum(exp(s*x))\nderive f : hess(lower, "
                "csr)\n") == "by x: entries at column - row = 0; by s and x: all entries; by s: all entries");
  // Only neighbours within a pair meet.
  CHECK(pattern("dim n\nvar z : vector[2*n]\nf(z) = sum((z[2*i] - z[2*i-1]^2)^2 for i in 1:n)\nderive f : "
                "hess(csr)\n") == "by z: entries at column - row = -1, 0, 1");
}

TEST_CASE("compressed: matrices of any size", "[codegen][layout][compressed]") {
  LoadedModel model(text_of_all());
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::span, options);
  check_program("compressed", header, program(header) + R"(
int main() {
  for (ptrdiff_t n : {2, 3, 4, 7, 17, 18, 33, 64}) {
    check<double>(n, 3);
    check<float>(n, 2);
  }
  check<double>(3, 20);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

TEST_CASE("compressed: numbers are written where they belong", "[codegen][layout][compressed]") {
  const auto header = [](const std::string& text) {
    LoadedModel m(text);
    return generate_tensors(m.ctx, m.model, tensor_entry_points(m.ctx, m.model), TensorTarget::span);
  };
  const std::string valley = header(rosenbrock + "derive f : hess(csr)\n");
  CHECK(has(valley, "hess_x[next++] = "));
  CHECK(has(valley, "return static_cast<std::size_t>(3 * n - 2);"));
  CHECK(!has(valley, "restrict work"));
  // A gradient that is read again is stored first; so is what functions of vectors compute.
  const std::string shared = header(
      "dim n\nvar x : vector[n]\nF(x) = [exp(x[i+1]) + exp(x[i]) for i in 1:n-1]\nderive F : jac(csr)\n");
  CHECK(has(shared, "jac_x[count++] = diagonal_0[i];"));
  // Strides are divided out, not searched for.
  const std::string strided =
      header("dim n\nvar z : vector[2*n]\nf(z) = sum(z[2*i]*z[2*i-1]^3 for i in 1:n)\nderive f : grad\n");
  CHECK(has(strided, " / 2;"));
  CHECK(!has(strided, "for (std::ptrdiff_t j"));
  LoadedModel m("dim n\nvar z : vector[2*n]\nf(z) = sum(z[2*i]*z[2*i-1]^3 for i in 1:n)\nderive f : grad\n");
  for (const std::string& line : loop_report(m.ctx, tensor_entry_points(m.ctx, m.model).at(0)))
    CHECK(!has(line, "n^2"));
}

TEST_CASE("compressed: a wrong pattern is found by the check", "[codegen][layout][compressed]") {
  LoadedModel model(rosenbrock + "derive f : hess(csr)\n");
  std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  entries[0].matrix.blocks[0].stencil.diagonals.back()[0] = 2;
  CHECK_THROWS_AS(check_tensor_entries(model.ctx, entries, 1), Failure);
  entries = tensor_entry_points(model.ctx, model.model);
  entries[0].matrix.blocks[0].stencil.diagonals.pop_back();  // a diagonal that is not 0 is left out
  CHECK_THROWS_AS(check_tensor_entries(model.ctx, entries, 1), Failure);
}

TEST_CASE("compressed: what is refused", "[codegen][layout][compressed]") {
  CHECK(
      message_of("dim n\nvar x : vector[n]\nf(x) = exp(x'*x)\nderive f : hess(csr)\n") ==
      "hess(csr) of 'f' is not yet available: its part by 'x' is not known to be sparse; ask for hvp, which "
      "takes any Hessian by columns, or for hess");
  CHECK(message_of("dim n\nvar x : vector[n]\nf(x) = logsumexp(x)\nderive f : hess(csc)\n")
            .find("its part by 'x' is not known to be sparse") != std::string::npos);
  CHECK(message_of("dim n, k\nvar x : vector[n]\nvar y : vector[k]\nparam A : matrix[n, k]\nf(x, y) = "
                   "x'*A*y\nderive f "
                   ": hess(csr)\n")
            .find("its part by 'x' and 'y' is not known to be sparse") != std::string::npos);
  CHECK(message_of(
            "dim n\nparam k : vector[n] integer in [1, n]\nvar x : vector[n]\nf(x) = [x[k[i]]^2 for i in "
            "1:n]\nderive f : jac(csr)\n") ==
        "jac(csr) of 'f' is not yet available: its part by 'x' is not known to be sparse; ask for jvp, which "
        "takes any Jacobian by columns, or for jac");
}

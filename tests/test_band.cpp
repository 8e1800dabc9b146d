// Compressed Jacobians and Hessians of any size that are a few diagonals: what the diagonals are, by hand;
// the code, compiled by g++ and clang++ and run at several sizes, compared number by number with the code for
// the whole matrix; what is refused.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::vector<int64_t> diagonals(const TensorEntry& e) {
  std::vector<int64_t> out;
  for (const TensorOutput& o : e.program.outputs) {
    if (o.diagonal) out.push_back(*o.diagonal);
  }
  return out;
}

std::vector<int64_t> diagonals_of(const std::string& text) {
  LoadedModel m(text);
  return diagonals(tensor_entry_points(m.ctx, m.model).at(0));
}

std::string message_of(const std::string& text) {
  try {
    (void)diagonals_of(text);
  } catch (const Failure& f) {
    return f.diagnostic.message + "; " + f.diagnostic.help;
  }
  return {};
}

const std::string rosenbrock =
    "dim n >= 2\nvar x : vector[n]\nf(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n";

const std::string models = rosenbrock +
                           "param a : vector[n]\n"
                           "separable(x, a) = sum(a .* sin(x)) + sum(log(1 .+ x.^2))\n"
                           "pairs(x) = sum(x[i]*x[i+1]*exp(x[i]) for i in 1:n-1) + sum(cos(x))\n"
                           "linear(x, a) = a'*x + 1\n"
                           "stencil(x, a) = [x[i-1] - 2*x[i] + x[i+1] + a[i]*x[i]^3 for i in 2:n-1]\n"
                           "map(x, a) = a .* sin(x)\n"
                           "forward(x) = [x[i+1]^2 - x[i] for i in 1:n-1]\n";

std::string text_of_all() {
  std::string text = models;
  for (const char* f : {"f", "separable", "pairs", "linear"})
    text += std::string("derive ") + f +
            " wrt x : hess, hess(csr), hess(csc), hess(lower, csr), hess(lower, csc, only)\n";
  for (const char* f : {"stencil", "map", "forward"})
    text += std::string("derive ") + f + " wrt x : jac, jac(csr), jac(csc), jac(csr, only)\n";
  return text;
}

std::string program() {
  std::string code = R"(
template <class T>
void compare(const char* what, bool by_rows, std::ptrdiff_t rows, std::ptrdiff_t columns, const std::vector<int>& starts,
             const std::vector<int>& indices, const std::vector<T>& values, std::vector<T> whole, bool lower) {
  const std::ptrdiff_t lines = by_rows ? rows : columns;
  if (starts[0] != 0 || starts[static_cast<std::size_t>(lines)] != static_cast<int>(values.size())) ++wrong;
  for (std::ptrdiff_t i = 0; i < lines; ++i) {
    int last = -1;
    for (int k = starts[static_cast<std::size_t>(i)]; k < starts[static_cast<std::size_t>(i) + 1]; ++k) {
      const int j = indices[static_cast<std::size_t>(k)];
      if (j <= last || j >= (by_rows ? columns : rows)) ++wrong;
      last = j;
      T& entry = whole[static_cast<std::size_t>(by_rows ? i * columns + j : j * columns + i)];
      expect(what, i * 100 + j, values[static_cast<std::size_t>(k)], entry, T(1));
      entry = 0;
    }
  }
  for (std::ptrdiff_t i = 0; i < rows; ++i)
    for (std::ptrdiff_t j = 0; j < columns; ++j)
      if (!(lower && j > i)) expect(what, i * 100 + j, whole[static_cast<std::size_t>(i * columns + j)], T(0), T(1));
}
template <class T>
void check(std::ptrdiff_t n) {
  const auto size = [](auto k) { return static_cast<std::size_t>(k); };
  std::vector<T> x(size(n)), a(size(n)), g(size(n)), g2(size(n)), value(size(n)), whole(size(n * n)), work(size(40 * n + 4096)), values;
  std::vector<int> starts(size(n + 1)), indices;
  for (std::ptrdiff_t i = 0; i < n; ++i) { x[size(i)] = T(0.3) + T(0.1) * T(i % 7); a[size(i)] = T(1) - T(0.2) * T(i % 5); }
)";
  const auto block = [&](const std::string& f, const std::string& kind, const std::string& layout,
                         bool scalar, const std::string& rows, const std::string& in) {
    const std::string name = "m::" + f + "_" + kind + "_" + layout,
                      only = name.find("only") != name.npos ? "y" : "";
    code += "  {\n    if (" + name + "_work(n) > work.size()) ++wrong;\n    values.assign(" + name +
            "_nonzeros(n), T(7));\n    indices.assign(values.size() + 1, 0);\n    " + name +
            "_pattern(n, starts.data(), indices.data());\n";
    std::string results;
    if (only.empty()) results = scalar ? "g2.data(), " : "value.data(), ";
    code += std::string("    ") + (scalar && only.empty() ? "expect(\"value\", 0, " : "") + name + "(n, " +
            in + ", " + results + "values.data(), work.data())" +
            (scalar && only.empty() ? ", wanted, T(1))" : "") + ";\n";
    if (scalar && only.empty())
      code +=
          "    for (std::ptrdiff_t i = 0; i < n; ++i) expect(\"gradient\", i, g2[size(i)], g[size(i)], "
          "T(1));\n";
    code += "    compare<T>(\"" + name + "\", " + (layout.find("csr") != layout.npos ? "true" : "false") +
            ", " + rows + ", n, starts, indices, values, whole, " +
            (layout.find("lower") != layout.npos ? "true" : "false") + ");\n  }\n";
  };
  for (const std::string f : {"f", "separable", "pairs", "linear"}) {
    const std::string in = f == "f" || f == "pairs" ? "x.data()" : "x.data(), a.data()";
    code += "  {\n  const T wanted = call_hess(n, work, m_" + f + "_hess<T>, " + in +
            ", g.data(), whole.data());\n";
    for (const std::string layout : {"csr", "csc", "lower_csr", "lower_csc_only"})
      block(f, "hess", layout, true, "n", in);
    code += "  }\n";
  }
  for (const std::string f : {"stencil", "map", "forward"}) {
    const std::string in = f == "forward" ? "x.data()" : "x.data(), a.data()";
    const std::string rows = f == "stencil" ? "n - 2" : f == "map" ? "n" : "n - 1";
    code += "  {\n  call_jac(n, work, m_" + f + "_jac<T>, " + in + ", value.data(), whole.data());\n";
    for (const std::string layout : {"csr", "csc", "csr_only"}) block(f, "jac", layout, false, rows, in);
    code += "  }\n";
  }
  return code + "}\n";
}

// The whole matrices may need a workspace or not.
std::string adapters(const std::string& header) {
  std::string code =
      "template <class T, class F, class... A>\nT call_hess(std::ptrdiff_t n, std::vector<T>& work, F f, "
      "A... a) { "
      "return f(n, work.data(), a...); }\n"
      "template <class T, class F, class... A>\nvoid call_jac(std::ptrdiff_t n, std::vector<T>& work, F f, "
      "A... a) { "
      "f(n, work.data(), a...); }\n";
  const auto adapter = [&](const std::string& f, const std::string& kind, bool has_a) {
    const std::string name = f + "_" + kind,
                      work = header.find(" " + name + "_work(") != header.npos ? ", work" : "";
    const std::string result = kind == "hess" ? "T" : "void";
    code += "template <class T>\n" + result + " m_" + name +
            "(std::ptrdiff_t n, [[maybe_unused]] T* work, const T* x, " + (has_a ? "const T* a, " : "") +
            "T* first, T* whole) {\n  " + (kind == "hess" ? "return " : "") + "m::" + name + "(n, x, " +
            (has_a ? "a, " : "") + "first, whole" + work + ");\n}\n";
  };
  for (const char* f : {"f", "pairs"}) adapter(f, "hess", false);
  for (const char* f : {"separable", "linear"}) adapter(f, "hess", true);
  for (const char* f : {"stencil", "map"}) adapter(f, "jac", true);
  adapter("forward", "jac", false);
  return code;
}

}  // namespace

TEST_CASE("band: diagonals of derivatives", "[codegen][layout][band]") {
  CHECK(diagonals_of(rosenbrock + "derive f : hess(csr)\n") == std::vector<int64_t>{-1, 0, 1});
  CHECK(diagonals_of(rosenbrock + "derive f : hess(lower, csc)\n") == std::vector<int64_t>{-1, 0});
  CHECK(diagonals_of(
            "dim n >= 4\nvar x : vector[n]\nF(x) = [x[i]*x[i+3] for i in 1:n-3]\nderive F : jac(csr)\n") ==
        std::vector<int64_t>{0, 3});
  CHECK(diagonals_of("dim n\nvar x : vector[n]\nF(x) = exp(x) + 2*x\nderive F : jac(csc)\n") ==
        std::vector<int64_t>{0});
}

TEST_CASE("band: compressed matrices of any size", "[codegen][layout][band]") {
  LoadedModel model(text_of_all());
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::span, options);
  check_program("band", header, adapters(header) + program() + R"(
int main() {
  for (std::ptrdiff_t n : {2, 3, 4, 7, 64, 65, 200}) {
    check<double>(n);
    check<float>(n);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

TEST_CASE("band: a wrong diagonal is found by the check", "[codegen][layout][band]") {
  LoadedModel model(rosenbrock + "derive f : hess(csr)\n");
  std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  entries[0].program.outputs.back().diagonal = 2;
  CHECK_THROWS_AS(check_tensor_entries(model.ctx, entries, 1), Failure);
  entries = tensor_entry_points(model.ctx, model.model);
  entries[0].program.outputs.pop_back();  // a diagonal that is not 0 is left out
  CHECK_THROWS_AS(check_tensor_entries(model.ctx, entries, 1), Failure);
}

TEST_CASE("band: what is refused", "[codegen][layout][band]") {
  CHECK(message_of("dim n\nvar x : vector[n]\nf(x) = exp(x'*x)\nderive f : hess(csr)\n") ==
        "hess(csr) of 'f' is not yet available: it is not known to be a few diagonals; ask for hess, or "
        "declare the "
        "sizes as numbers and use --storage array");
  CHECK(message_of(
            "dim n\nparam k : vector[n] integer in [1, n]\nvar x : vector[n]\nf(x) = [x[k[i]]^2 for i in "
            "1:n]\nderive f : jac(csr)\n")
            .find("not known to be a few diagonals") != std::string::npos);
  CHECK(message_of("dim n\nvar x, y : vector[n]\nf(x, y) = sum(x .* y)\nderive f : hess(csr)\n")
            .find("but for vectors by one vector") != std::string::npos);
  CHECK(message_of("dim n\nvar x : vector[n]\nf(x) = sum(sin(x))\nderive f : hess(csr), batch\n")
            .find("for many points is not yet available") != std::string::npos);
}

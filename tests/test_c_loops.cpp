// C99 for arrays of any size: values and derivatives by hand at sizes 0, 1 and more than a block of turns, in
// double and float, compressed matrices beside whole ones, entries chosen by data, and what is refused. The
// models of tests/data/whole run in C in test_whole_code.cpp.
#include <catch2/catch.hpp>

#include "codegen/tensor_generate.h"
#include "command.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string c_loops(const std::string& text, const std::string& name, const std::string& scalar = "double") {
  LoadedModel m(text);
  GenerateOptions options;
  options.name_space = name;
  options.scalar = scalar;
  return generate_tensors(m.ctx, m.model, tensor_entry_points(m.ctx, m.model), TensorTarget::c, options);
}

const std::string beginning = R"(#include <stdio.h>
static int wrong = 0;
static void expect(const char* what, double got, double wanted, double tolerance) {
  if (fabs(got - wanted) <= tolerance * (1 + fabs(wanted))) return;
  printf("%s: %.17g, not %.17g\n", what, got, wanted);
  ++wrong;
}
)";

// By both compilers, under sanitizers by the first.
void compile_and_run(const std::filesystem::path& folder, const std::string& source) {
  write_file(folder / "main.c", source);
  std::string more = "-fsanitize=address,undefined -fno-sanitize-recover=all ";
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const Ran built =
        run("cd '" + folder.string() + "' && '" + compiler + "'" + strict_c + more + "-O1 main.c -o main -lm",
            folder);
    INFO(built.output.substr(0, 4000));
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + (folder / "main").string() + "'", folder);
    INFO(ran.output.substr(0, 4000));
    CHECK(ran.status == 0);
    more.clear();
  }
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("C loops: by hand, at sizes 0, 1 and more", "[codegen][c99][whole]") {
  const auto folder = fresh_folder("c-loops");
  const std::string model =
      "dim m, n\nvar x : vector[n]\nparam A : matrix[m, n]\n"
      "f(x) = sum(x .* x)\ng(x, A) = sum(exp(x/8)) + sum((A*x) .* (A*x))\n"
      "h(x) = sum((x[i+1] - x[i]^2)^2 for i in 1:n-1)\np(x) = prod(x[i] for i in 1:n)\n"
      "derive f : value, grad, hess, hvp\nderive g : grad\nderive h : grad\nderive p : grad\n";
  std::string functions, main = "int main(void) {\n";
  for (const std::string scalar : {"double", "float"}) {
    const std::string name = scalar + "s";
    write_file(folder / (name + ".h"), c_loops(model, name, scalar));
    functions += "#include \"" + name + ".h\"\n";
    main += "  check_" + name + "();\n";
  }
  functions += "#include <math.h>\n" + beginning;
  for (const std::string scalar : {"double", "float"}) {
    std::string check = R"(static void check_NAMES(void) {
  enum { most = 70 };
  static const ptrdiff_t sizes[] = {0, 1, 2, 15, 16, 17, 70};
  static T x[most], v[most], A[3 * most], work[1000], grad[most], hess[most * most];
  for (int k = 0; k < most; ++k) x[k] = (T)(1 + 0.25 * (k % 5 - 2)), v[k] = (T)(k % 3);
  for (int k = 0; k < 3 * most; ++k) A[k] = (T)(0.01 * (k % 7 - 3));
  for (int s = 0; s < 7; ++s) {
    const ptrdiff_t n = sizes[s];
    double squares = 0, value = 0, product = 1, valley = 0, Ax[3] = {0, 0, 0};
    for (ptrdiff_t i = 0; i < n; ++i) {
      const double xi = (double)x[i];
      squares += xi * xi, value += exp(xi / 8), product *= xi;
      for (ptrdiff_t k = 0; k < 3; ++k) Ax[k] += (double)A[k * n + i] * xi;
      if (i + 1 < n) valley += ((double)x[i + 1] - xi * xi) * ((double)x[i + 1] - xi * xi);
    }
    for (int k = 0; k < 3; ++k) value += Ax[k] * Ax[k];
    expect("f", (double)NAMES_f(n, x), squares, EPS);
    expect("f", (double)NAMES_f_grad(n, x, grad), squares, EPS);
    for (ptrdiff_t i = 0; i < n; ++i) expect("grad f", (double)grad[i], 2 * (double)x[i], EPS);
    expect("f", (double)NAMES_f_hess(n, x, grad, hess), squares, EPS);
    for (ptrdiff_t i = 0; i < n * n; ++i) expect("hess f", (double)hess[i], i % (n + 1) == 0 ? 2 : 0, 0);
    NAMES_f_hvp(n, x, v, grad);
    for (ptrdiff_t i = 0; i < n; ++i) expect("hvp f", (double)grad[i], 2 * (double)v[i], EPS);
    if (NAMES_g_grad_work(3, n) > 1000) ++wrong;
    expect("g", (double)NAMES_g_grad(3, n, x, A, grad, work), value, EPS);
    for (ptrdiff_t i = 0; i < n; ++i) {
      double slope = exp((double)x[i] / 8) / 8;
      for (ptrdiff_t k = 0; k < 3; ++k) slope += 2 * (double)A[k * n + i] * Ax[k];
      expect("grad g", (double)grad[i], slope, EPS);
    }
    expect("h", (double)NAMES_h_grad(n, x, grad), valley, EPS);
    for (ptrdiff_t i = 0; i < n; ++i) {
      double slope = 0;
      if (i + 1 < n) slope -= 4 * (double)x[i] * ((double)x[i + 1] - (double)x[i] * (double)x[i]);
      if (i > 0) slope += 2 * ((double)x[i] - (double)x[i - 1] * (double)x[i - 1]);
      expect("grad h", (double)grad[i], slope, EPS);
    }
    if (n > 0) {
      expect("p", (double)NAMES_p_grad(n, x, grad), product, 10 * EPS);
      for (ptrdiff_t i = 0; i < n; ++i) expect("grad p", (double)grad[i], product / (double)x[i], 10 * EPS);
    }
  }
}
)";
    const std::pair<std::string, std::string> words[] = {{"NAMES", scalar + "s"},
                                                         {"(T)", "(" + scalar + ")"},
                                                         {" T ", " " + scalar + " "},
                                                         {"EPS", scalar == "float" ? "1e-4" : "1e-13"}};
    for (const auto& [word, by] : words) {
      for (size_t at = check.find(word); at != std::string::npos; at = check.find(word, at + by.size()))
        check.replace(at, word.size(), by);
    }
    functions += check;
  }
  compile_and_run(folder, functions + main + "  return wrong == 0 ? 0 : 1;\n}\n");
}

TEST_CASE("C loops: compressed matrices beside whole ones", "[codegen][c99][layout][compressed]") {
  const auto folder = fresh_folder("c-compressed");
  const std::string header = c_loops(
      "dim n >= 2\nvar x : vector[n]\nf(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n"
      "F(x) = [exp(x[i+1]) + exp(x[i]) for i in 1:n-1]\n"
      "derive f : hess, hess(csr), hess(lower, csc)\nderive F : jac, jac(csr)\n",
      "m");
  CHECK(has(header, "static inline size_t m_f_hess_csr_nonzeros(ptrdiff_t n) {"));
  CHECK(has(header, "hess_x[next++] = "));       // in order
  CHECK(has(header, "m__F_jac_csr_diagonals"));  // by way of work
  write_file(folder / "m.h", header);
  const auto work = [&](const std::string& word, const std::string& function) {
    return "#define " + word + (has(header, function + "_work(") ? " , work\n" : "\n");
  };
  const std::string works = work("WORK_HESS", "m_f_hess") + work("WORK_CSR", "m_f_hess_csr") +
                            work("WORK_CSC", "m_f_hess_lower_csc") + work("WORK_JAC", "m_F_jac");
  compile_and_run(folder, "#include \"m.h\"\n" + works + beginning + R"(enum { most = 40 };
static double x[most], grad[most], whole[most * most], numbers[most * most], work[most * most], value[most];
static int starts[most + 1], indices[most * most];
// Puts the numbers where they belong and compares; `half`: of columns, on and below the diagonal.
static void compare(const char* what, int rows, int columns, size_t nonzeros, int half) {
  static double unpacked[most * most];
  for (int k = 0; k < rows * columns; ++k) unpacked[k] = half && k / columns < k % columns ? whole[k] : 0;
  if ((size_t)starts[half ? columns : rows] != nonzeros) ++wrong;
  for (int l = 0; l < (half ? columns : rows); ++l) {
    for (int k = starts[l]; k < starts[l + 1]; ++k)
      unpacked[half ? indices[k] * columns + l : l * columns + indices[k]] = numbers[k];
  }
  for (int k = 0; k < rows * columns; ++k) expect(what, unpacked[k], whole[k], 1e-14);
}
int main(void) {
  for (int k = 0; k < most; ++k) x[k] = 0.1 * (k % 7) - 0.2;
  for (ptrdiff_t n = 2; n <= most; n += n < 5 ? 1 : 13) {
    const double v = m_f_hess(n, x, grad, whole WORK_HESS);
    expect("value", m_f_hess_csr(n, x, grad, numbers WORK_CSR), v, 1e-14);
    m_f_hess_csr_pattern(n, starts, indices);
    compare("csr", (int)n, (int)n, m_f_hess_csr_nonzeros(n), 0);
    expect("value", m_f_hess_lower_csc(n, x, grad, numbers WORK_CSC), v, 1e-14);
    m_f_hess_lower_csc_pattern(n, starts, indices);
    compare("lower, csc", (int)n, (int)n, m_f_hess_lower_csc_nonzeros(n), 1);
    m_F_jac(n, x, value, whole WORK_JAC);
    if (m_F_jac_csr_work(n) > most * most) ++wrong;
    m_F_jac_csr(n, x, value, numbers, work);
    m_F_jac_csr_pattern(n, starts, indices);
    compare("jac", (int)n - 1, (int)n, m_F_jac_csr_nonzeros(n), 0);
  }
  return wrong == 0 ? 0 : 1;
}
)");
}

TEST_CASE("C loops: entries chosen by data, also of constant size", "[codegen][c99][whole]") {
  const auto folder = fresh_folder("c-data");
  write_file(folder / "m.h",
             c_loops("dim n, m, d\nvar x : vector[n]\nvar z : vector[d]\n"
                     "param k : vector[m] integer in [1, n]\nparam j : scalar integer in [1, d]\n"
                     "f(x, k) = sum(x[k[i]]^2 for i in 1:m)\ng(z, j) = z[j]^3 + max(z)\n"
                     "derive f wrt x : grad\nderive g wrt z : grad\n",
                     "m"));
  compile_and_run(folder, "#include \"m.h\"\n" + beginning + R"(int main(void) {
  const double x[4] = {1, -2, 3, 5}, z[3] = {2, 7, 4};
  const int k[5] = {2, 4, 2, 1, 4};
  double grad[4], work[200];
  if (m_f_grad_work(4, 5) > 200 || m_f_grad_work(4, 0) > 200) return 1;
  expect("f", m_f_grad(4, 5, x, k, grad, work), 4 + 25 + 4 + 1 + 25, 0);
  expect("by x1", grad[0], 2, 0), expect("by x2", grad[1], -8, 0);
  expect("by x3", grad[2], 0, 0), expect("by x4", grad[3], 20, 0);
  expect("g", m_g_grad(3, z, 3, grad), 64 + 7, 0);
  expect("by z1", grad[0], 0, 0), expect("by z2", grad[1], 1, 0), expect("by z3", grad[2], 48, 0);
  return wrong == 0 ? 0 : 1;
}
)");
  const command::Folder fixed;
  const std::string file = fixed.write(
      "m.nabla",
      "var z : vector[3]\nparam j : scalar integer in [1, 3]\ng(z, j) = z[j]^3\nderive g : grad\n");
  const command::Result r = command::nabla({"gen", file, "-o", "-", "--lang", "c"});
  CHECK(r.status == 0);
  CHECK(has(r.out, "double m_g_grad(const double* z, int j, double* restrict grad_z) {"));
}

TEST_CASE("C loops: the same bytes again, names of its own", "[codegen][c99][whole]") {
  const std::string model =
      "dim n\nvar restrict, NAN : vector[n]\nparam bool : vector[n]\n"
      "f(restrict, NAN) = softmax(restrict)'*(NAN .* bool)\nderive f : grad\n";
  const std::string first = c_loops(model, "names");
  CHECK(c_loops(model, "names") == first);
  CHECK(has(first, "names__softmax("));
  CHECK(!has(first, "std::"));
  CHECK(!has(first, "static_cast"));
}

TEST_CASE("C loops: what is refused", "[codegen][c99][whole]") {
  const std::pair<const char*, const char*> refused[] = {
      {"dim n\nvar x : vector[n]\nf(x) = exp(x'*x)\nderive f : hess(csr)\n", "hess(csr)"},
      {"dim n\nvar A : matrix[n, n]\nf(A) = tr(expm(A))\n", "'expm'"}};
  for (const auto& [text, name] : refused) {
    INFO(text);
    try {
      c_loops(text, "m");
      FAIL_CHECK("no refusal");
    } catch (const Failure& failure) {
      CHECK(info(failure.diagnostic.code).exit_status == 4);
      CHECK(has(failure.diagnostic.message, name));
      CHECK(!failure.diagnostic.help.empty());
    }
  }
}

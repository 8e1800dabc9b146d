// Compressed Jacobians and Hessians of any size over many points, in C++ and C: by point and as sums,
// compared number by number with the function of one point, which test_compressed.cpp compares with whole
// matrices; what is refused.
#include <algorithm>
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/c_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Function {
  std::string name, formula, wrt, data, rows;  // "xs", "a": one letter each; rows of the value, or a scalar
  std::vector<std::string> layouts;
  std::string points;  // what differs from point to point
};

const std::vector<Function> functions = {
    {"valley",
     "sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)",
     "x",
     "",
     "",
     {"csr", "lower, csc, only"},
     "x"},
    {"coupled",
     "sum(x[i]^2*y[i] for i in 1:n) + sum(sin(x[i+1]*y[i]) for i in 1:n-1)",
     "xy",
     "",
     "",
     {"csr", "lower, csr"},
     "xy"},
    {"arrow", "sum(exp(s*x[i])/3 for i in 1:n) + s^2*t + cos(t)", "xst", "", "", {"csr", "csc"}, "xst"},
    {"blocks", "sum((A*a - c).^2) + sum(A.^3)", "A", "ac", "", {"csr"}, "Ac"},
    {"second",
     "[x[i-1] - 2*x[i] + x[i+1] + a[i]*x[i]^3 for i in 2:n-1]",
     "x",
     "a",
     "n - 2",
     {"csr", "csc"},
     "xa"},
    {"slope", "[s*x[i+1] - s^2*x[i] for i in 1:n-1]", "xs", "", "n - 1", {"csr"}, "xs"},
    {"product", "A*a", "A", "a", "m", {"csr", "csc, only"}, "A"},
    {"summed",
     "sum(a .* sin(x)) + sum(x[i]^2*x[i+1]*a[i] for i in 1:n-1)",
     "x",
     "a",
     "",
     {"csr", "lower, csr, only"},
     "a"},
    {"spread", "sum(a[i]*exp(s*x[i]) for i in 1:n) + cos(s)", "xs", "a", "", {"csr"}, "a"},
    {"lines", "[a[i]*x[i+1]^2 - x[i]*a[i+1] for i in 1:n-1]", "x", "a", "n - 1", {"csr", "csc, only"}, "a"},
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string listed(const std::string& letters) {
  std::string out;
  for (char c : letters) out += (out.empty() ? "" : ", ") + std::string(1, c);
  return out;
}

std::string size_of(char variable) {
  if (variable == 'A') return "m*n";
  if (variable == 'c') return "m";
  return variable == 's' || variable == 't' ? "1" : "n";
}

std::string text_of_all() {
  std::string text =
      "dim n >= 2\ndim m >= 2\nvar x, y : vector[n]\nvar A : matrix[m, n]\nvar s, t : scalar\n"
      "param a : vector[n]\nparam c : vector[m]\n";
  for (const Function& f : functions) {
    text += f.name + "(" + listed(f.wrt + f.data) + ") = " + f.formula + "\nderive " + f.name + " wrt " +
            listed(f.wrt) + " : ";
    for (const std::string& l : f.layouts) text += (f.rows.empty() ? "hess(" : "jac(") + l + "), ";
    text += "batch(" + listed(f.points) + ")\n";
  }
  return text;
}

// The dims that `name` takes, by its declaration.
std::string dims_of(const std::string& header, const std::string& name) {
  const size_t at = std::min(header.find(" " + name + "(std::ptrdiff_t"),
                             std::min(header.find(" " + name + "(ptrdiff_t"),
                                      header.find(" " + name + "([[maybe_unused]] std::ptrdiff_t")));
  REQUIRE(at != std::string::npos);
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

// In what C and C++ share.
const std::string harness = R"(
static int bad = 0;
static void compare(const char* what, ptrdiff_t n, ptrdiff_t points, ptrdiff_t k, double got, double wanted) {
  if (fabs(got - wanted) <= 1e-11 * (1 + fabs(wanted))) return;
  printf("%s, n = %d, %d points, number %d: %.17g, not %.17g\n", what, (int)n, (int)points, (int)k, got, wanted);
  ++bad;
}
// Names of no parameter.
enum { most = 40000 };
static double g_x[most], g_y[most], g_A[most], g_s[most], g_t[most], g_a[most], g_c[most], g_work[most], g_room[most];
static double g_x_p[most], g_y_p[most], g_A_p[most], g_s_p[most], g_t_p[most], g_a_p[most], g_c_p[most];
static double g_value[most], g_value_p[most], g_matrix[most], g_matrix_p[most];
static double g_grad0[most], g_grad1[most], g_grad2[most], g_grad0_p[most], g_grad1_p[most], g_grad2_p[most];
static double g_matrix_sum[most], g_grad0_sum[most], g_grad1_sum[most], g_value_sum[most];
static void fill(double* v, double first, double step, int turn) {
  for (int i = 0; i < most; ++i) v[i] = first + step * (i % turn);
}
static void fill_all(void) {
  fill(g_x, 0.3, 0.1, 7), fill(g_y, -0.5, 0.2, 5), fill(g_A, 0.1, 0.07, 11), fill(g_s, 0.4, 0.1, 6), fill(g_t, -0.4, 0.3, 4);
  fill(g_a, 1, -0.2, 5), fill(g_c, -1, 0.3, 4);
}
// The numbers of point p of an array, or all of one that the points share.
static void take(double* to, const double* from, ptrdiff_t size, ptrdiff_t points, ptrdiff_t p, int by_point) {
  for (ptrdiff_t k = 0; k < size; ++k) to[k] = by_point ? from[k * points + p] : from[k];
}
static void add(double* to, const double* more, ptrdiff_t size) {
  for (ptrdiff_t k = 0; k < size; ++k) to[k] += more[k];
}
static void clear(double* v) { for (int i = 0; i < most; ++i) v[i] = 0; }
static void spoil(double* v) { for (int i = 0; i < most; ++i) v[i] = 77; }
)";

struct Result {
  std::string name, size;
};

// "f_hess_lower_csr"
std::string name_of(const Function& f, const std::string& layout) {
  std::string name = f.name + (f.rows.empty() ? "_hess_" : "_jac_");
  for (char c : layout) name += c == ',' ? "_" : c == ' ' ? "" : std::string(1, c);
  return name;
}

// What is passed; a sum of numbers is returned.
std::vector<Result> results_of(const Function& f, bool only, bool sum) {
  const bool hess = f.rows.empty();
  std::vector<Result> results;
  if (!only && (!hess || !sum)) results.push_back({"g_value", hess ? "1" : f.rows});
  for (size_t k = 0; hess && !only && k < f.wrt.size(); ++k)
    results.push_back({"g_grad" + std::to_string(k), size_of(f.wrt[k])});
  results.push_back({"g_matrix", "nonzeros"});
  return results;
}

// A function check_NAME for a layout: the batch, each point alone, and their numbers.
std::string check_of(const Function& f, const std::string& layout, const std::string& header,
                     const std::string& space, std::string& main) {
  const bool hess = f.rows.empty(), only = has(layout, "only"), sum = !has(f.points, f.wrt.substr(0, 1));
  const std::string name = name_of(f, layout);
  const std::string prefix = space == "m::" ? "" : space, batch = prefix + name + "_batch";
  CHECK(!has(header, name + "_batch_pattern"));  // it is that of one point
  const std::vector<Result> results = results_of(f, only, sum);
  const bool returns = hess && !only;
  std::string call, single, before, takes, after, sums, id = "check_" + name;
  for (char v : f.wrt + f.data) {
    const std::string letter = "g_" + std::string(1, v),
                      by_point = has(f.points, std::string(1, v)) ? "1" : "0";
    const bool scalar = size_of(v) == "1";
    call += ", " + std::string(scalar && by_point == "0" ? letter + "[0]" : letter);
    single += ", " + letter + "_p" + (scalar ? "[0]" : "");
    takes += "    take(" + letter + "_p, " + letter + ", " + size_of(v) + ", points, p, " + by_point + ");\n";
  }
  for (const Result& r : results) {
    call += ", " + r.name;
    if (r.name != "g_value" || !hess) single += ", " + r.name + "_p";
    before += "  spoil(" + r.name + ");\n" + (sum ? "  clear(" + r.name + "_sum);\n" : "");
    const std::string loop = "for (ptrdiff_t k = 0; k < " + r.size + "; ++k) compare(\"" + name + ", " +
                             r.name + "\", n, points, k, " + r.name;
    // The matrix and the value beside a Jacobian have a point's numbers side by side.
    const bool in_rows = r.name == "g_matrix" || (r.name == "g_value" && !hess);
    after += sum ? "    add(" + r.name + "_sum, " + r.name + "_p, " + r.size + ");\n"
                 : "    " + loop + (in_rows ? "[p * (" + r.size + ") + k], " : "[k * points + p], ") +
                       r.name + "_p[k]);\n";
    if (sum) sums += "  " + loop + "[k], " + r.name + "_sum[k]);\n";
    sums += "  compare(\"" + name + ", behind " + r.name + "\", n, points, 0, " + r.name + "[(" + r.size +
            ")" + (sum ? "" : " * points") + "], 77);\n";
  }
  const auto with_work = [&](const std::string& function, const std::string& array) -> std::string {
    if (!has(header, " " + prefix + function + "_work(")) return "";
    before += "  if (" + space + function + "_work(" + dims_of(header, prefix + function + "_work") +
              ") > most) { ++bad; return; }\n";
    return ", " + array;
  };
  call += with_work(name + "_batch", "g_work");
  single += with_work(name, "g_room");
  main += "    " + id + "(n, m, points);\n";
  return "static void " + id + "(ptrdiff_t n, ptrdiff_t m, ptrdiff_t points) {\n  (void)n, (void)m;\n" +
         "  const ptrdiff_t nonzeros = (ptrdiff_t)" + space + name + "_nonzeros(" +
         dims_of(header, prefix + name + "_nonzeros") + ");\n" + before + "  double total = 0;\n  " +
         (returns && sum ? "const double got = " : "") + space + name + "_batch(points, " +
         dims_of(header, batch) + call + ");\n  for (ptrdiff_t p = 0; p < points; ++p) {\n" + takes + "    " +
         (returns ? "g_value_p[0] = " : "") + space + name + "(" + dims_of(header, prefix + name) + single +
         ");\n" + (returns ? "    total += g_value_p[0];\n" : "") + after + "  }\n" + sums +
         (returns && sum ? "  compare(\"" + name + ", the value\", n, points, 0, got, total);\n"
                         : "  (void)total;\n") +
         "}\n";
}

std::string program(const std::string& header, const std::string& space) {
  std::string code = harness, main;
  for (const Function& f : functions) {
    for (const std::string& layout : f.layouts) code += check_of(f, layout, header, space, main);
  }
  return code + R"(int main(void) {
  static const ptrdiff_t sizes_of[] = {2, 3, 7, 18}, counts[] = {0, 1, 7, 9, 33};
  fill_all();
  for (int i = 0; i < 4; ++i) for (int j = 0; j < 5; ++j) {
    const ptrdiff_t n = sizes_of[i], m = 3, points = counts[j];
)" + main +
         "  }\n  return bad == 0 ? 0 : 1;\n}\n";
}

std::string header_of(const std::string& text, TensorTarget target) {
  LoadedModel model(text);
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  (void)check_tensor_entries(model.ctx, entries);
  GenerateOptions options;
  options.name_space = "m";
  return generate_tensors(model.ctx, model.model, entries, target, options);
}

std::string message_of(const std::string& text, TensorTarget target) {
  try {
    (void)header_of(text, target);
  } catch (const Failure& f) {
    CHECK(info(f.diagnostic.code).exit_status == 4);
    return f.diagnostic.message + "; " + f.diagnostic.help;
  }
  return {};
}

}  // namespace

TEST_CASE("compressed batch: C++, beside one point", "[codegen][layout][compressed][batch]") {
  const std::string header = header_of(text_of_all(), TensorTarget::span);
  check_program("compressed", header, program(header, "m::"), {"-O1", "-O1 -march=native"});
}

TEST_CASE("compressed batch: C, beside one point", "[codegen][layout][compressed][batch][c99]") {
  const std::string header = header_of(text_of_all(), TensorTarget::c);
  const auto folder = fresh_folder("c-compressed-batch");
  write_file(folder / "m.h", header);
  run_in_c(folder, "#include <math.h>\n#include <stdio.h>\n#include \"m.h\"\n" + program(header, "m_"));
}

TEST_CASE("compressed batch: in float, by threads", "[codegen][layout][compressed][batch]") {
  const std::string header = header_of(
      "dim n\nvar x : vector[n]\nparam a : vector[n]\nf(x, a) = sum(a .* x.^3)\n"
      "derive f wrt x : hess(csr), batch(a)\n",
      TensorTarget::span);
  check_program("compressed-float", header, R"(
int main() {
  const std::ptrdiff_t n = 3, points = 3000;
  std::vector<float> a(static_cast<std::size_t>(n * points), 0.5f), g(3), h(3), h2(3);
  const float x[] = {1, -2, 3};
  std::vector<float> work(m::f_hess_csr_batch_work<float>(n, 2));
  m::f_hess_csr_batch(points, n, x, a.data(), g.data(), h.data(), work.data());
  m::f_hess_csr_batch(points, n, x, a.data(), g.data(), h2.data(), work.data(), 2);
  for (std::size_t i = 0; i < 3; ++i) {
    expect("float", 0, h[i], 9000 * x[i], 1.0f);
    if (h[i] != h2[i]) ++wrong;
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O1 -fopenmp"});
}

// The numbers of a point side by side, fewer than a vector holds and more, and no byte beside them.
TEST_CASE("compressed batch: rows of points in float, at odd addresses",
          "[codegen][layout][compressed][batch]") {
  const std::string header = header_of(
      "dim n\nvar x : vector[n]\ng(x) = [x[i+1]*x[i] for i in 1:n-1]\n"
      "G(x) = x.^2\nderive G wrt x : jac(csr), batch\nderive g wrt x : jac(csr), jac(csc, only), batch\n",
      TensorTarget::span);
  check_program("compressed-rows", header, R"(
template <class T>
void check(std::ptrdiff_t n, std::ptrdiff_t points) {
  Points<T> x(n * points), g((n - 1) * points), J(2 * (n - 1) * points), K(2 * (n - 1) * points), v(n * points), d(n * points);
  for (std::ptrdiff_t i = 0; i < n * points; ++i) x[i] = T(1 + i % 13) / T(8);
  std::vector<T> work(std::max(m::g_jac_csr_batch_work<T>(n), std::max(m::g_jac_csc_only_batch_work<T>(n), m::G_jac_csr_batch_work<T>(n))));
  m::g_jac_csr_batch(points, n, x.data(), g.data(), J.data(), work.data());
  m::g_jac_csc_only_batch(points, n, x.data(), K.data(), work.data());
  m::G_jac_csr_batch(points, n, x.data(), v.data(), d.data(), work.data());
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    const auto at = [&](std::ptrdiff_t i) { return x[i * points + p]; };
    for (std::ptrdiff_t i = 0; i + 1 < n; ++i) {
      expect("value", p, g[p * (n - 1) + i], at(i) * at(i + 1), T(1));
      expect("left", p, J[p * 2 * (n - 1) + 2 * i], at(i + 1), T(1));
      expect("right", p, J[p * 2 * (n - 1) + 2 * i + 1], at(i), T(1));
      // The columns have one number, then two each.
      expect("upper", p, K[p * 2 * (n - 1) + 2 * i], at(i + 1), T(1));
      expect("lower", p, K[p * 2 * (n - 1) + 2 * i + 1], at(i), T(1));
    }
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      expect("square", p, v[p * n + i], at(i) * at(i), T(1));
      expect("slope", p, d[p * n + i], 2 * at(i), T(1));
    }
  }
  x.check("x"), g.check("g"), J.check("J"), K.check("K"), v.check("v"), d.check("d");
}
int main() {
  for (std::ptrdiff_t n : {1, 2, 4, 9, 17, 40})
    for (std::ptrdiff_t points : {0, 1, 5, 16, 17, 1030}) check<float>(n, points), check<double>(n, points);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O1 -march=native"});
}

TEST_CASE("compressed batch: what is refused", "[codegen][layout][compressed][batch]") {
  const std::string mixed =
      "dim n\nvar x, y : vector[n]\nf(x, y) = sum(x .* y.^2)\nderive f wrt x, y : hess(csr), batch(x)\n";
  for (TensorTarget target : {TensorTarget::span, TensorTarget::c})
    CHECK(
        has(message_of(mixed, target), "some are shared by the points and others not is not yet available"));
}

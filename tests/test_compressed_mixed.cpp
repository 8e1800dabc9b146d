// Compressed matrices over many points by variables of which the points share some: in C++ and C, of constant
// and of any size, compared number by number with the matrix of the sum of all points, which is put together
// from the whole matrices of the points.
#include <catch2/catch.hpp>
#include <regex>

#include "codegen/c_generate.h"
#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/c_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::vector<int> sizes_of = {3, 4, 18};

// Own variables first, so that the order of the matrix is not that of `wrt`; G has no sums, H nothing by
// point.
std::string text_of(const std::string& n, bool whole) {
  const std::string end = n == "n" ? "n-1" : std::to_string(std::stoi(n) - 1);
  std::string text = n == "n" ? "dim n >= 2\n" : "";
  text += "var x, w : vector[" + n + "]\nvar t\nparam a\n";
  text += "f(x, w, t, a) = sum(exp(w .* x)*a) + sum(x[i+1]*x[i]^2 for i in 1:" + end +
          ") + sin(t)*a + t*sum(w) + t^3*x[1]\n";
  text += "F(x, w, a) = [w[i]*sin(x[i+1])*a + w[i+1]^2 for i in 1:" + end + "]\n";
  text += "G(x, w) = sum(w .* x)\nH(x, w) = sum(w.^3) + sum(x)\n";
  text += "derive f wrt x, w, t : hess(lower, csr), batch(x, a)\nderive F wrt x, w : jac(csc), batch(x, a)\n";
  text +=
      "derive G wrt x, w : hess(lower, csr, only), batch(x)\nderive H wrt x, w : hess(lower, csr, only), "
      "batch(x)\n";
  if (whole)
    text +=
        "derive f wrt x, w, t : hess\nderive F wrt x, w : jac\nderive G wrt x, w : hess\nderive H wrt x, w : "
        "hess\n";
  return text;
}

GenerateOptions named(const std::string& name_space) {
  GenerateOptions options;
  options.name_space = name_space;
  return options;
}

std::string fixed(int n, bool in_c) {
  LoadedModel model(text_of(std::to_string(n), true));
  const std::string name = "f" + std::to_string(n);
  if (!in_c) return model.header(named(name));
  return generate_c(model.ctx, model.model, entry_points(model.ctx, model.model), named(name));
}

std::string loops(TensorTarget target) {
  LoadedModel model(text_of("n", false));
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries).size() == entries.size());
  return generate_tensors(model.ctx, model.model, entries, target, named("any"));
}

// In what C and C++ share.
const std::string harness = R"(
enum { most = 200000 };
static int bad = 0;
static double x[most], w[40], a[most], gx[most], gw[40], gt[2], number[most], value[40], room[most];
static double sum_w[40], sum_t, sum_value[40], total[most];
static int starts[most], places[most];
static void expect_same(const char* what, int n, int points, int k, double got, double wanted) {
  if (fabs(got - wanted) <= 1e-11 * (1 + fabs(wanted))) return;
  printf("%s, n = %d, %d points, %d: %.17g, not %.17g\n", what, n, points, k, got, wanted);
  ++bad;
}
static void fill(void) {
  for (int i = 0; i < most; ++i) x[i] = 0.3 + 0.1 * (i % 7), a[i] = 1 - 0.2 * (i % 5);
  for (int i = 0; i < 40; ++i) w[i] = -0.4 + 0.3 * (i % 4);
}
static void spoil(void) {
  for (int i = 0; i < most; ++i) number[i] = gx[i] = 77, starts[i] = places[i] = -7;
  for (int i = 0; i < 40; ++i) gw[i] = value[i] = 77;
}
// In `total`: lines by places; those of a point after what the points share. `from[k]` is the one of variable k of `own`
// and `shared` in the matrix of one point, whose own variables are first.
static int line_of(int k, int own, int shared, int p) { return k < own ? shared + p * own + k : k - own; }
static void add_hessian(const double* D, int own, int shared, int points, int p) {
  const int m = own + shared, all = shared + points * own;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < m; ++j) total[line_of(i, own, shared, p) * all + line_of(j, own, shared, p)] += D[i * m + j];
}
static void add_jacobian(const double* D, int rows, int n, int points, int p) {
  (void)points;
  for (int r = 0; r < rows; ++r)
    for (int k = 0; k < 2 * n; ++k) total[line_of(k, n, n, p) * rows + r] += D[r * 2 * n + k];
}
static void clear(void) { for (int i = 0; i < most; ++i) total[i] = 0; }
// All of `total` by its numbers; of a lower half that.
static void compare(const char* what, int n, int points, int lines, int across, int lower, int nonzeros) {
  if (starts[0] != 0 || starts[lines] != nonzeros || number[nonzeros] != 77 || places[nonzeros] != -7 || starts[lines + 1] != -7) {
    printf("%s, n = %d, %d points: ends\n", what, n, points), ++bad;
    return;
  }
  for (int i = 0; i < lines; ++i) {
    int k = starts[i];
    for (int j = 0; j < (lower ? i + 1 : across); ++j) {
      const int is_there = k < starts[i + 1] && places[k] == j;
      expect_same(what, n, points, i * across + j, is_there ? number[k] : 0, total[i * across + j]);
      k += is_there;
    }
    if (k != starts[i + 1]) printf("%s, n = %d, %d points: line %d\n", what, n, points, i), ++bad;
  }
}
)";

// For one size: `f` computes the matrices of the points, "f3" or "any" is checked.
std::string check_of(const std::string& who, int size, bool in_c) {
  const std::string n = std::to_string(size), f = "f" + n, s = in_c ? "_" : "::", dense = f + s;
  const bool any = who == "any";
  const std::string name = who + s, id = "check_" + who + "_" + n, dim = any ? ", " + n : "";
  const auto work = [&](const std::string& function) { return any ? ", " + function : std::string(); };
  const std::string room = work("room");
  std::string out =
      "static void " + id + "(int points) {\n  const int n = " + n +
      ", all = n + 1 + points * n, two = n + points * n;\n  (void)all, (void)two;\n  spoil(), clear();\n";
  out += "  const double got = " + name + "f_hess_lower_csr_batch(points" + dim +
         ", x, w, 0.7, a, gx, gw, gt, number" + room + ");\n";
  out += "  " + name + "f_hess_lower_csr_batch_pattern(points" + dim + ", starts, places);\n";
  out += "  double sum = 0;\n  sum_t = 0;\n  for (int i = 0; i < n; ++i) sum_w[i] = 0;\n";
  const std::string point = "  for (int p = 0; p < points; ++p) {\n    double at[" + n +
                            "];\n    for (int i = 0; i < n; ++i) at[i] = x[i * points + p];\n";
  const std::string m = std::to_string(2 * size + 1), m2 = std::to_string(2 * size),
                    rows = std::to_string(size - 1);
  const auto whole = [&](const std::string& call, const std::string& arguments, const std::string& grad,
                         const std::string& matrix, const std::string& entries) {
    if (in_c)
      return "    double value1[" + n + "], grad1[" + grad + "], D[" + entries + "];\n    " + dense + call +
             "(at, w" + arguments + ", value1" + (call[0] == 'F' ? "" : ", grad1") +
             ", D);\n    (void)value1, (void)grad1;\n";
    return "    std::array<double, " + n +
           "> at_p, w_p;\n    std::copy(at, at + n, at_p.begin()), std::copy(w, w + n, w_p.begin());\n    "
           "const auto r = " +
           dense + call + "(at_p, w_p" + arguments + ");\n    const double* const D = &r." + matrix +
           "[0][0];\n";
  };
  const std::string value = in_c ? "value1[0]" : "r.value", grad = in_c ? "grad1" : "r.grad",
                    entry = in_c ? "value1" : "r.value";
  const auto at = [&](const std::string& i) {
    return in_c ? "[" + i + "]" : "[static_cast<std::size_t>(" + i + ")]";
  };
  out += point + whole("f_hess", ", 0.7, a[p]", m, "hess", "(" + m + ") * (" + m + ")") +
         "    add_hessian(D, n, n + 1, points, p);\n    sum += " + value + ", sum_t += " + grad +
         at("2 * n") + ";\n    for (int i = 0; i < n; ++i) {\n      sum_w[i] += " + grad + at("n + i") +
         ";\n      expect_same(\"" + id + ", by x\", n, points, i, gx[i * points + p], " + grad + at("i") +
         ");\n    }\n  }\n";
  out += "  expect_same(\"" + id + ", f\", n, points, 0, got, sum);\n  expect_same(\"" + id +
         ", by t\", n, points, 0, gt[0], sum_t);\n  for (int i = 0; i < n; ++i) expect_same(\"" + id +
         ", by w\", n, points, i, gw[i], sum_w[i]);\n";
  out += "  compare(\"" + id + ", f\", n, points, all, all, 1, (int)" + name +
         "f_hess_lower_csr_batch_nonzeros(points" + dim + "));\n";
  for (const std::string g : {"G", "H"}) {
    const bool has_work = any;
    out += "  spoil(), clear();\n  " + name + g + "_hess_lower_csr_only_batch(points" + dim +
           ", x, w, number" + (has_work ? "ROOM_" + g : "") + ");\n  " + name + g +
           "_hess_lower_csr_only_batch_pattern(points" + dim + ", starts, places);\n";
    out += point + whole(g + "_hess", "", m2, "hess", m2 + " * " + m2) +
           "    add_hessian(D, n, n, points, p);\n  }\n";
    out += "  compare(\"" + id + ", " + g + "\", n, points, two, two, 1, (int)" + name + g +
           "_hess_lower_csr_only_batch_nonzeros(points" + dim + "));\n";
  }
  out += "  spoil(), clear();\n  for (int i = 0; i < n; ++i) sum_value[i] = 0;\n  " + name +
         "F_jac_csc_batch(points" + dim + ", x, w, a, value, number" + room + ");\n  " + name +
         "F_jac_csc_batch_pattern(points" + dim + ", starts, places);\n";
  out += point + whole("F_jac", ", a[p]", m2, "jac", rows + " * " + m2) +
         "    add_jacobian(D, n - 1, n, points, p);\n    for (int i = 0; i + 1 < n; ++i) sum_value[i] += " +
         entry + at("i") + ";\n  }\n";
  out += "  for (int i = 0; i + 1 < n; ++i) expect_same(\"" + id +
         ", F\", n, points, i, value[i], sum_value[i]);\n";
  out += "  compare(\"" + id + ", F\", n, points, two, n - 1, 0, (int)" + name +
         "F_jac_csc_batch_nonzeros(points" + dim + "));\n}\n";
  return out;
}

std::string program(const std::string& any, bool in_c) {
  std::string out = harness, main =
                                 "int main(void) {\n  static const int counts[] = {0, 1, 7, 9, 20};\n  "
                                 "fill();\n  for (int c = 0; c < 5; ++c) {\n";
  for (int n : sizes_of) {
    for (const std::string& who : {"f" + std::to_string(n), std::string("any")}) {
      out += check_of(who, n, in_c);
      main += "    check_" + who + "_" + std::to_string(n) + "(counts[c]);\n";
    }
  }
  for (const std::string g : {"G", "H"}) {
    const bool has =
        any.find(" " + std::string(in_c ? "any_" : "") + g + "_hess_lower_csr_only_batch_work(") != any.npos;
    const std::string mark = "ROOM_" + g;
    for (size_t at = 0; (at = out.find(mark, at)) != out.npos;)
      out.replace(at, mark.size(), has ? ", room" : "");
  }
  // Names of no parameter.
  const std::regex names(
      "([^.\\w])(x|w|a|gx|gw|gt|number|value|room|sum_w|sum_t|sum_value|total|starts|places)\\b");
  return std::regex_replace(out, names, "$1g_$2") + main + "  }\n  return bad == 0 ? 0 : 1;\n}\n";
}

std::string message_of(const std::string& text, bool whole) {
  try {
    LoadedModel model(text);
    if (whole) {
      (void)tensor_entry_points(model.ctx, model.model);
    } else {
      (void)model.header(named("m"));
    }
  } catch (const Failure& f) {
    CHECK(info(f.diagnostic.code).exit_status == 4);
    return f.diagnostic.message + "; " + f.diagnostic.help;
  }
  return {};
}

}  // namespace

TEST_CASE("compressed, some variables shared: C++", "[codegen][layout][compressed][batch]") {
  std::string headers;
  for (int n : sizes_of) headers += fixed(n, false);
  const std::string any = loops(TensorTarget::span);
  check_program("mixed", headers + any, "#include <algorithm>\n" + program(any, false),
                {"-O1", "-O1 -march=native"});
}

TEST_CASE("compressed, some variables shared: C", "[codegen][layout][compressed][batch][c99]") {
  const std::string any = loops(TensorTarget::c);
  const auto folder = fresh_folder("c-mixed");
  std::string includes = "#include <math.h>\n#include <stdio.h>\n#include \"any.h\"\n";
  write_file(folder / "any.h", any);
  for (int n : sizes_of) {
    write_file(folder / ("f" + std::to_string(n) + ".h"), fixed(n, true));
    includes += "#include \"f" + std::to_string(n) + ".h\"\n";
  }
  run_in_c(folder, includes + program(any, true));
}

// Blocks of points by threads, in float, at odd addresses: f has 2*x_i by x_i and w_i, 2*w_i twice by x_i,
// and of w the sum of 6*w_i.
TEST_CASE("compressed, some variables shared: threads, in float", "[codegen][layout][compressed][batch]") {
  const std::string
      loops_text = "dim n\nvar x, w : vector[n]\n",
      fixed_text = "var x, w : vector[3]\n",
      f = "f(x, w) = sum(w .* x.^2 + w.^3)\nderive f wrt x, w : hess(lower, csr, only), batch(x)\n";
  LoadedModel any(loops_text + f), three(fixed_text + f);
  const std::string headers = three.header(named("three")) +
                              generate_tensors(any.ctx, any.model, tensor_entry_points(any.ctx, any.model),
                                               TensorTarget::span, named("any"));
  check_program("mixed-threads", headers, R"(
template <class T>
void check(std::ptrdiff_t points) {
  Points<T> x(3 * points), w(3), a(3 + 6 * points), b(3 + 6 * points), c(3 + 6 * points);
  for (std::ptrdiff_t i = 0; i < 3 * points; ++i) x[i] = T(i % 11) / T(4);
  for (std::ptrdiff_t i = 0; i < 3; ++i) w[i] = T(i + 1) / T(2);
  std::vector<T> work(any::f_hess_lower_csr_only_batch_work<T>(3, 3));
  any::f_hess_lower_csr_only_batch(points, std::ptrdiff_t{3}, x.data(), w.data(), a.data(), work.data());
  any::f_hess_lower_csr_only_batch(points, std::ptrdiff_t{3}, x.data(), w.data(), b.data(), work.data(), 3);
  three::f_hess_lower_csr_only_batch(points, x.data(), w.data(), c.data());
  for (Points<T>* q : {&a, &b, &c}) {
    for (std::ptrdiff_t i = 0; i < 3; ++i) expect("sum", i, (*q)[i], T(points) * 6 * w[i], T(1));
    for (std::ptrdiff_t k = 0; k < 3 * points; ++k) {
      const std::ptrdiff_t p = k / 3, i = k % 3;
      expect("by w", p, (*q)[3 + 2 * k], 2 * x[i * points + p], T(1));
      expect("by x", p, (*q)[4 + 2 * k], 2 * w[i], T(1));
    }
    q->check("numbers");
  }
  for (std::ptrdiff_t k = 0; k < 3 + 6 * points; ++k) wrong += a[k] == b[k] ? 0 : 1;
}
int main() {
  for (std::ptrdiff_t points : {0, 1, 2, 17, 1024, 5000}) check<float>(points), check<double>(points);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O1 -march=native -fopenmp"});
}

// Where the numbers of a point are not side by side.
TEST_CASE("compressed, some variables shared: what is refused", "[codegen][layout][compressed][batch]") {
  for (const bool whole : {false, true}) {
    const std::string start =
        std::string(whole ? "dim n\nvar x, y : vector[n]\n" : "var x, y : vector[3]\n") +
        "f(x, y) = sum(x .* y.^2)\nF(x, y) = x .* y\nderive ";
    const std::string other =
        " by variables of which some are shared by the points and others not is not yet available; ask for ";
    CHECK(message_of(start + "f wrt x, y : hess(csr), batch(x)\n", whole) ==
          "hess(csr)" + other + "hess(lower, csr), or name all variables in batch(...)");
    CHECK(message_of(start + "f wrt x, y : hess(lower, csc), batch(x)\n", whole) ==
          "hess(lower, csc)" + other + "hess(lower, csr), or name all variables in batch(...)");
    CHECK(message_of(start + "F wrt x, y : jac(csr), batch(y)\n", whole) ==
          "jac(csr)" + other + "jac(csc), or name all variables in batch(...)");
    CHECK(message_of(start + "f wrt x, y : hess(lower, csr), batch(x)\n", whole).empty());
  }
}

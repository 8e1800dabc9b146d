// Functions over many points in C, on whole arrays of any size: every output of the models of
// tests/data/whole, by point and as sums, compared with the evaluator; by hand at sizes 0 and 1, in float
// too; what is refused.
#include <catch2/catch.hpp>

#include "tests/batch_calls.h"
#include "tests/c_program.h"
#include "tests/paths.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::vector<std::filesystem::path> models() {
  std::vector<std::filesystem::path> files;
  for (const auto& f :
       std::filesystem::directory_iterator(std::filesystem::path(paths::source) / "tests/data/whole")) {
    if (f.path().extension() == ".nabla") files.push_back(f.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Those that have code: sizes and powers of matrices by point have none.
std::vector<TensorEntry> with_code(LoadedModel& model, const std::vector<TensorEntry>& entries) {
  std::vector<TensorEntry> out;
  for (const TensorEntry& e : entries) {
    try {
      (void)generate_tensors(model.ctx, model.model, {e}, TensorTarget::c);
      out.push_back(e);
    } catch (const Failure& failure) {
      INFO(failure.diagnostic.message);
      CHECK(failure.diagnostic.code == Code::not_yet_available);
      CHECK(failure.diagnostic.message.find("differs from point to point") != std::string::npos);
    }
  }
  return out;
}

std::string c_loops(const std::string& text, const std::string& name, const std::string& scalar = "double") {
  LoadedModel m(text);
  GenerateOptions options;
  options.name_space = name;
  options.scalar = scalar;
  return generate_tensors(m.ctx, m.model, tensor_entry_points(m.ctx, m.model), TensorTarget::c, options);
}

}  // namespace

TEST_CASE("batch of loops in C: every output, against the evaluator", "[codegen][batch][c99][whole]") {
  const auto folder = fresh_folder("c-batch-whole");
  std::string includes, functions, main;
  size_t count = 0;
  for (const auto& file : models()) {
    INFO(file.string());
    LoadedModel model(read_file(file), file.string());
    const std::string name = "model_" + file.stem().string();
    const auto entries = with_code(model, batches_of(tensor_entry_points(model.ctx, model.model)));
    REQUIRE(!entries.empty());
    BatchCalls calls(model, entries, name);
    write_file(folder / (name + ".h"), calls.header());
    includes += "#include \"" + name + ".h\"\n";
    functions += calls.at({}, 3, 5) + calls.at({}, 0, 9);
    for (size_t k = 1; k <= calls.calls(); ++k) main += "  check_" + name + "_" + std::to_string(k) + "();\n";
    count += calls.calls();
  }
  CHECK(count > 300);
  run_in_c(folder,
           includes + whole_comparison_in_c + functions + "int main(void) {\n" + main +
               "  return wrong == 0 ? 0 : 1;\n}\n",
           "address");
}

TEST_CASE("batch of loops in C: by hand, at sizes 0, 1 and more", "[codegen][batch][c99][whole]") {
  const auto folder = fresh_folder("c-batch-hand");
  const std::string model =
      "dim m, n\nvar w, x : vector[n]\nparam A : matrix[m, n]\nparam s\n"
      "f(w, x, s) = s*(w'*x)^2 + sum(exp(w/8))\ng(x, A) = A*x\n"
      "derive f wrt w, s : grad, batch(x, s)\nderive g wrt x : jac, vjp, batch(x)\n";
  std::string source = "#include <stdio.h>\n#include <math.h>\n", main = "int main(void) {\n";
  for (const std::string scalar : {"double", "float"}) {
    const std::string name = scalar + "s";
    const std::string header = c_loops(model, name, scalar);
    write_file(folder / (name + ".h"), header);
    source += "#include \"" + name + ".h\"\n";
    main += "  check_" + name + "();\n";
    // What no point changes is computed before the loop.
    CHECK(header.find("exp") < header.find("p < points"));
  }
  source += R"(static int wrong = 0;
static void expect(const char* what, double got, double wanted, double tolerance) {
  if (fabs(got - wanted) <= tolerance * (1 + fabs(wanted))) return;
  printf("%s: %.17g, not %.17g\n", what, got, wanted);
  ++wrong;
}
)";
  for (const std::string scalar : {"double", "float"}) {
    std::string check = R"(static void check_NAMES(void) {
  enum { most = 20, many = 5 };
  static const ptrdiff_t sizes[] = {0, 1, 2, 17, 20}, counts[] = {0, 1, 2, 5};
  static T x[most * many], s[many], u[3 * many], w[most], A[3 * most], work[1000], grad[most], by_s[many];
  static T value[3 * many], jac[3 * most * many], vjp[most * many];
  for (int k = 0; k < most * many; ++k) x[k] = (T)(1 + 0.25 * (k % 5 - 2));
  for (int k = 0; k < 3 * many; ++k) u[k] = (T)(0.5 * (k % 4) - 1);
  for (int k = 0; k < many; ++k) s[k] = (T)(k + 1);
  for (int k = 0; k < most; ++k) w[k] = (T)(0.1 * (k % 3) - 0.15);
  for (int k = 0; k < 3 * most; ++k) A[k] = (T)(0.01 * (k % 7 - 3));
  for (int a = 0; a < 5; ++a) for (int b = 0; b < 4; ++b) {
    const ptrdiff_t n = sizes[a], points = counts[b];
    double sum = 0, sums[most] = {0};
    if (NAMES_f_grad_batch_work(n) > 1000 || NAMES_g_jac_batch_work(3, n) > 1000) ++wrong;
    for (int k = 0; k < most; ++k) grad[k] = (T)7;
    const double all = (double)NAMES_f_grad_batch(points, n, w, x, s, grad, by_s, work);
    NAMES_g_jac_batch(points, 3, n, x, A, value, jac, work);
    for (ptrdiff_t p = 0; p < points; ++p) {
      double wx = 0;
      for (ptrdiff_t i = 0; i < n; ++i) wx += (double)w[i] * (double)x[i * points + p];
      sum += (double)s[p] * wx * wx;
      for (ptrdiff_t i = 0; i < n; ++i) {
        sum += exp((double)w[i] / 8);
        sums[i] += 2 * (double)s[p] * wx * (double)x[i * points + p] + exp((double)w[i] / 8) / 8;
      }
      expect("by s", (double)by_s[p], wx * wx, EPS);
      for (ptrdiff_t r = 0; r < 3; ++r) {
        double Ax = 0;
        for (ptrdiff_t i = 0; i < n; ++i) {
          Ax += (double)A[r * n + i] * (double)x[i * points + p];
          expect("jac", (double)jac[(r * n + i) * points + p], (double)A[r * n + i], 0);
        }
        expect("g", (double)value[r * points + p], Ax, EPS);
      }
    }
    expect("f", all, sum, EPS);
    for (ptrdiff_t i = 0; i < n; ++i) expect("grad", (double)grad[i], sums[i], EPS);
    for (ptrdiff_t i = n; i < most; ++i) expect("behind", (double)grad[i], 7, 0);
    NAMES_g_vjp_batch(points, 3, n, x, A, u, value, vjp, work);
    for (ptrdiff_t p = 0; p < points; ++p) for (ptrdiff_t i = 0; i < n; ++i) {
      double wanted = 0;
      for (ptrdiff_t r = 0; r < 3; ++r) wanted += (double)A[r * n + i] * (double)u[r * points + p];
      expect("vjp", (double)vjp[i * points + p], wanted, EPS);
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
    source += check;
  }
  run_in_c(folder, source + main + "  return wrong == 0 ? 0 : 1;\n}\n");
}

TEST_CASE("batch of loops in C: what is refused", "[codegen][batch][c99][whole]") {
  const std::pair<const char*, const char*> refused[] = {
      {"dim n\nvar X : matrix[n, n]\nparam k : scalar integer in [0, 3]\nf(X, k) = tr(X^k)\n"
       "derive f wrt X : value, batch\n",
       "the power of a matrix differs from point to point"},
      {"dim n\nvar A : matrix[n, n]\nf(A) = tr(expm(A))\nderive f wrt A : value, batch\n", "'expm'"}};
  for (const auto& [text, message] : refused) {
    INFO(text);
    try {
      (void)c_loops(text, "m");
      FAIL_CHECK("no refusal");
    } catch (const Failure& failure) {
      CHECK(info(failure.diagnostic.code).exit_status == 4);
      CHECK(failure.diagnostic.message.find(message) != std::string::npos);
    }
  }
}

// Sparse Hessians of a function of many variables beside ADOL-C: the numbers that are written are those of
// its Hessian, all others are 0 there, and what its own sparsity pattern has is in the pattern.
//
// Debian's ADOL-C is built without ColPack, so that its sparse_hess is missing; hessian and hess_pat are
// there.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string text_of(const std::string& size) {
  return "var x : vector[" + size +
         "]\nvar s\nf(x, s) = sum(exp(-(x[i+1] - x[i])^2)*cos(s*x[i]) for i in 1:" + size +
         "-1) + sum(x[i]^2*x[i+3]/(2 + sin(x[i+3])) for i in 1:" + size +
         "-3) + sum(log(1 + x[i]^2) for i in 1:" + size +
         ") + s^4\nderive f wrt x, s : hess(csr), hess(lower, csr)\n";
}

GenerateOptions named(const std::string& name_space) {
  GenerateOptions options;
  options.name_space = name_space;
  return options;
}

std::string arrays() {
  LoadedModel model(text_of("30"));
  CHECK(model.check().size() == 2);
  return model.header(named("fixed"));
}

std::string loops() {
  LoadedModel model("dim n >= 4\n" + text_of("n"));
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries).size() == entries.size());
  return generate_tensors(model.ctx, model.model, entries, TensorTarget::span, named("any"));
}

const std::string program = R"(#include <adolc/sparse/sparsedrivers.h>
#include "consumer.h"
#include "fixed.h"
#include "any.h"
template <class T>
T formula(std::size_t n, const T* x, const T& s) {
  using std::cos, std::exp, std::log, std::pow, std::sin;
  T y = s * s * s * s;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const T d = x[i + 1] - x[i];
    y += exp(-d * d) * cos(s * x[i]);
  }
  for (std::size_t i = 0; i + 3 < n; ++i) y += x[i] * x[i] * x[i + 3] / (2.0 + sin(x[i + 3]));
  for (std::size_t i = 0; i < n; ++i) y += log(1.0 + x[i] * x[i]);
  return y;
}
struct Wanted {
  double value;
  std::vector<double> grad;
  Rows hess;
  std::vector<std::vector<bool>> places;
};
// Of x and s, one after the other.
Wanted by_adolc(const Point& at) {
  const std::size_t n = at.size() - 1;
  const auto f = [n](const adouble* a) { return std::vector<adouble>{formula<adouble>(n, a, a[n])}; };
  Wanted w{formula(n, at.data(), at[n]), adolc_jacobian(at, f)[0], adolc_hessian(at, f), {}};
  std::vector<unsigned*> rows(n + 1);
  if (hess_pat(2, static_cast<int>(n + 1), at.data(), rows.data(), 0) < 0) ++failures;
  for (const unsigned* row : rows) {  // how many there are, and which
    w.places.emplace_back(n + 1);
    for (unsigned k = 1; k <= row[0]; ++k) w.places.back()[row[k]] = true;
  }
  return w;
}
void check(const char* what, const Wanted& w, bool lower, const int* row_ptr, const int* col_idx, const double* numbers) {
  const std::size_t n = w.hess.size();
  double largest = 0;
  for (const auto& row : w.hess) for (double x : row) largest = std::max(largest, std::fabs(x));
  std::size_t more = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<bool> stored(n);
    int last = -1;
    for (int k = row_ptr[i]; k < row_ptr[i + 1]; last = col_idx[k++]) {
      const auto j = static_cast<std::size_t>(col_idx[k]);
      if (col_idx[k] <= last || j >= n || (lower && j > i)) return void(++failures);
      stored[j] = true;
      if (!w.places[i][j]) ++more;
      if (std::fabs(numbers[k] - w.hess[i][j]) <= 1e-11 * (std::fabs(w.hess[i][j]) + 1e-3 * largest)) continue;
      std::printf("%s, (%zu, %zu): %.17g, expected %.17g\n", what, i, j, numbers[k], w.hess[i][j]);
      ++failures;
    }
    for (std::size_t j = 0; j < (lower ? i + 1 : n); ++j) {
      if (stored[j] || (w.hess[i][j] == 0 && !w.places[i][j])) continue;
      std::printf("%s, (%zu, %zu) is missing, expected %.17g\n", what, i, j, w.hess[i][j]);
      ++failures;
    }
  }
  if (more > 0) std::printf("%s: %zu places that are always 0\n", what, more), ++failures;
}
void check_loops(const Point& at) {
  const auto n = static_cast<std::ptrdiff_t>(at.size()) - 1;
  const Wanted w = by_adolc(at);
  const double* const x = at.data();
  const double s = at.back();
  std::vector<double> grad(at.size()), work(std::max(any::f_hess_csr_work(n), any::f_hess_lower_csr_work(n)));
  for (const bool lower : {false, true}) {
    const std::size_t count = lower ? any::f_hess_lower_csr_nonzeros(n) : any::f_hess_csr_nonzeros(n);
    std::vector<int> row_ptr(at.size() + 1), col_idx(count);
    std::vector<double> numbers(count);
    double value;
    if (lower) {
      any::f_hess_lower_csr_pattern(n, row_ptr.data(), col_idx.data());
      value = any::f_hess_lower_csr(n, x, s, grad.data(), grad.data() + n, numbers.data(), work.data());
    } else {
      any::f_hess_csr_pattern(n, row_ptr.data(), col_idx.data());
      value = any::f_hess_csr(n, x, s, grad.data(), grad.data() + n, numbers.data(), work.data());
    }
    expect("value", std::vector<double>{value}, std::vector<double>{w.value});
    expect("gradient", grad, w.grad);
    check(lower ? "loops, lower" : "loops", w, lower, row_ptr.data(), col_idx.data(), numbers.data());
  }
}
Point point(std::size_t n) {
  Point at(n + 1);
  for (std::size_t i = 0; i <= n; ++i) at[i] = std::sin(1.7 * static_cast<double>(i * i + 1)) + 0.1;
  return at;
}
int main() {
  const Point at = point(30);
  const Wanted w = by_adolc(at);
  std::array<double, 30> x;
  std::copy(at.begin(), at.end() - 1, x.begin());
  const auto whole = fixed::f_hess_csr(x, at[30]);
  const auto half = fixed::f_hess_lower_csr(x, at[30]);
  expect("value", std::vector<double>{whole.value}, std::vector<double>{w.value});
  expect("gradient", whole.grad, w.grad);
  namespace p = fixed::f_hess_csr_pattern;
  namespace q = fixed::f_hess_lower_csr_pattern;
  check("arrays", w, false, p::row_ptr.data(), p::col_idx.data(), whole.hess.data());
  check("arrays, lower", w, true, q::row_ptr.data(), q::col_idx.data(), half.hess.data());
  for (std::size_t n : {4u, 5u, 17u, 100u}) check_loops(point(n));
  return failures == 0 ? 0 : 1;
}
)";

}  // namespace

TEST_CASE("sparse Hessians beside ADOL-C", "[codegen][layout][compressed]") {
  const std::string fixed = arrays(), any = loops();
  for (const std::string& compiler : compilers()) {
    const auto folder = fresh_folder("adolc-sparse-" + std::filesystem::path(compiler).filename().string());
    write_file(folder / "fixed.h", fixed);
    write_file(folder / "any.h", any);
    write_file(folder / "main.cpp", program);
    const std::string binary = (folder / "main").string();
    INFO(compiler);
    const Ran built =
        run("'" + compiler + "'" + strict + "-O1 -I'" + paths::source + "/tests/consumers' -I'" +
                folder.string() + "' '" + (folder / "main.cpp").string() + "' -o '" + binary + "' -ladolc",
            folder);
    INFO(built.output.substr(0, 4000));
    REQUIRE(built.status == 0);
    const Ran ran = run("'" + binary + "'", folder);
    INFO(ran.output.substr(0, 4000));
    CHECK(ran.status == 0);
  }
}

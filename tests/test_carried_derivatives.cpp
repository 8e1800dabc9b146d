// Values by numbers that carry derivatives (Jets of Ceres), at points where a comparison of values alone
// would lose some: symmetric matrices and zeros in them, equal arguments, 0. Beside the gradients, which come
// from the formula and not from the code of the value.
#include <catch2/catch.hpp>

#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::string options = "-O1 -isystem '" + std::string(paths::eigen) + "' ";
const std::string first_lines = "#include <ceres/jet.h>\n#include <type_traits>\n#include <vector>\n";

}  // namespace

TEST_CASE("numbers may carry derivatives: functions of matrices", "[codegen][runtime][whole]") {
  LoadedModel model(
      "dim n >= 1\nvar X : matrix[n, n]\nparam b, c : vector[n]\n"
      "f0(X, b, c) = b'*inv(X)*c + logdet(X)\nf1(X, b, c) = b'*inv(X)*c\nf2(X, b, c) = det(X)*(b'*c)\n"
      "f3(X, b, c) = logdet(X) + b'*X*c\nf4(X, b, c) = logsumexp(X*b) + c'*X*b\n"
      "f5(X, b, c) = sum(softmax(X*b) .* c)\nf6(X, b, c) = norm2(X*b) + c'*X^3*b\n"
      "derive f0 : grad\nderive f1 : grad\nderive f2 : grad\nderive f3 : grad\nderive f4 : grad\n"
      "derive f5 : grad\nderive f6 : grad\n");
  GenerateOptions named;
  named.name_space = "m";
  const std::string header = generate_tensors(
      model.ctx, model.model, tensor_entry_points(model.ctx, model.model), TensorTarget::span, named);
  check_program("carried-matrices", first_lines + header, R"(
using Jet = ceres::Jet<double, 9>;
template <class T, class F, class... A>
T call(F f, A... a) {
  std::vector<T> work(1000);
  if constexpr (std::is_invocable_v<F, A..., T*>) return f(a..., work.data());
  else return f(a...);
}
template <class F>
void check(const char* what, const double* X, F f) {
  const double b[3] = {0.5, -1, 2}, c[3] = {1, 0.25, -0.5};
  Jet J[9], jb[3], jc[3], unused[9];
  double g[9];
  for (int k = 0; k < 9; ++k) J[k] = Jet(X[k], k);
  for (int k = 0; k < 3; ++k) jb[k] = Jet(b[k]), jc[k] = Jet(c[k]);
  const Jet y = call<Jet>(f, std::ptrdiff_t{3}, J, jb, jc, unused);
  call<double>(f, std::ptrdiff_t{3}, X, b, c, g);
  for (int k = 0; k < 9; ++k) expect(what, k, y.v[k], g[k], 10.0);
}
#define CHECK(f) check(#f, X, [](auto... a) -> decltype(m::f(a...)) { return m::f(a...); })
int main() {
  const double points[][9] = {{4, 1, 0.5, 1, 3, -1, 0.5, -1, 5},   // symmetric, positive definite
                              {4, 0, 0, 0, 3, 0, 0, 0, 5},         // diagonal
                              {4, 1, 2, 0, 3, 1, 0, 0, 5},         // triangular
                              {4, 1, 0.5, 2, 3, -1, 0.25, 1, 5}};  // neither
  for (const auto& X : points) {
    CHECK(f0_grad), CHECK(f1_grad), CHECK(f2_grad), CHECK(f3_grad), CHECK(f4_grad), CHECK(f5_grad), CHECK(f6_grad);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {options});
}

TEST_CASE("numbers may carry derivatives: functions that are smooth where pieces meet",
          "[codegen][runtime]") {
  LoadedModel model(
      "var x, y\nf(x, y) = softplus(x - y) + 2*sigmoid(x - y)*x + silu(x - y)*3\n"
      "g(x, y) = logaddexp(x, 2*y - x) + y*sech(x - y)\nderive f : value, grad\nderive g : "
      "value, grad\n");
  GenerateOptions named;
  named.name_space = "m";
  check_program("carried-numbers", first_lines + model.header(named), R"(
using Jet = ceres::Jet<double, 2>;
int main() {
  for (double y : {0.75, 0.5, -1.0, 0.0}) {
    for (double x : {0.75, 0.25}) {  // also where x = y
      const Jet a(x, 0), b(y, 1), f = m::f(a, b), g = m::g(a, b);
      const auto df = m::f_grad(x, y);
      const auto dg = m::g_grad(x, y);
      for (std::ptrdiff_t k = 0; k < 2; ++k) {
        expect("f", k, f.v[k], df.grad[static_cast<std::size_t>(k)], 1.0);
        expect("g", k, g.v[k], dg.grad[static_cast<std::size_t>(k)], 1.0);
      }
    }
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {options});
}

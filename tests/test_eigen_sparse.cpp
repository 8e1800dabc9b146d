// Compressed Jacobians and Hessians in Eigen: values of a SparseMatrix whose pattern is made once, compared
// with the whole matrices of the same header.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

const std::string comparison = R"(
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd numbers(Eigen::Index n) {
  return VectorXd::NullaryExpr(n, [](Eigen::Index i) { return 0.3 + 0.1 * static_cast<double>(i % 7); });
}

// `call` writes the numbers of `m`, first of other inputs and then of those of `whole`; nothing else moves.
template <class Sparse, class Call>
void compare(const char* what, Sparse m, const MatrixXd& whole, Call call) {
  const auto numbers = m.valuePtr();
  const Sparse places = m;
  call(m, 2.0);
  call(m, 1.0);
  bool same = m.rows() == whole.rows() && m.cols() == whole.cols() && m.valuePtr() == numbers;
  same = same && m.nonZeros() == places.nonZeros() && m.nonZeros() < std::max<Eigen::Index>(whole.size(), 2);
  for (Eigen::Index k = 0; same && k < m.nonZeros(); ++k)
    same = m.innerIndexPtr()[k] == places.innerIndexPtr()[k];
  if (same && (MatrixXd(m) - whole).cwiseAbs().maxCoeff() <= 1e-12 * (1 + whole.cwiseAbs().maxCoeff())) return;
  std::printf("%s\n", what);
  ++wrong;
}
)";

}  // namespace

TEST_CASE("compressed: matrices of Eigen", "[codegen][layout][compressed]") {
  LoadedModel model(
      "dim n >= 2\ndim m\nvar x : vector[n]\nvar s : scalar\nvar A : matrix[m, n]\nparam b : vector[n]\n"
      "f(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n"
      "arrow(x, s) = sum(exp(s*x[i])/3 for i in 1:n)\n"
      "g(A, b) = sum(sin(A*b)) + sum(A.^3)\n"
      "F(x, b) = [exp(x[i+1])*b[i] + x[i]^2 for i in 1:n-1]\n"
      "derive f : hess, hess(csr), hess(csc), hess(lower, csr), hess(lower, csc), hess(csr, only)\n"
      "derive arrow wrt x, s : hess, hess(csr)\n"
      "derive g wrt A : hess, hess(csc)\n"
      "derive F wrt x : jac, jac(csr), jac(csc), jac(csc, only)\n");
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::eigen, options);
  check_program("eigen-sparse", header, comparison + R"(
void check(Eigen::Index n, Eigen::Index rows) {
  const VectorXd x = numbers(n), b = numbers(n).reverse();
  VectorXd grad(n), value(n - 1);
  MatrixXd whole(n, n);
  (void)m::f_hess(x, grad, whole);
  const MatrixXd lower = whole.triangularView<Eigen::Lower>();
  const VectorXd wanted = grad;
  compare("f, csr", m::f_hess_csr_pattern(n), whole, [&](auto& h, double t) { (void)m::f_hess_csr(t * x, grad, h); });
  if ((grad - wanted).norm() > 1e-12 * wanted.norm()) ++wrong;
  compare("f, csc", m::f_hess_csc_pattern(n), whole, [&](auto& h, double t) { (void)m::f_hess_csc(t * x, grad, h); });
  compare("f, lower csr", m::f_hess_lower_csr_pattern(n), lower,
          [&](auto& h, double t) { (void)m::f_hess_lower_csr(t * x, grad, h); });
  compare("f, lower csc", m::f_hess_lower_csc_pattern(n), lower,
          [&](auto& h, double t) { (void)m::f_hess_lower_csc(t * x, grad, h); });
  compare("f, only", m::f_hess_csr_only_pattern(n), whole, [&](auto& h, double t) { m::f_hess_csr_only(t * x, h); });

  const double s = 0.7;
  double grad_s = 0, hess_s = 0;
  VectorXd mixed(n);
  MatrixXd arrow(n + 1, n + 1);
  (void)m::arrow_hess(x, s, grad, grad_s, whole, mixed, hess_s);
  arrow << whole, mixed, mixed.transpose(), hess_s;
  compare("arrow", m::arrow_hess_csr_pattern(n), arrow,
          [&](auto& h, double t) { (void)m::arrow_hess_csr(x, t * s, grad, grad_s, h); });

  // Entries of A are numbered row by row.
  const MatrixXd A = numbers(rows * n).reshaped(rows, n);
  MatrixXd grad_A(rows, n), other(rows, n);
  VectorXd entries(rows * n * rows * n);
  (void)m::g_hess(A, b, grad_A, entries);
  compare("g", m::g_hess_csc_pattern(n, rows), entries.reshaped(rows * n, rows * n),
          [&](auto& h, double t) { (void)m::g_hess_csc(t * A, b, other, h); });
  if ((other - grad_A).norm() > 1e-12 * grad_A.norm()) ++wrong;

  MatrixXd jacobian(n - 1, n);
  m::F_jac(x, b, value, jacobian);
  compare("F, csr", m::F_jac_csr_pattern(n), jacobian, [&](auto& j, double t) { m::F_jac_csr(t * x, b, value, j); });
  compare("F, csc", m::F_jac_csc_pattern(n), jacobian, [&](auto& j, double t) { m::F_jac_csc(t * x, b, value, j); });
  compare("F, only", m::F_jac_csc_only_pattern(n), jacobian,
          [&](auto& j, double t) { m::F_jac_csc_only(t * x, b, j); });
}

int main() {
  for (Eigen::Index n : {3, 4, 17, 33}) check(n, 2);
  return wrong == 0 ? 0 : 1;
}
)",
                {" -O1 -isystem '" + std::string(paths::eigen) + "' "});
}

TEST_CASE("compressed: matrices of Eigen, of constant size", "[codegen][layout][compressed]") {
  LoadedModel model(
      "var x : vector[6]\nf(x) = sum((x[i+1] - x[i]^2)^2 for i in 1:5)\nderive f : hess, hess(csr, only)\n");
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::eigen, options);
  check_program("eigen-sparse-constant", header, comparison + R"(
int main() {
  const VectorXd x = numbers(6);
  VectorXd grad(6);
  MatrixXd whole(6, 6);
  (void)m::f_hess(x, grad, whole);
  compare("f", m::f_hess_csr_only_pattern(), whole, [&](auto& h, double t) { m::f_hess_csr_only(t * x, h); });
  return wrong == 0 ? 0 : 1;
}
)",
                {" -O1 -isystem '" + std::string(paths::eigen) + "' "});
}

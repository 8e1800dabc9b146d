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

namespace {

// Of many points: the blocks of the matrix of all are those of the points one by one, and nothing is beside
// them; of variables that the points share it is their sum. SCALAR is replaced.
const std::string many_points = R"(
using Matrix = Eigen::Matrix<SCALAR, Eigen::Dynamic, Eigen::Dynamic>;
using Vector = Eigen::Matrix<SCALAR, Eigen::Dynamic, 1>;
using Index = Eigen::Index;

const double bits = sizeof(SCALAR) == 4 ? 2e-5 : 1e-12;
void same(const char* what, Index points, const Matrix& got, const Matrix& wanted) {
  const bool fits = got.rows() == wanted.rows() && got.cols() == wanted.cols();
  if (fits && (got.size() == 0 || (got - wanted).cwiseAbs().maxCoeff() <= bits * (1 + wanted.cwiseAbs().maxCoeff()))) return;
  std::printf("%s, %td points\n", what, points);
  ++wrong;
}
// Columns of a larger matrix.
struct Wide {
  Wide(Index points, Index n, int turn) : all(Matrix::Constant(points + 3, n, SCALAR(77))) {
    for (Index p = 0; p < points; ++p)
      for (Index k = 0; k < n; ++k) all(p + 1, k) = SCALAR(0.3 + 0.1 * static_cast<double>((p * turn + k) % 7));
  }
  auto part() { return all.middleRows(1, all.rows() - 3); }
  Matrix all;
};
void check(Index n, Index points) {
  Wide x(points, n, 3), a(points, n, 5), grad(points, n, 1);
  Vector value(points), one(n), g(n), h(n), line(n - 1), lines(points * (n - 1));
  auto all = m::f_hess_csr_batch_pattern(points, n);
  auto lower = m::f_hess_lower_csc_only_batch_pattern(points, n);
  auto J = m::F_jac_csr_batch_pattern(points, n);
  auto C = m::F_jac_csc_only_batch_pattern(points, n);
  auto D = m::square_jac_csc_only_batch_pattern(points, n);
  m::f_hess_csr_batch(x.part(), value, grad.part(), all);
  m::f_hess_lower_csc_only_batch(x.part(), lower);
  m::F_jac_csr_batch(x.part(), a.part(), lines, J);
  m::F_jac_csc_only_batch(x.part(), a.part(), C);
  m::square_jac_csc_only_batch(x.part(), D);
  Matrix H = Matrix::Zero(points * n, points * n), L = H, G(points, n), S = H, K = Matrix::Zero(points * (n - 1), points * n);
  Vector values(points), rows(points * (n - 1));
  auto hess = m::f_hess_csr_pattern(n);
  auto jac = m::F_jac_csr_pattern(n);
  for (Index p = 0; p < points; ++p) {
    const Vector at = x.part().row(p);
    values(p) = m::f_hess_csr(at, g, hess);
    G.row(p) = g;
    H.block(p * n, p * n, n, n) = Matrix(hess);
    L.block(p * n, p * n, n, n) = Matrix(hess).triangularView<Eigen::Lower>();
    m::F_jac_csr(at, a.part().row(p), line, jac);
    rows.segment(p * (n - 1), n - 1) = line;
    K.block(p * (n - 1), p * n, n - 1, n) = Matrix(jac);
    S.block(p * n, p * n, n, n) = (2 * at).asDiagonal();
  }
  same("values", points, value, values), same("gradients", points, grad.part(), G);
  same("Hessians", points, Matrix(all), H), same("lower halves", points, Matrix(lower), L);
  same("Jacobians", points, Matrix(J), K), same("by columns", points, Matrix(C), K), same("lines", points, lines, rows);
  same("diagonal", points, Matrix(D), S);
  if (all.nonZeros() != points * (3 * n - 2) || D.nonZeros() != points * n) ++wrong;
  if ((grad.all.topRows(1).array() != SCALAR(77)).any() || (grad.all.bottomRows(2).array() != SCALAR(77)).any()) ++wrong;

  // By what the points share.
  auto sum = m::s_hess_csr_pattern(n), single = sum;
  SCALAR total = 0;
  one.setConstant(SCALAR(0.4));
  const SCALAR got = m::s_hess_csr_batch(one, a.part(), g, sum);
  Vector wanted = Vector::Zero(n);
  Matrix sums = Matrix::Zero(n, n);
  for (Index p = 0; p < points; ++p) {
    total += m::s_hess_csr(one, a.part().row(p), h, single);
    wanted += h, sums += Matrix(single);
  }
  same("gradient of the sum", points, g, wanted), same("Hessian of the sum", points, Matrix(sum), sums);
  if (!(std::fabs(got - total) <= SCALAR(bits) * (1 + std::fabs(total)))) ++wrong;
}

int main() {
  for (Index n : {2, 3, 9, 20})
    for (Index points : {0, 1, 7, 9, 33}) check(n, points);
  // One number for each point.
  Wide x(5, 1, 2);
  auto D = m::square_jac_csc_only_batch_pattern(5, 1);
  m::square_jac_csc_only_batch(x.part(), D);
  same("one number", 5, Vector(Matrix(D).diagonal()), 2 * x.part());
  return wrong == 0 ? 0 : 1;
}
)";

}  // namespace

TEST_CASE("compressed: matrices of Eigen, of many points", "[codegen][layout][compressed][batch]") {
  const std::string text =
      "dim n >= 2\ndim k\nvar x : vector[n]\nparam a : vector[n]\nvar z : vector[k]\n"
      "f(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\n"
      "F(x, a) = [exp(x[i+1])*a[i] + x[i]^2 for i in 1:n-1]\nsquare(z) = z.^2\n"
      "s(x, a) = sum(exp(a .* x)) + sum(x[i]*x[i+1]*a[i] for i in 1:n-1)\n"
      "derive f : hess(csr), hess(lower, csc, only), batch\nderive F wrt x : jac(csr), jac(csc, only), "
      "batch\n"
      "derive square : jac(csc, only), batch\nderive s wrt x : hess(csr), batch(a)\n";
  for (const std::string scalar : {"double", "float"}) {
    LoadedModel model(text);
    const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
    CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
    GenerateOptions options;
    options.name_space = "m";
    options.scalar = scalar;
    std::string code = many_points;
    for (size_t at = 0; (at = code.find("SCALAR", at)) != code.npos;) code.replace(at, 6, scalar);
    check_program("eigen-sparse-points-" + scalar,
                  generate_tensors(model.ctx, model.model, entries, TensorTarget::eigen, options), code,
                  {" -O1 -isystem '" + std::string(paths::eigen) + "' "});
  }
}

// Of the sum of all points by what they share and what they have of their own.
TEST_CASE("compressed: matrices of Eigen, some variables shared", "[codegen][layout][compressed][batch]") {
  LoadedModel model(
      "dim n >= 2\nvar x, w : vector[n]\nvar t\nparam a\n"
      "f(x, w, t, a) = sum(exp(w .* x)*a) + sum(x[i+1]*x[i]^2 for i in 1:n-1) + sin(t)*a + t^3*x[1]\n"
      "F(x, w) = [w[i]*sin(x[i+1]) for i in 1:n-1]\n"
      "derive f wrt x, w, t : hess(lower, csr), batch(x, a)\nderive f wrt x, w, t : hess\n"
      "derive F wrt x, w : jac(csc), batch(x)\nderive F wrt x, w : jac\n");
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::eigen, options);
  check_program("eigen-sparse-mixed", header, comparison + R"(
using Eigen::Index;
void same(const char* what, Index points, const MatrixXd& got, const MatrixXd& wanted) {
  const bool fits = got.rows() == wanted.rows() && got.cols() == wanted.cols();
  if (fits && (got.size() == 0 || (got - wanted).cwiseAbs().maxCoeff() <= 1e-12 * (1 + wanted.cwiseAbs().maxCoeff()))) return;
  std::printf("%s, %td points\n", what, points);
  ++wrong;
}
void check(Index n, Index points) {
  const MatrixXd x = numbers(n * points).reshaped(points, n);
  const VectorXd w = -0.5 * numbers(n), a = 2 * numbers(points);
  const double t = 0.7;
  MatrixXd gx(points, n), hxx(n, n), hxw(n, n), hww(n, n), jx(n - 1, n), jw(n - 1, n);
  VectorXd gw(n), value(n - 1), one(n - 1), g(n), h(n), hxt(n), hwt(n);
  double gt = 0, kt = 0, htt = 0;
  auto H = m::f_hess_lower_csr_batch_pattern(points, n);
  auto J = m::F_jac_csc_batch_pattern(points, n);
  const double got = m::f_hess_lower_csr_batch(x, w, t, a, gx, gw, gt, H);
  m::F_jac_csc_batch(x, w, value, J);
  const Index all = n + 1 + points * n;
  MatrixXd wanted = MatrixXd::Zero(all, all), jacobian = MatrixXd::Zero(n - 1, n + points * n), by_x(points, n);
  VectorXd sum = VectorXd::Zero(n), values = VectorXd::Zero(n - 1);
  double total = 0, sum_t = 0;
  for (Index p = 0; p < points; ++p) {
    const Index at = n + 1 + p * n;
    total += m::f_hess(x.row(p), w, t, a(p), g, h, kt, hxx, hxw, hxt, hww, hwt, htt);
    by_x.row(p) = g, sum += h, sum_t += kt;
    wanted.block(at, at, n, n) = hxx, wanted.block(at, 0, n, n) = hxw, wanted.block(at, n, n, 1) = hxt;
    wanted.topLeftCorner(n, n) += hww, wanted.block(n, 0, 1, n) += hwt.transpose(), wanted(n, n) += htt;
    m::F_jac(x.row(p), w, one, jx, jw);
    jacobian.leftCols(n) += jw, jacobian.middleCols(n + p * n, n) = jx, values += one;
  }
  const MatrixXd lower = wanted.triangularView<Eigen::Lower>();
  same("H", points, MatrixXd(H), lower), same("J", points, MatrixXd(J), jacobian), same("F", points, value, values);
  same("by x", points, gx, by_x), same("by w", points, gw, sum);
  if (!(std::fabs(got - total) <= 1e-12 * (1 + std::fabs(total)) && std::fabs(gt - sum_t) <= 1e-12 * (1 + std::fabs(sum_t)))) ++wrong;
}
int main() {
  for (Index n : {2, 3, 17})
    for (Index points : {0, 1, 7, 9}) check(n, points);
  return wrong == 0 ? 0 : 1;
}
)",
                {" -O1 -isystem '" + std::string(paths::eigen) + "' "});
}

// Blocks of rows, of which half is taken, and numbers that meet all of what the others are.
TEST_CASE("compressed: matrices of Eigen by matrices and numbers", "[codegen][layout][compressed][batch]") {
  LoadedModel model(
      "dim m, n\nvar A : matrix[m, n]\nvar s\nvar b : vector[n]\nparam a : vector[n]\nparam c : vector[m]\n"
      "h(A, s, a, c) = sum((A*a - c).^2) + s^2*sum(A.^2) + sin(s)\ng(s, b) = sum(exp(s*b)) + s^3\n"
      "G(s, b) = [s^2*b[i]^2 for i in 1:n]\n"
      "derive h wrt A, s : hess(lower, csr), batch(A, a)\nderive h wrt A, s : hess\n"
      "derive g wrt s, b : hess(lower, csr), batch(s)\nderive g wrt s, b : hess\n"
      "derive G wrt s, b : jac(csc), batch(s)\nderive G wrt s, b : jac\n");
  const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
  CHECK(check_tensor_entries(model.ctx, entries, 1).size() == entries.size());
  GenerateOptions options;
  options.name_space = "m";
  const std::string header = generate_tensors(model.ctx, model.model, entries, TensorTarget::eigen, options);
  check_program("eigen-sparse-blocks", header, comparison + R"(
using Eigen::Index;
void same(const char* what, Index points, const MatrixXd& got, const MatrixXd& wanted) {
  const bool fits = got.rows() == wanted.rows() && got.cols() == wanted.cols();
  if (fits && (got.size() == 0 || (got - wanted).cwiseAbs().maxCoeff() <= 1e-12 * (1 + wanted.cwiseAbs().maxCoeff()))) return;
  std::printf("%s, %td points\n", what, points);
  ++wrong;
}
MatrixXd lower(const MatrixXd& x) { return x.triangularView<Eigen::Lower>(); }
void matrices(Index rows, Index n, Index points) {
  const Index k = rows * n;
  const MatrixXd A = numbers(k * points).reshaped(points, k), a = 2 * numbers(n * points).reshaped(points, n);
  const VectorXd c = -numbers(rows);
  MatrixXd gA(points, k), one(rows, n), hAs(rows, n), wanted = MatrixXd::Zero(1 + points * k, 1 + points * k);
  VectorXd hAA(k * k);
  double gs = 0, hss = 0;
  auto H = m::h_hess_lower_csr_batch_pattern(points, rows, n);
  m::h_hess_lower_csr_batch(A, 0.7, a, c, gA, gs, H);
  for (Index p = 0; p < points; ++p) {  // entries of A are numbered row by row
    const MatrixXd at = A.row(p).transpose().reshaped<Eigen::RowMajor>(rows, n);
    m::h_hess(at, 0.7, a.row(p), c, one, gs, hAA, hAs, hss);
    wanted(0, 0) += hss, wanted.block(1 + p * k, 0, k, 1) = hAs.reshaped<Eigen::RowMajor>();
    wanted.block(1 + p * k, 1 + p * k, k, k) = hAA.reshaped<Eigen::RowMajor>(k, k);
  }
  same("h", points, MatrixXd(H), lower(wanted));
}
void own_numbers(Index n, Index points) {
  const VectorXd s = numbers(points), b = 2 * numbers(n);
  VectorXd gs(points), gb(n), value(n), one(n), js(n), hsb(n), values = VectorXd::Zero(n);
  MatrixXd hbb(n, n), jb(n, n), wanted = MatrixXd::Zero(n + points, n + points), jacobian = MatrixXd::Zero(n, n + points);
  double g1 = 0, hss = 0;
  auto H = m::g_hess_lower_csr_batch_pattern(points, n);
  auto J = m::G_jac_csc_batch_pattern(points, n);
  m::g_hess_lower_csr_batch(s, b, gs, gb, H);
  m::G_jac_csc_batch(s, b, value, J);
  for (Index p = 0; p < points; ++p) {
    m::g_hess(s(p), b, g1, one, hss, hsb, hbb);
    wanted.topLeftCorner(n, n) += hbb, wanted.block(n + p, 0, 1, n) = hsb.transpose(), wanted(n + p, n + p) = hss;
    m::G_jac(s(p), b, one, js, jb);
    jacobian.leftCols(n) += jb, jacobian.col(n + p) = js, values += one;
  }
  same("g", points, MatrixXd(H), lower(wanted)), same("G", points, MatrixXd(J), jacobian), same("value", points, value, values);
}
int main() {
  for (Index points : {0, 1, 3, 8, 11}) {
    for (Index n : {1, 2, 5}) {
      for (Index rows : {1, 4}) matrices(rows, n, points);
      own_numbers(n, points);
    }
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {" -O1 -isystem '" + std::string(paths::eigen) + "' "});
}

// Headers that include the runtime instead of carrying what they need of it (--use-runtime): functions over
// many points, vectors in loops, products and calls at once give the numbers of headers with copies, which
// other tests compare with those of one point. test_batch.cpp has every function of the table.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

GenerateOptions options_of(const std::string& name_space, bool use_runtime) {
  GenerateOptions options;
  options.name_space = name_space;
  options.use_runtime = use_runtime;
  return options;
}

// The header without copies, which has nothing of the runtime.
std::string checked(std::string header) {
  CHECK(header.find("#include \"nabla_runtime.h\"") != std::string::npos);
  CHECK(header.find("struct lanes {") == std::string::npos);
  CHECK(header.find("namespace rt = ::nabla::rt;") != std::string::npos);
  return header;
}

// Both headers, as `copies` and `shared`.
std::string arrays(const std::string& text) {
  const auto header = [&](const std::string& name_space, bool use) {
    LoadedModel model(text);
    return model.header(options_of(name_space, use));
  };
  return header("copies", false) + checked(header("shared", true));
}

std::string whole(const std::string& text, TensorTarget target) {
  const auto header = [&](const std::string& name_space, bool use) {
    LoadedModel model(text);
    return generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model), target,
                            options_of(name_space, use));
  };
  return header("copies", false) + checked(header("shared", true));
}

// Options that find the runtime as a folder of a project, whose warnings count.
std::vector<std::string> with_runtime(std::vector<std::string> options) {
  for (std::string& o : options) o += " -I'" + std::string(paths::source) + "/runtime'";
  return options;
}

const std::string numbers = R"(
template <class T>
void fill(Points<T>& x, std::ptrdiff_t n) {
  for (std::ptrdiff_t i = 0; i < n; ++i) x[i] = T(0.3) + T(0.17) * T((i * 7) % 11) - T(0.4) * T(i % 3);
}
template <class T>
void same(const char* what, Points<T>& a, Points<T>& b, std::ptrdiff_t n) {
  for (std::ptrdiff_t i = 0; i < n; ++i) expect(what, i, b[i], a[i], T(1));
  a.check(what), b.check(what);
}
)";

}  // namespace

TEST_CASE("use runtime: many points, arrays", "[codegen][batch][runtime]") {
  const std::string header = arrays(
      "var w : vector[3]\nparam x : vector[3]\nparam y\nvar q : vector[5]\n"
      "loss(w, x, y) = softplus(-y*w'*x) + erfc(y)*norm(w) + max(w)\n"
      "F(w, x) = [w[1]*exp(x[1]), w[2]*w[3], relu(w[3] - x[2])]\narm(q) = sum(sin(q) .* cos(q))\n"
      "derive loss wrt w : grad, batch(x, y)\nderive F wrt w : jac(csr), batch\nderive arm : grad\n");
  check_program(
      "runtime-arrays", header, numbers + R"(
template <class T>
void check(std::ptrdiff_t n) {
  Points<T> x(3 * n), y(n), v(3 * n), a(3), b(3), va(3 * n), vb(3 * n), ja(4 * n), jb(4 * n);
  const T w[] = {T(0.4), T(-0.7), T(1.25)};
  fill(x, 3 * n), fill(y, n), fill(v, 3 * n);
  const T one = copies::loss_grad_batch(n, w, x.data(), y.data(), a.data());
  expect("loss", n, shared::loss_grad_batch(n, w, x.data(), y.data(), b.data()), one, T(1));
  same("gradient", a, b, 3);
  copies::F_jac_csr_batch(n, v.data(), x.data(), va.data(), ja.data());
  shared::F_jac_csr_batch(n, v.data(), x.data(), vb.data(), jb.data());
  same("value", va, vb, 3 * n), same("jacobian", ja, jb, 4 * n);
}
int main() {
  for (std::ptrdiff_t n : sizes) check<double>(n), check<float>(n);
  const std::array<double, 5> q{{0.1, -0.7, 1.3, 2.2, 0.5}};
  for (std::size_t i = 0; i < 5; ++i)
    expect("calls at once", 0, shared::arm_grad(q).grad[i], copies::arm_grad(q).grad[i], 1.0);
  return wrong == 0 ? 0 : 1;
}
)",
      with_runtime({"-O1", "-O1 -march=native -fopenmp", "-O1 -march=native -DNABLA_NO_VECTOR_MATH"}));
}

TEST_CASE("use runtime: many points, whole arrays", "[codegen][batch][whole][runtime]") {
  const std::string header = whole(
      "dim n\nvar x : vector[n]\nparam w : vector[n]\nvar A : matrix[n, n]\nparam k integer in [1, n]\n"
      "f(x, w) = norm1(x .* w) + sum(if x[i] > w[i] then x[i]^2 else 2^x[i] for i in 1:n)\n"
      "g(A, x) = logdet(A'*A + eye(n)) + x'*inv(A'*A + eye(n))*x + max(x)\n"
      "h(x, k) = x[k]^2 + norm2(x) + sum(log(1 + x[i]^2) for i in 1:n)\nu(A, x) = sum(tanh(A*(A*x)))\n"
      "derive f wrt x : hess(csr), grad, batch(x, w)\nderive g wrt A : grad, batch\n"
      "derive h wrt x : grad, batch\nderive u wrt A : grad\n",
      TensorTarget::span);
  check_program("runtime-whole", header, numbers + R"(
template <class T>
void check(std::ptrdiff_t points) {
  const std::ptrdiff_t n = 3;
  Points<T> x(n * points), w(n * points), A(n * n * points), k(points), va(points), vb(points);
  Points<T> ga(n * points), gb(n * points), ha(n * n * points), hb(n * n * points);
  fill(x, n * points), fill(w, n * points), fill(A, n * n * points);
  for (std::ptrdiff_t p = 0; p < points; ++p) k[p] = T(1 + p % n);
  std::vector<T> room(4000);
  copies::f_hess_csr_batch(points, n, x.data(), w.data(), va.data(), ga.data(), ha.data(), room.data());
  shared::f_hess_csr_batch(points, n, x.data(), w.data(), vb.data(), gb.data(), hb.data(), room.data());
  same("f", va, vb, points), same("f by x", ga, gb, n * points), same("f twice", ha, hb, n * points);
  copies::g_grad_batch(points, n, A.data(), x.data(), va.data(), ha.data(), room.data());
  shared::g_grad_batch(points, n, A.data(), x.data(), vb.data(), hb.data(), room.data());
  same("g", va, vb, points), same("g by A", ha, hb, n * n * points);
  copies::h_grad_batch(points, n, x.data(), k.data(), va.data(), ga.data(), room.data());
  shared::h_grad_batch(points, n, x.data(), k.data(), vb.data(), gb.data(), room.data());
  same("h", va, vb, points), same("h by x", ga, gb, n * points);
}
int main() {
  for (std::ptrdiff_t points : {0, 1, 7, 8, 33}) check<double>(points), check<float>(points);
  const std::ptrdiff_t n = 19;
  Points<double> A(n * n), x(n), ga(n * n), gb(n * n);
  fill(A, n * n), fill(x, n);
  std::vector<double> room(4000);
  const double one = copies::u_grad(n, A.data(), x.data(), ga.data(), room.data());
  expect("u", 0, shared::u_grad(n, A.data(), x.data(), gb.data(), room.data()), one, 1.0);
  same("u by A", ga, gb, n * n);
  return wrong == 0 ? 0 : 1;
}
)",
                with_runtime({"-O1", "-O1 -march=native"}));
}

TEST_CASE("use runtime: many points, matrices of Eigen", "[codegen][batch][whole][runtime]") {
  const std::string header = whole(
      "dim n\nvar x : vector[n]\nparam a : vector[n]\nf(x, a) = sum(softplus(a .* x)) + norm2(x)\n"
      "derive f wrt x : grad, batch(a)\n",
      TensorTarget::eigen);
  check_program("runtime-eigen", header, R"(
int main() {
  const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(4, -0.5, 0.7);
  const Eigen::MatrixXd a = x * x.transpose() + Eigen::MatrixXd::Ones(4, 4);
  Eigen::VectorXd g(4), h(4);
  const double one = copies::f_grad_batch(x, a, g);
  expect("f", 0, shared::f_grad_batch(x, a, h), one, 1.0);
  for (Eigen::Index i = 0; i < 4; ++i) expect("f by x", i, h(i), g(i), 1.0);
  return wrong == 0 ? 0 : 1;
}
)",
                with_runtime({"-O1 -isystem '" + std::string(paths::eigen) + "' "}));
}

// Their functions are found by their arguments, those of <cmath> by using-declarations of the runtime.
TEST_CASE("use runtime: numbers may be Jets of Ceres", "[codegen][runtime]") {
  LoadedModel model("var x\nf(x) = sigmoid(x) + abs(x)*softplus(x) + sinc(x)\nderive f : value, grad\n");
  check_program("runtime-jets", "#include <ceres/jet.h>\n" + checked(model.header(options_of("m", true))), R"(
int main() {
  using Jet = ceres::Jet<double, 1>;
  const Jet y = m::f(Jet(-0.7, 0));
  const auto g = m::f_grad(-0.7);
  expect("value", 0, y.a, g.value, 1.0);
  expect("slope", 0, y.v[0], g.grad[0], 1.0);
  return wrong == 0 ? 0 : 1;
}
)",
                with_runtime({"-O1 -isystem '" + std::string(paths::eigen) + "' "}));
}

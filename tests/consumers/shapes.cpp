// Vectors, matrices, rows, branches, max and min in generated code: shapes and numbers of every output,
// against formulas by hand (small integers, so that nothing rounds) and ADOL-C.
#include "shapes.h"

#include "consumer.h"

namespace {

using Vector = std::array<double, 3>;
using Matrix23 = std::array<std::array<double, 3>, 2>;
using Matrix33 = std::array<std::array<double, 3>, 3>;
using Matrix22 = std::array<std::array<double, 2>, 2>;

const Vector x = {2, -1, 3};
const Matrix23 A = {{{1, 2, -1}, {0, 3, 4}}};
const Matrix33 B = {{{2, 1, 0}, {-1, 3, 5}, {4, 0, 1}}};

template <class Wanted, class Got>
void same_type(const Got&) {
  static_assert(std::is_same_v<Wanted, Got>);
}

// A x: by x the matrix A, by A the entry x_k in row i, column i*3 + k.
void linear() {
  expect("F", shapes::F(x, A), std::array{-3.0, 9.0});
  const auto j = shapes::F_jac(x, A);
  same_type<std::array<std::array<double, 9>, 2>>(j.jac);
  expect("F jac", j.jac,
         std::array<std::array<double, 9>, 2>{{{1, 2, -1, 2, -1, 3, 0, 0, 0}, {0, 3, 4, 0, 0, 0, 2, -1, 3}}});
  // along (1, 0, 2) in x and the matrix of ones in A
  const auto v = shapes::F_jvp(x, A, std::array<double, 9>{1, 0, 2, 1, 1, 1, 1, 1, 1});
  expect("F jvp", v.jvp, std::array{-1.0 + 4, 8.0 + 4});
  const auto u = shapes::F_vjp(x, A, std::array<double, 2>{10, 1});
  expect("F vjp", u.vjp, std::array<double, 9>{10, 23, -6, 20, -10, 30, 2, -1, 3});
}

// x'Bx: gradient (B + B')x, Hessian B + B'.
void quadratic() {
  const Vector gradient = {4 * 2 + 0 * -1 + 4 * 3, 0 * 2 + 6 * -1 + 5 * 3, 4 * 2 + 5 * -1 + 2 * 3};
  const Matrix33 hessian = {{{4, 0, 4}, {0, 6, 5}, {4, 5, 2}}};
  const double value = (2 * 20 - 1 * 9 + 3 * 9) / 2.0;  // x'(gradient)/2
  expect("q", std::array{shapes::q(x, B)}, std::array{value});
  expect("q grad", shapes::q_grad(x, B).grad, gradient);
  const auto h = shapes::q_hess(x, B);
  expect("q hess", h.hess, hessian);
  expect("q grad with hess", h.grad, gradient);
  expect("q value with hess", std::array{h.value}, std::array{value});
  same_type<double>(shapes::q_jvp(x, B, {1, 2, 3}).jvp);
  expect("q jvp", std::array{shapes::q_jvp(x, B, {1, 2, 3}).jvp}, std::array{20.0 + 18 + 27});
  expect("q vjp", shapes::q_vjp(x, B, 2.0).vjp, std::array{40.0, 18.0, 18.0});
  expect("q hvp", shapes::q_hvp(x, B, {1, 2, 3}).hvp, std::array{16.0, 27.0, 20.0});
}

// tr(A B A'): the gradient A (B + B') has the shape of A; the Hessian is that of its six entries.
void trace() {
  const Matrix33 s = {{{4, 0, 4}, {0, 6, 5}, {4, 5, 2}}};
  Matrix23 gradient{};
  double value = 0;
  std::array<std::array<double, 6>, 6> hessian{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::size_t l = 0; l < 3; ++l) {
        gradient[i][k] += A[i][l] * s[l][k];
        hessian[3 * i + k][3 * i + l] = s[k][l];
      }
      value += A[i][k] * gradient[i][k] / 2;
    }
  }
  const auto h = shapes::Q_hess(A, B);
  same_type<Matrix23>(h.grad);
  expect("Q value", std::array{h.value}, std::array{value});
  expect("Q grad", shapes::Q_grad(A, B).grad, gradient);
  expect("Q grad with hess", h.grad, gradient);
  expect("Q hess", h.hess, hessian);
  const auto v = shapes::Q_hvp(A, B, A);
  same_type<Matrix23>(v.hvp);
  expect("Q hvp", v.hvp, gradient);  // it is linear
}

// A B A': along D it is D B A' + A B D'.
void congruence() {
  const Matrix23 D = {{{1, 0, 2}, {-1, 1, 0}}};
  Matrix22 value{}, along{};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        for (std::size_t l = 0; l < 3; ++l) {
          value[i][j] += A[i][k] * B[k][l] * A[j][l];
          along[i][j] += D[i][k] * B[k][l] * A[j][l] + A[i][k] * B[k][l] * D[j][l];
        }
      }
    }
  }
  const auto v = shapes::v_M_jvp(A, B, D);
  same_type<Matrix22>(v.jvp);
  expect("M", v.value, value);
  expect("M jvp", v.jvp, along);
  const auto j = shapes::v_M_jac(A, B);
  same_type<std::array<std::array<double, 6>, 4>>(j.jac);
  Rows rows;
  for (const auto& row : j.jac) rows.emplace_back(row.begin(), row.end());
  expect("M jac times D", times(rows, {1, 0, 2, -1, 1, 0}), along);
  expect("M jac, ADOL-C", j.jac, adolc_jacobian({1, 2, -1, 0, 3, 4}, [](const adouble* a) {
           std::array<std::array<adouble, 3>, 2> active;
           std::array<std::array<adouble, 3>, 3> b;
           for (std::size_t i = 0; i < 6; ++i) active[i / 3][i % 3] = a[i];
           for (std::size_t i = 0; i < 9; ++i) b[i / 3][i % 3] = B[i / 3][i % 3];
           const auto m = shapes::M<adouble>(active, b);
           return std::array{m[0][0], m[0][1], m[1][0], m[1][1]};
         }));
  const auto u = shapes::v_M_vjp(A, B, Matrix22{{{1, 2}, {3, 4}}});
  same_type<Matrix23>(u.vjp);
  double left = 0, right = 0;  // <u, J D> and <J'u, D>
  const Matrix22 weights = {{{1, 2}, {3, 4}}};
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t k = 0; k < 3; ++k) right += u.vjp[i][k] * D[i][k];
    for (std::size_t k = 0; k < 2; ++k) left += weights[i][k] * along[i][k];
  }
  expect("M vjp", std::array{right}, std::array{left});
}

// A row is a matrix with one row.
void row_of_two() {
  const double e3 = std::exp(3.0);
  const auto r = shapes::R(x);
  same_type<std::array<std::array<double, 2>, 1>>(r);
  expect("R", r, std::array{-2.0, e3});
  expect("R jac", shapes::R_jac(x).jac, Rows{{-1, 2, 0}, {0, 0, e3}});
  expect("R jvp", shapes::R_jvp(x, {1, 1, 2}).jvp, std::array{1.0, 2 * e3});
  expect("R vjp", shapes::R_vjp(x, {{{5, 2}}}).vjp, std::array{-5.0, 10.0, 2 * e3});
}

// s^2 x1, sqrt(s) x2 and log(s) x3^2; at s < 0 nothing of the other branches may show.
void branches() {
  const auto low = shapes::p_hess(-2.0, x);
  expect("p below", std::array{low.value}, std::array{8.0});
  expect("p grad below", low.grad, std::array{-8.0, 4.0, 0.0, 0.0});
  expect("p hess below", low.hess, Rows{{4, -4, 0, 0}, {-4, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}});
  const auto middle = shapes::p_hess(0.25, x);
  expect("p between", std::array{middle.value}, std::array{-0.5});
  expect("p grad between", middle.grad, std::array{-1.0, 0.0, 0.5, 0.0});
  expect("p hess between", middle.hess, Rows{{2, 0, 1, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}});
  const double log4 = std::log(4.0);
  const auto high = shapes::p_hess(4.0, x);
  expect("p above", std::array{high.value}, std::array{9 * log4});
  expect("p grad above", high.grad, std::array{2.25, 0.0, 0.0, 6 * log4});
  expect("p hess above", high.hess,
         Rows{{-9.0 / 16, 0, 0, 1.5}, {0, 0, 0, 0}, {0, 0, 0, 0}, {1.5, 0, 0, 2 * log4}});
  expect("p jac", shapes::p_jac(4.0, x).jac, Rows{{2.25, 0, 0, 6 * log4}});
  expect("p jvp", std::array{shapes::p_jvp(-2.0, x, {1, 2, 3, 4}).jvp}, std::array{0.0});
  expect("p vjp", shapes::p_vjp(-2.0, x, 3.0).vjp, std::array{-24.0, 12.0, 0.0, 0.0});
  expect("p hvp", shapes::p_hvp(0.25, x, {1, 2, 3, 4}).hvp, std::array{5.0, 0.0, 1.0, 0.0});
}

// max(x1, x2, x3) + min(x1 x2, x3); ties take the first argument.
void extremes() {
  const auto a = shapes::m_hess(x);  // 3 + (-2)
  expect("m", std::array{a.value}, std::array{1.0});
  expect("m grad", a.grad, std::array{-1.0, 2.0, 1.0});
  expect("m hess", a.hess, Rows{{0, 1, 0}, {1, 0, 0}, {0, 0, 0}});
  const auto b = shapes::m_grad(std::array{2.0, 3.0, 3.0});  // max: x2 of the tie; min: x3
  expect("m with a tie", b.grad, std::array{0.0, 1.0, 1.0});
  const auto c = shapes::m_grad(std::array{1.0, 1.0, 1.0});  // max: x1; min: the product
  expect("m with three equal", c.grad, std::array{2.0, 1.0, 0.0});
}

void constant() {
  expect("c", std::array{shapes::c(1.0)}, std::array{3.5});
  expect("c grad", shapes::c_grad(1.0).grad, std::array{0.0});
  expect("c hess", shapes::c_hess(1.0).hess, Rows{{0}});
  expect("c hvp", shapes::c_hvp(1.0, {5}).hvp, std::array{0.0});
  expect("c jvp", std::array{shapes::c_jvp(1.0, {5}).jvp}, std::array{0.0});
  expect("c vjp", shapes::c_vjp(1.0, 5).vjp, std::array{0.0});
}

}  // namespace

int main() {
  linear();
  quadratic();
  trace();
  congruence();
  row_of_two();
  branches();
  extremes();
  constant();
  return failures;
}

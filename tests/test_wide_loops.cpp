// Loops that take several turns at once: compiled by g++ and clang++ for several processors, run at all sizes
// up to two blocks and at odd addresses, and compared with <cmath> number by number.
#include <catch2/catch.hpp>

#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string header_of(const std::string& text, const std::string& scalar = "template") {
  LoadedModel model(text);
  GenerateOptions options;
  options.name_space = "m";
  options.scalar = scalar;
  return generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model),
                          TensorTarget::span, options);
}

const std::vector<std::string> processors = {"-O2", "-O3 -march=native", "-O2 -mavx2 -mfma",
                                             "-O2 -DNABLA_NO_VECTOR_MATH"};

}  // namespace

TEST_CASE("wide loops: entries, sums, conditions and strides", "[codegen][whole]") {
  // a: an entry for each turn and sums; b: a condition on the innermost label; c: steps of more than one, the
  // position as a number and integer data; d: sums of functions in lanes and side by side.
  const std::string header = header_of(
      "dim n, k\nparam q : vector[n] integer\nvar x, y : vector[n]\nvar A : matrix[n, n]\nvar W : matrix[k, "
      "n]\nvar u : vector[k]\n"
      "a(x, y) = sum(softplus(x) .* tanh(y)) + sum(exp(x - y))\n"
      "b(x, y) = [exp(x[i]*y[j]) + x[i]^2*delta(i, j) for i in 1:n, j in 1:n]\n"
      "c(x, A) = sum(exp(-A[i, i]^2/i + x[i]*q[i]) for i in 1:n)\n"
      "d(W, u, x) = u'*tanh(W*diag(x))*x\n"
      "derive a wrt x, y : grad\nderive b wrt x, y : value\nderive c wrt x, A : grad\n"
      "derive d wrt W, u, x : value\n");
  const std::string code = R"(
template <class T>
void run(std::ptrdiff_t n, std::ptrdiff_t k) {
  const auto many = [](std::ptrdiff_t m) { return static_cast<std::size_t>(m); };
  Points<T> x(n), y(n), gx(n), gy(n), B(n * n), A(n * n), gA(n * n), W(k * n), u(k);
  std::vector<int> q(many(n));
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    x[i] = T(0.1) * static_cast<T>(i % 7) - T(0.3);
    y[i] = T(0.2) * static_cast<T>(i % 5) - T(0.4);
    q[many(i)] = static_cast<int>(i % 3);
    for (std::ptrdiff_t j = 0; j < n; ++j) A[i * n + j] = T(0.05) * static_cast<T>((i + 2 * j) % 11);
    for (std::ptrdiff_t j = 0; j < k; ++j) W[j * n + i] = T(0.04) * static_cast<T>((3 * i + j) % 13);
  }
  for (std::ptrdiff_t j = 0; j < k; ++j) u[j] = T(0.3) - T(0.1) * static_cast<T>(j % 4);
  T sum = 0, exponentials = 0;
  const T value = m::a_grad(n, x.data(), y.data(), gx.data(), gy.data());
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const T e = std::exp(x[i] - y[i]), t = std::tanh(y[i]), s = std::log1p(std::exp(x[i]));
    sum += s * t + e;
    exponentials += e;
    expect("a by x", n, gx[i], t / (1 + std::exp(-x[i])) + e, e);
    expect("a by y", n, gy[i], s * (1 - t * t) - e, e);
    T one_x, one_y;  // the same number wherever it stands
    m::a_grad(1, &x[i], &y[i], &one_x, &one_y);
    if (one_x != gx[i] || one_y != gy[i]) std::printf("entry %td of %td differs\n", i, n), ++wrong;
  }
  expect("a", n, value, sum, exponentials);
  std::vector<T> work(m::b_work(n) + m::c_grad_work(n) + m::d_work(n, k));
  m::b(n, x.data(), y.data(), B.data(), work.data());
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j)
      expect("b", n, B[i * n + j], std::exp(x[i] * y[j]) + (i == j ? x[i] * x[i] : T(0)), T(1));
  }
  T c = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const T d = A[i * n + i], w = static_cast<T>(i + 1);
    c += std::exp(-d * d / w + x[i] * static_cast<T>(q[many(i)]));
  }
  expect("c", n, m::c_grad(n, x.data(), A.data(), q.data(), gx.data(), gA.data(), work.data()), c, c);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const T d = A[i * n + i], w = static_cast<T>(i + 1), r = static_cast<T>(q[many(i)]);
    const T e = std::exp(-d * d / w + x[i] * r);
    expect("c by x", n, gx[i], r * e, T(1));
    for (std::ptrdiff_t j = 0; j < n; ++j)
      expect("c by A", n, gA[i * n + j], i == j ? -2 * d / w * e : T(0), T(1));
  }
  T d = 0;
  for (std::ptrdiff_t j = 0; j < k; ++j) {
    for (std::ptrdiff_t i = 0; i < n; ++i) d += u[j] * std::tanh(W[j * n + i] * x[i]) * x[i];
  }
  expect("d", n, m::d(n, k, W.data(), u.data(), x.data(), work.data()), d, T(1));
  for (Points<T>* p : {&gx, &gy, &B, &gA}) p->check("results");
}
int main() {
  for (std::ptrdiff_t n = 1; n <= 35; ++n) {
    run<double>(n, 3);
    run<float>(n, 1 + n % 18);
  }
  return wrong == 0 ? 0 : 1;
}
)";
  check_program("wide", header, code, processors);
}

TEST_CASE("wide loops: the side that does not hold does no harm", "[codegen][whole]") {
  const std::string header = header_of(
      "dim n\nvar x : vector[n]\nf(x) = sum(if x[i] > 0 then log(x[i]) else exp(x[i]) for i in "
      "1:n)\nderive f wrt x : grad\n",
      "double");
  check_program("wide-branch", header, R"(
int main() {
  for (std::ptrdiff_t n = 1; n <= 33; ++n) {
    std::vector<double> x(static_cast<std::size_t>(n)), g = x;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 3 == 0 ? -800.0 : i % 3 == 1 ? 0.0 : 0.5;
    const double f = m::f_grad(n, x.data(), g.data());
    if (!(f == f)) std::printf("not a number for %td\n", n), ++wrong;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double e = std::exp(x[i]);
      expect("by x", n, g[i], x[i] > 0 ? 1 / x[i] : e, 1.0);
    }
  }
  return wrong == 0 ? 0 : 1;
}
)",
                processors);
}

// Neither w > 0 nor w <= 0 holds where w is NaN, and still one side counts: that of the value.
TEST_CASE("wide loops: a derivative is NaN where its variable is", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nparam X : vector[n]\nvar w : vector[n]\n"
      "f(w) = sum(if w[i] > 0 then log(w[i])*X[i] else X[i]*sqrt(-w[i]) for i in 1:n)\n"
      "g(w) = sum(if w[i] <= 1 then (if w[i] > 0 then w[i]^2 else 0) else X[i]*w[i]^3 for i in 1:n)\n"
      "derive f wrt w : grad, hvp, batch(w)\nderive g wrt w : grad, hvp, batch(w)\n",
      "double");
  check_program("wide-nan", header, R"(
int main() {
  for (std::ptrdiff_t n = 1; n <= 17; ++n) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::size_t count = static_cast<std::size_t>(n);
    std::vector<double> w(count), X(count, 1.0), v(count, 1.0), g(count), h(count), room(2000);
    for (std::size_t i = 0; i < count; ++i) w[i] = i % 3 == 0 ? nan : i % 3 == 1 ? 0.5 : -0.25;
    const auto check = [&](const char* what, double value, double second) {
      if (value == value) std::printf("value of %s, a number for %td\n", what, n), ++wrong;
      for (std::size_t i = 0; i < count; ++i) {
        const bool is_f = what[0] == 'f';
        const double d = i % 3 == 0 ? nan : i % 3 == 1 ? (is_f ? 2.0 : 1.0) : is_f ? -1.0 : 0.0;
        expect(what, n, g[i], d, 1.0);
        const double dd = i % 3 == 0 ? nan : i % 3 == 1 ? (is_f ? -4.0 : 2.0) : is_f ? -2.0 : 0.0;
        if (second > 0) expect("hvp", n, h[i], dd, 1.0);
      }
    };
    double value = m::f_grad(n, w.data(), X.data(), g.data());
    m::f_hvp(n, w.data(), X.data(), v.data(), h.data());
    check("f", value, 1);
    m::f_grad_batch(1, n, w.data(), X.data(), &value, g.data(), room.data());
    m::f_hvp_batch(1, n, w.data(), X.data(), v.data(), h.data(), room.data());
    check("f, batch", value, 1);
    value = m::g_grad(n, w.data(), X.data(), g.data());
    m::g_hvp(n, w.data(), X.data(), v.data(), h.data());
    check("g", value, 1);
    m::g_grad_batch(1, n, w.data(), X.data(), &value, g.data(), room.data());
    m::g_hvp_batch(1, n, w.data(), X.data(), v.data(), h.data(), room.data());
    check("g, batch", value, 1);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2", "-O3 -march=native", "-O2 -DNABLA_NO_VECTOR_MATH"});
}

// exp(-x) is infinite at -800, where the other branch counts: by hand the derivative is exp(x) there.
TEST_CASE("wide loops: the branch that is not taken may overflow", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nparam a\nvar x : vector[n]\n"
      "f(x) = sum(if x[i] > 0 then log(x[i])*exp(-x[i]) else exp(x[i]) for i in 1:n)\n"
      "g(x) = sum(exp(-x).*[if x[i] > 0 then a*x[i] else 0 for i in 1:n])\n"
      "derive f wrt x : grad, hvp, batch(x)\nderive g wrt x : grad, batch(x)\n",
      "double");
  check_program("wide-overflow", header, R"(
int main() {
  for (std::ptrdiff_t n = 1; n <= 17; ++n) {
    const std::size_t count = static_cast<std::size_t>(n);
    std::vector<double> x(count), v(count, 1.0), g(count), h(count), room(2000);
    for (std::size_t i = 0; i < count; ++i) x[i] = i % 3 == 0 ? -800.0 : i % 3 == 1 ? 2.0 : -1.0;
    const auto check = [&](const char* what, bool second) {
      for (std::size_t i = 0; i < count; ++i) {
        const double l = std::log(x[i]), e = std::exp(-x[i]);
        const bool right = x[i] > 0, is_f = what[0] == 'f';
        const double f = right ? e * (1 / x[i] - l) : std::exp(x[i]);
        expect(what, n, g[i], is_f ? f : right ? 3 * e * (1 - x[i]) : 0.0, 1.0);
        const double ff = right ? e * (l - 2 / x[i] - 1 / (x[i] * x[i])) : std::exp(x[i]);
        if (second) expect("hvp", n, h[i], ff, 1.0);
      }
    };
    double value = m::f_grad(n, x.data(), g.data());
    m::f_hvp(n, x.data(), v.data(), h.data());
    check("f", true);
    m::f_grad_batch(1, n, x.data(), &value, g.data(), room.data());
    m::f_hvp_batch(1, n, x.data(), v.data(), h.data(), room.data());
    check("f, batch", true);
    value = m::g_grad(n, x.data(), 3.0, g.data());
    check("g", false);
    m::g_grad_batch(1, n, x.data(), 3.0, &value, g.data(), room.data());
    check("g, batch", false);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2", "-O3 -march=native", "-O2 -DNABLA_NO_VECTOR_MATH"});
}

TEST_CASE("wide loops: what they are for", "[codegen][whole]") {
  const auto is_wide = [](const std::string& text) {
    return header_of(text).find("rt::wide<") != std::string::npos;
  };
  CHECK(is_wide("dim n\nvar x : vector[n]\nf(x) = sum(exp(x))\nderive f : value\n"));
  CHECK(is_wide("dim n\nvar x : vector[n]\nf(x) = sum(sqrt(x.^2 + ones(n)))\nderive f : value\n"));
  CHECK_FALSE(is_wide("dim n\nvar x : vector[n]\nf(x) = sum(x.^2 + abs(x))\nderive f : value\n"));
  CHECK_FALSE(is_wide("dim n\nvar x : vector[n]\nvar t\nf(x, t) = sum(exp(t)*x)\nderive f : value\n"));
  CHECK_FALSE(is_wide("dim n\nvar x : vector[n]\nf(x) = sum(digamma(x) .* exp(x))\nderive f : value\n"));
}

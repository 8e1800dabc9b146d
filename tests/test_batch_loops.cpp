// Code for many points with loops over sizes at run time: compiled by g++ and clang++, run, and compared with
// the code for one point, which other tests compare with dual numbers.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string header_of(const std::string& text, TensorTarget target = TensorTarget::span) {
  LoadedModel model(text);
  const auto entries = tensor_entry_points(model.ctx, model.model);
  (void)check_tensor_entries(model.ctx, entries);
  GenerateOptions options;
  options.name_space = "m";
  return generate_tensors(model.ctx, model.model, entries, target, options);
}

std::string message_of(const std::string& text, TensorTarget target = TensorTarget::span) {
  try {
    (void)header_of(text, target);
  } catch (const Failure& f) {
    return f.diagnostic.message;
  }
  return {};
}

// A random number in (-0.5, 0.5), and arrays of them.
const std::string random_numbers = R"(
unsigned state = 1;
double some() {
  state = state * 1664525u + 1013904223u;
  return static_cast<double>(state >> 8) / 16777216.0 - 0.5;
}
template <class T>
void fill(std::vector<T>& v) { for (T& x : v) x = static_cast<T>(some()); }
template <class T>
void fill(Points<T>& v, std::ptrdiff_t n) { for (std::ptrdiff_t i = 0; i < n; ++i) v[i] = static_cast<T>(some()); }
std::size_t many(std::ptrdiff_t n) { return static_cast<std::size_t>(n); }
// Numbers of one array are as accurate as the largest of them.
template <class T>
void compare(const char* what, std::ptrdiff_t n, const std::vector<T>& got, const std::vector<T>& wanted) {
  T size = 1;
  for (T v : wanted) size = std::fmax(size, std::fabs(v));
  for (std::size_t i = 0; i < got.size(); ++i) expect(what, n, got[i], wanted[i], T(100) * size);
}
)";

}  // namespace

TEST_CASE("batch of loops: a mixture of Gaussians, by its shared parameters", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim d, k\nparam x : vector[d]\nvar alpha : vector[k]\nvar mu, q : matrix[k, d]\nvar L : tensor[k, d, "
      "d]\n"
      "Qx = [exp(q[c, i])*(x[i] - mu[c, i]) + sum(L[c, i, j]*(x[j] - mu[c, j]) for j in 1:d if j < i) for c "
      "in "
      "1:k, i in 1:d]\n"
      "f(x, alpha, mu, q, L) = logsumexp([alpha[c] + sum(q[c, i] for i in 1:d) - sum(Qx[c, i]^2 for i in "
      "1:d)/2 "
      "for c in 1:k])\n"
      "derive f wrt alpha, mu, q, L : value, grad, batch(x)\nderive f wrt alpha, x : grad, batch(x)\n");
  check_program("mixture", header, random_numbers + R"(
template <class T>
void check(std::ptrdiff_t d, std::ptrdiff_t k) {
  for (std::ptrdiff_t n : sizes) {
    Points<T> x(n * d);
    fill(x, n * d);
    std::vector<T> a(many(k)), mu(many(k * d)), q(many(k * d)), L(many(k * d * d));
    fill(a), fill(mu), fill(q), fill(L);
    std::vector<T> ga(a), gm(mu), gq(q), gl(L), sa(a), sm(mu), sq(q), sl(L), one(many(d)), gx(many(d));
    std::vector<T> ta(a.size()), tm(mu.size()), tq(q.size()), tl(L.size()), work(m::f_grad_work(d, k));
    std::vector<T> room(m::f_grad_batch_work<T>(d, k)), other(m::f_grad_alpha_x_work(d, k));
    Points<T> by_x(n * d);
    std::vector<T> xa(a), room2(m::f_grad_batch_alpha_x_work<T>(d, k));
    const T value = m::f_grad_batch(n, d, k, x.data(), a.data(), mu.data(), q.data(), L.data(), ga.data(), gm.data(),
                                    gq.data(), gl.data(), room.data());
    const T again = m::f_grad_batch_alpha_x(n, d, k, x.data(), a.data(), mu.data(), q.data(), L.data(), xa.data(),
                                            by_x.data(), room2.data());
    Points<T> values(n);
    std::vector<T> room3(m::f_batch_work<T>(d, k));
    m::f_batch(n, d, k, x.data(), a.data(), mu.data(), q.data(), L.data(), values.data(), room3.data());
    T total = 0;
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      for (std::ptrdiff_t i = 0; i < d; ++i) one[many(i)] = x[i * n + p];
      const T v = m::f_grad(d, k, one.data(), a.data(), mu.data(), q.data(), L.data(), sa.data(), sm.data(), sq.data(),
                            sl.data(), work.data());
      expect("value", p, values[p], v, T(100));
      total += v;
      for (std::size_t i = 0; i < ta.size(); ++i) ta[i] += sa[i];
      for (std::size_t i = 0; i < tm.size(); ++i) tm[i] += sm[i], tq[i] += sq[i];
      for (std::size_t i = 0; i < tl.size(); ++i) tl[i] += sl[i];
      (void)m::f_grad_alpha_x(d, k, one.data(), a.data(), mu.data(), q.data(), L.data(), sa.data(), gx.data(), other.data());
      for (std::ptrdiff_t i = 0; i < d; ++i) expect("by x", p, by_x[i * n + p], gx[many(i)], T(100));
    }
    compare("values", n, std::vector<T>{value, again}, std::vector<T>{total, total});
    compare("alpha", n, ga, ta);
    compare("alpha again", n, xa, ta);
    compare("mu", n, gm, tm);
    compare("q", n, gq, tq);
    compare("L", n, gl, tl);
    x.check("x"), by_x.check("by x"), values.check("values");
  }
}
int main() {
  check<double>(1, 1), check<double>(3, 2), check<double>(2, 5), check<float>(3, 2);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O3 -march=native"});
}

TEST_CASE("batch of loops: every output, by point", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nvar x : vector[n]\nparam w : vector[n]\nparam a : scalar > 0\n"
      "f(x, w, a) = norm1(x .* w) + norm2(x) + sum(if x[i] > w[i] then x[i]^2 else a^x[i] for i in 1:n) + "
      "sum(x[i]*x[i-1] "
      "for i in 2:n)\n"
      "g(x, w) = softplus(x)*(w'*x) + relu(w - x)\n"
      "h(x) = max(x) + norminf(x)\nderive h : value, batch\n"
      "derive f wrt x : grad, hess, hvp, batch(x, w)\nderive g wrt x : jac, jvp, vjp, batch\n");
  check_program("whole-outputs", header, random_numbers + R"(
int main() {
  for (std::ptrdiff_t points : {0, 1, 7, 8, 33}) {
    const std::ptrdiff_t n = 3;
    Points<double> x(n * points), w(n * points), v(n * points), u(n * points), f(n * points), gx(n * points);
    Points<double> hx(n * n * points), p1(n * points), p2(n * points), value(points);
    fill(x, n * points), fill(w, n * points), fill(v, n * points), fill(u, n * points);
    std::vector<double> room(4000);
    const double a = 1.5;
    m::h_batch(points, n, x.data(), value.data(), room.data());
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const double at[] = {x[p], x[points + p], x[2 * points + p]};
      expect("maxima", p, value[p], m::h(n, at), 1.0);
    }
    m::f_hess_batch(points, n, x.data(), w.data(), a, value.data(), gx.data(), hx.data(), room.data());
    m::f_hvp_batch(points, n, x.data(), w.data(), a, v.data(), p1.data(), room.data());
    const auto at = [&](Points<double>& q, std::ptrdiff_t p) { return std::vector<double>{q[p], q[points + p], q[2 * points + p]}; };
    std::vector<double> g(3), h(9), o(3), j(9);
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const auto xs = at(x, p), ws = at(w, p), vs = at(v, p);
      const double one = m::f_hess(n, xs.data(), ws.data(), a, g.data(), h.data(), room.data());
      expect("value", p, value[p], one, 1.0);
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("grad", p, gx[i * points + p], g[many(i)], 1.0);
      for (std::ptrdiff_t i = 0; i < 9; ++i) expect("hess", p, hx[i * points + p], h[many(i)], 1.0);
      m::f_hvp(n, xs.data(), ws.data(), a, vs.data(), g.data(), room.data());
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("hvp", p, p1[i * points + p], g[many(i)], 1.0);
    }
    m::f_grad_batch(points, n, x.data(), w.data(), 1.5, value.data(), gx.data(), room.data());
    m::g_jac_batch(points, n, x.data(), w.data(), f.data(), hx.data(), room.data());
    m::g_jvp_batch(points, n, x.data(), w.data(), v.data(), f.data(), p1.data(), room.data());
    m::g_vjp_batch(points, n, x.data(), w.data(), u.data(), f.data(), p2.data(), room.data());
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const auto xs = at(x, p), ws = at(w, p), vs = at(v, p), us = at(u, p);
      expect("value", p, value[p], m::f_grad(n, xs.data(), ws.data(), a, g.data(), room.data()), 1.0);
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("grad", p, gx[i * points + p], g[many(i)], 1.0);
      m::g_jac(n, xs.data(), ws.data(), o.data(), j.data(), room.data());
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("g", p, f[i * points + p], o[many(i)], 1.0);
      for (std::ptrdiff_t i = 0; i < 9; ++i) expect("jac", p, hx[i * points + p], j[many(i)], 1.0);
      m::g_jvp(n, xs.data(), ws.data(), vs.data(), o.data(), g.data(), room.data());
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("jvp", p, p1[i * points + p], g[many(i)], 1.0);
      m::g_vjp(n, xs.data(), ws.data(), us.data(), o.data(), g.data(), room.data());
      for (std::ptrdiff_t i = 0; i < 3; ++i) expect("vjp", p, p2[i * points + p], g[many(i)], 1.0);
    }
    for (Points<double>* q : {&x, &w, &v, &u, &f, &gx, &hx, &p1, &p2, &value}) q->check("outputs");
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2", "-O3 -march=native"});
}

// What is shared and what differs from point to point have sums of their own.
TEST_CASE("batch of loops: a sum of what is shared", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n, K\nvar mu : matrix[K, n]\nvar a : vector[K]\nparam x : vector[n]\n"
      "f(mu, a, x) = logsumexp([a[k] - sum((x[i] - mu[k, i])^2 for i in 1:n)/2 for k in 1:K]) - "
      "logsumexp(a)\n"
      "derive f wrt mu, a : grad, batch(x)\n");
  check_program("shared-sum", header, R"(
int main() {
  const double mu[] = {0.5, -0.25}, a[] = {0, 0};
  double x[] = {1, 2, 3}, gm[2], ga[2];
  std::vector<double> room(2000);
  const double value = m::f_grad_batch(3, 1, 2, mu, a, x, gm, ga, room.data());
  double wanted = 0;
  for (double t : x) wanted += std::log((std::exp(-(t - 0.5) * (t - 0.5) / 2) + std::exp(-(t + 0.25) * (t + 0.25) / 2)) / 2);
  expect("value", 3, value, wanted, 1.0);
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

// Gradients of neighbours, which inside all bounds take no tests, go to their sums where they are computed.
TEST_CASE("batch of loops: a sum of what neighbours give", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n >= 2\nvar x : vector[n]\nparam a : vector[n]\nf(x, a) = sum(x[i]^2*x[i+1]*a[i] for i in 1:n-1)\n"
      "derive f wrt x : grad, batch(a)\n");
  check_program("neighbours-sum", header, random_numbers + R"(
int main() {
  for (std::ptrdiff_t n : {2, 3, 20, 37}) {
    const std::ptrdiff_t points = 19;
    Points<double> a(n * points);
    fill(a, n * points);
    std::vector<double> x(many(n)), g(x), one(x), own(x), sum(x), room(m::f_grad_batch_work(n));
    fill(x);
    const double value = m::f_grad_batch(points, n, x.data(), a.data(), g.data(), room.data());
    double total = 0;
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      for (std::ptrdiff_t i = 0; i < n; ++i) own[many(i)] = a[i * points + p];
      total += m::f_grad(n, x.data(), own.data(), one.data());
      for (std::ptrdiff_t i = 0; i < n; ++i) sum[many(i)] += one[many(i)];
    }
    compare("value", n, std::vector<double>{value}, std::vector<double>{total});
    compare("gradient", n, g, sum);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O1 -march=native"});
}

// The inverse is shared: it is computed once, in numbers.
TEST_CASE("batch of loops: a function of a shared matrix", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nvar S : matrix[n, n] spd\nparam x : vector[n]\nf(S, x) = x'*inv(S)*x + logdet(S)\n"
      "derive f wrt S : grad, batch(x)\n");
  CHECK(header.find("for (std::ptrdiff_t p = 0; p < points") > header.find("f_grad_batch_work"));
  check_program("shared-inverse", header, random_numbers + R"(
int main() {
  for (std::ptrdiff_t points : {0, 1, 8, 33}) {
    const std::ptrdiff_t n = 2;
    const double S[] = {2, 0.3, 0.3, 1.5};
    Points<double> x(n * points);
    fill(x, n * points);
    std::vector<double> g(4), s(4), t(4), room(4000);
    const double value = m::f_grad_batch(points, n, S, x.data(), g.data(), room.data());
    double total = 0;
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      const double one[] = {x[p], x[points + p]};
      total += m::f_grad(n, S, one, s.data(), room.data());
      for (std::size_t i = 0; i < 4; ++i) t[i] += s[i];
    }
    compare("value", points, std::vector<double>{value}, std::vector<double>{total});
    compare("S", points, g, t);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

// Conditions of outer labels leave the inner loops, with and without constants among what leaves them.
TEST_CASE("batch of loops: conditions outside the inner loops", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n >= 2\nvar x : vector[n]\nparam l\n"
      "f(x, l) = sum(exp(-(x[i] - x[j])^2)*(if l > 0 then pi*x[i] else sin(x[j])) for i in 1:n, j in i:n if "
      "j != i) + "
      "(if x[1] > 0 then sqrt(x[1]) else log(1 - x[1])*x[2])\n"
      "derive f wrt x : hess, batch\n");
  check_program("outer-conditions", header, random_numbers + R"(
template <class T>
void run() {
  const std::ptrdiff_t points = 9, n = 3;
  Points<T> x(n * points), l(points), f(points), g(n * points), h(n * n * points);
  fill(x, n * points), fill(l, points);
  std::vector<T> room(4000), at(3), gs(3), hs(9);
  m::f_hess_batch(points, n, x.data(), l.data(), f.data(), g.data(), h.data(), room.data());
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    for (std::ptrdiff_t i = 0; i < n; ++i) at[many(i)] = x[i * points + p];
    expect("value", p, f[p], m::f_hess(n, at.data(), l[p], gs.data(), hs.data(), room.data()), T(1));
    for (std::ptrdiff_t i = 0; i < n; ++i) expect("grad", p, g[i * points + p], gs[many(i)], T(1));
    for (std::ptrdiff_t i = 0; i < n * n; ++i) expect("hess", p, h[i * points + p], hs[many(i)], T(10));
  }
}
int main() {
  run<double>(), run<float>();
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

TEST_CASE("batch of loops: a header includes what it needs", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nvar X : matrix[n, n]\nparam y : vector[n]\nf(X) = y'*inv(X)*y + tr(X^5)\n"
      "derive f wrt X : hvp, batch\n");
  REQUIRE(header.find("lane_matrix_power") != std::string::npos);
  for (const std::string& compiler : compilers()) {
    const auto folder = fresh_folder("batch-includes-" + std::filesystem::path(compiler).filename().string());
    write_file(folder / "model.h", header);
    write_file(folder / "main.cpp",
               "#include \"model.h\"\nvoid run(double* x);\n"
               "void run(double* x) { m::f_hvp_batch(1, 2, x, x, x, x, x); }\n");
    const Ran built =
        run("'" + compiler + "'" + strict + "-fsyntax-only '" + (folder / "main.cpp").string() + "'", folder);
    INFO(compiler << " " << built.output.substr(0, 4000));
    CHECK(built.status == 0);
  }
}

// Each point has pivots of its own, some also none: those of points with 0 on the diagonal, and singular
// ones.
TEST_CASE("batch of loops: functions of a matrix by point", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nvar X : matrix[n, n]\nparam y : vector[n]\nvar S : matrix[n, n] spd\n"
      "f(X) = y'*inv(X)*y + det(X) + tr(inv(X))\ng(S) = logdet(S) + y'*inv(S)*y\nh(S) = sum(chol(S)) + "
      "logdet(S) + tr(S^5)\n"
      "derive f wrt X : grad, batch(X)\nderive g wrt S : grad, batch(S)\nderive h wrt S : value, batch\n");
  check_program("matrix-by-point", header, random_numbers + R"(
using Size = std::ptrdiff_t;
template <class T>
void run(Size points, Size n) {
  Points<T> X(n * n * points), S(n * n * points), fx(points), gx(points), hx(points), by_X(n * n * points),
      by_S(n * n * points);
  std::vector<T> y(many(n)), x(many(n * n)), s(x), dx(x), ds(x);
  std::vector<T> room(m::f_grad_batch_work<T>(n) + m::g_grad_batch_work<T>(n) + m::h_batch_work<T>(n) + many(20 * n * n + 100));
  fill(y);
  for (Size p = 0; p < points; ++p) {
    fill(x);
    for (Size i = 0; i < n; ++i) x[many(i * n + i)] += T(2);
    for (Size i = 0; i < n; ++i) {
      for (Size j = 0; j < n; ++j) {
        T sum = i == j ? T(1) : T(0);
        for (Size k = 0; k < n; ++k) sum += x[many(i * n + k)] * x[many(j * n + k)];
        S[(i * n + j) * points + p] = sum;
        // Rows turned by the number of the point, so that pivots lie elsewhere.
        X[((i + p) % n * n + j) * points + p] = i == j && p % 3 == 1 ? T(0) : x[many(i * n + j)];
      }
    }
  }
  m::f_grad_batch(points, n, X.data(), y.data(), fx.data(), by_X.data(), room.data());
  m::g_grad_batch(points, n, S.data(), y.data(), gx.data(), by_S.data(), room.data());
  m::h_batch(points, n, S.data(), hx.data(), room.data());
  for (Size p = 0; p < points; ++p) {
    for (Size i = 0; i < n * n; ++i) {
      x[many(i)] = X[i * points + p];
      s[many(i)] = S[i * points + p];
    }
    if (n > 1 || p % 3 != 1) {
      const T f = m::f_grad(n, x.data(), y.data(), dx.data(), room.data());
      T size = std::fabs(f);
      for (T v : dx) size = std::fmax(size, std::fabs(v));
      expect("f", p, fx[p], f, T(1e4) * size);
      for (Size i = 0; i < n * n; ++i) expect("f by X", p, by_X[i * points + p], dx[many(i)], T(1e4) * size);
    }
    const T g = m::g_grad(n, s.data(), y.data(), ds.data(), room.data());
    expect("g", p, gx[p], g, T(100));
    for (Size i = 0; i < n * n; ++i) expect("g by S", p, by_S[i * points + p], ds[many(i)], T(100));
    expect("h", p, hx[p], m::h(n, s.data(), room.data()), T(100));
  }
  for (Points<T>* r : {&fx, &gx, &hx, &by_X, &by_S}) r->check("results");
}
int main() {
  for (Size points : sizes) {
    if (points > 40) continue;
    for (Size n : {1, 2, 3, 5}) {
      run<double>(points, n);
      run<float>(points, n);
    }
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O2 -march=native"});
}

// One after the other and with threads, each with workspace of its own: the same bits.
TEST_CASE("batch of loops: threads", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nparam x : vector[n]\nvar A : matrix[n, n]\nvar w : vector[n]\n"
      "f(x, A, w) = logsumexp(A*x) + exp(-w'*x)\n"
      "derive f wrt A, w : grad, batch(x)\nderive f wrt w : hvp, batch\n");
  check_program("loop-threads", header, random_numbers + R"(
int main() {
  const std::ptrdiff_t n = 3;
  for (std::ptrdiff_t points : {0, 1, 1023, 1024, 1025, 5000}) {
    Points<double> x(n * points), Am(n * n * points), wp(n * points), v(n * points), hw(n * points), again(n * points);
    fill(x, n * points), fill(Am, n * n * points), fill(wp, n * points), fill(v, n * points);
    std::vector<double> A(9), w(3), by_A(9), by_w(3), first_A, first_w, one_A(9), one_w(3), sum_A(9), sum_w(3), at(3);
    fill(A), fill(w);
    double first = 0, sum = 0;
    for (std::ptrdiff_t threads : {1, 2, 3, 8}) {
      std::vector<double> room(m::f_grad_batch_work(n, threads)), more(m::f_hvp_batch_work(n, threads));
      room.push_back(77), more.push_back(77);
      const double value = m::f_grad_batch(points, n, x.data(), A.data(), w.data(), by_A.data(), by_w.data(), room.data(), threads);
      m::f_hvp_batch(points, n, x.data(), Am.data(), wp.data(), v.data(), threads == 1 ? hw.data() : again.data(), more.data(), threads);
      if (room.back() < 77 || more.back() < 77) ++wrong;
      if (threads == 1) first = value, first_A = by_A, first_w = by_w;
      if (std::memcmp(&value, &first, sizeof value) != 0 || by_A != first_A || by_w != first_w) ++wrong;
      if (threads > 1 && again.all != hw.all) ++wrong;
    }
    std::vector<double> work(m::f_grad_work(n));
    for (std::ptrdiff_t p = 0; p < points; ++p) {
      for (std::ptrdiff_t i = 0; i < n; ++i) at[many(i)] = x[i * points + p];
      sum += m::f_grad(n, at.data(), A.data(), w.data(), one_A.data(), one_w.data(), work.data());
      for (std::size_t i = 0; i < 9; ++i) sum_A[i] += one_A[i];
      for (std::size_t i = 0; i < 3; ++i) sum_w[i] += one_w[i];
    }
    compare("value", points, std::vector<double>{first}, std::vector<double>{sum});
    compare("A", points, first_A, sum_A);
    compare("w", points, first_w, sum_w);
    hw.check("hvp");
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1", "-O2 -fopenmp"});
}

// Largest entries and entries chosen by data, other ones at each point; what no one chooses may be NaN.
TEST_CASE("batch of loops: what each point chooses", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n, m\nvar x : vector[n]\nvar A : matrix[n, m]\nparam k : vector[m] integer in [1, n]\n"
      "param l : scalar integer in [1, m]\n"
      "largest(x) = max(x)*norminf(x)^2 + x[argmax(x)] + min(x)\n"
      "chosen(x, A, k, l) = sum(A[k[j], j]*exp(x[k[j]]) for j in 1:m) + A[1, l]^2*x[k[l]] + l\n"
      "derive largest wrt x : grad, batch\nderive chosen wrt x, A : grad, batch\n"
      "derive chosen wrt A : grad(only), batch(k, A)\n");
  check_program("choices", header, random_numbers + R"(
template <class T>
void run(std::ptrdiff_t points, std::ptrdiff_t n, std::ptrdiff_t m_) {
  Points<T> x(n * points), A(n * m_ * points), k(m_ * points), l(points), value(points), gx(n * points), gA(n * m_ * points);
  fill(x, n * points), fill(A, n * m_ * points);
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    l[p] = T(p % m_ + 1);
    for (std::ptrdiff_t j = 0; j < m_; ++j) k[j * points + p] = T((p + 2 * j) % n + 1);
  }
  std::vector<T> room(m::largest_grad_batch_work<T>(n) + m::chosen_grad_batch_work<T>(n, m_) + m::chosen_grad_only_batch_work<T>(n, m_)), work(4000);
  std::vector<T> xs(many(n)), As(many(n * m_)), g(many(n)), G(many(n * m_));
  std::vector<int> ks(many(m_));
  m::largest_grad_batch(points, n, x.data(), value.data(), gx.data(), room.data());
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    for (std::ptrdiff_t i = 0; i < n; ++i) xs[many(i)] = x[i * points + p];
    expect("largest", p, value[p], m::largest_grad(n, xs.data(), g.data(), work.data()), T(1));
    for (std::ptrdiff_t i = 0; i < n; ++i) expect("by x", p, gx[i * points + p], g[many(i)], T(1));
  }
  m::chosen_grad_batch(points, n, m_, x.data(), A.data(), k.data(), l.data(), value.data(), gx.data(), gA.data(), room.data());
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    for (std::ptrdiff_t i = 0; i < n; ++i) xs[many(i)] = x[i * points + p];
    for (std::ptrdiff_t i = 0; i < n * m_; ++i) As[many(i)] = A[i * points + p];
    for (std::ptrdiff_t j = 0; j < m_; ++j) ks[many(j)] = static_cast<int>(k[j * points + p]);
    expect("chosen", p, value[p], m::chosen_grad(n, m_, xs.data(), As.data(), ks.data(), static_cast<int>(l[p]), g.data(), G.data(), work.data()), T(1));
    for (std::ptrdiff_t i = 0; i < n; ++i) expect("by x", p, gx[i * points + p], g[many(i)], T(1));
    for (std::ptrdiff_t i = 0; i < n * m_; ++i) expect("by A", p, gA[i * points + p], G[many(i)], T(1));
  }
  // Nothing chooses the last row of A, and no x but the first.
  for (std::ptrdiff_t p = 0; p < points; ++p) {
    for (std::ptrdiff_t j = 0; j < m_; ++j) k[j * points + p] = T(1);
    for (std::ptrdiff_t j = 0; j < m_ && n > 1; ++j) A[((n - 1) * m_ + j) * points + p] = std::numeric_limits<T>::quiet_NaN();
  }
  for (std::ptrdiff_t i = 1; i < n; ++i) xs[many(i)] = std::numeric_limits<T>::quiet_NaN();
  m::chosen_grad_only_batch(points, n, m_, xs.data(), A.data(), k.data(), 1, gA.data(), room.data());
  for (std::ptrdiff_t i = 0; i < n * m_ * points; ++i) {
    if (gA[i] != gA[i]) ++wrong;
  }
  for (Points<T>* a : {&value, &gx, &gA}) a->check("results");
}
int main() {
  for (std::ptrdiff_t points : {1, 7, 8, 33}) {
    run<double>(points, 4, 3), run<double>(points, 1, 1), run<float>(points, 3, 2);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O1"});
}

TEST_CASE("batch of loops: what is refused", "[codegen][batch][whole]") {
  CHECK(message_of("dim n\nvar X : matrix[n, n]\nparam k : scalar integer in [0, 3]\nf(X, k) = tr(X^k)\n"
                   "derive f wrt X : value, batch\n") ==
        "the power of a matrix differs from point to point, which is not yet available");
  CHECK(message_of("dim n\nvar x : vector[n]\nparam k : scalar integer in [1, 5]\nf(x, k) = sum(i*x[1]^i for "
                   "i in 1:k)\n"
                   "derive f wrt x : value, batch\n") ==
        "the size of an array differs from point to point, which is not yet available");
}

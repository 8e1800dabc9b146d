// Code for many points: compiled by g++ and clang++, run, and compared number by number with the code for one
// point, which tests of its own compare with certified values.
#include <catch2/catch.hpp>

#include "codegen/runtime_blocks.h"
#include "expr/function.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string header_of(const std::string& text, const std::string& scalar = "template") {
  LoadedModel model(text);
  (void)model.check();
  GenerateOptions options;
  options.name_space = "m";
  options.scalar = scalar;
  return model.header(options);
}

std::string message_of(const std::string& text) {
  try {
    (void)header_of(text);
  } catch (const Failure& f) {
    return f.diagnostic.message;
  }
  return {};
}

// One row of the table of functions: its header, and a comparison of both codes in float and double.
void append_row(const Function& r, bool use_runtime, std::string& headers, std::string& functions,
                std::string& main) {
  const bool has_order = r.not_differentiable == 1;  // polygamma: the first argument is a number
  const bool two = !has_order && r.max_args == 2;
  const std::string name(r.name), arguments = has_order ? "(2, x)" : two ? "(x, y)" : "(x)";
  LoadedModel model(std::string("var x, y\nf") + (two ? "(x, y)" : "(x)") + " = " + name + arguments +
                    "\nderive f : grad, batch\n");
  GenerateOptions options;
  options.name_space = "row_" + name;
  options.use_runtime = use_runtime;
  headers += model.header(options);
  functions += "template <class T>\nvoid check_" + name + "() {\n" +
               "  const T at[] = {T(-40), T(-3.75), T(-1.625), T(-1), T(-0.4375), T(0), T(0.125), T(0.3125), "
               "T(0.84375), T(1), T(1.40625), T(2.625), T(5.3125), T(40)};\n"
               "  const std::ptrdiff_t n = 14;\n  T y[14], v[14], gx[14], gy[14];\n"
               "  for (std::ptrdiff_t p = 0; p < n; ++p) y[p] = at[(p * 5 + 3) % n];\n";
  functions += "  row_" + name + "::f_grad_batch(n, at, " + (two ? "y, v, gx, gy" : "v, gx") + ");\n" +
               "  for (std::ptrdiff_t p = 0; p < n; ++p) {\n    const auto one = row_" + name +
               "::f_grad<T>(at[p]" + (two ? ", y[p]" : "") + ");\n    expect(\"value of " + name +
               "\", p, v[p], one.value, T(1));\n    expect(\"gradient of " + name +
               "\", p, gx[p], one.grad[0], T(1));\n";
  if (two) functions += "    expect(\"second gradient of " + name + "\", p, gy[p], one.grad[1], T(1));\n";
  functions += std::string("  }\n") + (two ? "" : "  (void)y;\n  (void)gy;\n") + "}\n";
  main += "  check_" + name + "<double>();\n  check_" + name + "<float>();\n";
}

void check_rows(const std::string& name, bool use_runtime, const std::string& options) {
  std::string headers, functions, main = "int main() {\n";
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& r = row(function_at(i));
    if (r.value != nullptr) append_row(r, use_runtime, headers, functions, main);
  }
  check_program(name, headers, functions + main + "  return wrong == 0 ? 0 : 1;\n}\n", {options});
}

}  // namespace

TEST_CASE("batch: every row of the table", "[codegen][batch]") { check_rows("rows", false, "-O1"); }

TEST_CASE("batch: every row of the table, by the runtime that is installed", "[codegen][batch][runtime]") {
  check_rows("rows-runtime", true, "-O1 -I'" + std::string(paths::source) + "/runtime'");
}

TEST_CASE("batch: every output, by point", "[codegen][batch]") {
  const std::string header = header_of(
      "var x, y\nparam a\n"
      "f(x, y, a) = if x > 0 then x^(3/2)*exp(y) + a else if x*y > -1 and not y < -2 then "
      "sqrt(-x)*log1p(y^2) else a*y\n"
      "derive f wrt x, y : value, grad, hess, hvp, jvp, batch\n");
  check_program("outputs", header, R"(
int main() {
  for (std::ptrdiff_t n : sizes) {
    Points<double> x(n), y(n), a(n), vx(n), vy(n), f(n), g1(n), g2(n), h1(n), h2(n), h3(n), d(n), e(n), value(n);
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      x[p] = 0.37 * static_cast<double>(p % 11) - 2; y[p] = 0.41 * static_cast<double>(p % 13) - 2.5;
      a[p] = 0.1 * static_cast<double>(p); vx[p] = 1 + 0.01 * static_cast<double>(p % 7); vy[p] = -0.5;
    }
    m::f_batch(n, x.data(), y.data(), a.data(), f.data());
    for (std::ptrdiff_t p = 0; p < n; ++p) expect("value", p, f[p], m::f(x[p], y[p], a[p]), 1.0);
    m::f_grad_batch(n, x.data(), y.data(), a.data(), f.data(), g1.data(), g2.data());
    m::f_hess_batch(n, x.data(), y.data(), a.data(), value.data(), g1.data(), g2.data(), h1.data(), h2.data(), h3.data());
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::f_hess(x[p], y[p], a[p]);
      expect("value", p, f[p], one.value, 1.0);
      expect("value", p, value[p], one.value, 1.0);
      expect("x", p, g1[p], one.grad[0], 1.0);
      expect("y", p, g2[p], one.grad[1], 1.0);
      expect("xx", p, h1[p], one.hess[0][0], 1.0);
      expect("xy", p, h2[p], one.hess[0][1], 1.0);
      expect("yy", p, h3[p], one.hess[1][1], 1.0);
    }
    m::f_hvp_batch(n, x.data(), y.data(), a.data(), vx.data(), vy.data(), g1.data(), g2.data());
    m::f_jvp_batch(n, x.data(), y.data(), a.data(), vx.data(), vy.data(), f.data(), d.data());
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::f_hvp(x[p], y[p], a[p], {vx[p], vy[p]});
      expect("hvp x", p, g1[p], one.hvp[0], 1.0);
      expect("hvp y", p, g2[p], one.hvp[1], 1.0);
      expect("jvp", p, d[p], m::f_jvp(x[p], y[p], a[p], {vx[p], vy[p]}).jvp, 1.0);
    }
    for (Points<double>* q : {&x, &y, &a, &f, &g1, &g2, &h1, &h2, &h3, &d, &value}) q->check("outputs");
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2", "-O3 -march=native", "-O1 -DNABLA_NO_VECTOR_MATH", "-O1 -masm=intel"});
}

TEST_CASE("batch: arrays, by point and shared", "[codegen][batch]") {
  const std::string text =
      "var q : vector[3]\nvar t : vector[2]\nparam k : scalar > 0\nparam c : vector[2]\n"
      "f(q, t, k, c) = [sin(q[1])*t[1] + c[1]*k^q[3]; q'*q*t[2] - tanh(c'*t)]\n"
      "s(q, t, k, c) = k*q'*q + exp(-t'*t)*q[2] + c[2]*t[1]\n"
      "derive f wrt q, t : jac, vjp, batch\n"
      "derive f wrt q, t : jac, vjp, batch(q, c)\n"
      "derive s wrt q, t : grad, hess, batch(q)\n";
  const std::string code = R"(
template <class T>
void check() {
  using V3 = std::array<T, 3>;
  using V2 = std::array<T, 2>;
  const V2 shared_t = {T(0.3), T(-0.7)}, u = {T(0.5), T(2)};
  for (std::ptrdiff_t n : sizes) {
    Points<T> q(3 * n), t(2 * n), k(n), c(2 * n), f(2 * n), jq(6 * n), jt(4 * n), us(2 * n), wq(3 * n), wt(2 * n);
    for (std::ptrdiff_t i = 0; i < 3 * n; ++i) q[i] = T(0.01) * T(i % 101) - T(0.3);
    for (std::ptrdiff_t i = 0; i < 2 * n; ++i) {
      t[i] = T(0.02) * T(i % 57) - T(0.5); c[i] = T(0.01) * T(i % 91); us[i] = T(0.1) * T(i % 17) - T(1);
    }
    for (std::ptrdiff_t i = 0; i < n; ++i) k[i] = T(1) + T(0.01) * T(i % 23);
    const auto at3 = [&](Points<T>& a, std::ptrdiff_t p) { return V3{a[p], a[n + p], a[2 * n + p]}; };
    const auto at2 = [&](Points<T>& a, std::ptrdiff_t p) { return V2{a[p], a[n + p]}; };
    m::f_jac_batch(n, q.data(), t.data(), k.data(), c.data(), f.data(), jq.data(), jt.data());
    m::f_vjp_batch(n, q.data(), t.data(), k.data(), c.data(), us.data(), f.data(), wq.data(), wt.data());
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::f_jac<T>(at3(q, p), at2(t, p), k[p], at2(c, p));
      const auto back = m::f_vjp<T>(at3(q, p), at2(t, p), k[p], at2(c, p), at2(us, p));
      for (std::size_t i = 0; i < 2; ++i) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(i);
        expect("value", p, f[row * n + p], one.value[i], T(1));
        expect("vjp t", p, wt[row * n + p], back.vjp[3 + i], T(1));
        for (std::size_t j = 0; j < 3; ++j)
          expect("by q", p, jq[(row * 3 + static_cast<std::ptrdiff_t>(j)) * n + p], one.jac[i][j], T(1));
        for (std::size_t j = 0; j < 2; ++j)
          expect("by t", p, jt[(row * 2 + static_cast<std::ptrdiff_t>(j)) * n + p], one.jac[i][3 + j], T(1));
      }
      for (std::size_t j = 0; j < 3; ++j) expect("vjp q", p, wq[static_cast<std::ptrdiff_t>(j) * n + p], back.vjp[j], T(1));
    }

    // Sums over the points, but the derivatives by q.
    const T kk = T(1.25);
    T value[2], by_t[4], sum[2] = {0, 0}, sum_t[4] = {0, 0, 0, 0}, vt[2], sum_vt[2] = {0, 0}, size = T(1);
    m::f_jac_batch_q_t(n, q.data(), shared_t.data(), kk, c.data(), value, jq.data(), by_t);
    m::f_vjp_batch_q_t(n, q.data(), shared_t.data(), kk, c.data(), u.data(), value, wq.data(), vt);
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::f_jac<T>(at3(q, p), shared_t, kk, at2(c, p));
      const auto back = m::f_vjp<T>(at3(q, p), shared_t, kk, at2(c, p), u);
      for (std::size_t i = 0; i < 2; ++i) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(i);
        sum[i] += one.value[i];
        sum_vt[i] += back.vjp[3 + i];
        size += std::fabs(one.value[i]) + std::fabs(back.vjp[3 + i]);
        for (std::size_t j = 0; j < 3; ++j)
          expect("by q", p, jq[(row * 3 + static_cast<std::ptrdiff_t>(j)) * n + p], one.jac[i][j], T(1));
        for (std::size_t j = 0; j < 2; ++j) sum_t[2 * i + j] += one.jac[i][3 + j];
      }
      for (std::size_t j = 0; j < 3; ++j) expect("vjp q", p, wq[static_cast<std::ptrdiff_t>(j) * n + p], back.vjp[j], T(1));
    }
    for (int i = 0; i < 2; ++i) {
      expect("sum", n, value[i], sum[i], size);
      expect("vjp t", n, vt[i], sum_vt[i], size);
    }
    for (int i = 0; i < 4; ++i) expect("sum by t", n, by_t[i], sum_t[i], size);

    // A scalar: its sum is returned; second derivatives in blocks.
    T gt[2], hqt[1], htt[4], tt[4] = {0, 0, 0, 0}, total = 0, sum_g[2] = {0, 0};
    Points<T> gq(3 * n), hq(9 * n), hm(6 * n);
    (void)hqt;
    const V2 cc = {T(0.1), T(0.2)};
    const T returned = m::s_grad_batch(n, q.data(), shared_t.data(), kk, cc.data(), gq.data(), gt);
    const T again = m::s_hess_batch(n, q.data(), shared_t.data(), kk, cc.data(), gq.data(), gt, hq.data(), hm.data(), htt);
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::s_hess<T>(at3(q, p), shared_t, kk, cc);
      total += one.value;
      for (std::size_t i = 0; i < 3; ++i) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(i);
        expect("s by q", p, gq[row * n + p], one.grad[i], T(1));
        for (std::size_t j = 0; j < 3; ++j)
          expect("s by q, q", p, hq[(row * 3 + static_cast<std::ptrdiff_t>(j)) * n + p], one.hess[i][j], T(1));
        for (std::size_t j = 0; j < 2; ++j)
          expect("s by q, t", p, hm[(row * 2 + static_cast<std::ptrdiff_t>(j)) * n + p], one.hess[i][3 + j], T(1));
      }
      for (std::size_t i = 0; i < 2; ++i) {
        sum_g[i] += one.grad[3 + i];
        for (std::size_t j = 0; j < 2; ++j) tt[2 * i + j] += one.hess[3 + i][3 + j];
      }
    }
    expect("s", n, returned, total, size);
    expect("s", n, again, total, size);
    for (int i = 0; i < 2; ++i) expect("s by t", n, gt[i], sum_g[i], size);
    for (int i = 0; i < 4; ++i) expect("s by t, t", n, htt[i], tt[i], size);
    for (Points<T>* a : {&q, &f, &jq, &jt, &wq, &wt, &gq, &hq, &hm}) a->check("arrays");
  }
}
)";
  check_program(
      "arrays", header_of(text),
      code + "int main() {\n  check<double>();\n  check<float>();\n" + "  return wrong == 0 ? 0 : 1;\n}\n",
      {"-O1", "-O3 -march=native"});
}

// Sums over many blocks are the same bits with one thread and with several.
TEST_CASE("batch: threads", "[codegen][batch]") {
  const std::string header = header_of(
      "var x : vector[2]\nvar w : vector[2]\nf(x, w) = exp(-x'*w)*x[1] + w[2]\n"
      "derive f wrt w : grad, batch(x)\nderive f wrt x : grad, batch\n",
      "double");
  const std::string code = R"(
#if defined(_OPENMP)
#include <omp.h>
#endif
int main() {
  for (std::ptrdiff_t n : {0, 1, 4095, 4096, 4097, 20001}) {
    Points<double> x(2 * n), w(2 * n), f(n), g(2 * n);
    for (std::ptrdiff_t i = 0; i < 2 * n; ++i) { x[i] = 0.001 * static_cast<double>(i % 997); w[i] = x[i] - 0.3; }
    const double shared[] = {0.4, -0.7};
    double first[3] = {0, 0, 0};
    for (int threads = 1; threads <= 4; ++threads) {
#if defined(_OPENMP)
      omp_set_num_threads(threads);
#endif
      double s[3] = {7, 7, 7};
      s[0] = m::f_grad_batch(n, x.data(), shared, s + 1);
      for (int k = 0; k < 3; ++k) {
        if (threads == 1) first[k] = s[k];
        if (!(s[k] >= first[k] && s[k] <= first[k])) ++wrong;
      }
      m::f_grad_batch_x(n, x.data(), w.data(), f.data(), g.data());
      for (std::ptrdiff_t p = 0; p < n; ++p) {
        const auto one = m::f_grad_x({x[p], x[n + p]}, {w[p], w[n + p]});
        expect("value", p, f[p], one.value, 1.0);
        expect("by x", p, g[n + p], one.grad[1], 1.0);
      }
    }
    double value = 0, by_w = 0;
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const auto one = m::f_grad({x[p], x[n + p]}, {shared[0], shared[1]});
      value += one.value;
      by_w += one.grad[0];
    }
    expect("sum", n, first[0], value, 1.0);
    expect("sum by w", n, first[1], by_w, 1.0);
    f.check("values"), g.check("by x");
  }
  return wrong == 0 ? 0 : 1;
}
)";
  check_program("threads", header, code, {"-O2", "-O2 -fopenmp"});
}

// 0*infinity, logarithms of what is negative and roots at 0 lie on the sides that are not taken.
TEST_CASE("batch: the other side of a branch does no harm", "[codegen][batch]") {
  const std::string header = header_of(
      "var x, w\n"
      "f(x) = if x > 0 then sqrt(x)*log(x) else x^2\n"
      "g(x, w) = w*(if x < 1 then x else 1/(x - 1) + log(x - 1))\n"
      "h(x) = if x > 0 and not x >= 1 or x < -1 then log(x*x) else -x\n"
      "derive f wrt x : grad, hess, batch\nderive g wrt x, w : grad, batch(x)\nderive h wrt x : grad, "
      "batch\n",
      "double");
  check_program("branches", header, R"(
int main() {
  const double inf = std::numeric_limits<double>::infinity();
  const double x[] = {0, -0.0, 1, -1, 1e-100, -1e-100, 5, -5, inf, -inf, 1e-90, 0.5, 2, 0, -3, 1};
  double v[16], g[16], h[16], w[1];
  m::f_hess_batch(16, x, v, g, h);
  for (int p = 0; p < 16; ++p) {
    const auto one = m::f_hess(x[p]);
    expect("f", p, v[p], one.value, 1.0);
    expect("f'", p, g[p], one.grad[0], 1.0);
    expect("f''", p, h[p], one.hess[0][0], 1.0);
    if (x[p] <= 0 && !(v[p] == x[p] * x[p] && g[p] == 2 * x[p] && h[p] == 2)) ++wrong;
  }
  double sum = 0;
  const double value = m::g_grad_batch(5, x + 3, 2.0, g, w);
  for (int p = 3; p < 8; ++p) {
    const auto one = m::g_grad(x[p], 2.0);
    sum += one.value;
    expect("g", p, g[p - 3], one.grad[0], 1.0);
  }
  expect("sum of g", 5, value, sum, 1.0);
  m::h_grad_batch(16, x, v, g);
  for (int p = 0; p < 16; ++p) {
    const auto one = m::h_grad(x[p]);
    expect("h", p, v[p], one.value, 1.0);
    expect("h'", p, g[p], one.grad[0], 1.0);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2", "-O3 -march=native"});
}

// Vectors of the processor and of the mathematical library, with no other option than the level.
TEST_CASE("batch: compilers emit calls of vector functions", "[codegen][batch]") {
  const std::string header = header_of(
      "var x : scalar > 0\nf(x) = sqrt(x)*exp(-x)*sigmoid(x) + erfc(x) + softplus(x) + tanh(x) + x^(1/3)\n"
      "derive f : grad, batch\n",
      "double");
  for (const std::string& compiler : compilers()) {
    INFO(compiler);
    const auto folder = fresh_folder("vectors-" + std::filesystem::path(compiler).filename().string());
    write_file(folder / "model.h", header);
    write_file(
        folder / "main.cpp",
        "#include \"model.h\"\nvoid f(std::ptrdiff_t n, const double* x, double* v, double* g) { "
        "m::f_grad_batch(n, x, v, g); }\n#if defined(__GLIBC__) && defined(__x86_64__) && "
        "(__GLIBC__ > 2 || __GLIBC_MINOR__ >= 35)\nconst char* libmvec = \"libmvec is here\";\n#endif\n");
    for (const char* level : {"-O2", "-O3 -march=native", "-O2 -mavx2 -mfma"}) {
      INFO(level);
      const Ran built = run("'" + compiler + "'" + strict + level + " -S '" + (folder / "main.cpp").string() +
                                "' -o '" + (folder / "main.s").string() + "'",
                            folder);
      INFO(built.output);
      REQUIRE(built.status == 0);
      const std::string assembly = read_file(folder / "main.s");
      if (assembly.find("libmvec is here") == std::string::npos) continue;
      for (const char* f : {"v_exp", "v_erfc", "v_log1p", "v_tanh", "vv_pow"}) {
        INFO(f);
        CHECK(assembly.find(std::string(f) + "@") != std::string::npos);
      }
      CHECK(assembly.find("_ZGV") != std::string::npos);
      CHECK(assembly.find("sqrtpd") != std::string::npos);
      CHECK(assembly.find("sqrtsd") == std::string::npos);
    }
  }
}

TEST_CASE("batch: which functions run on vectors", "[codegen][batch]") {
  for (const char* f :
       {"sigmoid", "softplus", "logaddexp", "sign", "step", "max", "min", "sinc", "silu", "gelu"}) {
    INFO(f);
    CHECK(runs_on_lanes(f));
  }
  for (const char* f : {"digamma", "beta", "logit", "solve", "nothing"}) {
    INFO(f);
    CHECK(!runs_on_lanes(f));
  }
}

TEST_CASE("batch: names, layout and what is refused", "[codegen][batch]") {
  const std::string header =
      header_of("var points, p, left\nf(points, p, left) = points*exp(p)*left\nderive f : grad, batch(p)\n");
  CHECK(header.find("#define") == std::string::npos);
  CHECK(header.find("By point, entry k for point p at [k*points + p]: p, grad_p.") != std::string::npos);
  CHECK(header.find("The same for all points: v_points, left.") == std::string::npos);
  CHECK(header_of("var x\nf(x) = x^2\nderive f : batch\n").find("f_grad_batch") != std::string::npos);
  CHECK(header_of("var x\nf(x) = [x; x^2]\nderive f : batch\n").find("f_jac_batch") != std::string::npos);
  CHECK(message_of("var x, y\nf(x) = x^2\nderive f : batch(y)\n") == "batch: 'f' does not use 'y'");
  CHECK(message_of("dim n\nvar x\nf(x) = x^2\nderive f : batch(n)\n").find("'n' cannot differ") == 0);
}

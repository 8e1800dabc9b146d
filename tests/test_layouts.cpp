// Layouts of matrices: lower halves, compressed rows and columns, derivatives without the value; compiled by
// g++, clang++ and as C99, run, and compared number by number with the whole matrices, which tests of their
// own compare with certified values.
#include <catch2/catch.hpp>

#include "codegen/c_generate.h"
#include "codegen/layout.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"
#include "tests/compile.h"

using namespace nabla;
using namespace nabla::test;

namespace {

// A banded and an arrow Hessian, one full, one empty; a Jacobian with an empty row and an empty column.
const std::string scalar_functions =
    "var x : vector[5]\nvar y\n"
    "band(x, y) = sum((x[i+1] - x[i]^2)^2 for i in 1:4) + exp(y)*x[3]\n"
    "arrow(x, y) = sum(sin(x[i])*y for i in 1:5) + y^3\n"
    "full(x, y) = log(1 + x'*x + y^2)\n"
    "none(x, y) = 2*x[1] + y\n"
    "one(y) = y^4\n";
const std::string map_functions =
    "map(x, y) = [x[1]*x[2]; 3; sin(x[3]*y); x[5]]\n"
    "linear(x, y) = [x[1] + 2*y; x[5] - x[2]]\n"
    "constant(x, y) = [1; 2]\n";
constexpr const char* hessians[] = {"band", "arrow", "full", "none", "one"};
constexpr const char* jacobians[] = {"map", "linear", "constant"};

std::string text_of_all(const std::string& batch = "") {
  std::string text = scalar_functions + map_functions;
  for (const char* f : hessians) {
    const std::string by = std::string(f) == "one" ? "y" : "x, y";
    text += std::string("derive ") + f + " wrt " + by + " : value, grad, grad(only), hess, hess(only)" +
            (batch.empty() ? ", hess(lower), hess(only, lower)" : "") +
            ", hess(csr), hess(csc), hess(lower, csr), hess(csc, lower), hess(lower, csr, only)" + batch +
            "\n";
  }
  for (const char* f : jacobians)
    text += std::string("derive ") + f +
            " wrt x, y : value, jac, jac(only), jac(csr), jac(csc), jac(csr, only)" + batch + "\n";
  return text;
}

GenerateOptions options_of(const std::string& scalar) {
  GenerateOptions options;
  options.name_space = "m";
  options.scalar = scalar;
  return options;
}

std::string header_of(const std::string& text, const std::string& scalar = "template") {
  LoadedModel model(text);
  (void)model.check();
  return model.header(options_of(scalar));
}

std::string message_of(const std::string& text) {
  try {
    (void)header_of(text);
  } catch (const Failure& f) {
    return f.diagnostic.message + "; " + f.diagnostic.help;
  }
  return {};
}

const std::string unpack = R"(
// The whole matrix of compressed rows, or columns.
template <std::size_t R, std::size_t C, class P, class Q, class V>
std::array<std::array<double, C>, R> whole(bool rows, const P& starts, const Q& indices, const V& values) {
  std::array<std::array<double, C>, R> out{};
  for (std::size_t line = 0; line + 1 < starts.size(); ++line) {
    int last = -1;
    for (int k = starts[line]; k < starts[line + 1]; ++k) {
      const int i = indices[static_cast<std::size_t>(k)];
      if (i <= last) ++wrong;  // not in ascending order
      last = i;
      const double v = static_cast<double>(values[static_cast<std::size_t>(k)]);
      (rows ? out[line][static_cast<std::size_t>(i)] : out[static_cast<std::size_t>(i)][line]) = v;
    }
  }
  return out;
}
template <class A, class B>
void same(const char* what, const A& got, const B& wanted, bool lower) {
  using T = typename B::value_type::value_type;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    for (std::size_t j = 0; j < wanted[i].size(); ++j) {
      const T w = lower && j > i ? T(0) : wanted[i][j];
      expect(what, static_cast<std::ptrdiff_t>(i * 10 + j), static_cast<T>(got[i][j]), w, T(1));
    }
}
)";

std::string checks_in_cpp(const std::string& call) {
  std::string code = unpack + "template <class T>\nvoid check() {\n" +
                     "  const std::array<T, 5> x = {T(0.3), T(-0.7), T(1.1), T(0.2), T(-0.4)};\n"
                     "  const T y = T(0.6);\n  (void)x;\n";
  for (const char* name : hessians) {
    const std::string f = std::string("m::") + name, in = std::string(name) == "one" ? "(y)" : "(x, y)";
    const std::string n = std::string(name) == "one" ? "1" : "6";
    const auto sparse = [&](const std::string& layout, bool rows, bool lower) {
      const std::string p = f + "_hess_" + layout + "_pattern::";
      code +=
          "  static_assert(" + p + "rows == " + n + " && " + p + "columns == " + n + " && " + p +
          "nonzeros <= 36);\n  same(\"" + name + " " + layout + "\", whole<" + n + ", " + n + ">(" +
          (rows ? "true, " + p + "row_ptr, " + p + "col_idx" : "false, " + p + "col_ptr, " + p + "row_idx") +
          ", " + f + "_hess_" + layout + call + in + ".hess), h.hess, " + (lower ? "true" : "false") + ");\n";
    };
    code += "  {\n  const auto h = " + f + "_hess" + call + in + ";\n";
    code += "  same(\"lower\", " + f + "_hess_lower" + call + in + ".hess, h.hess, true);\n";
    code += "  same(\"only\", " + f + "_hess_only" + call + in + ".hess, h.hess, false);\n";
    code += "  same(\"lower only\", " + f + "_hess_lower_only" + call + in + ".hess, h.hess, true);\n";
    sparse("csr", true, false);
    sparse("csc", false, false);
    sparse("lower_csr", true, true);
    sparse("lower_csc", false, true);
    sparse("lower_csr_only", true, true);
    code += "  expect(\"value\", 0, " + f + "_hess_lower_csr" + call + in + ".value, h.value, T(1));\n";
    code += "  for (std::size_t i = 0; i < h.grad.size(); ++i) {\n    expect(\"gradient\", 0, " + f +
            "_grad_only" + call + in + ".grad[i], h.grad[i], T(1));\n    expect(\"gradient\", 0, " + f +
            "_hess_csc" + call + in + ".grad[i], h.grad[i], T(1));\n  }\n  }\n";
  }
  for (const char* name : jacobians) {
    const std::string f = std::string("m::") + name, p = f + "_jac_cs";
    const std::string size = std::string(name) == "map" ? "4, 6" : "2, 6";
    code += "  {\n  const auto j = " + f + "_jac" + call + "(x, y);\n";
    code += "  same(\"only\", " + f + "_jac_only" + call + "(x, y).jac, j.jac, false);\n";
    for (const std::string layout : {"r", "r_only"}) {
      code += "  same(\"csr\", whole<" + size + ">(true, " + p + layout + "_pattern::row_ptr, " + p + layout +
              "_pattern::col_idx, " + p + layout + call + "(x, y).jac), j.jac, false);\n";
    }
    code += "  same(\"csc\", whole<" + size + ">(false, " + p + "c_pattern::col_ptr, " + p +
            "c_pattern::row_idx, " + p + "c" + call + "(x, y).jac), j.jac, false);\n";
    code += "  for (std::size_t i = 0; i < j.value.size(); ++i) expect(\"value\", 0, " + p + "r" + call +
            "(x, y).value[i], j.value[i], T(1));\n  }\n";
  }
  return code + "}\n";
}

}  // namespace

TEST_CASE("layouts: patterns of a plan", "[codegen][layout]") {
  LoadedModel m("var x : vector[3]\nf(x) = x[1]*x[3]^2 + x[2]^2\nderive f : hess(csr), hess(lower, csc)\n");
  const std::vector<EntryPoint> entries = entry_points(m.ctx, m.model);
  // The Hessian by hand: [0 0 2x3; 0 2 0; 2x3 0 2x1].
  const SparsityPattern rows = pattern_of(entries[0].plan, entries[0].plan.outputs[2], 3, entries[0].layout);
  CHECK(rows.starts == std::vector<size_t>{0, 1, 2, 4});
  CHECK(rows.indices == std::vector<size_t>{2, 1, 0, 2});
  CHECK(rows.entries == std::vector<size_t>{2, 4, 6, 8});
  const SparsityPattern lower = pattern_of(entries[1].plan, entries[1].plan.outputs[2], 3, entries[1].layout);
  CHECK(lower.starts == std::vector<size_t>{0, 1, 2, 3});
  CHECK(lower.indices == std::vector<size_t>{2, 1, 2});
  CHECK(request_text({Output::hess, entries[1].layout}) == "hess(lower, csc)");
}

TEST_CASE("layouts: C++, template, double and float", "[codegen][layout]") {
  const std::string run = "int main() {\n";
  check_program(
      "layouts-template", header_of(text_of_all()),
      checks_in_cpp("<T>") + run + "  check<double>();\n  check<float>();\n  return wrong != 0;\n}\n",
      {"-O1"});
  for (const std::string scalar : {"double", "float"}) {
    check_program("layouts-" + scalar, header_of(text_of_all(), scalar),
                  checks_in_cpp("") + run + "  check<" + scalar + ">();\n  return wrong != 0;\n}\n", {"-O1"});
  }
}

TEST_CASE("layouts: C99, double and float", "[codegen][layout]") {
  for (const std::string scalar : {"double", "float"}) {
    LoadedModel model(text_of_all());
    const std::string header =
        generate_c(model.ctx, model.model, entry_points(model.ctx, model.model), options_of(scalar));
    std::string code =
        "#include \"model.h\"\n#include <stdio.h>\nint main(void) {\n  int wrong = 0;\n  " + scalar +
        " x[5] = {0.25, -0.5, 1, 0.125, -0.75}, y = 0.5, v, g[6], h[36], l[36], c[36], w[4], j[24];\n";
    for (const char* name : hessians) {
      const std::string f = std::string("m_") + name, n = std::string(name) == "one" ? "1" : "6";
      const std::string in = std::string(name) == "one" ? "(y, " : "(x, y, ";
      code += "  " + f + "_hess" + in + "&v, g, h);\n  " + f + "_hess_lower" + in + "&v, g, l);\n";
      code += "  for (int i = 0; i < " + n + "; ++i) for (int k = 0; k < " + n + "; ++k) wrong += l[" + n +
              " * i + k] != (k <= i ? h[" + n + " * i + k] : 0);\n";
      code += "  " + f + "_hess_lower_csr" + in + "&v, g, c);\n  for (int i = 0; i < " + n +
              "; ++i) for (int k = " + f + "_hess_lower_csr_row_ptr[i]; k < " + f +
              "_hess_lower_csr_row_ptr[i + 1]; ++k) l[" + n + " * i + " + f +
              "_hess_lower_csr_col_idx[k]] -= c[k];\n";
      code += "  for (int i = 0; i < " + n + " * " + n + "; ++i) wrong += l[i] != 0;\n";
      code += "  " + f + "_hess_csc" + in + "&v, g, c);\n  for (int i = 0; i < " + n +
              "; ++i) for (int k = " + f + "_hess_csc_col_ptr[i]; k < " + f +
              "_hess_csc_col_ptr[i + 1]; ++k) h[" + n + " * " + f + "_hess_csc_row_idx[k] + i] -= c[k];\n";
      code += "  for (int i = 0; i < " + n + " * " + n + "; ++i) wrong += h[i] != 0;\n";
      code += "  printf(\"" + f + " %d\\n\", wrong);\n";
    }
    for (const char* name : jacobians) {
      const std::string f = std::string("m_") + name;
      code += "  " + f + "_jac(x, y, w, j);\n  " + f + "_jac_csr_only(x, y, c);\n  for (int i = 0; i < " + f +
              "_jac_csr_rows; ++i) for (int k = " + f + "_jac_csr_row_ptr[i]; k < " + f +
              "_jac_csr_row_ptr[i + 1]; ++k) j[6 * i + " + f + "_jac_csr_only_col_idx[k]] -= c[k];\n";
      code += "  for (int i = 0; i < 6 * " + f + "_jac_csr_rows; ++i) wrong += j[i] != 0;\n";
    }
    code += "  return wrong;\n}\n";
    for (const std::string& compiler : compilers()) {
      const auto folder =
          fresh_folder("layouts-c-" + scalar + std::filesystem::path(compiler).filename().string());
      write_file(folder / "model.h", header);
      write_file(folder / "main.c", code);
      const Ran built =
          run("'" + compiler + "' -x c -std=c99 -Wall -Wextra -Wconversion -Wno-float-conversion -Werror '" +
                  (folder / "main.c").string() + "' -o '" + (folder / "main").string() + "' -lm",
              folder);
      INFO(built.output.substr(0, 4000));
      REQUIRE(built.status == 0);
      const Ran ran = run("'" + (folder / "main").string() + "'", folder);
      INFO(ran.output);
      CHECK(ran.status == 0);
    }
  }
}

TEST_CASE("layouts: compressed matrices of many points", "[codegen][layout][batch]") {
  const std::string text =
      "var q : vector[3]\nvar t : vector[2]\nparam k : scalar > 0\n"
      "f(q, t, k) = [sin(q[1])*t[1] + k^q[3]; q'*q; t[2]]\n"
      "wide(q, t, k) = [q[1]*t; q*k; k*t; q[3]*q]\n"
      "s(q, t, k) = k*q[1]*q[2] + exp(-t'*t) + q[3]^3\n"
      "derive f wrt q, t : jac(csr), jac(csc, only), batch\n"
      "derive wide wrt q, t : jac(csr), batch\n"
      "derive s wrt q, t : hess(csr), batch\n"
      "derive s wrt q : hess(lower, csc, only), batch(t)\n"
      "derive s wrt q, t : hess(lower), batch\n"
      "derive s wrt t, q : hess(lower, only), batch(k)\n";
  const std::string code = R"(
template <class T>
void check() {
  for (std::ptrdiff_t n : sizes) {
    constexpr std::ptrdiff_t nf = m::f_jac_csr_pattern::nonzeros, nw = m::wide_jac_csr_pattern::nonzeros,
                             ns = m::s_hess_csr_pattern::nonzeros, nl = m::s_hess_lower_csc_only_pattern::nonzeros;
    Points<T> q(3 * n), t(2 * n), k(n), f(3 * n), jf(nf * n), jc(nf * n), w(10 * n), jw(nw * n), s(n), g(3 * n), gt(2 * n), h(ns * n), l(nl);
    for (std::ptrdiff_t i = 0; i < 3 * n; ++i) q[i] = T(0.01) * T(i % 101) - T(0.3);
    for (std::ptrdiff_t i = 0; i < 2 * n; ++i) t[i] = T(0.02) * T(i % 57) - T(0.5);
    for (std::ptrdiff_t i = 0; i < n; ++i) k[i] = T(1) + T(0.01) * T(i % 23);
    m::f_jac_csr_batch(n, q.data(), t.data(), k.data(), f.data(), jf.data());
    m::f_jac_csc_only_batch(n, q.data(), t.data(), k.data(), jc.data());
    m::wide_jac_csr_batch(n, q.data(), t.data(), k.data(), w.data(), jw.data());
    m::s_hess_csr_batch(n, q.data(), t.data(), k.data(), s.data(), g.data(), gt.data(), h.data());
    const std::array<T, 3> fixed = {T(0.5), T(-0.25), T(2)};
    m::s_hess_lower_csc_only_batch(n, fixed.data(), t.data(), T(1.5), l.data());
    Points<T> hq(9 * n), htq(6 * n), ht(4 * n), st(4), sqt(6), sq(9);
    m::s_hess_lower_batch(n, q.data(), t.data(), k.data(), s.data(), g.data(), gt.data(), hq.data(), htq.data(), ht.data());
    const std::array<T, 2> shared = {T(0.25), T(-0.5)};
    m::s_hess_lower_only_batch(n, fixed.data(), shared.data(), k.data(), st.data(), sqt.data(), sq.data());
    std::vector<T> sum(nl);
    std::array<std::array<T, 5>, 5> half_sum{};
    for (std::ptrdiff_t p = 0; p < n; ++p) {
      const std::array<T, 3> at = {q[p], q[n + p], q[2 * n + p]};
      const std::array<T, 2> by = {t[p], t[n + p]};
      const auto one = m::f_jac_csr<T>(at, by, k[p]);
      for (std::size_t i = 0; i < 3; ++i) expect("value", p, f[3 * p + std::ptrdiff_t(i)], one.value[i], T(1));
      for (std::size_t i = 0; i < nf; ++i) expect("csr", p, jf[nf * p + std::ptrdiff_t(i)], one.jac[i], T(1));
      const auto columns = m::f_jac_csc_only<T>(at, by, k[p]);
      for (std::size_t i = 0; i < nf; ++i) expect("csc", p, jc[nf * p + std::ptrdiff_t(i)], columns.jac[i], T(1));
      const auto many = m::wide_jac_csr<T>(at, by, k[p]);
      for (std::size_t i = 0; i < 10; ++i) expect("wide", p, w[10 * p + std::ptrdiff_t(i)], many.value[i], T(1));
      for (std::size_t i = 0; i < nw; ++i) expect("wide", p, jw[nw * p + std::ptrdiff_t(i)], many.jac[i], T(1));
      const auto two = m::s_hess_csr<T>(at, by, k[p]);
      expect("value", p, s[p], two.value, T(1));
      for (std::size_t i = 0; i < 3; ++i) expect("gradient", p, g[std::ptrdiff_t(i) * n + p], two.grad[i], T(1));
      for (std::size_t i = 0; i < ns; ++i) expect("hess", p, h[ns * p + std::ptrdiff_t(i)], two.hess[i], T(1));
      const auto lower = m::s_hess_lower<T>(at, by, k[p]).hess;
      for (std::size_t i = 0; i < 5; ++i) {
        for (std::size_t c = 0; c < 5; ++c) {
          if (i < 3 && c < 3) expect("lower q", p, hq[std::ptrdiff_t(3 * i + c) * n + p], lower[i][c], T(1));
          if (i > 2 && c < 3) expect("lower t q", p, htq[std::ptrdiff_t(3 * (i - 3) + c) * n + p], lower[i][c], T(1));
          if (i > 2 && c > 2) expect("lower t", p, ht[std::ptrdiff_t(2 * (i - 3) + c - 3) * n + p], lower[i][c], T(1));
          half_sum[i][c] += m::s_hess_lower_only<T>(fixed, shared, k[p]).hess[i][c];
        }
      }
      const auto half = m::s_hess_lower_csc_only<T>(fixed, by, T(1.5));
      for (std::size_t i = 0; i < nl; ++i) sum[i] += half.hess[i];
    }
    for (std::size_t i = 0; i < nl; ++i) expect("sum", std::ptrdiff_t(i), l[std::ptrdiff_t(i)], sum[i], T(n));
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t c = 0; c < 5; ++c) {
        const auto at = [](std::size_t place) { return static_cast<std::ptrdiff_t>(place); };
        if (i < 2 && c < 2) expect("sum t", n, st[at(2 * i + c)], half_sum[i][c], T(n));
        if (i > 1 && c < 2) expect("sum q t", n, sqt[at(2 * (i - 2) + c)], half_sum[i][c], T(n));
        if (i > 1 && c > 1) expect("sum q", n, sq[at(3 * (i - 2) + c - 2)], half_sum[i][c], T(n));
      }
    }
    for (Points<T>* a : {&f, &jf, &jc, &w, &jw, &s, &g, &gt, &h, &l, &hq, &htq, &ht, &st, &sqt, &sq})
      a->check("compressed");
  }
}
int main() {
  check<double>();
  check<float>();
  return wrong == 0 ? 0 : 1;
}
)";
  check_program("compressed", header_of(text), code,
                {"-O1", "-O3 -march=native", "-O1 -mavx2", "-O2 -march=native -fopenmp"});
}

TEST_CASE("layouts: what is refused", "[codegen][layout]") {
  const std::string g = "var x : vector[3]\nvar y\nf(x, y) = x*y\n";
  CHECK(message_of(g + "derive f : jac(csr), batch(y)\n") ==
        "jac(csr) by variables of which some are shared by the points and others not is not yet available; "
        "ask for jac(csc), or name all variables in batch(...)");
}

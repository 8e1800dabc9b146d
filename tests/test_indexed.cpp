// Indexed products: the promises of docs/design.md (one Ref for renaming, order, transposition, flattening,
// deltas and repeated branches) and reading back what is printed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "expr/print.h"
#include "tests/world.h"

namespace nabla {
namespace {

using test::World;

constexpr const char* symbolic = R"(
dim n, m
var x, y, z : vector[n]
var u : vector[m]
var A, B, C : matrix[n, n]
var D : matrix[n, m]
var S : matrix[n, n] symmetric
var T : tensor[n, n, n]
param k : vector[m] integer in [1, n]
var a, b
)";

void same(World& w, const std::vector<const char*>& texts) {
  for (const char* t : texts) {
    INFO(texts[0] << "  and  " << t);
    CHECK(w(t) == w(texts[0]));
  }
}

TEST_CASE("indexed: one form for renaming, order, transposition and flattening") {
  World w(symbolic);
  same(w, {"x'*A*y", "y'*A'*x", "tr(A*y*x')", "sum(x[i]*A[i,j]*y[j] for i in 1:n, j in 1:n)",
           "sum(y[q]*x[p]*A[p,q] for q in 1:n, p in 1:n)", "sum((A'*x) .* y)", "x'*(A*y)"});
  same(w, {"tr(A*B)", "tr(B*A)", "tr(B'*A')", "sum(A .* B')", "sum(A' .* B)"});
  same(w, {"tr(A*B*C)", "tr(C*A*B)", "tr(B*C*A)", "tr((A*B*C)')", "tr(C'*B'*A')"});
  same(w, {"A'", "[A[i,j] for j in 1:n, i in 1:n]", "transpose(A)", "((A')')'"});
  same(w, {"(A*B)'", "B'*A'", "[sum(A[j,l]*B[l,i] for l in 1:n) for i in 1:n, j in 1:n]"});
  same(w, {"diag(x)*A", "x .* A", "[x[i]*A[i,j] for i in 1:n, j in 1:n]"});
  same(w, {"A*diag(x)", "A .* x'", "[x[j]*A[i,j] for i in 1:n, j in 1:n]"});
  same(w, {"sum(A, dim = 1)", "ones(n)'*A", "[sum(A[i,j] for i in 1:n) for j in 1:n]'"});
  same(w, {"S*x", "S'*x", "(x'*S)'"});
  same(w, {"x'*y*z", "z*(x'*y)", "z*x'*y", "(y'*x)*z"});
  same(w, {"sum(T[i,j,l]*x[i]*y[j]*z[l] for i in 1:n, j in 1:n, l in 1:n)",
           "sum(z[i]*T[l,j,i]*y[j]*x[l] for j in 1:n, i in 1:n, l in 1:n)"});
  CHECK(w("x'*A*y") != w("x'*A'*y"));
  CHECK(w("tr(A*B*C)") != w("tr(A*C*B)"));
  CHECK(w("sum(T[i,j,l]*x[i]*y[j]*z[l] for i in 1:n, j in 1:n, l in 1:n)") !=
        w("sum(T[i,j,l]*x[i]*y[l]*z[j] for i in 1:n, j in 1:n, l in 1:n)"));
}

TEST_CASE("indexed: deltas and ones vanish") {
  World w(symbolic);
  same(w, {"A", "A*eye(n)", "eye(n)*A", "sum_A where sum_A = A*eye(n)*eye(n)",
           "[sum(A[i,l]*delta(l,j) for l in 1:n) for i in 1:n, j in 1:n]"});
  same(w, {"tr(A)", "sum(A .* eye(n))", "sum(A[i,j]*delta(i,j) for i in 1:n, j in 1:n)", "sum(diag(A))"});
  same(w, {"n", "tr(eye(n))", "sum(1 for i in 1:n)", "ones(n)'*ones(n)"});
  same(w, {"n*x", "sum(A .* eye(n) .* zeros(n, n))*x + n*x"});
  same(w, {"eye(n)", "A*inv(A)", "inv(A)*A", "A^0", "A^-2*A^2"});
  same(w, {"diag(x .* y)", "diag(x)*diag(y)"});
  CHECK(w("x + zeros(n)") == w("x"));
  CHECK(w("x - x") == w("zeros(n)"));
}

TEST_CASE("indexed: repeated branches are powers") {
  World w(symbolic);
  same(w, {"x.^2", "x .* x", "[x[i]^2 for i in 1:n]"});
  same(w, {"x'*x", "sum(x.^2)", "sum(x[i]^2 for i in 1:n)"});
  same(w, {"sum((A*x).^2)", "(A*x)'*(A*x)", "x'*A'*A*x"});
  same(w, {"(A*x) .* (A*x)", "(A*x).^2"});
  same(w, {"(A*x).^3", "(A*x) .* (A*x).^2", "(A*x) .* (A*x) .* (A*x)"});
  same(w, {"(x'*y)^2", "x'*y*y'*x", "(x'*y)*(y'*x)"});
  same(w, {"A^3", "A*A*A", "A*A^2", "A^2*A"});
  same(w, {"tr(A^3)", "tr(A*A*A)", "sum(A[i,j]*A[j,l]*A[l,i] for i in 1:n, j in 1:n, l in 1:n)"});
  same(w, {"sum((B*(A*x).^2).^2)", "(B*((A*x) .* (A*x)))'*(B*(A*x).^2)"});
}

TEST_CASE("indexed: sums of matrices have one orientation") {
  World w(symbolic);
  same(w, {"(A + B)'", "A' + B'"});
  same(w, {"(A + B')'", "A' + B"});
  same(w, {"(A + A')'", "A + A'"});
  same(w, {"exp(A')", "exp(A)'"});
  same(w, {"(x + y)'", "x' + y'"});
  same(w, {"inv(A')", "inv(A)'"});
  same(w, {"det(A')", "det(A)"});
  same(w, {"2*A' + 3*A'", "5*A'", "(2*A + 3*A)'"});
  CHECK(w("S'") == w("S"));
  CHECK(w("(x')'") == w("x"));
}

TEST_CASE("indexed: guards and slices") {
  World w(symbolic);
  same(w,
       {"tril(A)", "[A[i,j] for i in 1:n, j in 1:n if j <= i]", "[A[i,j] for i in 1:n, j in 1:n if i >= j]"});
  same(w, {"cumsum(x)", "[sum(x[j] for j in 1:i) for i in 1:n]"});
  same(w, {"sum(x[i]*y[j] for i in 1:n, j in 1:i if j != i)",
           "sum(x[p]*y[q] for p in 1:n, q in 1:p if p != q)"});
  same(w, {"sum(x[2:n])", "sum(x[i+1] for i in 1:n-1)", "sum(x[i] for i in 2:n)"});
  same(w, {"A[1,:]*x", "sum(A[1,j]*x[j] for j in 1:n)"});
  same(w, {"x[k]", "[x[k[i]] for i in 1:m]"});
  same(w, {"sum(x[k])", "sum(x[k[i]] for i in 1:m)"});
  // A guard is no factor: where it fails nothing is evaluated.
  const Ref masked = w("sum(1/(i - j) for i in 1:n, j in 1:n if i != j)");
  CHECK(w.ctx.kind(masked) == Kind::indexed);
  CHECK(w.ctx.labelling(masked).guards.size() == 1);
  CHECK(w("sum(x[i] for i in 1:n if 1 > 2)") == zero);
}

TEST_CASE("indexed: what is printed reads back") {
  World w(symbolic);
  for (const char* t : {"x'*A*y",
                        "A'*x",
                        "x*y'",
                        "tr(A*B*C)",
                        "diag(x)*A*diag(y)",
                        "diag(A)",
                        "sum(A)",
                        "sum(A, dim = 1)",
                        "sum(D, dim = 2)",
                        "A .* B'",
                        "A .* x",
                        "A .* x'",
                        "x .+ 1",
                        "A .+ x'",
                        "inv(A)*x",
                        "A^3*x",
                        "A\\x",
                        "kron(A, B)",
                        "kron(A, D')",
                        "kron(x, u)",
                        "vec(A*B)",
                        "unvec(vec(A), n, n)",
                        "x[2:n]",
                        "A[2:n, :]",
                        "A[1, :]",
                        "A[:, 2]",
                        "x[k]",
                        "A[k, :]",
                        "tril(A)",
                        "triu(A)*x",
                        "cumsum(x)",
                        "prod(x)",
                        "max(A)",
                        "max(A, dim = 1)",
                        "min(A, dim = 2)",
                        "softmax(x)",
                        "softmax(A, dim = 2)",
                        "logsumexp(A, dim = 1)",
                        "norm2(x)",
                        "normF(A)",
                        "det(A)",
                        "eye(n)",
                        "eye(n, m)",
                        "ones(n, m)",
                        "unit(n, 2)",
                        "single(1, 2, n, m)",
                        "commut(n, m)",
                        "[A, B; B, A]",
                        "[x; u]",
                        "[1, 2; 3, 4]",
                        "[a; b; a*b]'",
                        "sum(x[i]*y[j]*T[i,j,l]*z[l] for i in 1:n, j in 1:n, l in 1:n)",
                        "sum(x[i]/(i - j) for i in 1:n, j in 1:n if i != j)",
                        "[i + 2*j for i in 1:n, j in 1:m]",
                        "sum(T[i,i,i] for i in 1:n)",
                        "[T[i,j,i] for i in 1:n, j in 1:n]",
                        "[if x[i] > 0 then x[i] else y[i] for i in 1:n]",
                        "if a > 0 then x else y",
                        "max(x[i]*i for i in 1:n)",
                        "prod(x[i] for i in 1:n if i != 2)",
                        "[prod(x[j] for j in 1:n if j != i) for i in 1:n]",
                        "[x[i]^i*(j + 2*x[j]) for i in 1:n, j in 1:n if i != j]",
                        "max(x[i]/(i + a)^2 for i in 1:n if i != 2)",
                        "sum(hypot(x[i] - 3*x[j], i*y[j] - 1) for i in 1:n, j in 1:n if i < j)",
                        "sum(-x[i]/y[j]^2 - 1 for i in 1:n, j in 1:n if i + j == 5)",
                        "sum(x[i+1]*x[i] for i in 1:n-1)",
                        "[sum(x[j]*y[i-j+1] for j in 1:i) for i in 1:n]",
                        "frechet(expm, A, B)",
                        "sylvester(A, B, C)",
                        "eigvals(S)",
                        "a*x + b*A*y",
                        "(a + b)*A",
                        "x/a",
                        "A/2",
                        "x.^3",
                        "1 ./ x",
                        "2 .^ x",
                        "exp(-x .* y)",
                        "sum(log1p(exp(-y .* (A*x)))) + a/2*x'*x",
                        "grad(x'*A*x, x)",
                        "jac(A*x, x)",
                        "hess(x'*A*x, x)",
                        "diff(a^2*b, a, 2, b)",
                        "taylor(exp(a), a = 0, 3)",
                        "limit(sin(a)/a, a = 0, left)",
                        "subs(a^2, a = 3)",
                        "eval(a, a = 1.5, digits = 30)",
                        "sin'(a)",
                        "sin''(b)",
                        "equal(a, b)",
                        "(x'*A)'"}) {
    const std::string text = t;
    INFO(text);
    const Ref r = w(text);
    const std::string printed = print(w.ctx, r);
    INFO("prints as " << printed);
    CHECK(w(printed) == r);
    const std::string unicode = print(w.ctx, r, {Format::unicode, true});
    INFO("prints as " << unicode);
    CHECK(w(unicode) == r);
    CHECK_FALSE(print(w.ctx, r, {Format::latex, true}).empty());
  }
}

// The same product with its factors and indices shuffled is the same Ref.
TEST_CASE("indexed: shuffled products are one expression") {
  World w(symbolic);
  std::mt19937 random(7);
  const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  size_t graphs = 0;
  for (int round = 0; round < 200; ++round) {
    const size_t labels = 2 + pick(4), factors = 2 + pick(5);
    std::vector<std::pair<std::string, std::vector<size_t>>> list;
    for (size_t f = 0; f < factors; ++f) {
      if (pick(3) == 0) {
        list.push_back({std::string(1, "xyz"[pick(3)]), {pick(labels)}});
      } else {
        list.push_back({std::string(1, "AABCS"[pick(5)]), {pick(labels), pick(labels)}});
      }
    }
    const auto text = [&] {
      std::vector<size_t> order(factors), names(labels), loops(labels);
      for (size_t i = 0; i < factors; ++i) order[i] = i;
      for (size_t i = 0; i < labels; ++i) names[i] = loops[i] = i;
      std::shuffle(order.begin(), order.end(), random);
      std::shuffle(names.begin(), names.end(), random);
      std::shuffle(loops.begin(), loops.end(), random);
      std::string s = "sum(";
      for (size_t k = 0; k < factors; ++k) {
        const auto& [name, axes] = list[order[k]];
        s += (k ? "*" : "") + name + "[";
        std::vector<size_t> shown = axes;
        if (name == "S" && pick(2)) std::reverse(shown.begin(), shown.end());
        for (size_t a = 0; a < shown.size(); ++a)
          s += (a ? "," : "") + std::string(1, "pqrstv"[names[shown[a]]]);
        s += "]";
      }
      for (size_t k = 0; k < labels; ++k)
        s += (k ? ", " : " for ") + std::string(1, "pqrstv"[names[loops[k]]]) + " in 1:n";
      return s + ")";
    };
    const std::string first = text();
    const Ref r = w(first);
    for (int again = 0; again < 4; ++again) {
      const std::string other = text();
      INFO(first << "\n" << other);
      CHECK(w(other) == r);
    }
    INFO(first << " prints as " << print(w.ctx, r));
    CHECK(w(print(w.ctx, r)) == r);
    ++graphs;
  }
  CHECK(graphs == 200);
}

}  // namespace
}  // namespace nabla

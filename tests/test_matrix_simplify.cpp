// What simplify makes of matrix formulas, and which identities equal decides. Expected forms and their
// numbers are those of Petersen and Pedersen, The Matrix Cookbook, 2012 (MC), Magnus and Neudecker, Matrix
// Differential Calculus, 3rd edition, 2019 (MN), Golub and Van Loan, Matrix Computations, 2013 (GVL), or of
// the books named.
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "expr/tensor.h"
#include "session/session.h"
#include "simplify/proved_equal.h"
#include "simplify/simplify.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

constexpr const char* names =
    "dim n, m, p, q; var A, B, C : matrix[n, n]; var S, R : matrix[n, n] spd; var T : matrix[n, n] "
    "symmetric; "
    "var L : matrix[n, n] lower; var U : matrix[n, n] upper; var G : matrix[n, n] diagonal; "
    "var W : matrix[n, n] orthogonal; var P, X : matrix[n, m]; var Q : matrix[m, n]; var Y : matrix[m, p]; "
    "var Z : matrix[p, q]; var E, F : matrix[m, m]; var K : matrix[m, m] spd; var x, y, g : vector[n]; "
    "var w, z : vector[m]; param t : vector[n]; param a, b, s; param l > 0; param k : scalar integer";

struct Row {
  const char *from, *to;
};

std::string simplified(World& world, const std::string& text) {
  return print(world.ctx, simplify(world.ctx, world(text)));
}

void check_forms(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    World world(names);
    INFO(row.from);
    CHECK(simplified(world, row.from) == row.to);
  }
}

}  // namespace

// The rows of the table speak of n and m.
TEST_CASE("identity matrices of rules have the size of what was met", "[matrix]") {
  const Row rows[] = {
      {"eye(r) - inv(eye(r) + A)", "inv(A + eye(r))*A"},  // MC 158
      {"expm(A)*expm(-A)", "eye(r)"},
      {"expm(zeros(r, r))", "eye(r)"},
      {"eye(q) - D*inv(eye(r) + C*D)*C", "inv(eye(q) + D*C)"},  // MC 156
      {"C*D*inv(C*D)", "eye(r)"},
      {"X'*X*inv(X'*X)", "eye(q)"},
      {"inv(X'*A*X)*X'*A*X", "eye(q)"},
      {"(A + B)^2 - (A - B)^2", "2*A*B + 2*B*A"},
  };
  for (const Row& row : rows) {
    World world("dim r, q; var A, B : matrix[r, r]; var C, X : matrix[r, q]; var D : matrix[q, r]");
    INFO(row.from);
    CHECK(simplified(world, row.from) == row.to);
  }
}

TEST_CASE("scalars come out of functions of matrices", "[matrix]") {
  check_forms({
      {"(s*A)^3", "s^3*A^3"},
      {"(s*A)^k", "s^k*A^k"},
      {"inv(s*A)", "inv(A)/s"},
      {"inv(2*s*A)", "inv(A)/(2*s)"},
      {"inv(A/s)", "s*inv(A)"},
      {"inv(2*A + 2*B)", "inv(A + B)/2"},
      {"inv(s*A + s*B)", "inv(A + B)/s"},
      {"det(s*A)", "s^n*det(A)"},  // MC 19
      {"det(a*A)/det(A)", "a^n"},
      {"adj(s*A)", "s^(n - 1)*adj(A)"},
      {"pinv(l*X)", "pinv(X)/l"},
      {"pinv(s*X)", "pinv(s*X)"},  // of s = 0 it is 0, and pinv(X)/s nothing
      {"kron(a*A, b*E)", "a*b*kron(A, E)"},
      {"norm2(-3*x)", "3*norm2(x)"},
      {"normF(l*A)", "l*normF(A)"},
      {"eigvals(l*S)", "l*eigvals(S)"},
      {"eigmax(-S)", "eigmax(-S)"},
      {"chol(4*S)", "2*chol(S)"},
      {"polar(l*A)", "polar(A)"},
      {"softmax(x .+ s)", "softmax(x)"},
      {"logsumexp(x .+ s)", "s + logsumexp(x)"},
      {"log(det(l*S))", "n*log(l) + logdet(S)"},
      {"log(det(kron(S, K)))", "m*logdet(S) + n*logdet(K)"},
      {"inv(expm(A))", "expm(-A)"},
      {"expm(a*A)*expm(b*A)", "expm((a + b)*A)"},
  });
}

TEST_CASE("an entry of a symmetric matrix has one name", "[matrix]") {
  World world(
      "param J : matrix[3, 3] symmetric; param K : matrix[3, 3]; param i, j : scalar integer in [1, 3]");
  CHECK(world("J[2, 1]") == world("J[1, 2]"));
  CHECK(world("J[i, j]") == world("J[j, i]"));
  CHECK(world("K[2, 1]") != world("K[1, 2]"));
  CHECK(print(world.ctx, world("J[3, 1]*J[1, 3]")) == "J[1, 3]^2");
}

// Van Loan, The ubiquitous Kronecker product, 2000; MN chapter 2.
TEST_CASE("Kronecker products are taken apart", "[matrix]") {
  check_forms({
      {"kron(A, E)*kron(B, F)", "kron(A*B, E*F)"},
      {"kron(A, E)'", "kron(A', E')"},
      {"inv(kron(A, E))", "kron(inv(A), inv(E))"},
      {"pinv(kron(P, Q))", "kron(pinv(P), pinv(Q))"},
      {"tr(kron(A, E))", "tr(A)*tr(E)"},
      {"det(kron(A, E))", "det(A)^m*det(E)^n"},
      {"logdet(kron(S, K))", "m*logdet(S) + n*logdet(K)"},
      {"kron(A, E)^3", "kron(A^3, E^3)"},
      {"kron(eye(n), eye(m))", "eye(m*n)"},
      {"kron(A, E)*vec(Q)", "vec(E*Q*A')"},  // MC 520
      {"vec(A)'*vec(B)", "sum(A .* B)"},     // tr(A'*B), MC 521
      {"kron(x, w)'*kron(y, z)", "w'*z*x'*y"},
      {"commut(n, m)*vec(X)", "vec(X')"},
      {"commut(n, m)*commut(m, n)", "eye(m*n)"},
      {"sum(kron(A, E))", "sum(A)*sum(E)"},
  });
}

TEST_CASE("determinants and inverses of products and of parts", "[matrix]") {
  check_forms({
      {"det(A*B)/det(A)", "det(B)"},  // MC 21
      {"det(A*B)/det(B*A)", "1"},
      {"logdet(A*B) - logdet(B)", "logdet(A)"},
      {"logdet(A*B)", "logdet(A*B)"},  // both determinants may be negative
      {"det(diag(g))", "prod(g)"},
      {"inv(diag(g))", "diag(1 ./ g)"},
      {"diag(g)^3", "diag(g.^3)"},
      {"det([A, P; zeros(m, n), E])", "det(A)*det(E)"},  // MC 400
      {"det([A, zeros(n, m); Q, E])", "det(A)*det(E)"},
      {"det(blockdiag(A, E))", "det(A)*det(E)"},
      {"inv(blockdiag(A, E))", "blockdiag(inv(A), inv(E))"},
      {"tr(blockdiag(A, E))", "tr(A) + tr(E)"},
      {"inv(A) - inv(A)*x*y'*inv(A)/(1 + y'*inv(A)*x)", "inv(A + x*y')"},            // MC 160
      {"inv(A) - inv(A)*P*inv(inv(E) + Q*inv(A)*P)*Q*inv(A)", "inv(A + P*E*Q)"},     // MC 156
      {"inv(S) - inv(S)*P*inv(inv(K) + P'*inv(S)*P)*P'*inv(S)", "inv(S + P*K*P')"},  // MC 157
      {"eye(n) - P*inv(eye(m) + Q*P)*Q", "inv(eye(n) + P*Q)"},
      {"det(A)*(1 + y'*inv(A)*x)", "det(A + x*y')"},  // MC 24
      {"det(A)*det(eye(m) + Q*inv(A)*P)", "det(A + P*Q)"},
      {"logdet(S) + logdet(eye(m) + P'*inv(S)*P)", "logdet(S + P*P')"},
      {"det(W'*A*W)", "det(A)"},
      {"pinv(S)", "inv(S)"},
      {"pinv(W)", "W'"},
      {"P*pinv(P)*P", "P"},
      {"adj(A)/det(A)", "inv(A)"},  // MC 145
      {"det(A)*inv(A)", "det(A)*inv(A)"},
      {"det(chol(S))^2", "det(S)"},
      {"2*sum(log(diag(chol(S))))", "logdet(S)"},
      {"norm2(inv(chol(S))*x)^2", "x'*inv(S)*x"},
      {"eigvecs(T)'*T*eigvecs(T)", "diag(eigvals(T))"},
      {"sum(log(eigvals(S)))", "logdet(S)"},
      {"sum(singval(P))", "normnuc(P)"},
      {"logm(expm(T))", "T"},
      {"tr(logm(S))", "logdet(S)"},
      {"logdet(expm(A))", "tr(A)"},
      {"exp(logdet(S))", "det(S)"},
      {"sqrt(x'*x)", "norm2(x)"},
      {"log(sum(exp(x)))", "logsumexp(x)"},
      {"exp(x)/sum(exp(x))", "softmax(x)"},
      {"x'*(A - A')*x", "0"},
      {"x'*skew(A)*x", "0"},
      {"(A + B)^2 - A^2 - A*B - B*A - B^2", "zeros(n, n)"},
      {"(A + B)^2", "(A + B)^2"},
  });
}

TEST_CASE("equal decides identities of matrices", "[matrix]") {
  const Row rows[] = {
      {"norm2(s*x)", "abs(s)*norm2(x)"},
      {"logdet(l*A)", "n*log(l) + logdet(A)"},
      {"adj(A)*A", "det(A)*eye(n)"},
      {"det(L)", "prod(diag(L))"},  // GVL 3.1
      {"det(U)", "prod(diag(U))"},
      {"det([A, P; Q, E])", "det(A)*det(E - Q*inv(A)*P)"},   // MC 399
      {"P*inv(l*eye(m) + P'*P)", "inv(l*eye(n) + P*P')*P"},  // MC 167
      {"inv(eye(m) + Q*P)*Q", "Q*inv(eye(n) + P*Q)"},        // MC 166
      {"A*inv(A + B)*B", "B*inv(A + B)*A"},                  // MC 163
      {"inv(inv(A) + inv(B))", "A*inv(A + B)*B"},            // MC 164
      {"inv(A) - inv(A + B)", "inv(A)*B*inv(A + B)"},
      {"A*inv(eye(n) + A)", "eye(n) - inv(eye(n) + A)"},
      {"inv(A + x*y')", "inv(A) - inv(A)*x*y'*inv(A)/(1 + y'*inv(A)*x)"},         // MC 160
      {"inv(A + P*E*Q)", "inv(A) - inv(A)*P*inv(inv(E) + Q*inv(A)*P)*Q*inv(A)"},  // MC 156
      {"inv(inv(S) + P*inv(K)*P')*P*inv(K)", "S*P*inv(K + P'*S*P)"},              // MC 158
      {"S - S*P*inv(K + P'*S*P)*P'*S", "inv(inv(S) + P*inv(K)*P')"},
      {"det(eye(n) + P*Q)", "det(eye(m) + Q*P)"},     // MC 25
      {"kron(A, E) + kron(B, E)", "kron(A + B, E)"},  // MC 506
      {"blockdiag(A, E)*blockdiag(B, F)", "blockdiag(A*B, E*F)"},
      {"normF(kron(A, E))", "normF(A)*normF(E)"},
      {"norm2(W*x)", "norm2(x)"},
      {"sqrtm(S)*sqrtm(S)", "S"},
      {"sin(x).^2 + cos(x).^2", "ones(n)"},
      {"exp(x)./(1 .+ exp(x))", "sigmoid(x)"},
      {"(A + B)^2", "A^2 + A*B + B*A + B^2"},
      {"(A - B)*(A - B)", "A^2 - A*B - B*A + B^2"},
      {"(A + eye(n))^2", "A^2 + 2*A + eye(n)"},
      {"(A + B)^2*x", "A*A*x + A*B*x + B*A*x + B*B*x"},
      {"(A + eye(n))^3", "A^3 + 3*A^2 + 3*A + eye(n)"},
      {"tr((A + B)^2)", "tr(A^2) + 2*tr(A*B) + tr(B^2)"},
  };
  for (const Row& row : rows) {
    Session session;
    const std::string text = std::string(names) + "\nequal(" + row.from + ", " + row.to + ")";
    INFO(row.from << " == " << row.to);
    Outcome last;
    const auto parsed = session.parse("t", text);
    for (const Statement& st : parsed->statements) last = session.run(parsed, st);
    REQUIRE(!last.error);
  }
  for (const Row& row : {Row{"P*inv(eye(m) + Q*P)", "inv(eye(n) + P*Q)*Q'"},
                         Row{"A*inv(A + B)*B", "B*inv(A - B)*A"}, Row{"kron(A, E)", "kron(A', E)"},
                         Row{"(A + B)^2", "A^2 + 2*A*B + B^2"}, Row{"inv(A + B)", "inv(A) + inv(B)"}}) {
    World world(names);
    INFO(row.from << " != " << row.to);
    CHECK_FALSE(proved_equal(world.ctx, world(row.from), world(row.to)));
  }
}

// Bishop, Pattern Recognition and Machine Learning, 2006, 4.3; Murphy, Probabilistic Machine Learning,
// 2022, 10.
TEST_CASE("formulas of entries are simplified as scalars are", "[matrix]") {
  const std::string data = std::string(names) + "; param D : matrix[n, m]; var v : vector[m]\n";
  const Row rows[] = {
      {"grad(-sum(t.*log(sigmoid(D*v)) + (1 .- t).*log(1 .- sigmoid(D*v))), v)", "D'*(sigmoid(D*v) - t)"},
      {"grad(-t'*log(sigmoid(D*v)) - (ones(n) - t)'*log(ones(n) - sigmoid(D*v)), v)",
       "D'*(sigmoid(D*v) - t)"},
      {"grad(sum(softplus(D*v) - t.*(D*v)), v)", "D'*(sigmoid(D*v) - t)"},
      {"grad(sum(log(cosh(D*v - t))), v)", "D'*tanh(D*v - t)"},
      {"grad(log(sum(exp(x))) - t'*x, x)", "softmax(x) - t"},
      {"grad(-t'*log_softmax(x), x)", "sum(t)*softmax(x) - t"},
      {"grad(norm2(D*v - t)^2/2 + l/2*v'*v, v)", "l*v + D'*(D*v - t)"},
      {"grad(sum(exp(D*v) - t.*(D*v)), v)", "D'*(exp(D*v) - t)"},
      {"jac(tanh(x), x)", "diag(sech(x).^2)"},
      {"simplify(sin(x).^2 + cos(x).^2)", "ones(n)"},
      {"simplify(sum(sin(x).^2) + sum(cos(x).^2))", "n"},
      {"simplify(t.*(1 .- sigmoid(x)) - (1 .- t).*sigmoid(x))", "t - sigmoid(x)"},
      {"simplify((x.^2 - y.^2)./(x - y))", "x + y"},
      {"simplify(sigmoid(x) + sigmoid(-x))", "ones(n)"},
      {"simplify(P'*(x.*cos(x)./sin(x).*sin(x)))", "P'*(x .* cos(x))"},
  };
  for (const Row& row : rows) {
    Session session;
    INFO(row.from);
    Outcome last;
    const auto parsed = session.parse("t", data + row.from);
    for (const Statement& st : parsed->statements) last = session.run(parsed, st);
    REQUIRE(!last.error);
    CHECK(print(session.context(), last.answer.value) == row.to);
  }
}

TEST_CASE("a row stays a row", "[matrix]") {
  for (const char* text :
       {"x'", "exp(x')", "2*x' + 0*y'", "(exp(x') .* exp(y'))*P", "[x'; y']", "(S*x)'*inv(S)",
        "sin(x').^2 + cos(x').^2", "[2*x', x' - y']", "x' .* y' + x' .* y'", "kron(x', y')", "diag(A)'"}) {
    World world(names);
    INFO(text);
    const Ref e = world(text), simple = simplify(world.ctx, e);
    CHECK(world.ctx[simple].shape == world.ctx[e].shape);
    CHECK(simple != transpose(world.ctx, e));
  }
  check_forms({{"x'", "x'"}, {"[x'; y']", "vcat(x', y')"}, {"(S*x)'*inv(S)", "x'"}});
}

TEST_CASE("a product with a skew matrix has one orientation", "[matrix]") {
  // inv(K*W)' = -inv(W'*K): turning such a product over comes back to where it began.
  World world("dim n; var K : matrix[n, n] skew; var W, V : matrix[n, n]");
  CHECK(proved_equal(world.ctx, world("inv(K*W)'"), world("-inv(W'*K)")));
  CHECK(proved_equal(world.ctx, world("inv(K*W) + inv(K*W)'"), world("inv(K*W) - inv(W'*K)")));
  CHECK_FALSE(proved_equal(world.ctx, world("inv(K*W)'"), world("inv(W'*K)")));
  const Ref given = world("eigmax(sym(inv(K*W)))"), form = simplify(world.ctx, given);
  CHECK(simplify(world.ctx, form) == form);
  CHECK(proved_equal(world.ctx, form, given));
}

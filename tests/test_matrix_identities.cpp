// Derivatives of matrix formulas beside the Matrix Cookbook's: each is derived, proved equal to what
// mathematics says, and checked by automatic differentiation at random matrices.
#include <catch2/catch.hpp>
#include <string>

#include "cookbook/verify.h"
#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

struct Identity {
  const char* names;
  const char* statement;
  bool free_entries = false;
  bool numbers = true;  // checked by automatic differentiation too
};

constexpr const char* square =
    "dim n\nvar X : matrix[n, n]\nparam A, B : matrix[n, n]\nparam a, b : vector[n]\n";
constexpr const char* vectors =
    "dim n >= 2\nvar x : vector[n]\nparam y, a : vector[n]\nparam A : matrix[n, n]\n";

constexpr Identity identities[] = {
    // an entry as the variable
    {vectors, "grad(x[2]^2, x[2]) == 2*x[2]"},
    {vectors, "grad(x[2]^2 + x'*y, x[2]) == 2*x[2] + y[2]"},
    {vectors, "diff(x[2]*(x'*y), x[2]) == x'*y + x[2]*y[2]"},
    // d log(u*v) = du/u + dv/v
    {vectors, "grad(log(abs(x'*y)), x) == y/(x'*y)"},
    {vectors, "grad(log((x'*x)^(3/2)*exp(a'*x)), x) == 3*x/(x'*x) + a"},
    {vectors, "hess(log(exp(a'*x)*(x'*x)), x) == 2*eye(n)/(x'*x) - 4*x*x'/(x'*x)^2"},
    {"var x\nparam a > 0", "diff(x*log(a*x^2), x) == log(a*x^2) + 2"},
    {"var x", "diff(log(abs(sin(x))), x, 2) == -cos(x)^2/sin(x)^2 - 1", false, false},
    // conditions on indices
    {vectors, "grad(sum(cumsum(x)), x) == [n - i + 1 for i in 1:n]"},
    {vectors, "grad(sum(x[j] for i in 1:n, j in 1:n if i <= j), x) == [i for i in 1:n]"},
    {vectors, "grad(sum(x[i]*y[j] for i in 1:n, j in 1:n if i == j), x) == y"},
    {vectors,
     "grad(sum(x[i]*A[j, k] for i in 1:n, j in 1:n, k in 1:n if i == j and k <= j), x) == "
     "sum(tril(A), dim = 2)"},
    {square, "grad(sum(tril(inv(A)*A)*diag(X)), X) == eye(n)"},
    // powers with an index
    {"dim n, K\nvar X : matrix[n, n]\nparam c : vector[K]\nparam a, b : vector[n]",
     "grad(a'*sum(c[k]*X^k for k in 1:K)*b, X) == "
     "sum(c[k]*(X^(r - 1))'*a*b'*(X^(k - r))' for k in 1:K, r in 1:k)"},
    {"dim n, K\nvar X : matrix[n, n]\nparam c : vector[K]",
     "grad(tr(sum(c[k]*X^(2*k) for k in 1:K)), X) == sum(2*k*c[k]*(X^(2*k - 1))' for k in 1:K)"},
    {"dim n, K\nvar X : matrix[n, n]\nparam c : vector[K]",
     "differential(sum(c[k]*X^k for k in 1:K)) == "
     "sum(c[k]*X^(r - 1)*dX*X^(k - r) for k in 1:K, r in 1:k)"},
    // the eigenvalues together
    {"dim n\nvar S : matrix[n, n] symmetric", "grad(sum(eigvals(S).^2), S) == 2*S"},
    {"dim n\nvar S : matrix[n, n] spd", "grad(log(prod(eigvals(S))), S) == inv(S)"},
    // vec and its inverse
    {"dim n\nvar x : vector[n*n]\nparam A, B : matrix[n, n]",
     "jac(vec(A*unvec(x, n, n)*B + unvec(x, n, n)'), x) == kron(B', A) + commut(n, n)"},
    {"dim n, m, p\nvar x : vector[n*m]\nparam A : matrix[p, n]",
     "jac(2*vec(A*unvec(x, n, m)) - vec(A*unvec(x, n, m)), x) == kron(eye(m), A)"},
    // A' = -A
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew", "grad(x'*K*x, x) == zeros(n)"},
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew\nparam y : vector[n]",
     "grad(x'*K*y - y'*K*x, x) == 2*K*y"},
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew", "grad((K*x)'*(K*x), x) == -2*K*K*x"},
    {"dim n\nvar X : matrix[n, n]\nparam K : matrix[n, n] skew", "grad(tr(K*X*K'), X) == -K*K"},
    // an independent entry of a matrix with structure
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] symmetric\nparam i, j : scalar integer in [1, n]",
     "diff(tr(A*X), X[i, j]) == A[j, i] + A[i, j] - delta(i, j)*A[j, i]", true},
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] symmetric\nparam i, j : scalar integer in [1, n]",
     "grad(tr(A*X), X[i, j]) == A[j, i] + A[i, j] - delta(i, j)*A[j, i]", true},
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] skew\nparam i, j : scalar integer in [1, n]",
     "diff(tr(A*X), X[i, j]) == A[j, i] - A[i, j]", true},
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] diagonal\nparam i, j : scalar integer in [1, n]",
     "diff(tr(A*X), X[i, j]) == delta(i, j)*A[j, i]", true},
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] lower\nparam i, j : scalar integer in [1, n]",
     "diff(tr(A*X), X[i, j]) == A[j, i]*(if j <= i then 1 else 0)", true},
    {"dim n\nparam A : matrix[n, n]\nvar X : matrix[n, n] toeplitz\nparam i, j : scalar integer in [1, n]",
     "diff(tr(A*X), X[i, j]) == sum(A[q, p] for p in 1:n, q in 1:n if q - p == j - i)", true},
    {"dim n\nparam A : matrix[n, n]\nvar T : matrix[n, n] symtoeplitz",
     "grad(tr(A*T), T) == [toepsum(A + A')[n + i - j] for i in 1:n, j in 1:n] - tr(A)*eye(n)", true},
};

std::string printed(const std::string& text) {
  Session session;
  const auto parsed = session.parse("t", text);
  Outcome last;
  for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  REQUIRE(!last.error);
  return print(session.context(), last.answer.value);
}

}  // namespace

TEST_CASE("matrix identities are derived, proved and agree with automatic differentiation") {
  for (const Identity& i : identities) {
    BookRow row;
    row.number = "1";
    row.statements = std::string(i.names) + "\nassert " + i.statement + "\n";
    row.free_entries = i.free_entries;
    const RowReport r = verify_row(row);
    INFO(i.statement << "\n" << r.derived << "\n" << r.message << r.numeric.why);
    CHECK(standing_name(r.standing) == "proved");
    if (i.numbers) CHECK(r.numeric.differentiated);
    CHECK(r.numeric.error < numeric_tolerance);
  }
}

TEST_CASE("derivatives as a person would write them") {
  const std::string names =
      "dim n, m\nvar X : matrix[n, m]\nvar x : vector[n]\nparam a : vector[n]\n"
      "param i : scalar integer in [1, n]\nparam j : scalar integer in [1, m]\nparam c\n";
  CHECK(printed(names + "grad(norm(x - a), x)") == "(x - a)/norm2(x - a)");
  CHECK(printed(names + "diff(X, X[i, j])") == "single(i, j, n, m)");
  CHECK(printed(names + "3*x/c") == "3*x/c");
  CHECK(printed(names + "x/(2*c)") == "x/(2*c)");
  CHECK(printed(names + "-x'/c") == "-x'/c");
  CHECK(printed("param x, s\nvar m\ngrad(-(x - m)^2/(2*s^2), m)") == "(x - m)/s^2");
  CHECK(printed("dim n, K\nparam X : matrix[n, n]\nparam c : vector[K]\nsum(c[k]*X^k for k in 1:K)") ==
        "sum(c[r]*X^r for r in 1:K)");
}

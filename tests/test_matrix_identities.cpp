// Derivatives of matrix formulas beside the Matrix Cookbook's: each is derived, proved equal to what
// mathematics says, and checked by automatic differentiation at random matrices.
#include <catch2/catch.hpp>
#include <string>

#include "cookbook/verify.h"
#include "eval/dense_points.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/tensor.h"
#include "parser/elaborate.h"
#include "session/session.h"

using namespace nabla;

namespace {

struct Identity {
  const char* names;
  const char* statement;
  bool free_entries = false;
  bool numbers = true;  // checked by automatic differentiation too
  bool proved = true;   // else equal at random matrices
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
    // the entry that is largest moves the norm
    {"dim n, m\nvar X : matrix[n, m]",
     "grad(sum(norminf(X, dim = 1)), X) == "
     "[if i == argmax(abs(X), dim = 1)[j] then sign(X[i, j]) else 0 for i in 1:n, j in 1:m]",
     false, true, false},
    {"dim n, m\nvar X : matrix[n, m]\nparam a : vector[n]",
     "grad(a'*norminf(X, dim = 2), X) == "
     "[if j == argmax(abs(X), dim = 2)[i] then a[i]*sign(X[i, j]) else 0 for i in 1:n, j in 1:m]",
     false, true, false},
    // A' = -A
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew", "grad(x'*K*x, x) == zeros(n)"},
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew\nparam y : vector[n]",
     "grad(x'*K*y - y'*K*x, x) == 2*K*y"},
    {"dim n\nvar x : vector[n]\nparam K : matrix[n, n] skew", "grad((K*x)'*(K*x), x) == -2*K*K*x"},
    {"dim n\nvar X : matrix[n, n]\nparam K : matrix[n, n] skew", "grad(tr(K*X*K'), X) == -K*K"},
    {"dim n\nparam K : matrix[n, n] skew", "tr(K) == 0"},
    {"dim n\nparam K : matrix[n, n] skew", "tr(K^3) == 0"},
    {"dim n\nparam K : matrix[n, n] skew", "diag(K) == zeros(n)"},
    {"dim n\nparam K : matrix[n, n] skew", "(K*K)' == K*K"},
    {"param K : matrix[3, 3] skew\nparam x : vector[3]", "x'*K*x == 0"},
    // declared rows
    {"dim n\nvar r : row[n]", "grad(r*r', r) == 2*r"},
    {"dim n\nvar r : row[n]\nparam x : vector[n]", "grad(sum((r .* x').^2), r) == 2*(r .* (x.^2)')"},
    {"dim n\nvar r : row[n]\nparam A : matrix[n, n]", "grad(r*A*r', r) == r*(A + A')"},
    {"dim n\nvar r : row[n]", "grad(norm2(r)^3, r) == 3*norm2(r)*r"},
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
    CHECK(standing_name(r.standing) == (i.proved ? "proved" : "numerically equal"));
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

// The matrix has in row (i, j) and column (k, l) what the tensor has at i, j, k, l: its reshape.
TEST_CASE("derivatives with four axes in Kronecker notation") {
  const std::string names =
      "dim n, m, p, q\nvar X : matrix[n, m]\nvar Y : matrix[n, n]\nparam A : matrix[p, n]\n"
      "param B : matrix[m, q]\nparam C, D : matrix[n, n]\nparam E : matrix[m, m]\n";
  struct Row {
    const char *question, *matrix;
  };
  // Magnus and Neudecker (2019), chapters 9 and 10.
  const Row rows[] = {
      {"jac(A*X*B, X)", "kron(B', A)"},
      {"jac(X', X)", "commut(n, m)"},
      {"jac(inv(Y), Y)", "-kron(inv(Y)', inv(Y))"},
      {"jac(Y*C*Y, Y)", "kron((C*Y)', eye(n)) + kron(eye(n), Y*C)"},
      {"hess(tr(X'*C*X*E), X)", "kron(E', C) + kron(E, C')"},
      {"hess(tr(Y*C*Y*D), Y)", "(kron(C, D') + kron(D, C'))*commut(n, n)"},
      {"hess(logdet(Y), Y)", "-kron(inv(Y), inv(Y)')*commut(n, n)"},
      {"jac(tr(C*Y)*Y, Y)", "tr(C*Y)*eye(n*n) + vec(Y)*vec(C')'"},
      {"hess(sum(Y.^3), Y)", ""},
  };
  for (const Row& row : rows) {
    Session session;
    INFO(row.question);
    Outcome last;
    const auto parsed = session.parse("t", names + row.question);
    for (const Statement& s : parsed->statements) last = session.run(parsed, s);
    REQUIRE(!last.error);
    Context& ctx = session.context();
    std::string text;
    for (const std::string& note : last.answer.notes) {
      if (note.rfind("by vec: ", 0) == 0) text = note.substr(8);
    }
    INFO(text);
    CHECK(text.empty() == (*row.matrix == 0));
    if (text.empty()) continue;
    const Ref said = elaborate(ctx, session.names(), text),
              wanted = elaborate(ctx, session.names(), row.matrix);
    const Ref tensor = reshape(ctx, last.answer.value, ctx[wanted].shape);
    std::vector<std::vector<double>> values;
    const std::vector<Ref> all = symbols_of(ctx, std::vector<Ref>{said, wanted, tensor});
    const DensePoint point = random_point(ctx, all, {}, 7);
    for (Ref r : {said, wanted, tensor}) values.push_back(dense_value(ctx, r, point).entries);
    for (size_t k : {size_t{0}, size_t{2}}) {
      REQUIRE(values[k].size() == values[1].size());
      for (size_t i = 0; i < values[k].size(); ++i) CHECK(values[k][i] == Approx(values[1][i]).margin(1e-9));
    }
  }
}

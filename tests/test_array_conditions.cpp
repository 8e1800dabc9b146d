// The conditions of answers about whole vectors and matrices, by hand from linear algebra.
#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

#include "expr/condition_form.h"
#include "session/session.h"

using namespace nabla;

namespace {

constexpr const char* names =
    "dim n\ndim m\nvar x : vector[n]\nvar y : vector[n]\nvar A : matrix[n, n]\nvar B : matrix[n, n]\n"
    "var C : matrix[n, m]\nvar S : matrix[n, n] spd\nvar Q : matrix[n, n] orthogonal\nvar a\nparam l : "
    "scalar > 0\n"
    "param k : scalar integer\nvar u : vector[3]\nvar M : matrix[2, 2]\nvar T : matrix[n, n] symmetric\n";

using Texts = std::vector<std::string>;

Texts conditions_of(const std::string& statement) {
  Session session;
  Texts result;
  for (const std::string& text : {std::string(names), statement}) {
    const auto parsed = session.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      INFO(statement << (o.error ? ": " + o.error->message : ""));
      REQUIRE_FALSE(o.error);
      result.clear();
      for (Ref c : o.answer.conditions) result.push_back(condition_text(session.context(), c));
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEST_CASE("an inverse that is folded away needs an invertible matrix", "[conditions]") {
  const Texts invertible{"det(A) != 0"};
  CHECK(conditions_of("inv(A)*A") == invertible);
  CHECK(conditions_of("A\\(A*x)") == invertible);
  CHECK(conditions_of("solve(A, A*x)") == invertible);
  CHECK(conditions_of("inv(A) - inv(A)") == invertible);
  CHECK(conditions_of("inv(inv(A))") == invertible);
  CHECK(conditions_of("A^2*inv(A)") == invertible);
  CHECK(conditions_of("inv(A)*A*inv(B)") == invertible);  // the answer has inv(B)
  CHECK(conditions_of("inv(A')*A'*x") == invertible);
  CHECK(conditions_of("det(A)/det(A)") == invertible);
  CHECK(conditions_of("grad(tr(inv(A)*A*B), B)") == invertible);
  CHECK(conditions_of("inv(M)*M") == Texts{"det(M) != 0"});
}

TEST_CASE("what is known or seen of an inverse is not stated", "[conditions]") {
  CHECK(conditions_of("inv(A)").empty());
  CHECK(conditions_of("inv(A*B)*A").empty());
  CHECK(conditions_of("inv(A)^2*A").empty());
  CHECK(conditions_of("grad(x'*inv(A)*x, A)").empty());
  CHECK(conditions_of("A^0").empty());
  CHECK(conditions_of("inv(S)*S").empty());
  CHECK(conditions_of("inv(2*inv(S))*x").empty());
  CHECK(conditions_of("inv(Q)*x").empty());
  CHECK(conditions_of("inv(C'*C + l*eye(m))*(C'*C + l*eye(m))").empty());
  CHECK(conditions_of("inv(S + C*C')*(S + C*C')").empty());
  CHECK(conditions_of("inv(S - C*C')*(S - C*C')") == Texts{"det(S - C*C') != 0"});
}

TEST_CASE("quotients and functions entry by entry ask every entry", "[conditions]") {
  CHECK(conditions_of("x ./ x") == Texts{"x != 0 in every entry"});
  CHECK(conditions_of("u ./ u") == Texts{"u != 0 in every entry"});
  CHECK(conditions_of("u[1]/u[1]") == Texts{"u[1] != 0"});
  CHECK(conditions_of("sqrt(x).^2") == Texts{"x >= 0 in every entry"});
  CHECK(conditions_of("exp(log(x)) - exp(log(x))") == Texts{"x > 0 in every entry"});
  CHECK(conditions_of("(2*x - ones(n)) ./ (2*x - ones(n))") == Texts{"x != 1/2 in every entry"});
  CHECK(conditions_of("(x .* y) ./ x") == Texts{"x != 0 in every entry"});
  CHECK(conditions_of("(A .* B) ./ A") == Texts{"A != 0 in every entry"});
  CHECK(conditions_of("x ./ (ones(n) + y.^2)").empty());
  CHECK(conditions_of("x ./ y").empty());
  CHECK(conditions_of("sqrt(x)").empty());
  CHECK(conditions_of("grad(sum(log(x)), x)") == Texts{"x > 0 in every entry"});
}

TEST_CASE("scalars within arrays are asked as scalars are", "[conditions]") {
  CHECK(conditions_of("x/(a/a)") == Texts{"a != 0"});
  CHECK(conditions_of("x*(x'*x)/(x'*x)") == Texts{"x'*x != 0"});
  CHECK(conditions_of("norm2(x)/norm2(x)") == Texts{"x'*x != 0"});
  CHECK(conditions_of("x'*x/norm2(x)^2*y") == Texts{"x'*x != 0"});
  CHECK(conditions_of("x/norm2(x)").empty());
}

TEST_CASE("conditions on indices are about all of them", "[conditions]") {
  CHECK(conditions_of("sum(x[i]/x[i] for i in 1:n)") == Texts{"x != 0 in every entry"});
  CHECK(conditions_of("[x[i]*y[j]/x[i] for i in 1:n, j in 1:n]") == Texts{"x != 0 in every entry"});
  CHECK(conditions_of("sum(x[i]/x[i] for i in 2:n)") == Texts{"x[2:n] != 0 in every entry"});
  CHECK(conditions_of("sum(1/x[i] for i in 2:n)").empty());
  CHECK(conditions_of("sum(x[i]/(i + 1) for i in 1:n)").empty());
  CHECK(conditions_of("sum(x[i]/(x[i] - x[j]) for i in 1:n, j in 1:n if i != j)").empty());
  CHECK(conditions_of("sum(if x[i] > 0 then log(x[i]) else 0 for i in 1:n)").empty());
  CHECK(conditions_of("sum(a/a*x[i] for i in 1:n)") == Texts{"a != 0"});
}

TEST_CASE("logdet is of matrices with a positive determinant", "[conditions]") {
  CHECK(conditions_of("grad(logdet(A), A)") == Texts{"det(A) > 0"});
  CHECK(conditions_of("grad(logdet(S), S)").empty());
  CHECK(conditions_of("equal(logdet(inv(A)), -logdet(A))").empty());
  CHECK(conditions_of("equal(logdet(A^2), 2*logdet(A))") == Texts{"det(A) > 0"});
  CHECK(conditions_of("equal(logdet(A*A'), 2*logdet(A))") == Texts{"det(A) > 0"});
}

TEST_CASE("a proof about arrays says where it holds", "[conditions]") {
  CHECK(conditions_of("equal(sqrt(x).^2, x)") == Texts{"x >= 0 in every entry"});
  CHECK(conditions_of("equal(inv(A)*A, eye(n))") == Texts{"det(A) != 0"});
  CHECK(conditions_of("assert inv(A)*A == eye(n)") == Texts{"det(A) != 0"});
  CHECK(conditions_of("assert inv(S)*S == eye(n)").empty());
}

// Higham, Functions of Matrices, 2008, theorems 1.29 and 1.31: the principal root and logarithm exist where
// no eigenvalue is negative (or 0, of the logarithm). No formula says that of a matrix that is not symmetric.
TEST_CASE("a function of a matrix that is folded away needs its value", "[conditions]") {
  CHECK(conditions_of("simplify(sqrtm(A)^2)") == Texts{"sqrtm(A) has a value"});
  CHECK(conditions_of("simplify(sqrtm(A) - sqrtm(A))") == Texts{"sqrtm(A) has a value"});
  CHECK(conditions_of("simplify(sqrtm(4*A)^2)") == Texts{"sqrtm(A) has a value"});
  CHECK(conditions_of("simplify(expm(logm(A*B)))") == Texts{"logm(A*B) has a value"});
  CHECK(conditions_of("diff(tr(logm(a*A)), a)") == Texts{"logm(a*A) has a value"});
  CHECK(conditions_of("simplify(A*logm(A) - logm(A)*A)") == Texts{"logm(A) has a value"});
  CHECK(conditions_of("simplify(sylvester(A, B, C*C') - sylvester(A, B, C*C'))") ==
        Texts{"sylvester(A, B, C*C') has a value"});
  CHECK(conditions_of("simplify(frechet(logm, A, B) - frechet(logm, A, B))") == Texts{"logm(A) has a value"});
  CHECK(conditions_of("simplify(frechet(expm, A, B) - frechet(expm, A, B))").empty());
  CHECK(conditions_of("simplify(frechet(sqrtm, T, A) - frechet(sqrtm, T, A))") == Texts{"eigmin(T) > 0"});
  CHECK(conditions_of("simplify(frechet(sqrtm, A, B) - frechet(sqrtm, A, B))") ==
        Texts{"frechet(sqrtm, A, B) has a value"});
  CHECK(conditions_of("simplify(if a > 0 then tr(sqrtm(A)^2) else 0)") ==
        Texts{"a <= 0 or sqrtm(A) has a value"});
  CHECK(conditions_of("simplify(sqrtm(T)^2)") == Texts{"eigmin(T) >= 0"});
  CHECK(conditions_of("simplify(expm(logm(T)))") == Texts{"eigmin(T) > 0"});
  CHECK(conditions_of("simplify(chol(T)*chol(T)')") == Texts{"eigmin(T) > 0"});
  CHECK(conditions_of("simplify(sqrtm(T)*A*sqrtm(T))").empty());
  CHECK(conditions_of("simplify(sqrtm(S)^2)").empty());
  CHECK(conditions_of("simplify(sqrtm(A*A')^2)").empty());
  CHECK(conditions_of("simplify(expm(logm(S + A*A')))").empty());
  CHECK(conditions_of("simplify(logm(expm(T)))").empty());
  CHECK(conditions_of("simplify(inv(expm(T))*expm(T))").empty());
  CHECK(conditions_of("var Z : matrix[n, n] symmetric complex\nsimplify(logdet(expm(Z)) - log(det(expm(Z))))")
            .empty());  // of complex values nothing is folded
  CHECK(conditions_of("simplify(chol(S)*chol(S)')").empty());
}

// The eigenvalues by hand; [2, 1; 1, 2] has 1 and 3, [1, 2; 2, 1] -1 and 3, ones(3, 3) has 0, 0 and 3.
TEST_CASE("a function of a matrix asks what its eigenvalues say", "[conditions]") {
  CHECK(conditions_of("simplify(sqrtm(T^2)^2)").empty());
  CHECK(conditions_of("simplify(sqrtm(zeros(3, 3))^2)").empty());
  CHECK(conditions_of("simplify(sqrtm(ones(3, 3))^2)").empty());
  CHECK(conditions_of("simplify(sqrtm(T^3)^2)") == Texts{"eigmin(T^3) >= 0"});
  CHECK(conditions_of("simplify(sqrtm(a*S)^2)") == Texts{"a >= 0"});
  CHECK(conditions_of("simplify(expm(logm(a*S)))") == Texts{"a > 0"});
  CHECK(conditions_of("simplify(if a > 0 then sqrtm(a*S)^2 else A)").empty());
  CHECK(conditions_of("simplify(sqrtm(diag(x))^2)") == Texts{"x >= 0 in every entry"});
  CHECK(conditions_of("simplify(expm(logm(diag(x))))") == Texts{"x > 0 in every entry"});
  CHECK(conditions_of("simplify(sqrtm(A + A')^2)") == Texts{"eigmin(A + A') >= 0"});
  CHECK(conditions_of("simplify(logm([2, 1; 1, 2]) - logm([2, 1; 1, 2]))").empty());
  CHECK(conditions_of("simplify(chol([2, 1; 1, 2])*chol([2, 1; 1, 2])')").empty());
  CHECK(conditions_of("simplify(sqrtm([1, 1; 0, 1])^2)").empty());
  CHECK(conditions_of("simplify(sqrtm([2, 1; 1, 3])^2)").empty());
  CHECK(conditions_of("simplify(sqrtm([1, 2; -3, 4])^2)") == Texts{"sqrtm([1, 2; -3, 4]) has a value"});
  CHECK(conditions_of("simplify(sqrtm(T)^2*inv(T)*T)") == Texts{"eigmin(T) > 0"});
  CHECK(conditions_of("frechet(logm, A, eye(n))") == Texts{"logm(A) has a value"});
  CHECK(conditions_of("frechet(logm, T, eye(n))") == Texts{"eigmin(T) > 0"});
  CHECK(conditions_of("simplify(sylvester([1, 2; 0, 3], [2, 0; 1, 5], M)*0)").empty());
}

TEST_CASE("what holds of no matrix holds of one without entries", "[conditions]") {
  CHECK(conditions_of("simplify(tr(sqrtm(-eye(n - 1))^2))") == Texts{"n <= 1"});
  CHECK(conditions_of("chol(-eye(n - 1))*0") == Texts{"n <= 1"});
  CHECK(conditions_of("simplify(sum(log(-i)*0 for i in 2:n))") == Texts{"n <= 1"});
  CHECK(conditions_of("simplify(sum(log(-i)*0 for i in 1:n if i > n))").size() == 1);
}

TEST_CASE("the derivative of a root of a matrix keeps its conditions", "[conditions]") {
  const Texts both{"det(A) != 0", "sqrtm(A) has a value"};
  CHECK(conditions_of("frechet(sqrtm, A, eye(n))*0") == both);
  CHECK(conditions_of("frechet(sqrtm, A, A^2)*0") == both);
  CHECK(conditions_of("frechet(sqrtm, A, eye(n))*sqrtm(A)") == both);
  CHECK(conditions_of("frechet(sqrtm, A, eye(n))").empty());  // inv(sqrtm(A))/2
  CHECK(conditions_of("frechet(sqrtm, T, eye(n))*0") == Texts{"eigmin(T) > 0"});
}

TEST_CASE("what is definite of real matrices is not of complex ones", "[conditions]") {
  CHECK(conditions_of("var Z : matrix[n, n] complex\nsimplify(inv(Z'*Z + eye(n))*(Z'*Z + eye(n)))") ==
        Texts{"det(eye(n) + Z'*Z) != 0"});
  CHECK(conditions_of("var Z : matrix[n, n] symmetric complex\nfrechet(sqrtm, Z, eye(n))*0").empty());
}

// Eigenvalues below 0, at 0 of a logarithm, in two matrices with opposite signs.
TEST_CASE("a function of a matrix that has no value is refused", "[conditions]") {
  for (const char* text :
       {"simplify(sqrtm(-eye(2))^2)", "simplify(sqrtm(-S)^2)", "sqrtm(-exp(a)*S)",
        "expm(logm([-1, 0; 0, 1]))", "chol([1, 2; 2, 1])*0", "chol(-S)", "logm(ones(3, 3))*0",
        "logm([0, 1; 0, 1])*0", "sqrtm([-1, 1; 0, 1])^2", "frechet(logm, -S, eye(n))",
        "frechet(sqrtm, [1, 2; 3, 4], eye(2))*0", "sqrtm([0, 1; 2, 0])", "expm(logm(S - S))",
        "simplify(sum(log(-i)*0 for i in 1:n))", "sylvester(eye(2), -eye(2), M)*0",
        "sylvester([1, 2; 0, 3], [2, 0; 1, -3], M)*0"}) {
    Session session;
    std::optional<Diagnostic> error;
    for (const std::string& part : {std::string(names), std::string(text)}) {
      const auto parsed = session.parse("<expr>", part);
      for (const Statement& s : parsed->statements) error = session.run(parsed, s).error;
    }
    INFO(text);
    REQUIRE(error);
    CHECK(error->code == Code::outside_domain);
  }
}

TEST_CASE("what is chosen from an array needs one that is not empty", "[conditions]") {
  CHECK(conditions_of("simplify(max(x[2:n]) - max(x[2:n]))") == Texts{"n > 1"});
  CHECK(conditions_of("simplify(min(x[i]^2 for i in 3:n) - min(x[i]^2 for i in 3:n))") == Texts{"n > 2"});
  CHECK(conditions_of("simplify(logsumexp(x[2:n]) - logsumexp(x[2:n]))") == Texts{"n > 1"});
  CHECK(conditions_of("grad(logsumexp(x[2:n]), x)") == Texts{"n > 1"});
  CHECK(conditions_of("simplify(logsumexp(C[:, 2:m], dim = 2) - logsumexp(C[:, 2:m], dim = 2))") ==
        Texts{"m > 1"});
  CHECK(conditions_of("simplify(max(x) - max(x))").empty());
  CHECK(conditions_of("simplify(max(x[2:n]))").empty());
  CHECK(conditions_of("simplify(softmax(x[2:n]) - softmax(x[2:n]))").empty());  // of no numbers, none
  CHECK(conditions_of("simplify(prod(x[2:n]) - prod(x[2:n]))").empty());
}

TEST_CASE("definitions are asked where they are used", "[conditions]") {
  CHECK(conditions_of("f(v : vector[n]) = v ./ v\nf(x + y)") == Texts{"x + y != 0 in every entry"});
  CHECK(conditions_of("r = inv(A)*A\nr*x") == Texts{"det(A) != 0"});
  CHECK(conditions_of("if a > 0 then x else inv(A)*A*x") == Texts{"a > 0 or det(A) != 0"});
}

TEST_CASE("a stronger bound says what a weaker one asks", "[conditions]") {
  // Not a > 0 as well; at the border the branches differ.
  CHECK(conditions_of("diff(if a > 2 then log(a) else 0, a)") == Texts{"a != 2"});
  CHECK(conditions_of("diff(if a < -1 then log(-a) else 0, a)") == Texts{"a != -1"});
  CHECK(conditions_of("if a >= 1 then a/a else 0").empty());
  CHECK(conditions_of("if a >= 0 then a/a else 0") == Texts{"a < 0 or a != 0"});
  CHECK(conditions_of("if a < 2 then log(a) - log(a) else 0") == Texts{"a >= 2 or a > 0"});
}

TEST_CASE("a power of a norm is differentiable at 0 where its exponent is above the order", "[conditions]") {
  CHECK(conditions_of("grad(norm2(x), x)") == Texts{"x is not 0"});
  CHECK(conditions_of("grad(norm2(x)^3, x)").empty());
  CHECK(conditions_of("hess(norm2(x)^3, x)").empty());
  CHECK(conditions_of("grad(norm2(x)^(1/2), x)") == Texts{"x is not 0"});
  CHECK(conditions_of("hess(norm2(x)^(3/2), x)") == Texts{"x is not 0"});
  CHECK(conditions_of("grad(norm2(x)^3 + norm2(x), x)") == Texts{"x is not 0"});
  CHECK(conditions_of("grad(norm1(x), x)") == Texts{"x != 0 in every entry"});
}

// Where derivatives of functions of vectors and matrices exist. Expected: Magnus and Neudecker, Matrix
// Differential Calculus, 3rd edition, 2019, 8.5-8.9, and the definitions of the norms.
#include <catch2/catch.hpp>
#include <string>

#include "expr/condition_form.h"
#include "session/session.h"

using namespace nabla;

namespace {

// Of the last statement, joined by commas.
std::string conditions_of(const std::string& statements, const PrintOptions& options = {}) {
  Session session;
  std::string result;
  for (const std::string& text : {std::string("dim n >= 1; dim m >= 1\nvar S : matrix[n, n] symmetric\n"
                                              "var A : matrix[n, m]\nvar x, y : vector[n]\nvar t"),
                                  statements}) {
    const auto parsed = session.parse("<test>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      REQUIRE_FALSE(o.error);
      result.clear();
      for (Ref c : o.answer.conditions)
        result += (result.empty() ? "" : ", ") + condition_text(session.context(), c, options);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("what differentiability asks for is said", "[diff][tensor][conditions]") {
  const char* const rows[][2] = {
      {"grad(eigmax(S), S)", "the largest eigenvalue of S is simple"},
      {"grad(eigvals(S)'*x, S)", "the eigenvalues of S are simple"},
      {"grad(sum(pinv(A)), A)", "the rank of A does not change"},
      {"grad(norm2(S), S)", "the largest singular value of S is simple"},
      {"grad(sum(polar(S)), S)", "S has full rank"},
      {"grad(norm2(S*x) + normF(S), S)", "S*x is not 0, S is not 0"},
      {"grad(tr(S*S) + norm2(x), S)", ""},  // norm2(x) does not depend on S
      {"grad(eigmax(S)^2 - eigmax(S), S)", "the largest eigenvalue of S is simple"},
      {"grad(max(x), x)", "the largest entry is unique"},
      {"grad(x[argmax(x)], x)", "the largest entry is unique"},
      {"grad(norm1(x) + sum(abs(x)), x)", "x != 0 in every entry"},
      {"grad((if t > 0 then max(x) else 0), x)", "t <= 0 or the largest entry is unique"},
      {"grad((if t > 0 then max(x) else 0) + max(x)^2, x)", "the largest entry is unique"},
      {"grad(max(x), x)[1]", "the largest entry is unique"},
      {"differential(max(x))", "the largest entry is unique"},
      {"grad(sum(max(A, dim = 1)), A)", "each largest entry is unique"},
      {"grad(sum(norm2(A, dim = 2)), A)", "no row of A is 0"},
      {"grad(sum(norm2(A, dim = 1)), A)", "no column of A is 0"},
      {"1 ./ norm2(A, dim = 1)", ""},  // the condition was turned to and fro without end
      {"grad(sum(abs(x[i])*i for i in 1:n if i != 2), x)", "x != 0 in every entry"},
      {"jvp(abs(y) .* x, x, y)", ""},  // by x alone
      {"max(x)", ""},
  };
  for (const auto& [statement, expected] : rows) {
    INFO(statement);
    CHECK(conditions_of(statement) == expected);
  }
  PrintOptions latex;
  latex.format = Format::latex;
  CHECK(conditions_of("grad(eigmax(S), S)", latex) ==
        "\\text{the largest eigenvalue of }S\\text{ is simple}");
}

TEST_CASE("derivatives inside of others and of names keep what they ask for", "[diff][tensor][conditions]") {
  const char* const rows[][2] = {
      {"jac(grad(norm1(x), x), x)", "x != 0 in every entry"},  // zeros(n, n)
      {"jac(grad(max(x), x), x)", "the largest entry is unique"},
      {"2*grad(max(x), x)", "the largest entry is unique"},
      {"grad(max(x), x)'*y", "the largest entry is unique"},
      {"simplify(grad(norminf(x), x))", "the entry of x that is largest in size is unique and not 0"},
      {"g = grad(max(x), x)\ng + y", "the largest entry is unique"},
      {"g(u : vector[n]) = grad(norm2(u), u)\ng(x + y)", "x + y is not 0"},
      {"diff(norm2(x)*t, t)", ""},
      {"jac(grad(norm2(x)^3, x), x)", ""},              // the third power has second derivatives at 0
      {"jac(grad(norm2(x)^2*t, x), x)", ""},            // a sum of squares
      {"diff(norm2(t*x)^3, t, t, t)", "t*x is not 0"},  // 6*abs(t)^3 has no third derivative at 0
  };
  for (const auto& [statement, expected] : rows) {
    INFO(statement);
    CHECK(conditions_of(statement) == expected);
  }
}

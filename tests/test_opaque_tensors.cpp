// Derivatives through opaque functions of vectors and matrices: what is printed for a function nobody knows
// holds for one that is known. The known one is put in its place and both sides are compared, by the normal
// form of matrices or at random points; the right side is the derivative of the formula written out.
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

struct Case {
  const char* names;     // declared in both worlds
  const char* opaque;    // the functions nobody knows
  const char* known;     // the same names with bodies
  const char* question;  // in those functions
  const char* expected;  // what is printed, by hand
};

constexpr Case cases[] = {
    // d f(W) = tr(f'(W)'*dW), Magnus and Neudecker (2019), chapter 5
    {"dim n\nvar A : matrix[n, n]\nparam C : matrix[n, n]", "fun J(matrix[n, n]) : scalar",
     "J(W: matrix[n, n]) = tr(W*C*W)", "grad(J(inv(A)), A)", "-inv(A)'*J'(inv(A))*inv(A)'"},
    {"dim n, m\nvar X : matrix[n, m]\nparam A : matrix[n, n]", "fun J(matrix[n, m]) : scalar",
     "J(W: matrix[n, m]) = sum(W.^3)", "grad(J(A*X), X)", "A'*J'(A*X)"},
    {"dim n\nvar x : vector[n]\nparam A : matrix[n, n]", "fun f(vector[n]) : scalar",
     "f(w: vector[n]) = w'*w*sum(w)", "grad(f(A*x)^2, x)", "2*f(A*x)*A'*f'(A*x)"},
    {"dim n\nvar x : vector[n]\nparam A : matrix[n, n]", "fun f(vector[n]) : vector[n]",
     "f(w: vector[n]) = w.^3", "jac(f(A*x), x)", "f'(A*x)*A"},
    {"dim n\nvar t\nparam a, b : vector[n]", "fun f(vector[n]) : scalar", "f(w: vector[n]) = (w'*w)^2",
     "diff(f(a + t*b), t)", "b'*f'(a + t*b)"},
    {"dim n\nvar x : vector[n]\nparam a : vector[n]", "fun h(vector[n], scalar) : scalar",
     "h(w: vector[n], s) = s^2*(a'*w)", "grad(h(x, x'*x), x)", "2*D(h,2)(x, x'*x)*x + D(h,1)(x, x'*x)"},
    {"dim n\nvar x : vector[n]\nparam A : matrix[n, n]", "fun f(vector[n]) : scalar",
     "f(w: vector[n]) = sum(w.^4)", "hess(f(A*x), x)", "A'*f''(A*x)*A"},
    {"dim n, m\nvar x : vector[n]\nparam B : matrix[m, n]", "fun h(vector[n], vector[m]) : scalar",
     "h(v: vector[n], w: vector[m]) = v'*v*sum(w.^3)", "grad(h(x, B*x), x)",
     "B'*D(h,2)(x, B*x) + D(h,1)(x, B*x)"},
};

std::string answer(Session& session, const std::string& text) {
  Outcome last;
  const auto parsed = session.parse("t", text);
  INFO(text);
  REQUIRE(parsed->errors.empty());
  for (const Statement& s : parsed->statements) {
    last = session.run(parsed, s);
    INFO((last.error ? last.error->message : ""));
    REQUIRE(!last.error);
  }
  if (last.answer.kind == AnswerKind::expression) return print(session.context(), last.answer.value);
  return last.answer.text;
}

}  // namespace

TEST_CASE("opaque functions of vectors and matrices") {
  for (const Case& c : cases) {
    INFO(c.question);
    Session unknown, known;
    const std::string names = std::string(c.names) + "\n";
    const std::string printed = answer(unknown, names + c.opaque + "\n" + c.question);
    CHECK(answer(unknown, std::string("equal(") + c.question + ", " + c.expected + ")").substr(0, 6) ==
          "proved");
    CHECK(answer(known, names + c.known + "\nequal(" + c.question + ", " + printed + ")").substr(0, 6) ==
          "proved");
  }
}

// The chain rule through two functions.
TEST_CASE("opaque functions of matrices with matrix values") {
  const std::string names = "dim n\nvar X : matrix[n, n]\nparam C, D : matrix[n, n]\n";
  Session unknown;
  const std::string printed = answer(
      unknown, names + "fun g(matrix[n, n]) : scalar\nfun U(matrix[n, n]) : matrix[n, n]\ngrad(g(U(X)), X)");
  Session known;
  const std::string both = answer(known, names +
                                             "g(W: matrix[n, n]) = tr(C*W*W)\nU(W: matrix[n, n]) = W'*D*W\n"
                                             "equal(grad(g(U(X)), X), " +
                                             printed + ")");
  INFO(printed);
  CHECK(both.substr(0, 6) == "proved");
  // By an entry of a matrix of constant size: not 0.
  Session small;
  CHECK(answer(small, "var X : matrix[2, 2]; fun g(matrix[2, 2]) : scalar; diff(g(X), X[1, 2])") ==
        "g'(X)[1, 2]");
}

// The derivatives of g(s) = s^3 + 2*s and h(s, r) = s^2*r^3.
std::string with_bodies(std::string text) {
  const std::pair<const char*, const char*> names[] = {
      {"g''(", "second("}, {"g'(", "first("}, {"D(h, 1)(", "by_s("}, {"D(h, 2)(", "by_r("}};
  for (const auto& [derivative, name] : names) {
    for (size_t at; (at = text.find(derivative)) != std::string::npos;)
      text.replace(at, std::string(derivative).size(), name);
  }
  return text;
}

// Of scalars, entry by entry: what is asked and what is expected hold for a function with a body too.
TEST_CASE("opaque functions of a scalar are applied entry by entry") {
  const std::string names = "dim n\nvar x : vector[n]\nvar t\nparam u : vector[n]\nparam A : matrix[n, n]\n";
  const std::string known =
                        "g(s) = s^3 + 2*s\nfirst(s) = 3*s^2 + 2\nsecond(s) = 6*s\nh(s, r) = s^2*r^3\n"
                        "by_s(s, r) = 2*s*r^3\nby_r(s, r) = 3*s^2*r^2\n",
                    opaque = "fun g(scalar) : scalar\nfun h(scalar, scalar) : scalar\n";
  const std::pair<const char*, const char*> rows[] = {
      {"grad(sum(g(x[i]) for i in 1:n), x)", "[g'(x[i]) for i in 1:n]"},
      {"hess(sum(g(x[i]) for i in 1:n), x)", "diag([g''(x[i]) for i in 1:n])"},
      {"grad(sum(u[i]*g(A[i, :]*x) for i in 1:n), x)",
       "[sum(u[i]*g'(A[i, :]*x)*A[i, k] for i in 1:n) for k in 1:n]"},
      {"jac([g(t*x[i]) for i in 1:n], t)", "[x[i]*g'(t*x[i]) for i in 1:n]"},
      {"grad(sum(h(x[i], t) for i in 1:n), x)", "[D(h, 1)(x[i], t) for i in 1:n]"},
      {"diff(sum(h(x[i], t) for i in 1:n), t)", "sum(D(h, 2)(x[i], t) for i in 1:n)"},
      {"grad(sum(h(x[i], x[j]) for i in 1:n, j in 1:n), x)",
       "[sum(D(h, 1)(x[k], x[j]) for j in 1:n) + sum(D(h, 2)(x[i], x[k]) for i in 1:n) for k in 1:n]"},
      {"hvp(sum(g(x[i]*u[i]) for i in 1:n), x, u)", "[g''(x[i]*u[i])*u[i]^3 for i in 1:n]"},
      {"grad(sum(if x[i] > 0 then g(x[i]) else 0 for i in 1:n), x)",
       "[if x[i] > 0 then g'(x[i]) else 0 for i in 1:n]"},
      {"laplacian(sum(g(x[i]) for i in 1:n), x)", "sum(g''(x[i]) for i in 1:n)"},
  };
  for (const auto& [question, expected] : rows) {
    INFO(question);
    const std::string both = std::string("equal(") + question + ", " + expected + ")";
    Session unknown, world;
    CHECK(answer(unknown, names + opaque + both).substr(0, 6) == "proved");
    CHECK(answer(world, names + known + with_bodies(both)).substr(0, 6) == "proved");
    Session again;
    const std::string printed = answer(again, names + opaque + question);
    CHECK(answer(again, printed) == printed);
  }
  Session s;
  CHECK(answer(s, names + opaque + "grad(sum(g(x)), x)") == "g'(x)");
  CHECK(answer(s, "g(A')") == "g(A)'");
  CHECK(answer(s, "g(2*ones(n))") == "g(2)*ones(n)");
}

// d tr(f(A(t))) with A' entry by entry, the Cookbook's 133.
TEST_CASE("opaque functions of a scalar with matrix values") {
  Session unknown, known;
  const std::string names = "dim n\nvar t\nparam B, C : matrix[n, n]\n";
  const std::string printed =
      answer(unknown, names + "fun f(matrix[n, n]) : scalar\nfun A(scalar) : matrix[n, n]\ndiff(f(A(t)), t)");
  CHECK(answer(known, names + "f(W: matrix[n, n]) = tr(W*W)\nA(s) = s^2*B + s*C\nequal(diff(f(A(t)), t), " +
                          printed + ")")
            .substr(0, 6) == "proved");
}

// Powers of Euclidean norms. Expected: the gradient of |x|^p is p*|x|^(p-2)*x and its Laplacian
// p*(p + n - 2)*|x|^(p-2) (any textbook of vector calculus).
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

const char* const names = "dim n, m; var x, y : vector[n]; var A : matrix[n, m]; var u : vector[n] complex\n";

Outcome run(Session& session, const std::string& text) {
  Outcome last;
  const auto parsed = session.parse("t", names + text);
  REQUIRE(parsed->errors.empty());
  for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  return last;
}

std::string answer(const std::string& text) {
  Session session;
  const Outcome out = run(session, text);
  if (out.error) return out.error->message;
  if (out.answer.kind == AnswerKind::numbers) return numbers_text(out.answer.numbers);
  return out.answer.kind == AnswerKind::expression ? print(session.context(), out.answer.value)
                                                   : out.answer.text;
}

}  // namespace

TEST_CASE("odd powers of a norm have one form", "[tensor]") {
  const std::pair<const char*, const char*> rows[] = {
      {"norm2(x)*x'*x", "norm2(x)^3"},
      {"x'*x/norm2(x)", "norm2(x)"},
      {"x/(norm2(x)*x'*x)", "x/norm2(x)^3"},
      {"y'*y*norm2(x)^3/(x'*x)^2", "y'*y/norm2(x)"},
      {"normF(A)*sum(A.^2)", "normF(A)^3"},
      {"norm2(x - y)*(x - y)'*(x - y)", "norm2(x - y)^3"},
      {"norm2(x)^2", "x'*x"},
      {"norm2(x)^4/(x'*x)", "x'*x"},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(answer(text) == expected);
    CHECK(answer(std::string("equal(") + text + ", " + expected + ")") == "proved");
  }
  CHECK(answer("norm2(u)*real(u'*u)").find("^3") == std::string::npos);  // not of complex vectors
}

TEST_CASE("derivatives of powers of a norm", "[tensor][diff]") {
  CHECK(answer("grad(norm2(x)^3, x)") == "3*norm2(x)*x");
  CHECK(answer("grad(normF(A)^5, A)") == "5*normF(A)^3*A");
  CHECK(answer("hess(norm2(x), x)") == "eye(n)/norm2(x) - x*x'/norm2(x)^3");
  CHECK(answer("laplacian(1/norm2(x), x)") == "(3 - n)/norm2(x)^3");
  for (const char* p : {"3", "5", "-1", "-3", "5/2"}) {
    const std::string power = std::string("(") + p + ")";
    INFO(p);
    CHECK(answer("equal(grad(norm2(x)^" + power + ", x), " + power + "*norm2(x)^(" + power + " - 2)*x)") ==
          "proved");
    CHECK(answer("equal(laplacian(norm2(x)^" + power + ", x), " + power + "*(" + power +
                 " + n - 2)*norm2(x)^(" + power + " - 2))") == "proved");
  }
  // Defined where the power has a derivative and the norm has none.
  CHECK(answer("eval(grad(norm2(x)^3, x), x = [0; 0])") == "[0; 0]");
  CHECK(answer("grad(sum(if i == j then x[i]^2 else 0 for i in 1:n, j in 1:n), x)") == "2*x");
}

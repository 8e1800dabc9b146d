// Common factors of sums: what a person would take out, and how much work that is.
#include <catch2/catch.hpp>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

struct Done {
  std::string text;
  uint64_t steps = 0;  // of the budget
};

Done done(const std::string& declarations, const std::string& statement) {
  Session session;
  Done result;
  for (const std::string& text : {declarations, statement}) {
    const auto parsed = session.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      INFO(statement << (o.error ? ": " + o.error->message : ""));
      REQUIRE_FALSE(o.error);
      result.steps = session.context().budget().spent();
      if (o.answer.value) result.text = print(session.context(), o.answer.value);
    }
  }
  return result;
}

std::string product(size_t count, const std::string& before, const std::string& after) {
  std::string text;
  for (size_t i = 1; i <= count; ++i) text += (i == 1 ? "" : "*") + before + std::to_string(i) + after;
  return text;
}

}  // namespace

TEST_CASE("common factors are taken out of derivatives", "[simplify][tensor]") {
  const std::string names =
      "dim n\nvar x, y, b : vector[n]\nparam A, B : matrix[n, n] symmetric\nparam C : matrix[n, n]\nparam a "
      ": scalar";
  // The gradient of Rayleigh's quotient, as books have it.
  CHECK(done(names, "grad(x'*A*x/(x'*B*x), x)").text == "2*(A - x'*A*x*B/(x'*B*x))*x/(x'*B*x)");
  CHECK(done(names, "grad(x'*C*x + b'*x, x)").text == "b + (C + C')*x");
  CHECK(done(names, "grad(x'*y/(norm2(x)*norm2(y)), x)").text == "(y - x'*y*x/(x'*x))/(norm2(x)*norm2(y))");
  CHECK(done(names, "jac(x/norm2(x), x)").text == "eye(n)/norm2(x) - x*x'/norm2(x)^3");
}

// The work on k factors grows like a power of k, at most the sixth: twice as many are 64 times the steps at
// most. It once grew like the factorial.
TEST_CASE("a product of many factors is differentiated in polynomial work", "[simplify][tensor]") {
  const std::string names =
      "dim n\nvar x : vector[n]\nvar u, v : vector[40]\nparam y : vector[n]\nparam A : matrix[n, n]";
  const auto steps = [&](size_t k, const std::string& before, const std::string& after,
                         const std::string& by) {
    return done(names, "grad(" + product(k, before, after) + ", " + by + ")").steps;
  };
  for (const size_t k : {size_t{6}, size_t{12}}) {
    CHECK(steps(2 * k, "(x'*A^", "*y)", "x") < 64 * steps(k, "(x'*A^", "*y)", "x"));
    CHECK(steps(2 * k, "max(u[1], v[", "])", "u") < 64 * steps(k, "max(u[1], v[", "])", "u"));
    CHECK(steps(2 * k, "(if x'*y > ", " then x'*A*x else norm2(x))", "x") <
          64 * steps(k, "(if x'*y > ", " then x'*A*x else norm2(x))", "x"));
  }
}

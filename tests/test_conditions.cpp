// The conditions of an answer, by hand from the domains of the functions.
#include <algorithm>
#include <catch2/catch.hpp>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

std::vector<std::string> conditions_of(const std::string& declarations, const std::string& statement) {
  Session session;
  std::vector<std::string> result;
  for (const std::string& text : {declarations, statement}) {
    const auto parsed = session.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      REQUIRE_FALSE(o.error);
      result.clear();
      for (Ref c : o.answer.conditions) result.push_back(print(session.context(), c, {}));
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what the answer does not imply is stated", "[conditions]") {
  CHECK(conditions_of("", "x/x") == Texts{"x != 0"});
  CHECK(conditions_of("", "x/(2*x*y)") == Texts{"x != 0"});  // y != 0 is the answer's own
  CHECK(conditions_of("", "(x^2 - 1)/(x - 1)*(x - 1)") == Texts{"x != 1"});
  CHECK(conditions_of("", "log(3 - 2*x) - log(3 - 2*x)") == Texts{"x < 3/2"});
  CHECK(conditions_of("", "sqrt(x)^2") == Texts{"x >= 0"});
  CHECK(conditions_of("", "1/sqrt(x) - sqrt(1/x)") == Texts{"x > 0"});
  CHECK(conditions_of("", "log(x) - log(x)") == Texts{"x > 0"});
  CHECK(conditions_of("", "log(4*y - 4*x) - log(4*y - 4*x)") == Texts{"y - x > 0"});
  CHECK(conditions_of("", "log(exp(x)*y^2) - log(exp(x)*y^2)") == Texts{"y != 0"});
  CHECK(conditions_of("", "simplify(1/(1/x + 1))") == Texts{"x != 0"});  // x != -1 is the answer's own
  CHECK(conditions_of("", "(x + exp(-y))/(x + exp(-y))") == Texts{"x + exp(-y) != 0"});
  CHECK(conditions_of("", "tan(x) - tan(x)") == Texts{"cos(x) != 0"});
}

TEST_CASE("what is sure or implied is not stated", "[conditions]") {
  CHECK(conditions_of("", "x^2 + sin(x)").empty());
  CHECK(conditions_of("", "1/x").empty());
  CHECK(conditions_of("", "log(x)/x").empty());
  CHECK(conditions_of("var x : scalar > 0", "x/x").empty());
  CHECK(conditions_of("dim n; param S: matrix[n, n] spd", "log(det(S))").empty());
  CHECK(conditions_of("dim n; param A: matrix[n, n]", "log(det(A'*A + eye(n)))").empty());
  CHECK(conditions_of("var x : scalar != 0", "x/x").empty());
  CHECK(conditions_of("", "(1 + x^2)/(1 + x^2)").empty());
  CHECK(conditions_of("", "subs(1/x, x = 2)").empty());
  CHECK(conditions_of("", "tan(atan(x))").empty());
  CHECK(conditions_of("", "1/(x - y) - 2/(y - x)").empty());
  CHECK(conditions_of("", "simplify(1/(y*exp(-x) + 1))").empty());    // exp(x)/(y + exp(x))
  CHECK(conditions_of("", "simplify(1/(2*x + 6*exp(-1)))").empty());  // e/(2*e*x + 6)
  CHECK(conditions_of("", "simplify(sqrt(9*x - 9*y))").empty());      // 3*sqrt(x - y)
  CHECK(conditions_of("", "simplify(1/(x - y) + 1/(y - x))") == Texts{"x - y != 0"});
}

// By hand: u^2 < r/s between the roots, u^2 > r/s outside.
TEST_CASE("the sign of a quadratic says where its variable lies", "[conditions]") {
  for (const char* implied :
       {"diff(asin(x), x)", "diff(asin(x/3), x)", "simplify(diff(acos(2*x + 1), x))", "diff(asin(x - 1), x)",
        "simplify(diff(asin(x/a), x))", "diff(asin(b*x), x)", "diff(asin(x^2), x)", "diff(asin(sqrt(x)), x)",
        "diff(asin(exp(x)), x)", "diff(asec(x), x)", "simplify(diff(asec(2*x - 1), x))",
        "simplify(tan(asin(x)))", "(x - 1)/(x - 1)/sqrt(1 - x^2)", "(x - 2)/(x - 2)*sqrt(2 - x^2)",
        "asin(x) - asin(x) + sqrt(1 - x^2)"}) {
    INFO(implied);
    CHECK(conditions_of("param a > 0", implied).empty());
  }
  CHECK(conditions_of("", "(x - 1)/(x - 1)*sqrt(1 - x^2)") == Texts{"x != 1"});
  CHECK(conditions_of("", "(x - 1)/(x - 1)/sqrt(2 - x^2)") == Texts{"x != 1"});
  CHECK(conditions_of("", "asin(x) - asin(x) + 1/sqrt(4 - x^2)") == Texts{"x <= 1", "x >= -1"});
  CHECK(conditions_of("", "diff(acosh(x), x)") == Texts{"x > 1"});  // x < -1 is left by x^2 > 1
  CHECK(conditions_of("", "asec(x) - asec(x) + sqrt(x^2 - 1)").empty());
  CHECK(conditions_of("", "asec(x) - asec(x) + sqrt(x^2 - 1/4)") == Texts{"x <= -1 or x >= 1"});
  CHECK(conditions_of("", "asec(2*x) - asec(2*x) + sqrt(x^2 - 1/4)").empty());
  CHECK(conditions_of("", "log(x + 1) - log(x + 1) + sqrt(1 - x^2)") == Texts{"x > -1"});
  CHECK(conditions_of("", "log(x - 5) - log(x - 5) + sqrt(1 - x^2)") == Texts{"x > 5"});
  // Where the slope is 0 it says nothing.
  CHECK(conditions_of("param b >= 0", "diff(log(b + b*x) + asin(x), x)") == Texts{"b*x + b > 0"});
  CHECK(conditions_of("", "diff(log(c^2 + c^2*x) + asin(x), x)") == Texts{"c^2*x + c^2 > 0"});
  CHECK(conditions_of("param b > 0", "diff(log(b + b*x) + asin(x), x)").empty());
  CHECK(conditions_of("", "asin(b*x) - asin(b*x) + sqrt(c - x^2)") == Texts{"b*x <= 1", "b*x >= -1"});
}

TEST_CASE("complex values that are folded away have their poles", "[conditions]") {
  constexpr const char* names = "param w : scalar complex";
  CHECK(conditions_of(names, "log(w) - log(w)") == Texts{"w != 0"});
  CHECK(conditions_of(names, "w^0.5*w^-0.5") == Texts{"w != 0"});
  CHECK(conditions_of(names, "tan(w)*0") == Texts{"cos(w) != 0"});
  CHECK(conditions_of(names, "sqrt(w) - sqrt(w)").empty());
  CHECK(conditions_of(names, "1/w").empty());
  CHECK(conditions_of(names, "w/exp(w)*exp(w)").empty());
  CHECK(conditions_of(names, "simplify(1/(1 + 1/exp(w)))").empty());       // 1/(exp(-w) + 1)
  CHECK(conditions_of(names, "simplify(1/(x + x^2/exp(w)))").size() < 2);  // x is asked for at most
}

// By hand: cos(acos(x)) = x, sin(atan(x)) = x/sqrt(x^2 + 1), cos(asin(x)) = sqrt(1 - x^2).
TEST_CASE("poles of functions of inverse functions are where x is", "[conditions]") {
  CHECK(conditions_of("", "simplify(tan(acos(x)))").empty());  // x != 0 is the answer's own
  CHECK(conditions_of("", "simplify(cot(atan(x)))").empty());
  CHECK(conditions_of("", "tan(acos(x)) - tan(acos(x))") == Texts{"x != 0", "x <= 1", "x >= -1"});
  CHECK(conditions_of("", "cot(atan(x)) - cot(atan(x))") == Texts{"x != 0"});
  CHECK(conditions_of("", "csc(asin(x)) - csc(asin(x))") == Texts{"x != 0", "x <= 1", "x >= -1"});
  CHECK(conditions_of("", "cot(acos(x)) - cot(acos(x))") == Texts{"x < 1", "x > -1"});
}

TEST_CASE("derivatives state where the functions have them", "[conditions]") {
  CHECK(conditions_of("", "diff(abs(x), x)") == Texts{"x != 0"});
  CHECK(conditions_of("", "diff(abs(y)*x, x)").empty());
  CHECK(conditions_of("", "diff(floor(x), x)") == Texts{"x != floor(x)"});
  CHECK(conditions_of("", "diff(acosh(x), x)") == Texts{"x > 1"});
  CHECK(conditions_of("", "diff(max(x, y), x)") == Texts{"x != y"});
  CHECK(conditions_of("", "diff(sqrt(x), x)").empty());
  CHECK(conditions_of("", "diff(log(x), x)") == Texts{"x > 0"});
}

TEST_CASE("inside a branch a condition is asked only where the branch is taken", "[conditions]") {
  CHECK(conditions_of("", "if x > 0 then sqrt(x)^2 else 1").empty());
  CHECK(conditions_of("", "if x > 0 then y/y else 0") == Texts{"x <= 0 or y != 0"});
  CHECK(conditions_of("", "if x != 0 then x/x else 2").empty());
}

TEST_CASE("a power with a symbolic exponent has no value at 0 if the exponent is negative", "[conditions]") {
  const std::string k = "param k : scalar integer";
  CHECK(conditions_of(k, "x^k*x^-k") == Texts{"x != 0"});
  CHECK(conditions_of(k, "0*x^(-k)") == Texts{"x != 0"});
  CHECK(conditions_of(k, "0*x^(k - 5)") == Texts{"x != 0"});
  CHECK(conditions_of(k, "0*x^k") == Texts{"x != 0"});
  CHECK(conditions_of(k, "x^k + x/x") == Texts{"x != 0"});  // at x = 0, k = 2 the answer has a value
  CHECK(conditions_of(k, "(x*y)^k/(x*y)^k") == Texts{"x != 0", "y != 0"});
  CHECK(conditions_of(k, "if x > 1 then 0*(x - 1)^k else 1").empty());
  CHECK(conditions_of("", "x^y/x^y") == Texts{"x > 0"});
  CHECK(conditions_of("var y : scalar >= 0", "0*x^y") == Texts{"x >= 0"});
}

TEST_CASE("a power whose exponent cannot be negative asks for nothing", "[conditions]") {
  CHECK(conditions_of("param k : scalar integer >= 0", "0*x^k").empty());
  CHECK(conditions_of("param k : scalar integer >= 5", "0*x^(k - 5)").empty());
  CHECK(conditions_of("param k : scalar integer <= 5", "0*x^(10 - 2*k)").empty());
  CHECK(conditions_of("param k : scalar integer >= 4", "0*x^(k - 5)") == Texts{"x != 0"});
  CHECK(conditions_of("param k : scalar integer", "0*x^(k^2)").empty());
  CHECK(conditions_of("param k : scalar integer", "if k >= 0 then 0*x^k else 1").empty());
  CHECK(conditions_of("dim n", "0*x^(n - 1)").empty());
  CHECK(conditions_of("param k : scalar integer; var x : scalar != 0", "0*x^k").empty());
  CHECK(conditions_of("param k : scalar integer", "0*(x^2 + 1)^k").empty());
}

TEST_CASE("a power in a denominator is not 0", "[conditions]") {
  const std::string k = "param k : scalar integer";
  CHECK(conditions_of(k, "1/x^k") == Texts{"x != 0"});     // at 0 and k = -1, x^-k is 0 and x^k has no value
  CHECK(conditions_of(k, "1/x^(-k)") == Texts{"x != 0"});  // x^k has a value at 0 for k = 1
  CHECK(conditions_of("", "y/x^n") == Texts{"x != 0"});
  CHECK(conditions_of(k, "x^k/x^k + x^k") == Texts{"x != 0"});
  // 0^0 is 1, so that mod(p, y^y) has a value at y = 0.
  CHECK(conditions_of("param p", "mod(p, y^y) + y/y") == Texts{"y != 0"});
  CHECK(conditions_of("param p", "mod(p, y^y) + 1/(1/y)") == Texts{"y != 0"});
}

TEST_CASE("powers that the answer still has ask for nothing", "[conditions]") {
  const std::string k = "param k : scalar integer";
  CHECK(conditions_of(k, "x^k").empty());
  CHECK(conditions_of(k, "1/x^(k + 1) + x^k").empty());
  CHECK(conditions_of(k, "mod(y, x^k)").empty());
  CHECK(conditions_of(k, "diff(x^k, x)").empty());
  CHECK(conditions_of("", "diff(x^n, x)").empty());  // n*x^(n - 1) has a value nowhere else
  CHECK(conditions_of("", "diff(x^n, n)").empty());  // nor has x^n*log(x)
}

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
  CHECK(conditions_of("", "tan(x) - tan(x)") == Texts{"cos(x) != 0"});
}

TEST_CASE("what is sure or implied is not stated", "[conditions]") {
  CHECK(conditions_of("", "x^2 + sin(x)").empty());
  CHECK(conditions_of("", "1/x").empty());
  CHECK(conditions_of("", "log(x)/x").empty());
  CHECK(conditions_of("var x : scalar > 0", "x/x").empty());
  CHECK(conditions_of("var x : scalar != 0", "x/x").empty());
  CHECK(conditions_of("", "(1 + x^2)/(1 + x^2)").empty());
  CHECK(conditions_of("", "subs(1/x, x = 2)").empty());
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

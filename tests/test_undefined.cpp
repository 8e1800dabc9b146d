// Expressions without a value are refused by name, or have the value that the convention says: by hand from
// the definitions of the functions.
#include <catch2/catch.hpp>

#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

// The text of the last answer, or its error code; conditions follow.
std::string said(const std::string& declarations, const std::string& statement) {
  Session session;
  std::string result;
  for (const std::string& text : {declarations, statement}) {
    const auto parsed = session.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      if (o.error) return std::string(spelling(o.error->code));
      const bool formula = o.answer.kind == AnswerKind::expression;
      result = o.answer.kind == AnswerKind::numbers ? numbers_text(o.answer.numbers)
               : formula                            ? print(session.context(), o.answer.value, {})
                                                    : o.answer.text;
      for (Ref c : o.answer.conditions) result += " where " + print(session.context(), c, {});
    }
  }
  return result;
}

}  // namespace

TEST_CASE("constants outside the domain of a function are refused", "[undefined]") {
  for (const char* text : {"(-2)^(1/2)",
                           "sqrt(-2)",
                           "(-8)^(1/3)",
                           "(-pi)^(1/2)",
                           "(-2)^pi",
                           "log(0)",
                           "log(-1)",
                           "log(1 - pi)",
                           "0*log(1 - pi)",
                           "0*(-2)^pi",
                           "asin(2)",
                           "acosh(0)",
                           "tan(pi/2)",
                           "sec(pi/2)",
                           "tan(pi/2) - tan(pi/2)",
                           "gamma(-1)",
                           "mod(x, 0)",
                           "0*mod(x, 0)",
                           "diff(mod(x, 0), x)",
                           "polygamma(1/2, x)",
                           "log(-x^2)",
                           "sqrt(-1 - x^2)",
                           "log(-exp(x))",
                           "diff(sqrt(-x^2), x)",
                           "subs(log(x), x = 0)",
                           "subs(diff(x^x, x), x = 0)"}) {
    CAPTURE(text);
    CHECK(said("", text) == "NB0502");
  }
  for (const char* text : {"1/0", "0^-1", "0^(-1/2)", "0^(-pi)", "subs(x/x, x = 0)", "subs(1/x, x = 0)"}) {
    CAPTURE(text);
    CHECK(said("", text) == "NB0501");
  }
}

TEST_CASE("powers of 0 and of negative numbers with a variable exponent", "[undefined]") {
  CHECK(said("", "diff(0^x, x)") == "0 where x > 0");  // 0^x is 0 for x > 0, 1 at 0, nothing below
  CHECK(said("", "diff(x*0^x, x)") == "0^x");
  CHECK(said("", "diff((-2)^x, x)") == "NB0502");
  CHECK(said("param a : scalar < 0", "diff(a^x, x)") == "NB0502");
  CHECK(said("", "(-2)^x") == "(-2)^x");
  CHECK(said("", "0*(-2)^x") == "0 where x == floor(x)");
  CHECK(said("", "subs((-2)^x, x = 3)") == "-8");
  CHECK(said("", "0^pi") == "0");
  CHECK(said("param p : scalar > 0", "0^p") == "0");
  CHECK(said("", "0^x") == "0^x");
  CHECK(said("", "0^0") == "1");
  CHECK(said("", "subs(x^x, x = 0)") == "1");
  CHECK(said("", "diff(x^0, x)") == "0");
  CHECK(said("", "diff(1^x, x)") == "0");
}

TEST_CASE("what has a value somewhere is not refused", "[undefined]") {
  CHECK(said("", "sqrt(-x)") == "sqrt(-x)");
  CHECK(said("", "sqrt(-x^2)") == "sqrt(-x^2)");  // at 0
  CHECK(said("", "diff(sqrt(0*x), x)") == "0");
  CHECK(said("", "diff(abs(x - x), x)") == "0");
  CHECK(said("", "if x > 0 then mod(x, 0) else 1") == "if x > 0 then mod(x, 0) else 1");
  CHECK(said("", "subs(x/x, x = y - 1)") == "1 where y != 1");
  CHECK(said("", "subs(x^n, n = 2)") == "x^2");
  CHECK(said("var z : scalar complex", "log(-z^2)") == "log(-z^2)");
}

TEST_CASE("eval evaluates what was written", "[undefined]") {
  CHECK(said("", "eval(x/x, x = 0)") == "NB0508");
  CHECK(said("", "2*eval(x/x, x = 0)") == "NB0501");  // inside an expression too
  CHECK(said("", "2*eval(x/x, x = 3)") == "2");
  CHECK(said("", "eval(x/x, x = 2)") == "1");
  CHECK(said("", "eval(x/x, digits = 10, x = 0)") == "NB0508");
  CHECK(said("", "eval(log(x) - log(x), x = -1)") == "NB0508");
  CHECK(said("", "eval(sqrt(x)^2, x = -1)") == "NB0508");
  CHECK(said("", "eval([x/x; 1], x = 0)") == "NB0508");
  CHECK(said("", "eval(if log(x) < 1 then x else abs(x), digits = 9, x = -3)") == "NB0508");
  CHECK(said("", "eval(diff(abs(x), x), x = 0)") == "0");  // by the convention sign(0) = 0
}

TEST_CASE("the derivative of silu is 1 for large arguments", "[undefined]") {
  CHECK(said("", "eval(diff(silu(x), x), x = 10^17)") == "1");
}

TEST_CASE("assertions and equal look at the points where the written sides have values", "[undefined]") {
  CHECK(said("", "equal(x/x, 1)") == "proved where x != 0");
  CHECK(said("", "equal(1/x, x^-1)") == "proved");
  CHECK(said("", "equal(sqrt(x)^2, x)") == "proved where x >= 0");
  CHECK(said("", "assert x/x == 1") == " where x != 0");
  CHECK(said("", "assert x/x == 1 and y/y == 1") == " where x != 0 where y != 0");
  CHECK(said("", "assert log(x) - log(x) < 1") == " where x > 0");
  CHECK(said("", "assert sqrt(x)^2 == abs(x)") == " where x >= 0");
  CHECK(said("", "assert sqrt(x)^2 == -x") == "NB0510");
  CHECK(said("", "assert sqrt(x)^2 >= 0 and sqrt(x)^2 == abs(x)") == "NB0703");
  CHECK(said("", "assert x^2 + 1 > 0").empty());
}

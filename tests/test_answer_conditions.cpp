// What is stated under an answer, and what is not because it is proved. Expected: where one-sided limits of
// values and slopes agree, and inequalities of analysis, by hand.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "expr/condition_form.h"
#include "expr/print.h"
#include "session/session.h"

using namespace nabla;

namespace {

struct Said {
  std::string text, conditions, error;
};

Said say(const std::string& declarations, const std::string& statement) {
  Session session;
  Said said;
  for (const std::string& text : {declarations, statement}) {
    const auto parsed = session.parse("<test>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      if (o.error) return {{}, {}, spelling(o.error->code)};
      said = {};
      said.text = o.answer.text;
      if (o.answer.value && o.answer.kind == AnswerKind::expression)
        said.text = print(session.context(), o.answer.value);
      for (Ref c : o.answer.conditions)
        said.conditions += (said.conditions.empty() ? "" : ", ") + condition_text(session.context(), c);
    }
  }
  return said;
}

}  // namespace

TEST_CASE("a derivative says where branches meet with a step or a corner", "[conditions]") {
  const char* const rows[][2] = {
      {"diff(if x > 0 then x^2 else x, x)", "x != 0"},     // slopes 0 and 1
      {"diff(if x > 0 then 1 else 0, x)", "x != 0"},       // a step
      {"diff(if x > 0 then x^2 else 0, x)", ""},           // slopes 0 and 0
      {"diff(if x > 0 then x^2 else 0, x, 2)", "x != 0"},  // second slopes 2 and 0
      {"diff(if x >= 1 then x^2 else 2*x - 1, x)", ""},    // slopes 2 and 2
      {"diff(if x < y then x else y, x)", "x != y"},       // the smaller one
      {"diff(if x > 0 then sin(x) else x, x)", ""},        // slopes 1 and 1
      {"diff(if y > 0 then x^2 else x, x)", ""},           // the border does not move with x
      {"diff(abs(x)^2, x)", ""},                           // x^2
      {"diff(abs(x)^2 + abs(x), x)", "x != 0"},            // a corner
      {"diff(abs(x)^3, x)", ""},                           // 3*x*abs(x)
      {"diff(abs(x)^3, x, x)", ""},                        // 6*abs(x)
      {"diff(diff(abs(x)^3, x), x)", ""},
      {"diff(diff(diff(abs(x)^3, x), x), x)", "x != 0"},  // 6*sign(x)
      {"diff(abs(x)^3, x) + diff(diff(diff(abs(x)^3, x), x), x)", "x != 0"},
      {"diff(diff(x*abs(y), x), y)", "y != 0"},   // sign(y)
      {"diff(diff(relu(x)^2, x), x)", "x != 0"},  // second slopes 0 and 2
      {"diff(elu(x), x)", ""},                    // slopes 1 and 1
      {"diff(elu(2*x), x, x)", "x != 0"},         // second slopes 4 and 0
      {"diff(sqrt(x^3), x)", ""},                 // 0 at 0, as is that of x^(3/2)
      {"diff(sqrt(x^6), x)", ""},                 // 3*x*abs(x)
      {"diff(sqrt(x^6), x, x, x)", "x != 0"},     // 6*sign(x)
      {"diff(sqrt(x^2), x)", "x != 0"},           // sign(x)
      {"diff((if 0 < x < 1 then x else 0), x)", "x != 0, x != 1"},
      {"diff((if x > 0 and y > 0 then 1 else 0), x)", "x != 0"},
      {"diff((if x > 0 and y > 0 then x^2 else 0), x)", ""},
      {"diff((if x >= 0 and y > 0 then x^2 else 0), x, 2)", "x != 0"},
      {"if x > 0 then 1/y else 1/y", ""},  // 1/y itself asks
      {"differential(abs(x))", "x != 0"},
      {"diff((if x < 0 then acosh(x) else 1), x)", "x != 0, x >= 0 or x >= 1"},  // nowhere for x < 0
      {"diff(atan2(x, y), x)", "x != 0 or y > 0"},             // a step from -pi to pi where y < 0
      {"diff(relu(x)^2, x)", ""},                              // 2*relu(x)
      {"diff(sqrt(relu(x)), x)", "x != 0"},                    // 0 where x < 0
      {"if x > 0 then x^2 else x", ""},                        // no derivative
      {"diff(sqrt(max(0, x^2 - y^2)), x)", "x^2 - y^2 != 0"},  // 0 where x^2 < y^2, and so is the slope
  };
  for (const auto& [statement, conditions] : rows) {
    INFO(statement);
    const Said said = say("", statement);
    CHECK(said.error == "");
    CHECK(said.conditions == conditions);
  }
}

TEST_CASE("a derivative of what has no value is refused", "[conditions]") {
  CHECK(say("", "diff((acos(1) - x/x)^(2/3), x)").error == "NB0502");  // (-1)^(2/3)
  CHECK(say("", "diff((x - x)^(2/3), x)").error == "");                // 0
}

// By hand: the derivative of f at the argument has a value where f has one there.
TEST_CASE("derivatives at other arguments ask for what they need there", "[conditions]") {
  const char* const rows[][2] = {
      {"f(x) = abs(x)\nf'(y - 1)", "y != 1"},
      {"f(x) = log(x)\nf'(y)", "y > 0"},
      {"f(x) = x*abs(x)\nf''(x - 1)", "x != 1"},
      {"f(x) = x*abs(x)\ndiff(f'(x - 1), x)", "x != 1"},
      {"f(x) = x^3\nf'(2)", ""},
      {"subs(diff(abs(x), x), x = y)", "y != 0"},
      {"subs(subs(diff(log(x), x), x = y - 1), y = z)", "z > 1"},
      {"if t > 0 then subs(diff(log(x), x), x = t) else 1", ""},
      {"if t > 0 then subs(diff(abs(x), x), x = t - 1) else 1", "t <= 0 or t != 1"},
      {"var v: vector[3]\nsubs(grad(norm1(v), v), v = 2*v)", "2*v != 0 in every entry"},
  };
  for (const auto& [statements, conditions] : rows) {
    INFO(statements);
    const Said said = say("", statements);
    CHECK(said.error == "");
    CHECK(said.conditions == conditions);
  }
  for (const char* none :
       {"f(x) = log(x)\nf'(-1)", "subs(diff(x/x, x), x = 0)", "subs(diff(sqrt(x)*sqrt(x), x), x = -1)",
        "g = diff(sqrt(x)*sqrt(x), x)\nsubs(g, x = -1)", "subs(if log(x) > 0 then y else y, x = -1)",
        "g = diff(log(x), x)\neval(g, x = -1)"}) {
    INFO(none);
    CHECK(say("", none).error != "");
  }
}

TEST_CASE("values are found beyond infinities on the way", "[conditions][eval]") {
  const char* const rows[][2] = {{"eval(x/log(exp(x)), x = 1000)", "1"},
                                 {"eval(exp(x - log(exp(x) + 1)), x = 1000)", "1"},
                                 {"eval(x/sqrt(x^2 + 1), x = 10^200)", "1"},
                                 {"eval(sigmoid(logit(sigmoid(x))), x = 40)", "1"},
                                 {"eval(max(log(sigmoid(-x)), -100), x = 800)", "-100"},
                                 {"eval(if log(1 + exp(x)) > 2*x then 1 else 0, x = 1000)", "0"},
                                 {"eval(exp(-exp(x)), x = 1000)", "0"},
                                 {"var v: vector[2]\neval(exp(log_softmax(v)), v = [0; 1000])", "[0; 1]"}};
  for (const auto& [statements, value] : rows) {
    INFO(statements);
    Session session;
    const auto parsed = session.parse("<test>", statements);
    Outcome last;
    for (const Statement& s : parsed->statements) last = session.run(parsed, s);
    REQUIRE_FALSE(last.error);
    std::string text;
    for (double v : last.answer.numbers.entries)
      text += (text.empty() ? "" : "; ") + std::to_string(std::lround(v));
    CHECK((last.answer.numbers.entries.size() > 1 ? "[" + text + "]" : text) == value);
  }
}

TEST_CASE("a branch asks for what its condition needs, whatever the branches are", "[conditions]") {
  CHECK(say("", "if log(x) > 0 then y else y").conditions == "x > 0");
  CHECK(say("", "diff(if 1/x > y then x else x, x)").conditions == "x != 0");
  CHECK(say("dim n; param v: vector[n]", "if log(x) > 0 then v else v").conditions == "x > 0");
  CHECK(say("param v: vector[2]", "[if log(v[i]) > 0 then x else x for i in 1:2]").conditions ==
        "v > 0 in every entry");
  CHECK(say("dim n; param v: vector[n]", "sum(if log(v[i]) > 0 then 2 else 2 for i in 1:n)").conditions ==
        "v > 0 in every entry");
}

TEST_CASE("a condition that holds everywhere is not stated", "[conditions]") {
  for (const char* statement :
       {"simplify(sqrt(x^2 - 2*x + 1))", "simplify(sqrt(x^4 - 2*x^2 + 1))", "simplify(acosh(cosh(x)))",
        "diff(log(x + sqrt(x^2 + 1)), x)", "log(8)/log(2)", "x/(2*im)", "simplify(sqrt(2 - sqrt(3)))",
        "x/(2 + sin(x)) - x/(2 + sin(x))"}) {
    INFO(statement);
    CHECK(say("", statement).conditions == "");
  }
  CHECK(say("", "apart(1/(x^2 - a^2), x)").conditions == "x^2 - a^2 != 0, a != 0");
  CHECK(say("", "simplify(sqrt(x)*sqrt(y)/sqrt(x*y))").conditions == "x > 0, y > 0");
  CHECK(say("", "x/(1 + sin(x)) - x/(1 + sin(x))").conditions == "sin(x) != -1");
  CHECK(say("", "log(x + sqrt(x^2 - 1)) - log(x + sqrt(x^2 - 1))").conditions != "");
}

TEST_CASE("a number is not given where there is none", "[conditions][eval]") {
  for (const char* statement :
       {"eval(1/log(x), x = 0)", "eval(exp(log(x)), x = 0)", "eval(atan(log(x)), x = 0)",
        "eval(x/logit(x), x = 0)", "eval(log(x), x = 0)"}) {
    INFO(statement);
    CHECK(say("", statement).error == "NB0508");
  }
  for (const char* statement : {"eval(if log(v[2]) < 0 then 1 else 0, v = [1; 0])",
                                "eval([if log(v[i]) < 1 then 1 else 0 for i in 1:2], v = [1; 0])",
                                "eval(exp(log(v)), v = [1; 0])", "eval(atan(atanh(v)), v = [0; 1])",
                                "eval(exp(log(w)), w = [1; 0; 2])", "eval(atan(log(w))'*w, w = [1; 0; 2])"}) {
    INFO(statement);
    CHECK(say("dim n; param v: vector[2]; param w: vector[n]", statement).error == "NB0508");
  }
  CHECK(say("param v: vector[2]", "eval((if v[2] > 0 then log(v[2]) else 0)*v, v = [1; 0])").error == "");
  CHECK(
      say("param v: vector[2]", "eval((if v[2] <= 0 or log(v[2]) < 0 then 1 else 0)*v, v = [1; 0])").error ==
      "");
  CHECK(say("param v: vector[2]", "eval(atan(exp(1000*v)), v = [1; 0])").error == "");
  CHECK(say("", "eval(1/(1 + exp(x)), x = 1000)").error == "");
  CHECK(say("", "eval(if x > 0 then 1/log(x) else 2, x = 0)").error == "");
}

TEST_CASE("a constant refutes however small it is", "[equality]") {
  CHECK(say("", "equal(x + 1e-40, x)").text.substr(0, 7) == "refuted");
  CHECK(say("", "equal(sin(x) + 1e-60, sin(x))").text.substr(0, 7) == "refuted");
  CHECK(say("", "equal(log(x) + 1e-60, log(x))").text.substr(0, 7) == "refuted");
}

TEST_CASE("branches are compared at their borders", "[equality]") {
  CHECK(say("", "equal(if x > 0 then x else -x, abs(x))").text == "proved");
  CHECK(say("", "equal(if x > 0 then 1 else 0, if x >= 0 then 1 else 0)").text == "refuted at x = 0");
  CHECK(say("", "equal(0^x, 0)").text == "refuted at x = 0");  // 0^0 is 1
}

TEST_CASE("factor does not multiply out what it cannot factor", "[passes]") {
  for (const char* text : {"(x + 1)^6 + y", "(x - a)^3*(x + y)^4 + 1"}) {
    INFO(text);
    CHECK(say("", "factor(" + std::string(text) + ")").text == say("", text).text);
  }
  CHECK(say("", "factor((x + 1)^2 - 2*x - 1)").text == "x^2");
  CHECK(say("", "factor((x^2 - 1)/(x - 1))").text == "x + 1");
}

// A name means what was computed for it, where that holds: |x| has no slope at 0, log x one where x > 0.
TEST_CASE("names bound to derivatives keep their conditions", "[conditions]") {
  const char* const rows[][4] = {
      {"g = diff(abs(x), x)", "g", "sign(x)", "x != 0"},
      {"g = diff(abs(x), x)", "3*g + y/y", "3*sign(x) + 1", "y != 0, x != 0"},
      {"g = diff(abs(x), x)\nh = g^2", "h", "sign(x)^2", "x != 0"},
      {"g = diff(abs(x), x)\nx = 3", "g", "sign(x)", "x != 0"},
      {"k(x) = diff(abs(x), x)", "k(y)", "sign(y)", "y != 0"},
      {"k(x) = diff(abs(x), x)", "k(-3)", "-1", ""},
      {"k(x) = diff(abs(x), x)", "k(y/y)", "1", "y != 0"},
      {"k(x) = diff(log(x), x)", "k(x - 1)", "1/(x - 1)", "x > 1"},
      {"k(x) = diff(log(x), x)", "k(2)", "1/2", ""},
      {"var p > 0\ng = diff(abs(p), p)", "g", "1", ""},
      {"g = diff(x^3, x)", "g", "3*x^2", ""},
  };
  for (const auto& [declarations, statement, text, conditions] : rows) {
    INFO(declarations << "; " << statement);
    const Said said = say(declarations, statement);
    CHECK(said.error == "");
    CHECK(said.text == text);
    CHECK(said.conditions == conditions);
  }
  CHECK(say("k(x) = diff(abs(x), x)", "k(0)").error == "NB0502");
  CHECK(say("k(x) = diff(log(x), x)", "k(-1)").error == "NB0502");
  // Where a number is asked for the convention of the sign holds, as for the derivative itself.
  CHECK(say("g = diff(abs(x), x)", "eval(g, x = 0)").error == "");
}

TEST_CASE("comparisons of constants are truth values", "[conditions]") {
  const char* const rows[][2] = {{"0 < 1", "true"},
                                 {"1 < 0", "false"},
                                 {"pi > 3", "true"},
                                 {"sqrt(2) >= 3/2", "false"},
                                 {"0 < 1 < 2", "true"},
                                 {"0 < 2 < 1", "false"},
                                 {"1/3 == 2/6", "true"},
                                 {"exp(1) == e", "true"},
                                 {"not true", "false"},
                                 {"pi > 3 and e < 2", "false"},
                                 {"x > 0 and true", "x > 0"},
                                 {"x > 0 or true", "true"},
                                 {"x > 0", "x > 0"},
                                 {"x == x", "true"},
                                 {"if false then x else y", "y"},
                                 {"cos(1)^2 + sin(1)^2 == 1", "true"}};
  for (const auto& [statement, text] : rows) {
    INFO(statement);
    CHECK(say("", statement).text == text);
  }
  // A variable of that name stands for itself, and truth is written as a comparison.
  CHECK(say("var true", "true^2").text == "true^2");
  CHECK(say("var true\nfun g(scalar) : scalar", "if x > true then 0 < 1 else 1 < 0").error != "");
}

TEST_CASE("a derivative by what does not occur says so", "[conditions]") {
  const auto note = [](const std::string& statements) {
    Session session;
    const auto parsed = session.parse("<test>", statements);
    std::string text;
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      CHECK(!o.error);
      for (const std::string& n : o.answer.notes) text += n + "\n";
    }
    return text;
  };
  CHECK(note("diff(x*y, z)") == "z does not occur in what is differentiated; x and y do\n");
  CHECK(note("diff(y^2, x)") == "x does not occur in what is differentiated; y does\n");
  CHECK(note("var z complex\ndiff(abs(z), x)") == "x does not occur in what is differentiated; z does\n");
  CHECK(note("∂f/∂x").find("f is a scalar that nobody declared: for a function of x write f(x) = …") == 0);
  CHECK(note("∇f").find("f is a scalar that nobody declared") == 0);
  for (const char* text :
       {"diff(x^2, x)", "diff(x - x, x)", "diff(3, x)", "fun g(scalar) : scalar\ndiff(g(x), x)",
        "var f\ngrad(f)", "var v : vector[2]\ndiff(v[1]^2, v[1])", "f(x) = x^2\ndiff(f(x), x)",
        "f(x) = x^2\n∂f/∂x"}) {
    INFO(text);
    CHECK(note(text) == "");
  }
}

// Answers by name, and names that are forgotten again.
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "session/answer_name.h"

using namespace nabla;

namespace {

struct Asked {
  std::shared_ptr<const ParsedText> text;
  Outcome outcome;
};

Asked ask(Session& s, const std::string& text) {
  Asked a;
  a.text = s.parse("<expr>", text);
  a.outcome = s.run(a.text, a.text->statements.at(0));
  return a;
}

std::string value(Session& s, const std::string& text) {
  const Asked a = ask(s, text);
  return a.outcome.error ? a.outcome.error->message : print(s.context(), a.outcome.answer.value);
}

bool name(Session& s, const std::string& name, const std::string& text) {
  const Asked a = ask(s, text);
  REQUIRE(!a.outcome.error);
  bool named = false;
  CHECK(!s.caught([&] { named = name_answer(s, name, a.text, a.text->statements[0], a.outcome.answer); }));
  return named;
}

}  // namespace

TEST_CASE("an answer has the value that was printed", "[prompt]") {
  Session s;
  CHECK(name(s, "$1", "diff(x^3, x)"));
  CHECK(name(s, "$2", "eval(1/4)"));
  CHECK(name(s, "$3", "eval(pi, digits = 5)"));
  CHECK(name(s, "$4", "eval([x, 2*x], x = 1/2)"));
  CHECK_FALSE(name(s, "$5", "equal(x, x)"));
  CHECK(value(s, "$1/x") == "3*x");
  CHECK(value(s, "$2 + x") == "x + 1/4");
  CHECK(value(s, "10000*$3") == "31416");
  CHECK(value(s, "$4") == "[1/2, 1]");
  CHECK(value(s, "$5") == "there is no answer '$5'");
  CHECK(value(s, "$3 = 1") == "'$3' is an answer of the prompt and cannot be given a meaning");
  CHECK(value(s, "var $3") == "'$3' is an answer of the prompt and cannot be given a meaning");
  CHECK(value(s, "f($3) = 1") == "'$3' is an answer of the prompt and cannot be given a meaning");
}

TEST_CASE("the conditions of an answer go on", "[prompt]") {
  Session s;
  CHECK(name(s, "ans", "x/x"));
  CHECK(name(s, "ans", "ans + 1"));  // which means the one before
  const Asked a = ask(s, "ans");
  REQUIRE(a.outcome.answer.conditions.size() == 1);
  CHECK(print(s.context(), a.outcome.answer.value) == "2");
  CHECK(print(s.context(), a.outcome.answer.conditions[0]) == "x != 0");
}

TEST_CASE("what is forgotten uncovers what it had replaced", "[prompt]") {
  Session s;
  CHECK(!ask(s, "a = 1").outcome.error);
  CHECK(!ask(s, "f(t) = t + a").outcome.error);
  const uint32_t before = s.names().now();
  CHECK(!ask(s, "a = 2*y").outcome.error);
  CHECK(!ask(s, "f(t) = t*a").outcome.error);
  CHECK(!ask(s, "var weight").outcome.error);
  CHECK(value(s, "f(3) + a") == "8*y");
  s.names().forget_since(before);
  CHECK(value(s, "f(3) + a") == "5");
  CHECK(value(s, "weight") == "unknown name 'weight'");
  CHECK(!ask(s, "f(t) = t^2").outcome.error);
  CHECK(value(s, "f(3)") == "9");
}

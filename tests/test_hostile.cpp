// Statements that ask for too much, and statements that found a way past the checks once.
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "parser/render.h"
#include "session/session.h"

using namespace nabla;

namespace {

std::string answer(const std::string& text) {
  SessionOptions options;
  options.limits.steps = 2'000'000;  // what is written out entry by entry does not fit
  Session session(options);
  const auto parsed = session.parse("<test>", text);
  Outcome last;
  for (const Statement& s : parsed->statements) last = session.run(parsed, s);
  if (last.error) return spelling(last.error->code) + " " + last.error->message;
  return last.answer.kind == AnswerKind::expression ? print(session.context(), last.answer.value) : "";
}

}  // namespace

TEST_CASE("huge arrays and ranges are not written out", "[hostile]") {
  CHECK(answer("eye(10^6)") == "eye(1000000)");
  CHECK(answer("ones(10^6, 10^6)[1, 1]") == "1");
  CHECK(answer("ones(2000, 2000)*ones(2000, 2000)") == "2000*ones(2000, 2000)");
  CHECK(answer("sum(x for i in 1:10^18)") == "1000000000000000000*x");
  CHECK(answer("sum(x for i in 1:10^18, j in 1:0)") == "0");
  CHECK(answer("sum(x for i in -9*10^18:9*10^18)") == "18000000000000000001*x");
  CHECK(answer("tr(eye(10^9))") == "1000000000");
}

TEST_CASE("extents, indices and orders may be computed", "[hostile]") {
  CHECK(answer("eye(1 + 1)") == "eye(2)");
  CHECK(answer("param X : matrix[3!, 2]; X") == "X");
  CHECK(answer("dim n; param X : vector[n!]").substr(0, 6) == "NB0413");
  CHECK(answer("param y in [0, 5!]; y") == "y");
  CHECK(answer("zeros(10^9)") == "zeros(1000000000)");
  CHECK(answer("diff(x^3, x, 1 + 1)") == "6*x");
  CHECK(answer("[1, 2; 3, 4]^(3 - 2)") == "[1, 2; 3, 4]");
  CHECK(answer("dim n; var x: vector[n]; x[1:n-1]") == "x[1:n-1]");
  CHECK(answer("dim n; var x: vector[n]; sum(x[i+1] for i in 1:n-1)") == "sum(x[2:n])");
}

TEST_CASE("products and extremes of nothing", "[hostile]") {
  CHECK(answer("sum(x for i in 1:0)") == "0");
  CHECK(answer("prod(x for i in 1:0)") == "1");
  CHECK(answer("max(x for i in 1:0)").substr(0, 6) == "NB0421");
  CHECK(answer("f(x) = min(x for i in 3:2)").substr(0, 6) == "NB0421");
}

TEST_CASE("a division by a literal 0 is not explained", "[hostile]") {
  CHECK(answer("x/0") == "NB0501 division by zero");
  CHECK(answer("[x; y]/0") == "NB0501 division by zero");
  CHECK(answer("x/(1 - 1)") == "NB0501 division by zero: '(1 - 1)' is 0");
}

// New names move what the tables of names hold; run with the address sanitizer.
TEST_CASE("names that are declared while a call is read", "[hostile]") {
  CHECK(answer("fun g(scalar, scalar): scalar; g(a1, a2) + D(g, 1, 2)(a3, a4)") ==
        "D(g,1,2)(a3, a4) + g(a1, a2)");
  CHECK(answer("f(x, y) = x + y; f(b1, b2)") == "b1 + b2");
}

TEST_CASE("what is wrong comes with what to do", "[hostile]") {
  const auto help = [](const std::string& text) {
    Session session;
    const auto parsed = session.parse("<test>", text);
    std::string said;
    for (const Statement& statement : parsed->statements) {
      const Outcome o = session.run(parsed, statement);
      if (o.error) said = o.error->help;
    }
    return said;
  };
  CHECK(help("sinn(x)") == "did you mean 'sin'?");
  CHECK(help("0x10") == "write its decimal value, or 0*x10 for a product");
  CHECK(help("max(x for i in 1:0)") == "let the index run over at least one value");
  CHECK(help("x)") == "write x, or open the bracket before");
  CHECK(help("2x y") == "write 2x*y for a product");
  CHECK(help("diff x^2, x") == "write diff(x^2, x)");
  CHECK(help("inv A") == "write inv(A)");
  CHECK(help("foo x") == "write foo*x for a product");
  CHECK(help("a = = b") == "write '==' without a blank for equality");
  CHECK(help("var x in [1, 0]") == "write the smaller one first");
  CHECK(help("var x in (1, 1)") == "close the interval: in [a, a]");
  CHECK(help("x\u200f") == "remove it: it cannot be seen");
  CHECK(help("if x > 0 then 1") == "write if c then a else b");
  CHECK(help("import \"nowhere.nabla\"") == "the path begins at the folder of this file");
  CHECK(help("if = 3") == "choose another name");
}

TEST_CASE("a name as long as a text is not repeated whole", "[hostile]") {
  const std::string name(100'000, 'x');
  Session session;
  const auto parsed = session.parse("<test>", name + "(1)");
  const Outcome o = session.run(parsed, parsed->statements.at(0));
  REQUIRE(o.error);
  CHECK(render(&parsed->tree.source(), *o.error, {}).size() < 3000);
  CHECK(diagnostic_line(&parsed->tree.source(), *o.error).size() < 3000);
}

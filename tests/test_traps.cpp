// The traps of data/traps.tsv in Nabla's language: inputs on which computer algebra systems are known to be
// wrong, slow or silent. What is asserted follows from the mathematics stated there and from language.md.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <set>

#include "codegen/expression_code.h"
#include "diff/derivative.h"
#include "expr/print.h"
#include "session/session.h"
#include "tests/paths.h"

using namespace nabla;

namespace {

struct Trap {
  const char* id;
  const char* declarations;
  const char* statement;
  const char* equals;     // the same expression as this; or nullptr
  const char* never;      // not this expression; or nullptr
  const char* error;      // the code of the refusal; or nullptr
  const char* condition;  // stated with the answer; or nullptr
};

const Trap traps[] = {
    {"T01", "", "simplify(sqrt(x^2))", "abs(x)", "x", nullptr, nullptr},
    {"T02", "", "simplify((x^2)^(3/2))", "abs(x)^3", "x^3", nullptr, nullptr},
    {"T04", "", "simplify((x^4)^(1/4))", "abs(x)", "x", nullptr, nullptr},
    {"T05", "", "sqrt((-1 + im)^2)", nullptr, "-1 + im", nullptr, nullptr},
    {"T07", "", "simplify(sqrt(x*y))", "sqrt(x*y)", "sqrt(x)*sqrt(y)", nullptr, nullptr},
    {"T08", "", "1/sqrt(x) - sqrt(1/x)", "0", nullptr, nullptr, "x > 0"},
    {"T10", "", "simplify(log(x^2))", nullptr, "2*log(x)", nullptr, nullptr},
    {"T11", "", "simplify(log(1/x) + log(x))", nullptr, nullptr, nullptr, nullptr},
    {"T13", "", "simplify(exp(log(x)))", "x", nullptr, nullptr, "x > 0"},
    {"T14", "", "simplify((x^a)^b)", "(x^a)^b", "x^(a*b)", nullptr, nullptr},
    {"T14", "var x : scalar > 0", "simplify((x^a)^b)", "x^(a*b)", nullptr, nullptr, nullptr},
    {"T16", "", "(2*r^2)^6", "64*r^12", nullptr, nullptr, nullptr},
    {"T17", "", "(sqrt(12)/sqrt(6))^2", "2", nullptr, nullptr, nullptr},
    {"T19", "var a : scalar > 0", "sqrt(2/a)", "sqrt(2)/sqrt(a)", nullptr, nullptr, nullptr},
    {"T20", "", "(11.85)^(1/2)", "sqrt(1185)/10", nullptr, nullptr, nullptr},
    {"T22", "", "0^x", "0^x", "0", nullptr, nullptr},
    {"T22", "", "diff(0^x, x)", "0", nullptr, nullptr, "x > 0"},
    {"T23", "", "expand(0^(1 - x))", "0^(1 - x)", "0", nullptr, nullptr},
    {"T25", "", "diff(x^n, x)", "n*x^(n - 1)", nullptr, nullptr, nullptr},
    {"T26", "", "subs(diff(x^n, x), n = 0)", "0", nullptr, nullptr, nullptr},
    {"T28", "", "diff(x^n, n)", "x^n*log(x)", nullptr, nullptr, nullptr},
    {"T29", "", "diff(abs(x), x)", "sign(x)", nullptr, nullptr, "x != 0"},
    {"T31", "", "diff(abs(x)^2, x)", "2*x", nullptr, nullptr, nullptr},
    {"T32", "", "diff(log(abs(x)), x)", "1/x", nullptr, nullptr, nullptr},
    {"T34", "", "diff(floor(x), x)", "0", nullptr, nullptr, "x != floor(x)"},
    {"T35", "", "subs(diff(max(x, y), x), x = 1, y = 1)", "1", nullptr, nullptr, nullptr},
    {"T37", "", "subs(diff(sqrt(max(0, x^2 - z^2)), x), x = 1, z = 2)", "0", nullptr, nullptr, nullptr},
    {"T37", "", "subs(diff(sqrt(max(0, x^2 - z^2)), x), x = 5, z = 3)", "5/4", nullptr, nullptr, nullptr},
    {"T37", "", "eval(diff(sqrt(max(0, x^2 - z^2)), x), x = 1, z = 2)", "0", nullptr, nullptr, nullptr},
    {"T37", "", "diff(sqrt(max(0, x^2 - z^2)), x)", nullptr, nullptr, nullptr, "x^2 - z^2 != 0"},
    {"T38", "", "subs(diff(min(x, 1/2), x), x = 1/2)", "1", nullptr, nullptr, nullptr},
    {"T40", "", "subs(diff(if b < 0 then b^2 else sqrt(b), b), b = -1)", "-2", nullptr, nullptr, nullptr},
    {"T41", "", "diff(if x == 0 then 0 else x, x)", nullptr, nullptr, "NB0708", nullptr},
    {"T43", "", "diff(x > 0, x)", nullptr, nullptr, "NB0418", nullptr},
    {"T44", "", "diff(mod(x, 1), x)", "1", nullptr, nullptr, nullptr},
    {"T46", "", "simplify(asin(sin(x)))", nullptr, "x", nullptr, nullptr},
    {"T46", "", "simplify(acos(cos(x)))", nullptr, "x", nullptr, nullptr},
    {"T46", "", "simplify(atan(tan(x)))", nullptr, "x", nullptr, nullptr},
    {"T47", "", "diff(acosh(x), x)", "1/sqrt(x^2 - 1)", nullptr, nullptr, "x > 1"},
    {"T50", "", "diff(cbrt(x^5), x)", "5/3*cbrt(x^2)", nullptr, nullptr, nullptr},
    {"T52", "", "diff((-x)^im, x)", "-im*(-x)^(im - 1)", nullptr, nullptr, nullptr},
    {"T49", "", "cbrt(-8)", "-2", nullptr, nullptr, nullptr},
    {"T53", "", "x/x", "1", nullptr, nullptr, "x != 0"},
    {"T53", "", "simplify((x^2 - 1)/(x - 1))", "x + 1", nullptr, nullptr, "x != 1"},
    {"T53", "", "cancel((x^2 - 1)/(x - 1))", "x + 1", nullptr, nullptr, "x != 1"},
    {"T55", "", "3!", "6", nullptr, nullptr, nullptr},
    {"T55", "", "x!", "factorial(x)", nullptr, nullptr, nullptr},
    {"T56", "", "diff(1 - -2*x, x)", "2", nullptr, nullptr, nullptr},
    {"T58", "", "diff(sqrt(exp(x) + a), x)", "exp(x)/(2*sqrt(exp(x) + a))", nullptr, nullptr, nullptr},
    {"T59", "", "diff(log(1 + x), x, 6)", "-120/(1 + x)^6", nullptr, nullptr, nullptr},
    {"T61", "", "diff(x^3, x) + diff(x^3, x, 2) + diff(x^3, x, 3)", "3*x^2 + 6*x + 6", nullptr, nullptr,
     nullptr},
    {"T62", "dim m", "diff(sum(exp(x*sin(n/m)) for n in 1:m), x)",
     "sum(sin(n/m)*exp(x*sin(n/m)) for n in 1:m)", nullptr, nullptr, nullptr},
    {"T64", "dim n; param c : vector[n]; var x : vector[n]; param i : scalar integer in [1, n]",
     "diff(sum(c[i]*x[i] for i in 1:n), x[i])", "c[i]", nullptr, nullptr, nullptr},
    {"T65", "fun f(scalar, scalar) : scalar", "diff(f(x, x^2), x)", "D(f,1)(x, x^2) + 2*x*D(f,2)(x, x^2)",
     nullptr, nullptr, nullptr},
    {"T65", "fun f(scalar, scalar) : scalar; fun g(scalar) : scalar", "diff(f(x, g(x)), x)",
     "D(f,1)(x, g(x)) + g'(x)*D(f,2)(x, g(x))", nullptr, nullptr, nullptr},
    {"T65", "fun f(scalar, scalar) : scalar; fun g(scalar) : scalar", "diff(f(x, g(x)), g(x))", nullptr,
     nullptr, "NB0209", nullptr},
    {"T67", "fun f(scalar) : scalar", "diff(f(2*x), x)", "2*f'(2*x)", "f'(2*x)", nullptr, nullptr},
    {"T68", "", "diff(-x + x*(6 + x), x)", "5 + 2*x", nullptr, nullptr, nullptr},
    {"T73", "", "simplify((2^(1/3) + 4^(1/3))^3 - 6*(2^(1/3) + 4^(1/3)) - 6)", "0", nullptr, nullptr,
     nullptr},
    {"T74", "", "simplify(sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3))", "0", nullptr, nullptr, nullptr},
    {"T76", "", "simplify(sec(x)^2 - tan(x)^2 - 1)", "0", nullptr, nullptr, "cos(x) != 0"},
    {"T76", "", "simplify(sin(x)^2 + cos(x)^2 - 1)", "0", nullptr, nullptr, nullptr},
    {"T77", "", "2^(2^100)", "2^(2^100)", nullptr, nullptr, nullptr},
    {"T79", "", "(13/10)^6472416997", "(13/10)^6472416997", nullptr, nullptr, nullptr},
    {"T80", "", "4^(11111111111111111111/22222222222222222223)",
     "4^(11111111111111111111/22222222222222222223)", nullptr, nullptr, nullptr},
    {"T92", "", "9223372036854775807 + 1", "9223372036854775808", nullptr, nullptr, nullptr},
    {"T92", "", "-9223372036854775808 - 1", "-9223372036854775809", nullptr, nullptr, nullptr},
    {"T92", "", "(-9223372036854775808)*(-1)", "9223372036854775808", nullptr, nullptr, nullptr},
};

struct Result {
  std::string text, error;
  std::vector<std::string> conditions;
};

Result run(const std::string& declarations, const std::string& statement) {
  Session session;
  Result r;
  PrintOptions plain;
  for (const std::string& text : {declarations, statement}) {
    const auto parsed = session.parse("<expr>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      if (o.error) {
        r.error = spelling(o.error->code);
        return r;
      }
      if (o.answer.kind == AnswerKind::verdict) {
        r.text = o.answer.text;
        continue;
      }
      if (!o.answer.value) continue;
      r.text = print(session.context(), o.answer.value, plain);
      r.conditions.clear();
      for (Ref c : o.answer.conditions) r.conditions.push_back(print(session.context(), c, plain));
    }
  }
  return r;
}

}  // namespace

TEST_CASE("the known traps of computer algebra", "[traps]") {
  for (const Trap& t : traps) {
    INFO(t.id << ": " << t.statement);
    const auto start = std::chrono::steady_clock::now();
    const Result r = run(t.declarations, t.statement);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    INFO("answer " << r.text << " " << r.error);
    CHECK(r.error == (t.error ? t.error : ""));
    if (t.equals) CHECK(r.text == run(t.declarations, t.equals).text);
    if (t.never) CHECK(r.text != run(t.declarations, t.never).text);
    if (t.condition) {
      const bool stated =
          std::find(r.conditions.begin(), r.conditions.end(), t.condition) != r.conditions.end();
      INFO("conditions " << (r.conditions.empty() ? "" : r.conditions.front()));
      CHECK(stated);
    }
    CHECK(seconds < 5);  // a hang, not a measurement
  }
}

TEST_CASE("real powers of negative numbers have no value", "[traps]") {
  Session session;  // T49
  const auto parsed = session.parse("<expr>", "eval((-8)^(1/3), digits = 20)");
  const Outcome o = session.run(parsed, parsed->statements.front());
  REQUIRE(o.error);
  CHECK(spelling(o.error->code) == "NB0508");
}

TEST_CASE("what a trap says to be equal is equal", "[traps]") {
  const std::string wiggly = "diff(cos(x) + 2*cos(asin(sin(x)/2)), x, 2)";
  const char* const sides[][2] = {
      {"log(x^2)", "2*log(abs(x))"},  // T10
      {"exp(log(x))", "x"},           // T13
      {"cbrt(x^5)", "x*cbrt(x^2)"},   // T50
      {"sec(x)^2 - tan(x)^2", "1"},   // T76
  };
  for (const auto& [a, b] : sides) {
    INFO(a << " == " << b);
    CHECK(run("", "equal(" + std::string(a) + ", " + b + ")").text.substr(0, 6) == "proved");
  }
  CHECK(run("", "equal(simplify(" + wiggly + "), " + wiggly + ")").text == "proved");  // T70
}

TEST_CASE("what would be too large is refused", "[traps]") {
  Session session;  // T82
  const auto parsed = session.parse("<expr>", "expand((x + 1)^(10^9))");
  const Outcome o = session.run(parsed, parsed->statements.front());
  REQUIRE_FALSE(o.error);
  CHECK(print(session.context(), o.answer.value, {}) == "(x + 1)^1000000000");
  REQUIRE(o.answer.notes.size() == 1);
  CHECK(o.answer.notes[0].find("too large") != std::string::npos);
  CHECK(o.answer.notes[0].find("1000000001 terms") != std::string::npos);
}

TEST_CASE("long and deep texts", "[traps]") {
  // T83: more parentheses than Limits::nesting are refused by name
  CHECK(run("", std::string(100'000, '(') + "x" + std::string(100'000, ')')).error == "NB0610");
  std::string terms = "x";  // T86: 100,000 terms
  for (int i = 1; i < 100'000; ++i) terms += " + x^" + std::to_string(i % 977);
  CHECK(run("", "diff(" + terms + ", x)").error.empty());
}

// Whether every number of the code is a double: C++ divides integers without their remainder.
bool doubles_alone(const std::string& code) {
  for (size_t i = 0; i < code.size();) {
    size_t end = i;
    bool point = false;
    while (end < code.size() && (std::isalnum(static_cast<unsigned char>(code[end])) || code[end] == '.'))
      point = code[end++] == '.' || point;
    if (end > i && std::isdigit(static_cast<unsigned char>(code[i])) && !point) return false;
    i = end + 1;
  }
  return true;
}

TEST_CASE("code divides doubles", "[traps]") {
  CHECK_FALSE(doubles_alone("1/2.0*x"));
  for (const char* text : {"x/2", "1015308793816973697/2361183241434822606848*x"}) {  // T88, T89
    Session session;
    const auto parsed = session.parse("<expr>", text);
    const Outcome o = session.run(parsed, parsed->statements.front());
    const std::string code = expression_code(session.context(), o.answer.value, CodeLanguage::cpp);
    INFO(code);
    CHECK(doubles_alone(code));
  }
}

TEST_CASE("an almost integer is not an integer", "[traps]") {
  Session session;  // T71: -7.49927402801814311e-13 (Ramanujan's constant minus 640320^3 + 744)
  const auto parsed = session.parse("<expr>", "eval(exp(pi*sqrt(163)) - 262537412640768744, digits = 30)");
  const Outcome o = session.run(parsed, parsed->statements.front());
  REQUIRE_FALSE(o.error);
  CHECK(o.answer.text.substr(0, 20) == "-7.49927402801814311");
}

TEST_CASE("a deep recurrence is differentiated as a graph", "[traps]") {
  Context ctx;  // T85
  const Ref x = ctx.variable("x");
  Ref f = x;
  constexpr uint32_t depth = 30'000;
  for (uint32_t k = 0; k < depth; ++k) {
    f = ctx.add(ctx.multiply(ctx.function(Fn::sin, {f}), f), x);
  }
  const uint32_t before = ctx.size();
  diff(ctx, f, x);
  CHECK(ctx.size() - before < 20 * depth);
}

TEST_CASE("every trap of the table is tested", "[traps]") {
  // Those with tests of their own above.
  std::set<std::string> tested = {"T49", "T70", "T71", "T82", "T83", "T85", "T86", "T88", "T89"};
  for (const Trap& t : traps) tested.insert(t.id);
  std::ifstream table(std::string(paths::source) + "/tests/data/traps.tsv");
  std::string line;
  std::getline(table, line);  // the names of the columns
  size_t rows = 0;
  while (std::getline(table, line)) {
    const std::string id = line.substr(0, line.find('\t'));
    INFO(id);
    CHECK(tested.count(id) == 1);
    ++rows;
  }
  CHECK(rows >= 60);
}

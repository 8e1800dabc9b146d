// The passes that write sines, exponentials, powers, logarithms and roots in another way, by their names in
// the language. Expected: identities of Abramowitz and Stegun, Handbook of Mathematical Functions, 1964 (AS),
// and of the sources named.
#include <catch2/catch.hpp>
#include <string>

#include "expr/print.h"
#include "session/session.h"
#include "simplify/angle_sums.h"
#include "simplify/exponential_form.h"
#include "simplify/logs_and_powers.h"
#include "simplify/multiple_angles.h"
#include "simplify/radicals.h"
#include "simplify/trigonometry.h"
#include "tests/simplify_seed.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Row {
  const char *statement, *form;
  const char* source;
  const char* condition = nullptr;  // stated with the answer
};

const Row rows[] = {
    // angle sums and multiples
    {"trigexpand(sin(x + y))", "sin(x)*cos(y) + cos(x)*sin(y)", "AS 4.3.16"},
    {"trigexpand(cos(x - y))", "cos(x)*cos(y) + sin(x)*sin(y)", "AS 4.3.17"},
    {"trigexpand(sin(2*x))", "2*sin(x)*cos(x)", "AS 4.3.24"},
    {"trigexpand(cos(2*x))", "cos(x)^2 - sin(x)^2", "AS 4.3.25"},
    {"trigexpand(sin(3*x))", "3*sin(x)*cos(x)^2 - sin(x)^3", "AS 4.3.27 with Pythagoras"},
    {"trigexpand(cos(4*x))", "cos(x)^4 - 6*cos(x)^2*sin(x)^2 + sin(x)^4", "de Moivre, AS 4.3.48"},
    {"trigexpand(tan(x + y))", "(sin(x)*cos(y) + cos(x)*sin(y))/(cos(x)*cos(y) - sin(x)*sin(y))",
     "AS 4.3.18, defined where tan(x) is not"},
    {"trigexpand(sinh(x + y))", "sinh(x)*cosh(y) + cosh(x)*sinh(y)", "AS 4.5.24"},
    {"trigexpand(cosh(2*x))", "cosh(x)^2 + sinh(x)^2", "AS 4.5.32"},
    {"trigexpand(cos(x + pi/3))", "(cos(x) - sqrt(3)*sin(x))/2", "AS 4.3.17, 4.3.46"},
    {"trigexpand(sin(x)/cos(x/2))", "2*sin(x/2)", "AS 4.3.24", "cos(x/2) != 0"},
    {"trigexpand(sin(x*y))", "sin(x*y)", "a product is no sum"},
    {"trigreduce(sin(x)^2)", "1/2 - cos(2*x)/2", "AS 4.3.31"},
    {"trigreduce(sin(x)*cos(y))", "sin(x + y)/2 + sin(x - y)/2", "AS 4.3.33"},
    {"trigreduce(sin(x)*sin(y))", "cos(x - y)/2 - cos(x + y)/2", "AS 4.3.31"},
    {"trigreduce(cos(x)^4)", "(cos(4*x) + 4*cos(2*x) + 3)/8", "AS 4.3.25 twice"},
    {"trigreduce((sin(x) + cos(x))^2)", "1 + sin(2*x)", "AS 4.3.10, 4.3.24"},
    {"trigreduce(cosh(x)^2)", "cosh(2*x)/2 + 1/2", "AS 4.5.32"},
    {"trigreduce(sinh(x)*sinh(y))", "cosh(x + y)/2 - cosh(x - y)/2", "AS 4.5.38"},
    // the exponential form and back
    {"trigtoexp(cosh(x))", "(exp(x) + exp(-x))/2", "AS 4.5.2"},
    {"trigtoexp(tanh(x))", "(exp(2*x) - 1)/(exp(2*x) + 1)", "AS 4.5.3"},
    {"trigtoexp(cos(x))", "(exp(im*x) + exp(-im*x))/2", "AS 4.3.2"},
    {"trigtoexp(sin(x))", "-im*(exp(im*x) - exp(-im*x))/2", "AS 4.3.1"},
    {"exptotrig((exp(x) - exp(-x))/2)", "sinh(x)", "AS 4.5.1"},
    {"exptotrig((exp(2*x) - 1)/(exp(2*x) + 1))", "sinh(x)/cosh(x)", "AS 4.5.3"},
    {"exptotrig(exp(im*x))", "cos(x) + im*sin(x)", "Euler, AS 4.3.47"},
    {"exptotrig(exp(x + im*y))", "exp(x)*cos(y) + im*exp(x)*sin(y)", "AS 4.2.34"},
    {"exptotrig((exp(im*x) + exp(-im*x))/2)", "cos(x)", "AS 4.3.2"},
    {"exptotrig(exp(x))", "exp(x)", "a single exp of a real number"},
    {"exptotrig(trigtoexp(sin(x)))", "sin(x)", "AS 4.3.1 and back"},
    {"exptotrig(trigtoexp(cos(x)^2*tan(x)))", "cos(x)*sin(x)", "AS 4.3.1-3 and back", "cos(x) != 0"},
    // the lightest of all
    {"trig(sin(x)*cos(y) + cos(x)*sin(y))", "sin(x + y)", "AS 4.3.16"},
    {"trig(cos(x)^4 - sin(x)^4)", "cos(2*x)", "AS 4.3.10, 4.3.25"},
    {"trig(cos(x)^4 + 2*sin(x)^2*cos(x)^2 + sin(x)^4)", "1", "AS 4.3.10, squared"},
    {"trig(8*cos(x)^4 - 8*cos(x)^2 + 1)", "cos(4*x)", "AS 4.3.29"},
    {"trig(1/(1 - sin(x)) + 1/(1 + sin(x)))", "2*sec(x)^2", "AS 4.3.10", "sin(x) != 1"},
    {"trig(sin(x)/(1 + cos(x)))", "tan(x/2)", "half an angle, AS 4.3.22", "cos(x) != -1"},
    {"trig((1 - cos(x))/sin(x))", "tan(x/2)", "half an angle, AS 4.3.22", "sin(x) != 0"},
    {"trig(tan(x) + cot(x) - 2/sin(2*x))", "0", "AS 4.3.24 over 4.3.10"},
    {"trig((exp(2*x) - 1)/(exp(2*x) + 1))", "tanh(x)", "AS 4.5.3"},
    {"trig((cosh(x) + sinh(x))*(cosh(x) - sinh(x)))", "1", "AS 4.5.16"},
    {"trig(sin(x) + x)", "sin(x) + x", "nothing is lighter"},
    // logarithms and powers
    {"logexpand(log(p*q))", "log(p) + log(q)", "AS 4.1.6"},
    {"logexpand(log(p^3*x))", "3*log(p) + log(x)", "AS 4.1.6, 4.1.11"},
    {"logexpand(log(x*y))", "log(x*y)", "x and y may be negative"},
    {"logcombine(2*log(p) - log(q))", "log(p^2/q)", "AS 4.1.7, 4.1.11"},
    {"logexpand(log2(p*q))", "log2(p) + log2(q)", "AS 4.1.6"},
    {"logexpand(log10(p*x))", "log10(p) + log10(x)", "AS 4.1.6"},
    {"logexpand(log(8))", "3*log(2)", "AS 4.1.11"},
    {"logexpand(log(12*p) + log2(12) + log10(20/3))",
     "2*log(2) + log(3) + log(p) + 3 + log2(3) + log10(2) - log10(3)", "AS 4.1.6, 4.1.18"},
    {"logexpand(log2(x*y))", "log2(x*y)", "x and y may be negative"},
    {"logcombine(log2(p) + log2(q))", "log2(p*q)", "AS 4.1.6"},
    {"logcombine(log10(p) - log10(q) + x)", "log10(p/q) + x", "AS 4.1.7"},
    {"logcombine(a*log(p))", "log(p^a)", "AS 4.1.11"},
    {"logcombine(a*log(p) + log(q) - log(x))", "log(p^a*q/x)", "AS 4.1.7, 4.1.11"},
    {"logcombine(a*log(p) + a*log(x))", "a*log(p*x)", "AS 4.1.6"},
    {"logcombine(a*log(x))", "a*log(x)", "x may be negative"},
    {"logcombine(log(p)*log(q))", "log(p)*log(q)", "no logarithm in an exponent"},
    {"logcombine(log(p) + log2(q))", "log(p) + log2(q)", "two bases"},
    {"logcombine(log(x) + log(y))", "log(x) + log(y)", "log(x*y) has more values"},
    {"logs(log(p) + log(q))", "log(p*q)", "AS 4.1.6"},
    {"logs(log(p^5*q^5))", "5*log(p*q)", "AS 4.1.11"},
    {"powexpand(sqrt(p*x))", "sqrt(p)*sqrt(x)", "AS 4.2.21 for p > 0"},
    {"powexpand(sqrt(x*y))", "sqrt(x*y)", "x and y may be negative"},
    {"powexpand(exp(x + y))", "exp(x)*exp(y)", "AS 4.2.18"},
    {"powcombine(sqrt(p)*sqrt(x))", "sqrt(p*x)", "AS 4.2.21 for p > 0"},
    {"powcombine(p^a*q^a)", "(p*q)^a", "AS 4.2.21 for p, q > 0"},
    {"powcombine(p^a*x^a)", "(p*x)^a", "AS 4.2.21 for p > 0"},
    {"powcombine(x^a*y^a)", "x^a*y^a", "x and y may be negative"},
    {"powcombine(2^a*8)", "2^(a + 3)", "AS 4.2.18"},
    {"powcombine(3*2^a/8)", "3*2^(a - 3)", "AS 4.2.18"},
    {"powcombine(12*2^a)", "3*2^(a + 2)", "AS 4.2.18"},
    {"powers(exp(x)*exp(2*y))", "exp(x + 2*y)", "AS 4.2.18"},
    // roots
    {"radicals(sqrt(3 + 2*sqrt(2)))", "1 + sqrt(2)", "(1 + sqrt(2))^2"},
    {"radicals(sqrt(5 - 2*sqrt(6)))", "sqrt(3) - sqrt(2)", "(sqrt(3) - sqrt(2))^2"},
    {"radicals(sqrt(2 - sqrt(3)))", "(sqrt(6) - sqrt(2))/2", "2*sin(pi/12), AS 4.3.46"},
    {"radicals(sqrt(5*sqrt(3) + 6*sqrt(2)))", "3^(3/4) + 3^(1/4)*sqrt(2)", "sqrt(3)*(sqrt(3) + sqrt(2))^2"},
    {"radicals(sqrt(1 + sqrt(3)))", "sqrt(1 + sqrt(3))", "1 - 3 is no square"},
    {"radicals((7 + 4*sqrt(3))^(3/2))", "26 + 15*sqrt(3)", "(2 + sqrt(3))^3"},
    {"radicals(1/(1 + sqrt(2)))", "sqrt(2) - 1", "times its conjugate"},
    {"radicals(1/(1 + sqrt(2))^2)", "3 - 2*sqrt(2)", "(sqrt(2) - 1)^2"},
    {"radicals(1/(1 + sqrt(2) + sqrt(3)))", "(2 + sqrt(2) - sqrt(6))/4", "times (1 + sqrt(2) - sqrt(3))"},
    {"radicals(1/(sqrt(x + 1) - sqrt(x)))", "sqrt(x + 1) + sqrt(x)", "times its conjugate"},
    {"radicals(1/(1 + sqrt(x)))", "1/(1 + sqrt(x))", "(1 - sqrt(x))/(1 - x) has no value at 1"},
    {"radicals(1/(x - sqrt(x^2 - 1)))", "x + sqrt(x^2 - 1)", "times its conjugate"},
};

// The last answer of the texts, one after the other.
Answer ask(Session& session, std::initializer_list<std::string> texts) {
  Answer answer;
  for (const std::string& text : texts) {
    const auto parsed = session.parse("<row>", text);
    for (const Statement& s : parsed->statements) {
      const Outcome o = session.run(parsed, s);
      INFO(text << ": " << (o.error ? o.error->message : ""));
      CHECK_FALSE(o.error);
      answer = o.answer;
    }
  }
  return answer;
}

}  // namespace

TEST_CASE("forms by the name of a pass", "[passes][forms]") {
  const std::string declarations = "var x, y; var p > 0; var q > 0; param a";
  for (const Row& row : rows) {
    INFO(row.statement << ", " << row.source);
    Session session, other;
    const Answer answer = ask(session, {declarations, row.statement});
    const Answer form = ask(other, {declarations, row.form});
    CHECK(print(session.context(), answer.value) == print(other.context(), form.value));
    if (!row.condition) continue;
    std::string conditions;
    for (Ref c : answer.conditions) conditions += print(session.context(), c) + "; ";
    CHECK(conditions.find(row.condition) != std::string::npos);
  }
}

TEST_CASE("a large angle stays, with a note", "[passes][forms]") {
  Session session;
  const Answer answer = ask(session, {"trigexpand(sin(100*x))"});
  CHECK(print(session.context(), answer.value) == "sin(100*x)");
  CHECK(answer.notes.size() == 1);
}

// Each of different angles would double the number of terms.
TEST_CASE("a product of many sines stays", "[passes][forms]") {
  Session session;
  std::string product = "1";
  for (int i = 1; i <= 30; ++i) product += "*sin(x + " + std::to_string(i * i) + ")";
  const Answer answer = ask(session, {"trigreduce(" + product + ") - " + product});
  CHECK(print(session.context(), answer.value) == "0");
}

TEST_CASE("the exponential form has the same values", "[passes][forms]") {
  for (const char* f :
       {"sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"}) {
    for (const char* x : {"1/3", "-5/4", "2"}) {
      INFO(f << " at " << x);
      Session session;
      const std::string point = std::string("x = ") + x;
      const Answer a = ask(session, {"eval(" + std::string(f) + "(x), " + point + ")"});
      const Answer b = ask(session, {"eval(" + std::string("trigtoexp(") + f + "(x)), " + point + ")"});
      CHECK(b.numbers.entries.at(0) == Approx(a.numbers.entries.at(0)).epsilon(1e-12));
      if (!b.numbers.imaginary.empty()) CHECK(b.numbers.imaginary[0] == Approx(0).margin(1e-12));
    }
  }
}

TEST_CASE("random formulas keep their values in every form", "[passes][forms]") {
  const Pass passes[] = {
      {"trig", [](Context& ctx, Ref e, Notes&) { return trig(ctx, e); }, true},
      {"trigexpand", [](Context& ctx, Ref e, Notes&) { return expand_angles(ctx, e); }},
      {"trigreduce", [](Context& ctx, Ref e, Notes&) { return reduce_angles(ctx, e); }},
      {"exptotrig", [](Context& ctx, Ref e, Notes&) { return from_exponentials(ctx, e); }},
      {"powers", [](Context& ctx, Ref e, Notes&) { return lightest_powers(ctx, e); }, true},
      {"powexpand", [](Context& ctx, Ref e, Notes&) { return expand_powers(ctx, e); }},
      {"powcombine", [](Context& ctx, Ref e, Notes&) { return combine_powers(ctx, e); }},
      {"logs", [](Context& ctx, Ref e, Notes&) { return lightest_logs(ctx, e); }, true},
      {"logexpand", [](Context& ctx, Ref e, Notes&) { return expand_logs(ctx, e); }},
      {"logcombine", [](Context& ctx, Ref e, Notes&) { return contract_logs(ctx, e); }},
      {"radicals", [](Context& ctx, Ref e, Notes&) { return radicals(ctx, e); }},
  };
  for (uint64_t seed = 0; seed < 40 * std::size(passes); ++seed) {
    Context ctx;
    RandomFormula random(ctx, seed, 1 + seed % 3);
    const Ref e = random.make(2 + seed % 5).canonical;
    const std::string wrong = complaint(ctx, e, seed, {}, passes[seed % std::size(passes)]);
    INFO("seed " << seed << ": " << wrong);
    CHECK(wrong.empty());
  }
}

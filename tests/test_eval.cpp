// Tapes, columns, certified values, points and the comparison core of the check. Expected values are
// mathematics and published digits (OEIS, DLMF), named where they stand.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "diff/reverse.h"
#include "eval/certify.h"
#include "eval/columns.h"
#include "eval/cost.h"
#include "eval/points.h"
#include "eval/switches.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

Diagnostic failure(const std::function<void()>& f) {
  try {
    f();
  } catch (const Failure& e) {
    return e.diagnostic;
  }
  FAIL("no failure");
  return {};
}

std::vector<Ref> refs(Texts& t, const std::vector<std::string>& texts) {
  std::vector<Ref> all;
  for (const std::string& s : texts) all.push_back(t(s));
  return all;
}

// The value in the canonical and in the written form, which agree wherever nothing rounds.
double value(Texts& t, const std::string& text, const std::vector<std::pair<std::string, double>>& at = {}) {
  std::vector<Ref> inputs;
  std::vector<double> point;
  for (const auto& [name, v] : at) {
    inputs.push_back(t(name));
    point.push_back(v);
  }
  const Ref both[2] = {t(text), t.written(text)};
  const Tape tape = compile(t.ctx, both, inputs);
  const auto values = values_at(tape, point);
  const double a = values[tape.outputs()[0]], b = values[tape.outputs()[1]];
  INFO(text << ": canonical " << a << ", written " << b);
  CHECK((a == b || (std::isnan(a) && std::isnan(b))));
  return b;
}

bool undefined(double x) { return std::isnan(x); }

std::string digits(Texts& t, const std::string& text, int n,
                   const std::vector<std::pair<std::string, Rational>>& at = {}) {
  std::vector<std::pair<Ref, Rational>> values;
  for (const auto& [name, v] : at) values.emplace_back(t(name), v);
  return certified_digits(t.ctx, t.written(text), n, values);
}

}  // namespace

TEST_CASE("values of every kind of node", "[eval]") {
  Texts t;
  CHECK(value(t, "2*x + 3*y - z - 7", {{"x", 5}, {"y", -1}, {"z", 2}}) == -2);
  CHECK(value(t, "-x - y - 1", {{"x", 5}, {"y", -1}}) == -5);
  CHECK(value(t, "7 - x", {{"x", 5}}) == 2);
  CHECK(value(t, "x/y/4", {{"x", 6}, {"y", -3}}) == -0.5);
  CHECK(value(t, "1/x", {{"x", 4}}) == 0.25);
  CHECK(value(t, "x^3*y^-2", {{"x", 6}, {"y", 2}}) == 54);
  CHECK(value(t, "x^(5/2)", {{"x", 4}}) == 32);
  CHECK(value(t, "2^x", {{"x", 10}}) == 1024);
  CHECK(value(t, "x^y", {{"x", -2}, {"y", 3}}) == -8);
  CHECK(value(t, "abs(x) + floor(y) + max(x, y)", {{"x", -3}, {"y", 2.5}}) == 7.5);
  CHECK(value(t, "if x < y and not (x == 2) or y >= 10 then 1 else 2", {{"x", 1}, {"y", 3}}) == 1);
  CHECK(value(t, "if x < y and not (x == 2) or y >= 10 then 1 else 2", {{"x", 2}, {"y", 3}}) == 2);
  CHECK(value(t, "0.1*10") == 1);
  CHECK(value(t, "1/3") == 1.0 / 3);
  CHECK(value(t, "pi") == Approx(3.14159265358979323846).epsilon(1e-16));
}

TEST_CASE("values that do not exist are NaN", "[eval]") {
  Texts t;
  CHECK(undefined(value(t, "1/x", {{"x", 0}})));
  CHECK(undefined(value(t, "y/x", {{"x", 0}, {"y", 1}})));
  CHECK(undefined(value(t, "x^-3", {{"x", 0}})));
  CHECK(undefined(value(t, "x^(-1/2)", {{"x", 0}})));
  CHECK(undefined(value(t, "x^(1/3)", {{"x", -8}})));
  CHECK(undefined(value(t, "x^y", {{"x", -8}, {"y", 0.5}})));
  CHECK(undefined(value(t, "x^y", {{"x", 0}, {"y", -1}})));
  CHECK(undefined(value(t, "sqrt(x)", {{"x", -4}})));
  CHECK(undefined(value(t, "if log(x) < 1 then 1 else 2", {{"x", -4}})));
  CHECK(value(t, "cbrt(x)", {{"x", -8}}) == -2);
  CHECK(value(t, "x^y", {{"x", 0}, {"y", 0}}) == 1);
  // What is not taken has no influence, nor has the undefined side of a condition that is decided.
  CHECK(value(t, "if b < 0 then b^2 else sqrt(b)", {{"b", -1}}) == 1);
  CHECK(value(t, "if x > 0 and log(x) < 1 then 1 else 2", {{"x", -4}}) == 2);
  CHECK(value(t, "if x < 0 or log(x) < 1 then 1 else 2", {{"x", -4}}) == 1);
}

TEST_CASE("numbers become doubles once", "[eval]") {
  Texts t;
  // The nearest double of 1/10 + 2/10, not the sum of two roundings.
  CHECK(value(t, "0.1 + 0.2 + 0*x", {{"x", 1}}) == 0.3);
  const Ref e = t("x/3");
  const Ref x = t("x");
  const Tape tape = compile(t.ctx, {&e, 1}, {&x, 1});
  REQUIRE(tape.size() == 2);
  CHECK(tape.number(tape[1].b) == 1.0 / 3);
  CHECK(tape.exact(tape[1].b) == Rational::fraction(1, 3));
}

TEST_CASE("a program and its lets", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const Program p = gradient_program(t.ctx, t("x^2*y + x*y^3"), inputs);
  const Tape tape = compile(t.ctx, p);
  const auto values = values_at(tape, std::vector<double>{2, 3});
  REQUIRE(tape.outputs().size() == 3);
  CHECK(values[tape.outputs()[0]] == 66);
  CHECK(values[tape.outputs()[1]] == 39);  // 2xy + y^3
  CHECK(values[tape.outputs()[2]] == 58);  // x^2 + 3xy^2
}

TEST_CASE("what has no number is named", "[eval]") {
  Texts t;
  const Ref x = t("x");
  const auto compiled = [&](const std::string& text) {
    return failure([&] {
      const Ref e = t(text);
      compile(t.ctx, {&e, 1}, {&x, 1});
    });
  };
  const Diagnostic missing = compiled("x*y");
  CHECK(missing.code == Code::missing_value);
  CHECK(missing.message.find("'y'") != std::string::npos);
  t.declare_function("g", 1);
  const Diagnostic opaque = compiled("x + g(x^2)");
  CHECK(opaque.code == Code::cannot_evaluate);
  CHECK(opaque.message.find("g(x^2)") != std::string::npos);
  const Diagnostic complex = compiled("x + im");
  CHECK(complex.code == Code::cannot_evaluate);
}

TEST_CASE("columns are the values at each point", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto roots = refs(t, {"x", "sin(x*y) + exp(-x^2)/y", "if x < y then sqrt(x) else x^y",
                              "x^3 + y^(3/2) - 2*x + atan2(x, y) + max(x, y)", "7", "x"});
  const Tape tape = compile(t.ctx, roots, inputs);
  Random random(3);
  for (size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{511}, size_t{512}, size_t{2000}}) {
    std::vector<std::vector<double>> in(2, std::vector<double>(n));
    for (auto& column : in) {
      for (double& x : column) x = random.real();
    }
    const auto out = Columns(tape).evaluate(in, n);
    size_t different = 0;
    for (size_t i = 0; i < n; ++i) {
      const auto values = values_at(tape, std::vector<double>{in[0][i], in[1][i]});
      for (size_t k = 0; k < roots.size(); ++k) {
        const double a = out[k][i], b = values[tape.outputs()[k]];
        different += !(a == b || (std::isnan(a) && std::isnan(b)));
      }
    }
    CHECK(different == 0);
  }
}

TEST_CASE("columns of a long chain take little memory", "[eval]") {
  Texts t;
  const Ref x = t("x");
  Ref e = x;
  for (int k = 0; k < 100'000; ++k) e = t.ctx.add(t.ctx.multiply(t.ctx.function(Fn::sin, {e}), e), x);
  const Tape tape = compile(t.ctx, {&e, 1}, {&x, 1});
  Columns columns(tape);
  CHECK(columns.bytes() < 100'000);
}

TEST_CASE("the part that is undefined is found", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto part = [&](const std::string& text, double x, double y) {
    const Ref e = t.written(text);
    const Tape tape = compile(t.ctx, {&e, 1}, inputs);
    const auto values = values_at(tape, std::vector<double>{x, y});
    return short_text(t.ctx, tape.origin(undefined_part(tape, values, tape.outputs()[0])));
  };
  CHECK(part("exp(1 + log(x - y))*y", 1, 2) == "log(x - y)");
  CHECK(part("if x > 0 then log(y) else log(x)", -1, -2) == "log(x)");
  CHECK(part("if log(y) > 0 then log(y) else x", 1, -2) == "log(y)");
  CHECK(part("1 + x/(y - 2)", 1, 2) == "x/(y - 2)");
}

TEST_CASE("certified digits", "[eval]") {
  Texts t;
  // OEIS A060295: exp(pi*sqrt(163)) = 262537412640768743.99999999999925007259719818568887935…
  CHECK(digits(t, "exp(pi*sqrt(163)) - 262537412640768744", 20) == "-7.4992740280181431112e-13");
  CHECK(digits(t, "pi", 40) == "3.141592653589793238462643383279502884197");         // A000796
  CHECK(digits(t, "exp(1)", 30) == "2.71828182845904523536028747135");               // A001113
  CHECK(digits(t, "log(2)", 36) == "0.693147180559945309417232121458176568");        // A002162
  CHECK(digits(t, "sqrt(x)", 30, {{"x", 2}}) == "1.41421356237309504880168872421");  // A002193
  CHECK(digits(t, "gamma(1/3)", 20) == "2.6789385347077476337");                     // A073005
  CHECK(digits(t, "x", 10, {{"x", Rational::fraction(1, 3)}}) == "0.3333333333");
  CHECK(digits(t, "x/4", 10, {{"x", 3}}) == "0.75");
  // A cancellation of 100 digits: 3 + 1e-100 - 3.
  CHECK(digits(t, "(x + y) - x", 12, {{"x", 3}, {"y", *Rational::parse("1e-100", 200)}}) ==
        "1.00000000000e-100");
  const Ref x = t("x");
  const std::vector<std::pair<Ref, Rational>> at = {{x, Rational(-1)}}, one_ = {{x, Rational(1)}};
  const Diagnostic bad = failure([&] { certified_digits(t.ctx, t("2 + log(x)"), 10, at); });
  CHECK(bad.code == Code::undefined_value);
  CHECK(bad.message.find("log(x)") != std::string::npos);
  const Diagnostic open = failure([&] { certified_digits(t.ctx, t("sin(x)^2 + cos(x)^2 - 1"), 10, one_); });
  CHECK(open.code == Code::undecided);
}

TEST_CASE("certified derivatives at an exact point", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const Ref e = t("exp(x*y)");
  const Tape tape = compile(t.ctx, {&e, 1}, inputs);
  const std::vector<Rational> at = {Rational::fraction(1, 2), 2}, dx = {1, 0}, dy = {0, 1};
  // d2 exp(xy)/dx dy = (1 + xy) exp(xy) = 2e at xy = 1.
  const Ball vw = certify(t.ctx.budget(), tape, 0, at, dx, dy, 200);
  CHECK(vw.accurate_bits() >= 200);
  CHECK(abs(vw - 2 * Ball::e(400)).upper() < 1e-60);
  const Ball v = certify(t.ctx.budget(), tape, 0, at, dx, {}, 200);
  CHECK(abs(v - 2 * Ball::e(400)).upper() < 1e-60);
  const Ref bad = t("log(x - y)");
  CHECK(certify(t.ctx.budget(), compile(t.ctx, {&bad, 1}, inputs), 0, at, dx, {}, 50).is_undefined());
}

TEST_CASE("points lie inside the declared domains", "[eval]") {
  Texts t;
  const auto domain = [](Ref lower, Ref upper, bool open, bool integer = false, bool not_zero = false) {
    Domain d;
    d.lower = lower;
    d.upper = upper;
    d.lower_open = d.upper_open = open;
    d.integer = integer;
    d.not_zero = not_zero;
    return d;
  };
  const Ref a = t.declare("a", domain(one, {}, false)), b = t.declare("b", domain(t("2*a"), t("3*a"), true));
  const Ref c = t.declare("c", domain({}, minus_one, true)),
            k = t.declare("k", domain(one, t("4"), false, true));
  const Ref n = t.declare("n", domain(t("-1"), one, false, true, true)), x = t("x");
  const std::vector<Ref> inputs = {x, n, k, c, b, a};
  const Ref e = t("x*n*k*c*b*a");
  const PointSet points = draw_points(t.ctx, compile(t.ctx, {&e, 1}, inputs), 500);
  REQUIRE(points.count == 500);
  std::vector<size_t> seen(5);
  size_t uniform = 0, large = 0;
  for (size_t i = 0; i < points.count; ++i) {
    const auto p = points.point(i);
    CHECK(p[5] >= 1);
    CHECK((p[4] > 2 * p[5] && p[4] < 3 * p[5]));
    CHECK(p[3] < -1);
    CHECK((p[2] == std::floor(p[2]) && p[2] >= 1 && p[2] <= 4));
    CHECK((p[1] == 1 || p[1] == -1));
    ++seen[static_cast<size_t>(p[2])];
    uniform += std::abs(p[0]) <= 2;
    large += std::abs(p[0]) > 10;
  }
  for (size_t v = 1; v <= 4; ++v) CHECK(seen[v] > 60);
  CHECK(uniform > 250);
  CHECK(large > 50);  // a third of the log-uniform half
  const PointSet again = draw_points(t.ctx, compile(t.ctx, {&e, 1}, inputs), 500);
  CHECK(again.columns == points.columns);
  CHECK(draw_points(t.ctx, compile(t.ctx, {&e, 1}, inputs), 500, 2).columns != points.columns);
  CHECK(draw_points(t.ctx, compile(t.ctx, {&b, 1}, {&b, 1}), 64).count == 64);  // 'a' is drawn besides
}

TEST_CASE("undefined points are drawn again, and what is never defined is named", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto drawn = [&](const std::string& text) {
    const Ref e = t.written(text);
    return draw_points(t.ctx, compile(t.ctx, {&e, 1}, inputs));
  };
  const PointSet points = drawn("log(x) + sqrt(y - x)");
  CHECK(points.count == 64);
  CHECK(points.drawn > 64);
  for (size_t i = 0; i < points.count; ++i)
    CHECK((points.columns[0][i] > 0 && points.columns[1][i] > points.columns[0][i]));
  const Diagnostic d = failure([&] { drawn("x + log(-1 - y^2)"); });
  CHECK(d.code == Code::never_defined);
  CHECK(d.message.find("log(-1 - y^2)") != std::string::npos);
  Domain empty;
  empty.lower = t("2");
  empty.upper = one;
  const Ref z = t.declare("z", empty);
  CHECK(failure([&] { draw_points(t.ctx, compile(t.ctx, {&z, 1}, {&z, 1})); }).code == Code::empty_domain);
}

TEST_CASE("points keep away from switches", "[eval]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto near = [&](const std::string& text, double x, double y) {
    const Ref e = t.written(text);
    const Tape tape = compile(t.ctx, {&e, 1}, inputs);
    return Switches(t.ctx, tape).near(values_at(tape, std::vector<double>{x, y})) != tape.size();
  };
  CHECK(near("max(x, y)", 1, 1 + 1e-8));
  CHECK_FALSE(near("max(x, y)", 1, 1 + 1e-4));
  CHECK(near("abs(x - y)", 1, 1 + 1e-8));
  CHECK_FALSE(near("abs(x)*y", 1e-9, 1));
  CHECK(near("floor(x)", 3 + 1e-9, 0));
  CHECK(near("if x < 1 then x else y", 1 - 1e-9, 0));
  CHECK_FALSE(near("if x < 1 then x else y", 0.9, 0));
  CHECK(near("round(x)", 2.5, 0));
  CHECK(near("mod(x, y)", 6, 3));
  CHECK_FALSE(near("sin(x)*y", 0, 0));
  Domain integer;
  integer.integer = true;
  const Ref k = t.declare("k", integer);
  const Ref e = t("if k == 1 then 2 else 3");
  CHECK_FALSE(Switches(t.ctx, compile(t.ctx, {&e, 1}, {&k, 1})).any());
}

TEST_CASE("the cost of a tape", "[eval]") {
  Texts t;
  const auto cost = [&](const std::string& text) {
    const Ref e = t.written(text);
    const Tape tape = compile(t.ctx, {&e, 1}, inputs_of(t.ctx, {&e, 1}));
    return std::pair(weighted_cost(tape), unit_cost(tape));
  };
  using Cost = std::pair<double, double>;
  CHECK(cost("x") == Cost(0, 0));
  CHECK(cost("x + y + z") == Cost(2, 2));
  CHECK(cost("-x*y/z") == Cost(6, 3));
  CHECK(cost("x^2") == Cost(1, 1));
  CHECK(cost("x^7") == Cost(4, 1));
  CHECK(cost("1/x^2") == Cost(5, 2));
  CHECK(cost("sqrt(x)") == Cost(4, 1));
  CHECK(cost("x^(-1/2)") == Cost(8, 1));
  CHECK(cost("sin(x)*exp(y)") == Cost(21, 3));
  CHECK(cost("hypot(x, y) + atan2(x, y) + erf(x) + gamma(x)") == Cost(73, 7));
  CHECK(cost("max(x, y) + min(x, y)") == Cost(5, 3));
  CHECK(cost("x^y") == Cost(20, 1));
  CHECK(cost("if x < y then x else y") == Cost(2, 2));
}

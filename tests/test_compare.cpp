// The comparison core of the check: right derivatives agree, wrong ones are refused, rounding does neither.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "diff/derivative.h"
#include "eval/compare.h"
#include "eval/points.h"
#include "eval/tape.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

std::vector<Ref> refs(Texts& t, const std::vector<std::string>& texts) {
  std::vector<Ref> all;
  for (const std::string& s : texts) all.push_back(t(s));
  return all;
}

// Compares `claimed` texts with automatic differentiation of `f` at drawn points.
CheckReport check(Texts& t, const std::string& f, const std::vector<Ref>& claimed,
                  const std::vector<Claim>& claims, const std::vector<Ref>& inputs) {
  const Ref written = t.written(f);
  const Tape tape = compile(t.ctx, {&written, 1}, inputs), other = compile(t.ctx, claimed, inputs);
  return compare_derivatives(t.ctx, tape, other, claims, draw_points(t.ctx, tape));
}

const uint32_t first_two[2] = {0, 1};

}  // namespace

TEST_CASE("right derivatives agree", "[eval][check]") {
  for (const std::string f : {"sin(x*y) + exp(-x^2)/y", "log(x^2 + 1)^y", "sqrt(x^2 + y^2)*atan2(y, x)",
                              "if x < y then sqrt(x) else x^2*y", "gamma(x)*erf(y) + lgamma(x*y)",
                              "max(x, y)*abs(x - y)", "(x + 10^8)^3 - (y + 10^8)^3", "polygamma(2, x)*Si(y)",
                              "y*min(x*x, x*x)", "max(x*y*y, x*y^2) + min(x*x, x^2)"}) {
    INFO(f);
    Texts t;
    const auto inputs = refs(t, {"x", "y"});
    const Ref e = t(f);
    std::vector<Ref> claimed = {e};
    std::vector<Claim> claims = value_claims(1);
    for (const Ref d : gradient(t.ctx, e, inputs)) claimed.push_back(d);
    for (const Claim& c : jacobian_claims(1, first_two)) claims.push_back(c);
    for (const Ref v : inputs) {
      for (const Ref w : inputs) claimed.push_back(diff(t.ctx, diff(t.ctx, e, v), w));
    }
    for (const Claim& c : hessian_claims(0, first_two)) claims.push_back(c);
    const CheckReport r = check(t, f, claimed, claims, inputs);
    INFO("claim " << r.claim << ": " << r.claimed << " and " << r.expected << ", " << r.claimed_digits
                  << " and " << r.expected_digits);
    CHECK(r.agreement == Agreement::yes);
    CHECK(r.compared == 64 * 7);
    CHECK(r.relative <= 1e-9);
  }
}

TEST_CASE("second derivatives of circular functions of huge arguments are not refused", "[eval][check]") {
  for (const std::string f : {"cos(exp(x^(-2)))", "x^4 - cos(Ei(x))", "sin(x^40)"}) {
    INFO(f);
    Texts t;
    const Ref x = t("x"), e = t(f);
    const std::vector<Ref> inputs = {x};
    const uint32_t first[1] = {0};
    const CheckReport r = check(t, f, {diff(t.ctx, diff(t.ctx, e, x), x)}, hessian_claims(0, first), inputs);
    INFO(r.claimed_digits << " and " << r.expected_digits << " at " << (r.point.empty() ? 0 : r.point[0]));
    CHECK(r.agreement != Agreement::no);
  }
}

TEST_CASE("wrong derivatives are refused", "[eval][check]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto agreement = [&](const std::string& f, const std::string& derivative) {
    return check(t, f, {t(derivative)}, {jacobian_claims(1, first_two)[0]}, inputs);
  };
  CHECK(agreement("sin(x*y)", "y*cos(x*y)").agreement == Agreement::yes);
  const CheckReport sign = agreement("sin(x*y)", "-y*cos(x*y)");
  CHECK(sign.agreement == Agreement::no);
  CHECK(sign.claim == 0);
  CHECK(sign.relative == Approx(2));
  CHECK(sign.point.size() == 2);
  CHECK(sign.claimed == -sign.expected);
  CHECK(sign.claimed_digits ==
        (sign.expected_digits[0] == '-' ? sign.expected_digits.substr(1) : "-" + sign.expected_digits));
  CHECK(agreement("x^3", "3.00000001*x^2").agreement == Agreement::no);
  CHECK(agreement("x^3", "3.0000000001*x^2").agreement == Agreement::yes);
  CHECK(agreement("x^3", "0").agreement == Agreement::no);
  CHECK(agreement("y^3", "1e-30").agreement == Agreement::no);
  CHECK(agreement("y^3", "0*x").agreement == Agreement::yes);
  // Wrong on one side of a switch only, and undefined where the derivative exists.
  CHECK(agreement("if x < y then x^2 else x^3", "if x < y then 2*x else 3*x").agreement == Agreement::no);
  CHECK(agreement("if x > 0 then x else x^2", "if x > 0 then 1 else 2*exp(log(x))").agreement ==
        Agreement::no);
}

TEST_CASE("a wrong sign in any row of the function table is noticed", "[eval][check]") {
  size_t noticed = 0;
  for (size_t i = 0; i < function_count(); ++i) {
    const Function& r = row(function_at(i));
    const bool constant = r.differential == "0 .* dx";  // of a step function
    if (r.value == nullptr || constant) continue;
    for (const bool planted : {false, true}) {
      Texts t;
      if (planted) t.ctx.set_differential(r.fn, "-(" + std::string(r.differential) + ")");
      const auto inputs = refs(t, {"x", "y"});
      const std::string arguments = r.not_differentiable == 1 ? "(2, x)" : r.max_args == 1 ? "(x)" : "(x, y)";
      const Ref e = t(std::string(r.name) + arguments);
      if (!t.ctx.is_function(e, r.fn)) break;  // sqrt and pow are powers
      const auto gradient_of = gradient(t.ctx, e, inputs);
      const Ref written = t.written(std::string(r.name) + arguments);
      const Tape tape = compile(t.ctx, {&written, 1}, inputs);
      const CheckReport report = compare_derivatives(t.ctx, tape, compile(t.ctx, gradient_of, inputs),
                                                     jacobian_claims(1, first_two), draw_points(t.ctx, tape));
      INFO(r.name << (planted ? " with a wrong sign" : ""));
      CHECK(report.agreement == (planted ? Agreement::no : Agreement::yes));
      noticed += planted;
    }
  }
  CHECK(noticed > 60);
}

TEST_CASE("rounding neither refuses nor excuses", "[eval][check]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y"});
  const auto first = jacobian_claims(1, first_two)[0];
  // The derivative is 3x^2; claimed in a form that loses every digit in doubles.
  const CheckReport right = check(t, "x^3", {t("(3*x^2 + 10^30) - 10^30 + 0*y")}, {first}, inputs);
  CHECK(right.agreement == Agreement::yes);
  const Ref lossy = t.written("(3*x^2 + y*10^30) - y*10^30");
  const CheckReport settled = check(t, "x^3", {lossy}, {first}, inputs);
  CHECK(settled.agreement == Agreement::yes);
  CHECK(settled.settled == 64);
  // Doubles see 0 on both sides of the comparison; 2^-600 is there all the same.
  const Ref tiny = t.written("((3*x^2 + 2^-600) + y*10^30) - y*10^30 - 3*x^2");
  CHECK(check(t, "y", {tiny}, {first}, inputs).agreement == Agreement::no);
  // A zero that is not recognised as one.
  const Ref hidden = t.written("sin(x)^2 + cos(x)^2 - 1");
  CHECK(check(t, "y", {hidden}, {first}, inputs).agreement == Agreement::yes);
  CHECK(check(t, "sin(x)^2 + cos(x)^2 + y", {zero}, {first}, inputs).agreement == Agreement::yes);
}

TEST_CASE("directions and weights that are inputs", "[eval][check]") {
  Texts t;
  const auto inputs = refs(t, {"x", "y", "u", "v"});
  const Along direction{0, {{0, 2}, {1, 3}}}, weights{0, {{0, 2}, {1, 3}}};
  const std::vector<Ref> roots = {t.written("x^2*y"), t.written("sin(x)*y^2")};
  const Tape written = compile(t.ctx, roots, inputs);
  const PointSet points = draw_points(t.ctx, written);
  const auto agreement = [&](const std::vector<std::string>& texts, const std::vector<Claim>& claims) {
    const auto claimed = refs(t, texts);
    return compare_derivatives(t.ctx, written, compile(t.ctx, claimed, inputs), claims, points).agreement;
  };
  // jvp, vjp and hvp by hand.
  CHECK(agreement({"2*x*y*u + x^2*v", "cos(x)*y^2*u + 2*sin(x)*y*v"},
                  {{1, {0, {}}, direction, {}}, {1, {1, {}}, direction, {}}}) == Agreement::yes);
  CHECK(agreement({"2*x*y*u + cos(x)*y^2*v", "x^2*u + 2*sin(x)*y*v"},
                  {{1, weights, {0, {}}, {}}, {1, weights, {1, {}}, {}}}) == Agreement::yes);
  CHECK(agreement({"2*y*u + 2*x*v", "2*x*u"},
                  {{2, {0, {}}, direction, {0, {}}}, {2, {0, {}}, direction, {1, {}}}}) == Agreement::yes);
  CHECK(agreement({"2*y*u - 2*x*v", "2*x*u"},
                  {{2, {0, {}}, direction, {0, {}}}, {2, {0, {}}, direction, {1, {}}}}) == Agreement::no);
  CHECK(agreement({"x^2*y", "sin(x)*y^2"}, value_claims(2)) == Agreement::yes);
  CHECK(agreement({"x^2*y", "sin(x)*y^3"}, value_claims(2)) == Agreement::no);
}

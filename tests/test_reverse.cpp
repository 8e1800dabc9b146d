// Programs: lowering, reverse and sparse forward mode. The oracle is automatic differentiation of the written
// form, which shares no derivative code with diff/.
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>

#include "diff/derivative.h"
#include "diff/forward.h"
#include "diff/reverse.h"
#include "eval/columns.h"
#include "eval/compare.h"
#include "eval/cost.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "tests/random_formula.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::RandomFormula;
using nabla::test::Texts;

namespace {

std::vector<uint32_t> numbered(size_t n) {
  std::vector<uint32_t> all;
  for (uint32_t i = 0; i < n; ++i) all.push_back(i);
  return all;
}

Program value_program(Context& ctx, Ref e, std::span<const Ref> inputs) {
  Program p;
  p.inputs.assign(inputs.begin(), inputs.end());
  Lowering lowering(ctx, p);
  p.outputs.push_back({"value", scalar_shape, {lowering.lower(e)}});
  return p;
}

}  // namespace

TEST_CASE("constructors keep the value of what is written", "[reverse][property]") {
  size_t compared = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    Context ctx;
    RandomFormula formula(ctx, seed, 3);
    const auto [canonical, written] = formula.make(12);
    const Tape reference = compile(ctx, {&written, 1}, formula.variables());
    const Tape folded = compile(ctx, {&canonical, 1}, formula.variables());
    PointSet points;
    try {
      points = draw_points(ctx, reference, 16, seed);
    } catch (const Failure&) {
      continue;  // nowhere defined, such as gamma at a pole that was folded
    }
    const auto report = compare_derivatives(ctx, reference, folded, value_claims(1), points);
    INFO("seed " << seed << ", claimed " << report.claimed << ", expected " << report.expected);
    CHECK(report.agreement != Agreement::no);
    compared += report.compared;
  }
  CHECK(compared > 14'000);
}

TEST_CASE("gradients of random programs are right and cost at most five functions", "[reverse][property]") {
  double worst_weighted = 0, worst_unit = 0;
  size_t programs = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    Context ctx;
    RandomFormula formula(ctx, seed + 5000, 4);
    const auto [canonical, written] = formula.make(15);
    Program gradient;
    gradient = gradient_program(ctx, canonical, formula.variables());
    const Tape reference = compile(ctx, {&written, 1}, formula.variables());
    const Tape function = compile(ctx, value_program(ctx, canonical, formula.variables()));
    const Tape claimed = compile(ctx, gradient);
    if (weighted_cost(function) >= 1) {
      const double weighted = weighted_cost(claimed) / weighted_cost(function);
      INFO("seed " << seed + 5000);
      CHECK(weighted <= 5);
      worst_weighted = std::max(worst_weighted, weighted);
      worst_unit = std::max(worst_unit, unit_cost(claimed) / unit_cost(function));
    }
    PointSet points;
    try {
      points = draw_points(ctx, reference, 8, seed);
    } catch (const Failure&) {
      continue;
    }
    std::vector<Claim> claims = value_claims(1);
    const auto jacobian = jacobian_claims(1, numbered(4));
    claims.insert(claims.end(), jacobian.begin(), jacobian.end());
    const auto report = compare_derivatives(ctx, reference, claimed, claims, points);
    INFO("seed " << seed + 5000 << ", claim " << report.claim << ", claimed " << report.claimed
                 << ", expected " << report.expected);
    CHECK(report.agreement != Agreement::no);
    ++programs;
  }
  CHECK(programs > 900);
  std::cout << "gradient with value, in costs of its function: weighted at most " << worst_weighted
            << ", unit at most " << worst_unit << ", " << programs << " programs\n";
}

TEST_CASE("closed forms, reverse mode and forward mode agree", "[reverse][property]") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Context ctx;
    RandomFormula formula(ctx, seed + 9000, 3);
    const auto [canonical, written] = formula.make(10);
    const auto& xs = formula.variables();
    Program p;
    p.inputs = xs;
    Lowering lowering(ctx, p);
    Partials partials(ctx);
    const Ref value = lowering.lower(canonical);
    const std::pair<Ref, Ref> seed_of{value, one};
    const auto adjoints = reverse(lowering, partials, {&seed_of, 1}, xs);
    const auto rows = sparse_jacobian(lowering, partials, {&value, 1}, xs);
    std::vector<Ref> dense(xs.size(), zero);
    for (const Tangent& t : rows[0]) dense[t.direction] = t.value;
    p.outputs = {{"reverse", scalar_shape, adjoints}, {"forward", scalar_shape, dense}};
    const Tape reference = compile(ctx, {&written, 1}, xs);
    std::vector<Claim> claims = jacobian_claims(1, numbered(3));
    claims.insert(claims.end(), claims.begin(), claims.begin() + 3);
    PointSet points;
    try {
      points = draw_points(ctx, reference, 8, seed);
    } catch (const Failure&) {
      continue;
    }
    INFO("seed " << seed + 9000);
    CHECK(compare_derivatives(ctx, reference, compile(ctx, p), claims, points).agreement != Agreement::no);
    const Tape closed = compile(ctx, gradient(ctx, canonical, xs), xs);
    CHECK(compare_derivatives(ctx, reference, closed, jacobian_claims(1, numbered(3)), points).agreement !=
          Agreement::no);
  }
}

TEST_CASE("a Hessian is forward mode over the adjoints", "[reverse]") {
  Texts t;
  const std::vector<Ref> xs = {t("x"), t("y"), t("z")};
  Program p;
  p.inputs = xs;
  Lowering lowering(t.ctx, p);
  Partials partials(t.ctx);
  const std::pair<Ref, Ref> seed{lowering.lower(t("x^2*y + sin(y*z)")), one};
  const auto adjoints = reverse(lowering, partials, {&seed, 1}, xs);
  const auto rows = sparse_jacobian(lowering, partials, adjoints, xs);
  auto closed = [&](size_t i, uint32_t j) {
    for (const Tangent& tangent : rows[i]) {
      if (tangent.direction == j) return inline_lets(t.ctx, p, {&tangent.value, 1})[0];
    }
    return zero;
  };
  CHECK(closed(0, 0) == t("2*y"));
  CHECK(closed(0, 1) == t("2*x"));
  CHECK(closed(1, 0) == t("2*x"));
  CHECK(rows[0].size() == 2);  // no entry by z
  CHECK(closed(1, 1) == t("-z^2*sin(y*z)"));
  CHECK(closed(1, 2) == t("cos(y*z) - y*z*sin(y*z)"));
  CHECK(closed(2, 2) == t("-y^2*sin(y*z)"));
}

TEST_CASE("the gradient of a product has no division and costs linearly", "[reverse]") {
  Context ctx;
  std::vector<Ref> xs;
  for (int i = 0; i < 1000; ++i) xs.push_back(ctx.variable("x" + std::to_string(i)));
  const Program p = gradient_program(ctx, ctx.product(xs), xs);
  CHECK(p.lets.size() < 4 * xs.size());
  for (const Let& l : p.lets) CHECK(ctx.kind(l.value) != Kind::power);
}

TEST_CASE("a sum that grows in a loop stays a chain of lets", "[reverse]") {
  for (const bool product : {false, true}) {
    Context ctx;
    const Ref x = ctx.variable("x");
    Ref f = x;
    for (int i = 0; i < 2000; ++i) {
      const Ref s = ctx.function(Fn::sin, {f});
      f = product ? ctx.multiply(f, s) : ctx.add(f, s);
    }
    const Program p = gradient_program(ctx, f, {&x, 1});
    CHECK(p.lets.size() < 2000 * 8);
    // d/dx by the recursion: f' = f'(1 + cos f), or f' sin f + f cos f f'
    double v = 0.7, d = 1;
    for (int i = 0; i < 2000; ++i) {
      d = product ? d * std::sin(v) + v * std::cos(v) * d : d * (1 + std::cos(v));
      v = product ? v * std::sin(v) : v + std::sin(v);
    }
    std::vector<double> column = {0.7};
    const Tape tape = compile(ctx, p);
    const auto values = values_at(tape, column);
    CHECK(values[tape.outputs()[0]] == Approx(v).epsilon(1e-12));
    CHECK(values[tape.outputs()[1]] == Approx(d).epsilon(1e-9));
  }
}

TEST_CASE("inlining the lets gives back the expression", "[reverse]") {
  Texts t;
  for (const char* text :
       {"sin(x*y)^2 + exp(x)/(1 + y^2)", "if x < y then x^3 else log(y)", "sqrt(x^2 + y^2)"}) {
    const Ref e = t(text);
    Program p;
    Lowering lowering(t.ctx, p);
    const Ref let = lowering.lower(e);
    CHECK(inline_lets(t.ctx, p, {&let, 1})[0] == e);
  }
}

// Expected values by hand: on the side that is not taken, nothing may be added, not even 0 times undefined.
TEST_CASE("the gradient of a branch is not spoilt by the other side", "[reverse]") {
  struct Case {
    std::string f;
    double x, y, by_x, by_y;
  };
  const double inf = 1000;  // exp(inf) and exp(inf^2) overflow
  const Case cases[] = {
      {"if x >= y then x^(1/2) else 1/10", -1, 2, 0, 0},
      {"if x >= y then x^(1/2) else 1/10", 4, 2, 0.25, 0},
      {"if x > 0 then log(x)*y else y", -1, 3, 0, 1},
      {"if x > 0 then log(x)*sin(log(x))*y else y^2", -1, 3, 0, 6},
      {"if x > 0 then log(x)*y else sqrt(-x)*y", -4, 3, -0.75, 2},
      {"if x > 0 then log(x)*y else sqrt(-x)*y", 1, 3, 3, 0},
      {"if x < 20 then log(1 + exp(x))*y else x*y", inf, 2, 2, inf},
      {"if x < 20 then exp(x^2)*y else x", inf, 2, 1, 0},
      {"if x > 0 then (if y > 0 then log(x)*log(y) else log(x)) else y", -1, -1, 0, 1},
      {"if x > 0 then (if y > 0 then log(x)*log(y) else log(x)) else y", 2, -1, 0.5, 0},
      {"if x > 0 then (if log(x) > 0 then sqrt(log(x)) else log(x)^2) else x*y", -1, 5, 5, -1},
      {"(if x > 0 then log(x) else x) + (if y > 0 then log(x)*y else y)", -2, -3, 1, 1},
      {"(if x > 0 then log(x) else 0) + (if x > 1 then log(x)*y else 0)", 2, 3, 2, std::log(2.0)},
      {"y*(if x > 0 then 1/x else x)*(if x > 0 then log(x) else 2)", 0, 3, 6, 0},
      {"sin(if x > 0 then y/x else y)^2", 0, 0.5, 0, std::sin(1.0)},
      {"if x > 0 then (if x > 0 then log(x) else sqrt(-x)) else sqrt(-x)", -4, 1, -0.25, 0},
  };
  for (const Case& c : cases) {
    INFO(c.f << " at " << c.x << ", " << c.y);
    Texts t;
    const Ref inputs[2] = {t("x"), t("y")};
    const Tape tape = compile(t.ctx, gradient_program(t.ctx, t(c.f), inputs));
    const double point[2] = {c.x, c.y};
    const std::vector<double> values = values_at(tape, point);
    CHECK(values[tape.outputs()[1]] == Approx(c.by_x).margin(1e-12));
    CHECK(values[tape.outputs()[2]] == Approx(c.by_y).margin(1e-12));
  }
}

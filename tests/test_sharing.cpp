// The plan of generated code: what is computed once, which way is taken, and that values stay what they are.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "codegen/check.h"
#include "codegen/choice.h"
#include "codegen/equal_lets.h"
#include "codegen/shared_parts.h"
#include "codegen/sharing.h"
#include "codegen_model.h"
#include "diff/forward.h"
#include "diff/reverse.h"
#include "eval/compare.h"
#include "expr/substitute.h"
#include "random_formula.h"
#include "simplify/zero_test.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Counted {
  Cost written, shared;
  std::string code;
};

// Of the first entry point of a kind in a model.
EntryPoint entry_of(LoadedModel& m, Output kind) {
  for (EntryPoint& e : entry_points(m.ctx, m.model)) {
    if (e.kind == kind) return std::move(e);
  }
  FAIL("no such entry point");
  return {};
}

// The operations of the outputs of `f`, as planned.
uint64_t operations(const std::string& model) {
  LoadedModel m(model + "\nderive f : value");
  const EntryPoint e = entry_of(m, Output::value);
  CHECK(check_entry(m.ctx, e).report.agreement == Agreement::yes);
  return cost_of(e.plan).operations;
}

std::vector<uint32_t> numbered(uint32_t n) {
  std::vector<uint32_t> out(n);
  for (uint32_t i = 0; i < n; ++i) out[i] = i;
  return out;
}

}  // namespace

TEST_CASE("products and sums that occur twice are computed once", "[sharing]") {
  const std::string vars = "var a, b, c, d, x, y\n";
  CHECK(operations(vars + "f(a, b) = [a*b*c; a*b*d]") == 3);
  CHECK(operations(vars + "f(a, b) = [a + b + c; a + b - d; sin(a + b)]") == 4);
  CHECK(operations(vars + "f(a, b) = [a - b + c; b - a + d; 2*a - 2*b + sin(c)]") == 6);
  CHECK(operations(vars + "f(a, b) = [a*b*exp(c); exp(d)/(a*b)]") == 5);
  CHECK(operations(vars + "f(a, b) = [x^2*y^2*c; x*y*d]") == 4);  // p = x*y, p*p, times c, times d
}

TEST_CASE("common factors are taken out of sums", "[sharing]") {
  const std::string vars = "var a, b, c, d, x\n";
  CHECK(operations(vars + "f(a) = a*b + a*c") == 2);
  CHECK(operations(vars + "f(a) = a*b + a*c + a*d + x") == 4);
  CHECK(operations(vars + "f(x) = a*x^3 + b*x^2 + c*x + d") == 6);  // Horner
  CHECK(operations(vars + "f(a) = 3*a + 3*b + c") == 3);
  CHECK(operations(vars + "f(a) = a/2 + b/2") == 2);
}

TEST_CASE("what is divided by twice is inverted once", "[sharing]") {
  const std::string vars = "var a > 0\nvar b > 0\nvar c > 0\nvar d > 0\n";
  LoadedModel m(vars + "f(a) = [a/d; b/d; c/(d*a)]\nderive f : value");
  const EntryPoint e = entry_of(m, Output::value);
  CHECK(cost_of(e.plan).weighted <= 12);  // two divisions of 4
  CHECK(operations(vars + "f(a) = 1/(a/b)") == 1);
  CHECK(operations(vars + "f(a) = sqrt(a)*sqrt(a)*b") == 1);
}

TEST_CASE("constants are folded before they are rounded", "[sharing]") {
  CHECK(operations("var x\nf(x) = x*sqrt(2)/sqrt(pi)*exp(1)") == 1);
  LoadedModel m("var x\nf(x) = x/sqrt(2*pi)\nderive f : value");
  GenerateOptions options;
  options.scalar = "double";
  // 1/sqrt(2 pi) to the nearest double (Abramowitz and Stegun, table 1.1: 0.39894 22804 01432 67794)
  CHECK(m.header(options).find("0.3989422804014327;  // 1/sqrt(2*pi)") != std::string::npos);
}

TEST_CASE("terms that cancel as functions cost nothing", "[sharing]") {
  LoadedModel m(
      "var S > 0\nvar K > 0\nvar r\nvar s > 0\nvar T > 0\n"
      "Phi(z: scalar) = erfc(-z/sqrt(2))/2\n"
      "d1 = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T))\n"
      "d2 = d1 - s*sqrt(T)\n"
      "price(S, K, r, s, T) = S*Phi(d1) - K*exp(-r*T)*Phi(d2)\n"
      "derive price wrt S, K, r, s, T : grad");
  const EntryPoint e = entry_of(m, Output::grad);
  CHECK(check_entry(m.ctx, e).report.agreement == Agreement::yes);
  // S*phi(d1) = K*exp(-r*T)*phi(d2) (Black and Scholes, 1973): one exponential serves all five derivatives,
  // with sqrt, log, exp(-r*T), and two erfc.
  CHECK(cost_of(e.plan).functions == 6);
  CHECK(e.choice.tried[e.choice.taken].zeros > 0);
}

TEST_CASE("only what is proved equal is merged", "[sharing]") {
  Context ctx;
  const Ref x = ctx.variable("x"), y = ctx.variable("y");
  const auto merged = [&](Ref a, Ref b) {
    Program p;
    p.inputs = {x, y};
    Lowering lowering(ctx, p);
    p.outputs.push_back({"f", scalar_shape, {lowering.lower(a), lowering.lower(b)}});
    KnownZeros known;
    return merge_equal_lets(ctx, p, known);
  };
  const Ref s = ctx.function(Fn::sin, {x}), c = ctx.function(Fn::cos, {x});
  const Ref twice = ctx.function(Fn::sin, {ctx.scale(ctx.number(2), x)});
  CHECK(merged(ctx.scale(ctx.number(2), ctx.multiply(s, c)), twice).equals == 1);
  // Equal to 1e-12, and yet different.
  const Ref near = ctx.add(twice, ctx.scale(ctx.number(Rational::fraction(1, 1'000'000'000'000)), x));
  CHECK(merged(near, twice).equals == 0);
  CHECK(merged(ctx.subtract(near, twice), y).zeros == 0);
}

TEST_CASE("lets are compared over what both are computed from", "[sharing]") {
  Context ctx;
  const Ref x = ctx.variable("x"), y = ctx.variable("y");
  const Ref s = ctx.function(Fn::sin, {x}), e = ctx.function(Fn::exp, {y});
  Program p;
  p.inputs = {x, y};
  Lowering lowering(ctx, p);
  const Ref u = lowering.lower(s), v = lowering.lower(e);
  const Ref product = lowering.lower(ctx.multiply(u, lowering.lower(ctx.add(u, v))));
  const Ref terms = lowering.lower(
      ctx.add(lowering.lower(ctx.multiply(u, v)), lowering.lower(ctx.power(u, ctx.number(2)))));
  // u*(u + v) - u*v - u^2 is 0 whatever u and v are.
  const Ref difference = difference_over_shared(ctx, p, product, terms, one);
  CHECK(!contains(ctx, difference, x));
  CHECK(!contains(ctx, difference, y));
  CHECK(symbols_of(ctx, difference).size() == 2);
  CHECK(proved_zero(ctx, difference));
  CHECK_FALSE(proved_zero(ctx, difference_over_shared(ctx, p, product, terms, minus_one)));
  // Nothing in common, or one computed from the other: nothing stands as a name.
  CHECK(!difference_over_shared(ctx, p, u, v, one));
  CHECK(!difference_over_shared(ctx, p, u, zero, one));
  // sin(x)^2*w and (1 - cos(x)^2)*w are equal, but not for any numbers in place of sine and cosine: then the
  // closed forms decide.
  const Ref c = lowering.lower(ctx.function(Fn::cos, {x})), w = lowering.lower(ctx.add(u, c));
  const Ref square = lowering.lower(ctx.multiply(lowering.lower(ctx.power(u, ctx.number(2))), w));
  const Ref cosine = lowering.lower(ctx.power(c, ctx.number(2)));
  const Ref rest = lowering.lower(ctx.multiply(lowering.lower(ctx.subtract(one, cosine)), w));
  CHECK_FALSE(proved_zero(ctx, difference_over_shared(ctx, p, square, rest, one)));
  p.outputs.push_back({"f", scalar_shape, {square, rest}});
  KnownZeros known;
  CHECK(merge_equal_lets(ctx, p, known).equals > 0);
}

TEST_CASE("a Hessian through one scalar costs a product or two an entry", "[sharing]") {
  // exp(b'x): every second derivative is b_i*b_j*exp(b'x), 55 different ones; b'x costs 19, the gradient 10.
  LoadedModel m("var x : vector[10]\nf(x) = exp(sum(i/7*x[i] for i in 1:10))\nderive f wrt x : hess");
  CHECK(cost_of(entry_of(m, Output::hess).plan).operations <= 19 + 1 + 10 + 2 * 55);
}

TEST_CASE("shared plans compute what was written", "[sharing][property]") {
  size_t compared = 0;
  uint64_t before = 0, after = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Context ctx;
    RandomFormula formula(ctx, seed + 40'000, 3);
    const auto [canonical, written] = formula.make(10);
    const auto& xs = formula.variables();
    Program p;
    p.inputs = xs;
    Lowering lowering(ctx, p);
    Partials partials(ctx);
    const Ref value = lowering.lower(canonical);
    const std::pair<Ref, Ref> seed_of{value, one};
    const auto gradient = reverse(lowering, partials, {&seed_of, 1}, xs);
    std::vector<Ref> hessian(9, zero);
    const auto rows = sparse_jacobian(lowering, partials, gradient, xs, seed % 5);
    for (size_t i = 0; i < 3; ++i) {
      for (const Tangent& t : rows[i]) hessian[3 * i + t.direction] = t.value;
    }
    p.outputs = {
        {"value", scalar_shape, {value}}, {"grad", scalar_shape, gradient}, {"hess", scalar_shape, hessian}};
    const Tape reference = compile(ctx, {&written, 1}, xs);
    PointSet points;
    try {
      points = draw_points(ctx, reference, 8, seed);
    } catch (const Failure&) {
      continue;
    }
    KnownFacts known(ctx);
    merge_equal_lets(ctx, p, known.zeros);
    const Plan plan = make_plan(ctx, p), best = shared(known.forms, plan);
    std::vector<Claim> claims = value_claims(1);
    for (const Claim& c : jacobian_claims(1, numbered(3))) claims.push_back(c);
    for (const Claim& c : hessian_claims(0, numbered(3))) claims.push_back(c);
    INFO("seed " << seed + 40'000);
    CHECK(compare_derivatives(ctx, reference, compile(ctx, read_back(ctx, best, p)), claims, points)
              .agreement != Agreement::no);
    CHECK(cost_of(best).weighted <= cost_of(plan).weighted);
    before += cost_of(plan).weighted;
    after += cost_of(best).weighted;
    ++compared;
  }
  CHECK(compared > 100);
  CHECK(after < before);
}

TEST_CASE("the same model gives the same plan in any context", "[sharing]") {
  const std::string model =
      "var x : vector[6]\nf(x) = sum(x[i]*log(x[i]^2 + 1) for i in 1:6)*exp(sum(x[i]*x[j]/(i + j) for i in "
      "1:6, j in "
      "1:6))\nderive f wrt x : hess";
  LoadedModel fresh(model), used("var y\ng(y) = sin(y)^3/(1 + y^2)\n" + model);
  used.model.file = fresh.model.file;
  const std::string a = fresh.header(), b = used.header();
  CHECK(a.substr(a.find("#pragma")) == b.substr(b.find("#pragma")));
}

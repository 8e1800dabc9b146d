// The store: canonical forms, sharing in long sums and products, memory and limits.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "expr/walk.h"

using namespace nabla;

namespace {

std::vector<Ref> variables(Context& ctx, size_t n) {
  std::vector<Ref> xs;
  for (size_t i = 0; i < n; ++i) xs.push_back(ctx.variable("x" + std::to_string(i)));
  return xs;
}

Ref half(Context& ctx) { return ctx.number(Rational::fraction(1, 2)); }

Ref positive(Context& ctx, const char* name) {
  Symbol s;
  s.name = name;
  s.domain.lower = zero;
  s.domain.lower_open = true;
  return ctx.symbol(s);
}

}  // namespace

TEST_CASE("the same set of terms is the same node, whatever the order or grouping", "[context]") {
  std::mt19937 random(7);
  for (const bool product : {false, true}) {
    for (const size_t n : {2u, 5u, 31u, 32u, 33u, 34u, 100u, 3000u}) {
      Context ctx;
      std::vector<Ref> xs = variables(ctx, n);
      const Ref all = product ? ctx.product(xs) : ctx.sum(xs);
      for (int round = 0; round < 3; ++round) {
        std::shuffle(xs.begin(), xs.end(), random);
        Ref one_by_one = product ? one : zero;
        for (Ref x : xs) one_by_one = product ? ctx.multiply(one_by_one, x) : ctx.add(one_by_one, x);
        CHECK(one_by_one == all);
        const std::span<const Ref> list(xs);
        const auto left = list.first(n / 3), right = list.subspan(n / 3);
        CHECK((product ? ctx.multiply(ctx.product(left), ctx.product(right))
                       : ctx.add(ctx.sum(left), ctx.sum(right))) == all);
      }
    }
  }
}

TEST_CASE("adding one term to a long sum shares the rest", "[context]") {
  Context ctx;
  const auto xs = variables(ctx, 20000);
  Ref s = ctx.sum(std::span<const Ref>(xs).first(19999));
  const uint32_t before = ctx.size();
  s = ctx.add(s, xs.back());
  CHECK(ctx.size() - before < 60);  // one path of the tree
  CHECK(s == ctx.sum(xs));
}

TEST_CASE("like terms collect in flat and in long sums", "[context]") {
  for (const size_t n : {3u, 40u, 500u}) {
    Context ctx;
    const auto xs = variables(ctx, n);
    const Ref s = ctx.sum(xs);
    CHECK(ctx.add(s, s) == ctx.scale(ctx.number(2), s));
    CHECK(ctx.subtract(s, s) == zero);
    Ref rest = s;
    for (size_t i = 0; i + 1 < n; ++i) rest = ctx.subtract(rest, xs[i]);
    CHECK(rest == xs.back());
    const Ref p = ctx.product(xs);
    CHECK(ctx.multiply(p, p) == ctx.product(std::vector<Ref>{p, p}));
    Ref quotient = p;
    for (size_t i = 0; i + 1 < n; ++i) quotient = ctx.divide(quotient, xs[i]);
    CHECK(quotient == xs.back());
  }
}

TEST_CASE("a long sum that shrinks is the flat sum of what is left", "[context]") {
  Context ctx;
  const auto xs = variables(ctx, 40);
  Ref s = ctx.sum(xs);
  CHECK(ctx.kind(s) == Kind::long_sum);
  for (size_t i = 0; i < 8; ++i) s = ctx.subtract(s, xs[i]);
  CHECK(ctx.kind(s) == Kind::sum);
  CHECK(s == ctx.sum(std::span<const Ref>(xs).subspan(8)));
}

TEST_CASE("numbers distribute over flat sums, nothing else expands", "[context]") {
  Context ctx;
  const Ref x = ctx.variable("x"), y = ctx.variable("y"), s = ctx.add(x, y);
  const Ref two = ctx.number(2);
  CHECK(ctx.multiply(two, s) == ctx.add(ctx.multiply(two, x), ctx.multiply(two, y)));
  CHECK(ctx.kind(ctx.multiply(x, s)) == Kind::product);
  CHECK(ctx.kind(ctx.power(s, 2)) == Kind::power);
  CHECK(ctx.subtract(x, ctx.subtract(x, y)) == y);
}

TEST_CASE("powers combine only where that is the same function", "[context]") {
  Context ctx;
  const Ref x = ctx.variable("x"), y = ctx.variable("y"), p = positive(ctx, "p"), a = ctx.variable("a");
  const Ref q = half(ctx), three_halves = ctx.number(Rational::fraction(3, 2));
  CHECK(ctx.sqrt(ctx.power(x, 2)) == ctx.function(Fn::abs, {x}));                               // T01
  CHECK(ctx.power(ctx.power(x, 2), three_halves) == ctx.power(ctx.function(Fn::abs, {x}), 3));  // T02
  CHECK(ctx.power(ctx.power(x, 4), ctx.number(Rational::fraction(1, 4))) ==
        ctx.function(Fn::abs, {x}));  // T04
  CHECK(ctx.sqrt(ctx.power(p, 2)) == p);
  CHECK(ctx.sqrt(ctx.multiply(x, y)) != ctx.multiply(ctx.sqrt(x), ctx.sqrt(y)));  // T07
  CHECK(ctx.power(ctx.power(x, a), q) != ctx.power(x, ctx.multiply(a, q)));       // T14
  CHECK(ctx.power(ctx.power(p, a), q) == ctx.power(p, ctx.multiply(a, q)));
  CHECK(ctx.power(ctx.power(x, a), 3) == ctx.power(x, ctx.multiply(ctx.number(3), a)));
  CHECK(ctx.power(ctx.multiply(ctx.number(2), ctx.power(x, 2)), 6) ==
        ctx.multiply(ctx.number(64), ctx.power(x, 12)));                                                // T16
  CHECK(ctx.power(ctx.divide(ctx.sqrt(ctx.number(12)), ctx.sqrt(ctx.number(6))), 2) == ctx.number(2));  // T17
  CHECK(ctx.multiply(ctx.sqrt(ctx.number(2)), ctx.sqrt(ctx.number(3))) == ctx.sqrt(ctx.number(6)));
  CHECK(ctx.sqrt(ctx.number(Rational::fraction(1185, 100))) ==
        ctx.multiply(ctx.number(Rational::fraction(1, 10)), ctx.sqrt(ctx.number(1185))));  // T20
  CHECK(ctx.power(ctx.number(8), ctx.number(Rational::fraction(1, 3))) == ctx.number(2));
  CHECK(ctx.kind(ctx.power(ctx.number(-8), ctx.number(Rational::fraction(1, 3)))) == Kind::power);  // T49
  CHECK(ctx.kind(ctx.power(zero, x)) == Kind::power);                                               // T22
  CHECK(ctx.power(zero, zero) == one);
  CHECK(ctx.divide(x, x) == one);  // T53
  CHECK_THROWS_AS(ctx.power(zero, -1), Failure);
}

TEST_CASE("constants fold up to a size and then stay powers", "[context]") {
  Context ctx;
  const Ref two = ctx.number(2);
  CHECK(ctx.is_number(ctx.power(two, 4095)));
  CHECK(ctx.kind(ctx.power(two, 4096)) == Kind::power);
  const Ref googolplexian = ctx.power(two, ctx.power(two, 100));  // T77
  CHECK(ctx.kind(googolplexian) == Kind::power);
  const Ref t79 = ctx.power(ctx.number(Rational::fraction(13, 10)), ctx.number(6472416997));
  CHECK(ctx.kind(t79) == Kind::power);
  const Ref nine = ctx.number(9), big = ctx.number(9999);
  CHECK(ctx.kind(ctx.power(ctx.power(ctx.power(nine, nine), big), big)) == Kind::power);
  CHECK(ctx.add(ctx.number(9223372036854775807), one) ==
        ctx.number(*Rational::parse("9223372036854775808", 100)));  // T92
}

TEST_CASE("facts: signs and integers are known from the domains upward", "[context]") {
  Context ctx;
  const Ref x = ctx.variable("x"), p = positive(ctx, "p");
  Symbol s;
  s.name = "n";
  s.domain.integer = true;
  const Ref n = ctx.symbol(s);
  CHECK(ctx.function(Fn::abs, {p}) == p);
  CHECK(ctx.function(Fn::abs, {ctx.power(x, 2)}) == ctx.power(x, 2));
  CHECK(ctx.function(Fn::sign, {ctx.add(one, ctx.power(x, 2))}) == one);
  CHECK(ctx.function(Fn::floor, {n}) == n);
  CHECK(ctx.function(Fn::abs, {ctx.negate(ctx.function(Fn::exp, {x}))}) == ctx.function(Fn::exp, {x}));
  CHECK(ctx.compare(Relation::less, zero, p) == ctx.truth(true));
  CHECK(ctx.kind(ctx.compare(Relation::less, zero, x)) == Kind::compare);
  CHECK(ctx.compare(Relation::less_equal, zero, ctx.power(x, 2)) == ctx.truth(true));
}

TEST_CASE("the hash of an expression does not depend on what came before", "[context]") {
  Context fresh, old;
  for (int i = 0; i < 1000; ++i) old.power(old.variable("junk" + std::to_string(i)), i);
  auto build = [](Context& ctx) {
    const Ref x = ctx.variable("x"), y = ctx.variable("y");
    std::vector<Ref> terms;
    for (int i = 1; i < 200; ++i)
      terms.push_back(ctx.multiply(ctx.power(x, i), ctx.function(Fn::sin, {ctx.power(y, i)})));
    return ctx.sum(terms);
  };
  CHECK(fresh[build(fresh)].hash == old[build(old)].hash);
}

TEST_CASE("keep drops what a statement left behind", "[context]") {
  Context ctx;
  const Ref x = ctx.variable("x");
  Ref before = ctx.power(ctx.add(x, one), 5);
  const uint32_t mark = ctx.mark();
  for (int i = 0; i < 5000; ++i) ctx.function(Fn::sin, {ctx.multiply(ctx.number(i * 1000003L + 17), x)});
  std::vector<Ref> terms;
  for (int i = 0; i < 100; ++i) terms.push_back(ctx.power(x, ctx.number(Rational::fraction(i * 7 + 1, 3))));
  Ref result = ctx.sum(terms);
  const uint64_t hash = ctx[result].hash;
  const Context::Pin pin = ctx.pin(ctx.function(Fn::cos, {ctx.power(x, 77)}));
  Ref* roots[] = {&result};
  ctx.keep(mark, roots);
  CHECK(ctx.size() < mark + 500);
  CHECK(ctx[result].hash == hash);
  CHECK(ctx.power(ctx.add(x, one), 5) == before);
  std::vector<Ref> again;
  for (int i = 0; i < 100; ++i) again.push_back(ctx.power(x, ctx.number(Rational::fraction(i * 7 + 1, 3))));
  CHECK(ctx.sum(again) == result);
  CHECK(ctx.function(Fn::cos, {ctx.power(x, 77)}) == ctx.pinned(pin));
  ctx.keep(mark, {});
  CHECK(ctx.power(ctx.add(x, one), 5) == before);
}

TEST_CASE("a chain of a million nodes is ordinary", "[context]") {
  Context ctx;
  const Ref x = ctx.variable("x"), y = ctx.variable("y");
  Ref f = x;
  for (int i = 0; i < 1'000'000; ++i) f = ctx.function(Fn::sin, {f});
  CHECK(nodes_below(ctx, f).size() == 1'000'001);
  CHECK(contains(ctx, f, x));
  CHECK_FALSE(contains(ctx, f, y));
  const std::pair<Ref, Ref> rename{x, y};
  const Ref g = substitute(ctx, f, {&rename, 1});
  CHECK(contains(ctx, g, y));
  CHECK_FALSE(contains(ctx, g, x));
}

TEST_CASE("limits stop the work and leave the context usable", "[context]") {
  Limits limits;
  limits.nodes = 200;
  Context ctx(limits);
  const auto code_of = [](auto work) {
    try {
      work();
    } catch (const Failure& f) {
      return f.diagnostic.code;
    }
    return Code::internal_error;
  };
  const Ref x = ctx.variable("x");
  CHECK(code_of([&] {
          for (int i = 2; i < 1000; ++i) ctx.power(x, i);
        }) == Code::node_limit);
  CHECK(ctx.size() == 200);
  const uint32_t mark = 10;
  ctx.keep(mark, {});
  CHECK(ctx.kind(ctx.power(ctx.variable("x"), 7)) == Kind::power);

  limits = {};
  limits.steps = 1000;
  Context slow(limits);
  const Ref y = slow.variable("y");
  CHECK(code_of([&] {
          for (int i = 2; i < 5000; ++i) slow.power(y, i);
        }) == Code::step_limit);
  slow.budget().refill();
  CHECK(slow.kind(slow.power(y, 7)) == Kind::power);
  slow.budget().cancel();
  CHECK(code_of([&] { slow.power(y, 12345); }) == Code::cancelled);
}

TEST_CASE("a branch is complex if one of its values is", "[context]") {
  Context ctx;
  Symbol s;
  s.name = "z";
  s.complex = true;
  const Ref z = ctx.symbol(s), x = ctx.variable("x"), positive = ctx.compare(Relation::less, zero, x);
  for (const Ref e :
       {ctx.select(positive, z, one), ctx.select(positive, one, z), ctx.function(Fn::max, {x, z})}) {
    CHECK((ctx[e].facts & complex_valued) != 0);
    // sqrt(u^2) is abs(u) for real u only.
    CHECK_FALSE(ctx.is_function(ctx.sqrt(ctx.power(e, 2)), Fn::abs));
  }
  CHECK((ctx[ctx.select(positive, one, ctx.number(2))].facts & complex_valued) == 0);
}

// Proofs that a scalar is 0, replayed: certified arithmetic at random points must not tell it from 0.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "eval/certify.h"
#include "eval/columns.h"
#include "eval/points.h"
#include "eval/tape.h"
#include "expr/context.h"

namespace nabla::test {

// A number of one of several sizes, inside the bounds of the name.
inline Rational coordinate(Context& ctx, Ref name, Random& random, int kind) {
  constexpr int64_t denominators[] = {333, 250, 1'000, 33};
  const auto size =
      Rational::fraction(static_cast<int64_t>(1 + random.bits() % 999), denominators[kind / 2 % 4]);
  const Domain domain = ctx.kind(name) == Kind::symbol ? ctx.symbol(name).domain : Domain{};
  if (domain.integer) return Rational(static_cast<int64_t>(1 + random.bits() % 5));
  if (domain.lower) return ctx.value(domain.lower) + size;
  return kind % 2 == 1 && random.bits() % 2 == 0 ? -size : size;
}

// Checks that e contains 0 at up to `wanted` points where it is defined and the comparisons `where` hold;
// their number.
inline int replay(Context& ctx, Ref e, const std::vector<Ref>& where, uint64_t seed, int wanted = 8,
                  int draws = 2'000) {
  std::vector<Ref> roots{e};
  for (Ref c : where) roots.insert(roots.end(), ctx.operands(c).begin(), ctx.operands(c).end());
  const std::vector<Ref> inputs = inputs_of(ctx, roots);
  const Tape tape = compile(ctx, roots, inputs);
  Random random(seed);
  int found = 0;
  for (int i = 0; i < draws && found < wanted; ++i) {
    std::vector<Rational> point;
    std::vector<double> doubles;
    for (Ref name : inputs) {
      point.push_back(coordinate(ctx, name, random, i));
      doubles.push_back(point.back().to_double());
    }
    bool finite = true;
    for (double v : values_at(tape, doubles)) finite = finite && std::isfinite(v);
    if (!finite) continue;
    const auto ball = [&](size_t output) {
      return certify(ctx.budget(), tape, output, point, {}, {}, 64, 512);
    };
    bool inside = true;
    for (size_t k = 0; k < where.size() && inside; ++k) {
      const Ball a = ball(1 + 2 * k), b = ball(2 + 2 * k);
      const auto relation = static_cast<Relation>(ctx[where[k]].tag);
      inside = relation == Relation::less         ? (a < b) == Truth::yes
               : relation == Relation::less_equal ? (a <= b) == Truth::yes
                                                  : (a == b) == Truth::no;
    }
    if (!inside) continue;
    const Ball value = ball(0);
    if (!value.is_finite()) continue;
    CHECK(value.contains_zero());
    ++found;
  }
  return found;
}

}  // namespace nabla::test

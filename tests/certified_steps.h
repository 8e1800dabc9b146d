// Replays the steps of a derivation of scalars in certified balls: the value that a step states and the
// derivative by dual balls (eval/certify.h), which never read a differential, are known to 100 bits and must
// overlap.
#pragma once

#include <catch2/catch.hpp>
#include <vector>

#include "eval/certify.h"
#include "eval/points.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "tests/known_functions.h"
#include "tests/replayed_lines.h"

namespace nabla::test {

class CertifiedReplay {
 public:
  explicit CertifiedReplay(Context& ctx) : ctx_(ctx), known_(ctx) {}

  // The number of steps that could be replayed; each is checked.
  size_t operator()(const Derivation& d) {
    return replay_steps(ctx_, d, [&](Ref derivative, Ref part) { return same(derivative, {}, part, d.by); });
  }

  // Each form that simplify went through, against the one before.
  size_t operator()(const StatementTrace& trace, Ref answer) {
    return replay_forms(ctx_, trace, answer, [&](Ref a, Ref b) { return same(a, {}, b, {}); });
  }

 private:
  // Whether a and b, each differentiated by its variable if it has one, are known there; they are compared.
  bool same(Ref a, Ref by_a, Ref b, Ref by_b) {
    a = known_(a);
    b = known_(b);
    if (ctx_[a].shape != scalar_shape || ctx_[b].shape != scalar_shape) return false;
    std::vector<Ref> roots{a, b};
    for (const Ref by : {by_a, by_b}) {
      if (by) roots.push_back(by);
    }
    for (const Ref s : symbols_of(ctx_, roots)) {
      if (!constant_extents(ctx_, ctx_[s].shape)) return false;
    }
    const std::vector<Ref> inputs = inputs_of(ctx_, roots);
    std::vector<Rational> point;
    for (const Ref name : inputs) {
      const bool integer = ctx_.kind(name) == Kind::symbol && ctx_.symbol(name).domain.integer;
      const auto drawn = static_cast<int64_t>(random_.bits() % 999);
      point.push_back(integer ? Rational(1 + drawn % 3) : Rational::fraction(300 + drawn, 1'000));
    }
    try {
      const Ball x = value(a, by_a, inputs, point), y = value(b, by_b, inputs, point);
      if (!x.is_finite() || !y.is_finite()) return false;
      CHECK(x.overlaps(y));
      return true;
    } catch (const Failure& failure) {  // a function of matrices
      const Code code = failure.diagnostic.code;
      if (code != Code::cannot_evaluate && code != Code::missing_value) throw;
      return false;
    }
  }

  Ball value(Ref e, Ref by, const std::vector<Ref>& inputs, const std::vector<Rational>& point) {
    constexpr long bits = 100, most = 800;
    std::vector<Rational> direction;
    for (size_t i = 0; by && i < inputs.size(); ++i) direction.emplace_back(inputs[i] == by ? 1 : 0);
    const Tape tape = compile(ctx_, {&e, 1}, inputs);
    return certify(ctx_.budget(), tape, 0, point, direction, {}, bits, most);
  }

  Context& ctx_;
  KnownFunctions known_;
  Random random_{7};
};

}  // namespace nabla::test

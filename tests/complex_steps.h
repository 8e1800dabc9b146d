// Replays the steps of a derivation by complex scalars at a complex point: dual numbers move z along the real
// and along the imaginary axis, f_x and f_y, and Wirtinger's derivatives are (f_x - i*f_y)/2 by z and
// (f_x + i*f_y)/2 by conj(z).
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <complex>
#include <random>
#include <vector>

#include "diff/trace.h"
#include "eval/dense.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "tests/replayed_lines.h"

namespace nabla::test {

inline bool is_complex_trace(Context& ctx, const StatementTrace& trace) {
  std::vector<Ref> all{trace.raw ? trace.raw : zero};
  for (const Derivation& d : trace.derivation.derivations()) {
    all.push_back(d.of);
    all.push_back(d.by);
  }
  const std::vector<Ref> names = symbols_of(ctx, all);
  return std::any_of(names.begin(), names.end(), [&](Ref s) { return ctx.symbol(s).complex; });
}

class ComplexReplay {
 public:
  explicit ComplexReplay(Context& ctx) : ctx_(ctx) {}

  // The number of steps that could be replayed; each is checked.
  size_t operator()(const Derivation& d) {
    return replay_steps(ctx_, d, [&](Ref derivative, Ref part) {
      return same(values(derivative), this->derivative(part, d.by));
    });
  }

  // Each form that simplify went through, against the one before.
  size_t operator()(const StatementTrace& trace, Ref answer) {
    return replay_forms(ctx_, trace, answer, [&](Ref a, Ref b) { return same(values(a), values(b)); });
  }

 private:
  using Values = std::vector<Complex>;
  struct Known {
    Ref name;
    std::vector<int64_t> extents;
    Values entries;
  };

  const Known& known(Ref name) {
    for (const Known& k : known_) {
      if (k.name == name) return k;
    }
    Known k{name, {}, {}};
    size_t size = 1;
    for (const Ref extent : ctx_.shape_of(name).extents) {
      if (!ctx_.is_number(extent)) throw Failure(Code::not_yet_available, "an extent is no number");
      k.extents.push_back(*ctx_.value(extent).as_int());
      size *= static_cast<size_t>(k.extents.back());
    }
    const bool complex = ctx_.symbol(name).complex;
    for (size_t i = 0; i < size; ++i) k.entries.emplace_back(next(), complex ? next() : 0.0);
    known_.push_back(std::move(k));
    return known_.back();
  }

  double next() { return 0.3 + static_cast<double>(random_() % 1000) / 1000; }

  // Where the entry `at` of `moving` moves along `tangent`: the values, or what they move by.
  Values evaluated(Ref e, Ref moving, size_t at, Complex tangent, bool tangents) {
    DenseEvaluator<Jet<Complex>> run(ctx_);
    for (const Ref s : symbols_of(ctx_, e)) {
      const Known& k = known(s);
      DenseArray<Jet<Complex>> value{k.extents, {}};
      for (size_t i = 0; i < k.entries.size(); ++i)
        value.entries.push_back({k.entries[i], s == moving && i == at ? tangent : Complex(0)});
      run.set(s, std::move(value));
    }
    Values list;
    for (const Jet<Complex>& v : run(e).entries) list.push_back(tangents ? v.tangent : v.value);
    return list;
  }

  Values values(Ref e) { return evaluated(e, {}, 0, {}, false); }

  Values derivative(Ref e, Ref by) {
    Ref name = by;
    Fn part{};
    const bool of_part = ctx_.kind(by) == Kind::function;
    if (of_part) {
      part = ctx_.function_of(by);
      name = ctx_.operands(by)[0];
    }
    size_t at = 0;
    if (ctx_.kind(name) == Kind::entry) {
      at = static_cast<size_t>(*ctx_.value(ctx_.operands(name)[1]).as_int()) - 1;
      name = ctx_.operands(name)[0];
    }
    const Values fx = evaluated(e, name, at, 1, true);
    if (!ctx_.symbol(name).complex || (of_part && part == Fn::real)) return fx;
    const Values fy = evaluated(e, name, at, Complex(0, 1), true);
    if (of_part && part == Fn::imag) return fy;
    const Complex i(0, of_part ? 1 : -1);  // by conj(z), by z
    Values list;
    for (size_t k = 0; k < fx.size(); ++k) list.push_back((fx[k] + i * fy[k]) / 2.0);
    return list;
  }

  static bool same(const Values& a, const Values& b) {
    REQUIRE(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      if (!std::isfinite(std::abs(a[i])) || !std::isfinite(std::abs(b[i]))) return false;
      CHECK(std::abs(a[i] - b[i]) <= 1e-9 * (1 + std::abs(b[i])));
    }
    return true;
  }

  Context& ctx_;
  std::vector<Known> known_;
  std::mt19937 random_{1};
};

}  // namespace nabla::test

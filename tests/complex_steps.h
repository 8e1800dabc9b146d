// Replays the steps of a derivation by complex scalars and arrays at a complex point: dual numbers move each
// entry z along the real and along the imaginary axis, f_x and f_y, and Wirtinger's derivatives are
// (f_x - i*f_y)/2 by z and (f_x + i*f_y)/2 by conj(z).
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <complex>
#include <deque>
#include <random>
#include <vector>

#include "diff/trace.h"
#include "eval/dense.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/substitute.h"
#include "tests/known_functions.h"
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
  explicit ComplexReplay(Context& ctx, Sizes sizes = Sizes::n_above_m)
      : ctx_(ctx), formulas_(ctx), sizes_(sizes) {}

  // The number of steps that could be replayed; each is checked.
  size_t operator()(const Derivation& d) {
    (void)names_of(d.of);
    if (d.way == Way::forward) {
      return replay_steps(ctx_, d, [&](Ref derivative, Ref part) {
        return same(values(derivative), this->derivative(part, d.by));
      });
    }
    size_t count = 0;
    for (const Step& step : d.steps) {
      INFO("derivative by or of " << print(ctx_, step.part) << " = " << print(ctx_, step.derivative));
      count += d.way == Way::backward ? backward(d.of, step) : directional(step);
    }
    return count;
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
      k.extents.push_back(drawn_extent(ctx_, extent, sizes_));
      size *= static_cast<size_t>(k.extents.back());
    }
    const Symbol& about = ctx_.symbol(name);
    if (about.role == Role::extent) {
      k.entries.emplace_back(static_cast<double>(drawn_extent(ctx_, name, sizes_)));
    } else {
      for (size_t i = 0; i < size; ++i) k.entries.emplace_back(next(), about.complex ? next() : 0.0);
    }
    known_.push_back(std::move(k));
    return known_.back();
  }

  // All that has been looked at: eye(n) does not name its size, but something did.
  std::vector<Ref> names_of(Ref e) {
    for (const Ref s : symbols_of(ctx_, e)) (void)known(s);
    std::vector<Ref> names;
    for (const Known& k : known_) names.push_back(k.name);
    return names;
  }

  // The part becomes a name of its own, by which the whole is differentiated.
  bool backward(Ref whole, const Step& step) {
    Symbol s;
    s.name = "part";
    s.shape = ctx_[step.part].shape;
    s.complex = (ctx_[step.part].facts & complex_valued) != 0;
    const Ref name = ctx_.symbol(s);
    const Known k{name, known_extents(step.part), values(step.part)};
    known_.push_back(k);
    std::pair<Ref, Ref> pair{step.part, name};
    if (ctx_.shape_of(step.part).order() == 2 &&
        !contains(ctx_, whole, pair.first))  // f(A) and f(A') are stored alike
      pair = {transpose(ctx_, step.part), transpose(ctx_, name)};
    const bool found = contains(ctx_, whole, pair.first);
    const Ref replaced = substitute(ctx_, whole, {&pair, 1});
    const bool agrees = found && same(values(step.derivative), derivative(replaced, name));
    known_.erase(std::find_if(known_.begin(), known_.end(), [&](const Known& o) { return o.name == name; }));
    return agrees;
  }

  std::vector<int64_t> known_extents(Ref e) {
    std::vector<int64_t> extents;
    for (const Ref n : ctx_.shape_of(e).extents) extents.push_back(drawn_extent(ctx_, n, sizes_));
    return extents;
  }

  // Each X moves in the direction dX, all its entries at once.
  bool directional(const Step& step) {
    const Ref part = formulas_(step.part);
    DenseEvaluator<Jet<Complex>> run(ctx_);
    for (const Ref s : names_of(part)) {
      const Known& k = known(s);
      const Values* direction = nullptr;
      for (const Ref d : symbols_of(ctx_, step.derivative)) {
        const Symbol& about = ctx_.symbol(d);
        if (about.role == Role::differential && about.name == "d" + ctx_.symbol(s).name)
          direction = &known(d).entries;
      }
      DenseArray<Jet<Complex>> value{k.extents, {}};
      for (size_t i = 0; i < k.entries.size(); ++i)
        value.entries.push_back({k.entries[i], direction != nullptr ? (*direction)[i] : Complex(0)});
      run.set(s, std::move(value));
    }
    Values moved;
    for (const Jet<Complex>& v : run(part).entries) moved.push_back(v.tangent);
    return same(values(step.derivative), moved);
  }

  double next() { return 0.3 + static_cast<double>(random_() % 1000) / 1000; }

  // Where the entry `at` of `moving` moves along `tangent`: the values, or what they move by.
  Values evaluated(Ref e, Ref moving, size_t at, Complex tangent, bool tangents) {
    e = formulas_(e);
    DenseEvaluator<Jet<Complex>> run(ctx_);
    for (const Ref s : names_of(e)) {
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
    const bool entry = ctx_.kind(name) == Kind::entry;
    const size_t first = entry ? position(name) : 0;
    if (entry) name = ctx_.operands(name)[0];
    const size_t count = entry ? 1 : known(name).entries.size();
    const bool analytic_part = of_part && part != Fn::real && part != Fn::imag;
    std::vector<Values> columns;
    for (size_t at = first; at < first + count; ++at) {
      const Values fx = evaluated(e, name, at, 1, true);
      columns.push_back(fx);
      if (!ctx_.symbol(name).complex || (of_part && part == Fn::real)) continue;
      const Values fy = evaluated(e, name, at, Complex(0, 1), true);
      if (of_part && !analytic_part) columns.back() = fy;
      const Complex i(0, of_part ? 1 : -1);  // by conj(z), by z
      for (size_t k = 0; k < fx.size() && (!of_part || analytic_part); ++k)
        columns.back()[k] = (fx[k] + i * fy[k]) / 2.0;
    }
    return interleaved(columns);
  }

  // Of x[i] or X[i, j] in row-major order.
  size_t position(Ref entry) {
    const std::vector<Ref> list(ctx_.operands(entry).begin(), ctx_.operands(entry).end());
    const std::vector<int64_t> extents = known(list[0]).extents;
    int64_t at = 0;
    for (size_t k = 1; k < list.size(); ++k) at = at * extents[k - 1] + *ctx_.value(list[k]).as_int() - 1;
    return static_cast<size_t>(at);
  }

  // Derivatives by one entry each, as an array: its axes, then those of the variable.
  static Values interleaved(const std::vector<Values>& columns) {
    Values list;
    for (size_t k = 0; k < columns[0].size(); ++k) {
      for (const Values& column : columns) list.push_back(column[k]);
    }
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
  KnownFunctions formulas_;
  Sizes sizes_;
  std::deque<Known> known_;  // references stay valid
  std::mt19937 random_{1};
};

}  // namespace nabla::test

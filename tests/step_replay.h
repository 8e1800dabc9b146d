// Replays the steps of a derivation by dual numbers (eval/dense.h), which share no code with diff/.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>

#include "diff/trace.h"
#include "eval/dense.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "session/differentials.h"
#include "session/session.h"
#include "session/simplification.h"
#include "tests/known_functions.h"
#include "tests/replayed_lines.h"

namespace nabla::test {

class Replay {
 public:
  explicit Replay(Session& s, Sizes sizes = Sizes::n_above_m)
      : ctx_(s.context()), known_(s.context()), sizes_(sizes) {}

  // The number of steps that could be replayed; each is checked.
  size_t operator()(const Derivation& d) {
    collect(d.of);
    collect(d.by);
    if (left_out_) return 0;
    size_t count = 0;
    for (const Step& step : d.steps) {
      collect(step.derivative);
      count += d.way == Way::backward ? backward(d, step) : forward(d, step);
    }
    return d.way == Way::backward ? count + differentials(d) : count;
  }

  // Each form that simplify went through, against the one before.
  size_t operator()(const StatementTrace& trace, Ref answer) {
    size_t count = 0;
    Ref before = trace.raw;
    for (const FormStep& line : simplification_of(ctx_, trace, answer, true)) {
      for (const Ref e : {before, line.form}) collect(e);
      if (left_out_) return count;
      INFO(print(ctx_, before) << " = " << print(ctx_, line.form) << " by " << step_name(line.steps.back()));
      count += same(value(line.form, point_), value(before, point_));
      before = line.form;
    }
    if (trace.raw) CHECK(before == answer);
    return count;
  }

 private:
  int64_t extent(Ref e) { return drawn_extent(ctx_, e, sizes_); }

  // What has no numbers here, or not those of independent entries, is left out.
  void collect(Ref e) {
    for (const Ref symbol : symbols_of(ctx_, known_(e))) {
      const Symbol& about = ctx_.symbol(symbol);
      if (has_value(symbol)) continue;
      if (about.role == Role::extent) {
        point_.push_back({symbol, {{}, {static_cast<double>(extent(symbol))}}, {}});
        continue;
      }
      if (about.structure != Structure::none || about.complex || about.domain.integer) left_out_ = true;
      for (const Ref x : ctx_.shape_of(symbol).extents)
        left_out_ = left_out_ || !(ctx_.is_number(x) || ctx_.kind(x) == Kind::symbol);
      DenseBinding b{symbol, {}, {}};
      size_t size = 1;
      for (const Ref x : ctx_.shape_of(symbol).extents) {
        b.value.extents.push_back(extent(x));
        size *= static_cast<size_t>(b.value.extents.back());
      }
      for (size_t i = 0; i < size; ++i) b.value.entries.push_back(next());
      point_.push_back(std::move(b));
    }
  }

  bool has_value(Ref symbol) const {
    return std::any_of(point_.begin(), point_.end(), [&](const DenseBinding& b) { return b.name == symbol; });
  }

  double next() { return 0.3 + static_cast<double>(random_() % 1000) / 1000; }

  bool forward(const Derivation& d, const Step& step) {
    if (d.way == Way::directional) return directional(step);
    if (d.way != Way::forward || ctx_.kind(d.by) != Kind::symbol || ctx_.shape_of(d.by).order() > 0)
      return false;
    return same(step, value(step.derivative, point_), derivative(step.part, point_, d.by));
  }

  // Each X moves in the direction dX.
  bool directional(const Step& step) {
    DenseArray<double> moved = value(step.part, point_);
    std::fill(moved.entries.begin(), moved.entries.end(), 0);
    bool found = false;
    for (const DenseBinding& d : point_) {
      if (ctx_.symbol(d.name).role != Role::differential) continue;
      const std::string base = ctx_.symbol(d.name).name.substr(1);
      const auto x = std::find_if(point_.begin(), point_.end(),
                                  [&](const auto& b) { return ctx_.symbol(b.name).name == base; });
      if (x == point_.end() || ctx_.symbol(x->name).role == Role::differential) return false;
      const DenseArray<double> j = derivative(step.part, point_, x->name);
      for (size_t i = 0; i < moved.entries.size(); ++i) {
        for (size_t k = 0; k < d.value.entries.size(); ++k)
          moved.entries[i] += j.entries[i * d.value.entries.size() + k] * d.value.entries[k];
      }
      found = true;
    }
    return found && same(step, value(step.derivative, point_), moved);
  }

  // The part becomes a name of its own, by which the whole is differentiated.
  bool backward(const Derivation& d, const Step& step) {
    Symbol s;
    s.name = "part";
    s.shape = ctx_[step.part].shape;
    const Ref name = ctx_.symbol(s);
    const std::pair<Ref, Ref> pair{step.part, name};
    const Ref whole = substitute(ctx_, d.of, {&pair, 1});
    DensePoint point = point_;
    point.push_back({name, value(step.part, point_), {}});
    return same(step, value(step.derivative, point_), derivative(whole, point, name));
  }

  // Where the variable moves in some direction, each line is what the first one is.
  size_t differentials(const Derivation& d) {
    const Differentials form = differentials_of(ctx_, d);
    if (form.lines.empty() || ctx_.kind(d.by) != Kind::symbol) return 0;
    DensePoint point = point_;
    const auto by = std::find_if(point_.begin(), point_.end(), [&](const auto& b) { return b.name == d.by; });
    if (by == point_.end()) return 0;
    std::vector<double> direction;
    for (size_t i = 0; i < by->value.entries.size(); ++i) direction.push_back(next() - 0.8);
    for (const auto& [part, name] : form.names) {
      DenseArray<double> moved = value(part, point_);
      const DenseArray<double> j = derivative(part, point_, d.by);
      for (size_t i = 0; i < moved.entries.size(); ++i) {
        moved.entries[i] = 0;
        for (size_t k = 0; k < direction.size(); ++k)
          moved.entries[i] += j.entries[i * direction.size() + k] * direction[k];
      }
      point.push_back({name, moved, {}});
    }
    const DenseArray<double> wanted = value(form.of, point);
    size_t count = 0;
    for (const DifferentialLine& line : form.lines) {
      INFO(print(ctx_, line.value) << " by " << print(ctx_, line.step->part));
      count += same(value(line.value, point), wanted);
    }
    return count;
  }

  bool same(const Step& step, const DenseArray<double>& said, const DenseArray<double>& replayed) {
    INFO("derivative by or of " << print(ctx_, step.part) << " = " << print(ctx_, step.derivative));
    return same(said, replayed);
  }

  bool same(const DenseArray<double>& said, const DenseArray<double>& replayed) {
    REQUIRE(said.entries.size() == replayed.entries.size());
    for (size_t i = 0; i < said.entries.size(); ++i) {
      const double a = said.entries[i], b = replayed.entries[i];
      if (!std::isfinite(a) || !std::isfinite(b)) return false;  // outside of the domain
      CHECK(std::abs(a - b) <= 1e-9 * (1 + std::abs(b)));
    }
    return true;
  }

  // Declared functions have a formula here.
  DenseArray<double> value(Ref e, const DensePoint& point) { return dense_value(ctx_, known_(e), point); }
  DenseArray<double> derivative(Ref e, const DensePoint& point, Ref by) {
    return jacobian(ctx_, known_(e), point, by);
  }

  Context& ctx_;
  KnownFunctions known_;
  Sizes sizes_;
  DensePoint point_;
  bool left_out_ = false;
  std::mt19937 random_{1};
};

}  // namespace nabla::test

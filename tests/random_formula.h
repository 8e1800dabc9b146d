// Random scalar formulas over the whole function table, in the canonical and in the written form side by
// side, with arguments mapped into the domains so that the formulas have values.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla::test {

class RandomFormula {
 public:
  // One formula in two forms: built by the folding constructors, and as it was written.
  struct Pair {
    Ref canonical;
    Ref written;
  };

  RandomFormula(Context& ctx, uint64_t seed, size_t variable_count) : ctx_(ctx), random_(seed) {
    for (size_t i = 0; i < variable_count; ++i) {
      const Ref x = ctx.variable("x" + std::to_string(i + 1));
      variables_.push_back(x);
      pool_.push_back({x, x});
    }
  }

  const std::vector<Ref>& variables() const { return variables_; }

  // A formula of about `operations` operations, in which early parts are used again.
  Pair make(size_t operations) {
    for (size_t i = 0; i < operations; ++i) pool_.push_back(operation());
    Pair f = pool_.back();
    for (size_t i = pool_.size() - std::min<size_t>(operations / 3 + 1, pool_.size()); i + 1 < pool_.size();
         ++i) {
      f = binary(Written::add, f, pool_[i]);
    }
    return f;
  }

 private:
  size_t below(size_t n) { return static_cast<size_t>(random_() % n); }
  Pair any() { return pool_[below(pool_.size())]; }
  Pair number(int64_t n, int64_t d) {
    const Ref r = ctx_.number(Rational::fraction(n, d));
    return {r, r};
  }

  Pair binary(Written op, Pair a, Pair b) {
    const Ref written[] = {a.written, b.written};
    Ref c;
    switch (op) {
      case Written::add:
        c = ctx_.add(a.canonical, b.canonical);
        break;
      case Written::subtract:
        c = ctx_.subtract(a.canonical, b.canonical);
        break;
      case Written::multiply:
        c = ctx_.multiply(a.canonical, b.canonical);
        break;
      case Written::divide:
        c = ctx_.divide(a.canonical, b.canonical);
        break;
      default:
        c = ctx_.power(a.canonical, b.canonical);
    }
    return {c, ctx_.written(op, written)};
  }

  Pair call(Fn fn, const std::vector<Pair>& arguments) {
    std::vector<Ref> canonical, written;
    for (const Pair& p : arguments) {
      canonical.push_back(p.canonical);
      written.push_back(p.written);
    }
    return {ctx_.function(fn, canonical), ctx_.written_function(fn, written)};
  }

  Pair tame(Pair p) { return call(Fn::atan, {p}); }                                      // in (-1.6, 1.6)
  Pair positive(Pair p) { return binary(Written::add, number(1, 4), square(tame(p))); }  // in [1/4, 2.8)
  Pair above_one(Pair p) { return binary(Written::add, number(5, 4), square(tame(p))); }
  Pair below_one(Pair p) { return binary(Written::divide, tame(p), number(2, 1)); }
  Pair square(Pair p) { return binary(Written::power, p, number(2, 1)); }

  // Arguments inside the domain text of the function.
  Pair inside(const Function& f, Pair p) {
    const std::string_view d = f.domain;
    if (d.empty()) return f.weight >= 10 ? tame(p) : p;
    if (d.find("x >= 1") != d.npos || d.find("x > 1") != d.npos || d.find("abs(x)") != d.npos)
      return above_one(p);
    if (d.find("< x") != d.npos && d.find("0 < x") != d.npos) return sigmoid(p);
    if (d.find("-1") != d.npos) return below_one(p);
    return positive(p);
  }
  Pair sigmoid(Pair p) { return call(Fn::sigmoid, {tame(p)}); }

  Pair operation() {
    switch (below(10)) {
      case 0:
        return binary(Written::add, any(), any());
      case 1:
        return binary(Written::subtract, any(), any());
      case 2:
        return binary(Written::multiply, any(), any());
      case 3:
        return binary(Written::multiply,
                      number(static_cast<int64_t>(below(9)) - 4, 1 + static_cast<int64_t>(below(3))), any());
      case 4:
        return binary(Written::divide, any(), above_one(any()));
      case 5:
        return binary(Written::power, tame(any()), number(2 + static_cast<int64_t>(below(4)), 1));
      case 6:
        return binary(Written::power, positive(any()), number(static_cast<int64_t>(below(7)) - 3, 2));
      default:
        return function();
    }
  }

  Pair function() {
    for (;;) {
      const Function& f = row(function_at(below(function_count())));
      if (f.shape != ShapeRule::elementwise || f.value == nullptr) continue;
      if (f.name == "polygamma")
        return call(f.fn, {number(1 + static_cast<int64_t>(below(3)), 1), positive(any())});
      std::vector<Pair> arguments;
      for (size_t k = 0; k < f.max_args; ++k) {
        arguments.push_back(f.max_args > 1 && f.weight >= 10 ? positive(any()) : inside(f, any()));
      }
      if (f.name == "mod") arguments[1] = above_one(any());
      return call(f.fn, arguments);
    }
  }

  Context& ctx_;
  std::mt19937_64 random_;
  std::vector<Ref> variables_;
  std::vector<Pair> pool_;
};

}  // namespace nabla::test

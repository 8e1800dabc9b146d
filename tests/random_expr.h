// Random scalar expressions over every kind of scalar node and the whole function table, in declarations of
// their own: reals with several domains, a complex and an integer variable, entries of a vector, opaque
// functions and their derivatives, branches, long sums and products, deep sharing.
//
// A seed gives the same expressions on every machine. Values need not exist: for that see random_formula.h.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "parser/names.h"

namespace nabla::test {

class RandomExpr {
 public:
  struct Options {
    bool complex = true;
    bool opaque = true;
    bool select = true;
  };

  // Declares what the expressions use.
  RandomExpr(Context& ctx, Names& names, uint64_t seed) : RandomExpr(ctx, names, seed, Options()) {}
  RandomExpr(Context& ctx, Names& names, uint64_t seed, Options options)
      : ctx_(ctx), random_(seed), options_(options) {
    declare(names);
  }

  // An expression of up to `operations` operations.
  Ref make(size_t operations) {
    pool_ = leaves_;
    const size_t count = 1 + below(operations);
    Ref last = any();
    for (size_t i = 0; i < count; ++i) {
      try {
        const Ref r = operation();
        // A number that grows without bound is no interesting expression.
        if (ctx_.is_number(r) && ctx_.value(r).bits() > 256) continue;
        last = r;
        pool_.push_back(r);
        if (pool_.size() > leaves_.size() + 6)
          pool_.erase(pool_.begin() + static_cast<ptrdiff_t>(leaves_.size()));
      } catch (const Failure& f) {  // 1/0 and the like
        if (f.diagnostic.code != Code::division_by_zero && f.diagnostic.code != Code::number_too_large) throw;
      }
    }
    return last;
  }

  Ref condition() {
    const Ref a = any_real(), b = below(2) ? number() : any_real();
    const Ref c = ctx_.compare(static_cast<Relation>(below(4)), a, b);
    switch (below(6)) {
      case 0:
        return ctx_.conjunction(c, ctx_.compare(Relation::less, any_real(), any_real()));
      case 1:
        return ctx_.disjunction(c, ctx_.compare(Relation::less_equal, any_real(), any_real()));
      case 2:
        return ctx_.negation(ctx_.conjunction(c, ctx_.compare(Relation::less, any_real(), any_real())));
      default:
        return c;
    }
  }

 private:
  void symbol(Names& names, Symbol s, bool leaf = true) {
    const Ref r = ctx_.symbol(s);
    if (s.role == Role::function) {
      names.declare_opaque(s.name, r);
    } else {
      names.declare_symbol(s.name, r);
    }
    if (leaf) leaves_.push_back(r);
  }

  void declare(Names& names) {
    for (const char* name : {"x", "y", "w", "x_1", "x10", "x2", "lambda", "sigma_max"}) {
      Symbol s;
      s.name = name;
      symbol(names, s);
    }
    Symbol p;
    p.name = "p";
    p.domain.lower = zero;
    p.domain.lower_open = true;
    symbol(names, p);
    Symbol k;
    k.name = "k";
    k.domain.integer = true;
    symbol(names, k);
    Symbol z;
    z.name = "z";
    z.complex = true;
    symbol(names, z, options_.complex);
    Symbol v;
    v.name = "v";
    v.shape = ctx_.shape_id({{ctx_.number(4)}, false});
    symbol(names, v, false);
    for (int64_t i = 1; i <= 4; ++i) {
      const Ref index = ctx_.number(i);
      leaves_.push_back(ctx_.entry(ctx_.symbol(v), {&index, 1}));
    }
    for (const char* name : {"g", "h"}) {
      Symbol s;
      s.name = name;
      s.role = Role::function;
      s.parameters.assign(name[0] == 'g' ? 1 : 2, scalar_shape);
      symbol(names, s, false);
      opaque_.push_back(ctx_.symbol(s));
    }
    leaves_.push_back(ctx_.constant(Constant::pi));
    leaves_.push_back(ctx_.constant(Constant::e));
    if (options_.complex) leaves_.push_back(ctx_.constant(Constant::im));
    for (const int64_t n : {-1, 1, 2, 3, 6, 12}) leaves_.push_back(ctx_.number(n));
  }

  uint64_t below(uint64_t n) { return random_() % n; }
  Ref any() {
    // Half of the operands are what was made last.
    const size_t made = pool_.size() - leaves_.size();
    if (made > 0 && below(2)) return pool_[leaves_.size() + below(made)];
    return pool_[below(pool_.size())];
  }
  Ref any_real() {
    for (int i = 0; i < 20; ++i) {
      const Ref r = any();
      if (!(ctx_[r].facts & complex_valued)) return r;
    }
    return leaves_[0];
  }
  Ref number() {
    static constexpr int64_t over[] = {-7, -3, -2, -1, 1, 2, 3, 5, 6, 10, 36};
    static constexpr int64_t under[] = {1, 1, 1, 1, 2, 2, 3, 4, 7};
    return ctx_.number(Rational::fraction(over[below(11)], under[below(9)]));
  }

  Ref operation() {
    switch (below(20)) {
      case 0:
      case 1:
      case 2:
        return ctx_.add(ctx_.multiply(number(), any()), any());
      case 3:
        return ctx_.subtract(any(), any());
      case 4:
      case 5:
      case 6:
        return ctx_.multiply(any(), any());
      case 7:
      case 8:
        return ctx_.divide(any(), any());
      case 9:
        return ctx_.power(any(), ctx_.number(static_cast<int64_t>(below(7)) - 3));
      case 10:
        return ctx_.power(any(), number());
      case 11:
        return ctx_.power(any_real(), any_real());
      case 12:
        return ctx_.sqrt(any());
      case 13:
        return many();
      case 14:
        return options_.select ? ctx_.select(condition(), any_real(), any_real()) : any();
      case 15:
        return options_.opaque ? opaque() : any();
      case 16:
        return ctx_.multiply(number(), ctx_.add(any(), ctx_.add(any(), any())));
      default:
        return function();
    }
  }

  Ref function() {
    for (;;) {
      const Fn f = function_at(below(function_count()));
      const Function& r = row(f);
      if (r.value == nullptr) continue;  // of vectors or matrices
      std::vector<Ref> arguments;
      bool numbers = true;
      for (size_t i = 0; i < r.min_args; ++i) arguments.push_back(any_real());
      for (const Ref a : arguments) numbers = numbers && ctx_.is_number(a);
      if (numbers && !r.domain.empty()) continue;  // log(-1) cannot be written
      return ctx_.function(f, arguments);
    }
  }

  Ref opaque() {
    const Ref f = opaque_[below(2)];
    std::vector<uint16_t> orders;
    std::vector<Ref> arguments;
    for (size_t i = 0; i < (f == opaque_[0] ? 1u : 2u); ++i) {
      orders.push_back(static_cast<uint16_t>(below(3) ? below(3) : below(6)));
      arguments.push_back(any());
    }
    return ctx_.opaque(f, orders, arguments);
  }

  // Sums and products beyond `flat_operands`.
  Ref many() {
    std::vector<Ref> list;
    const size_t n = 3 + below(50);
    for (size_t i = 0; i < n; ++i) {
      const Ref x = any();
      list.push_back(below(3)
                         ? ctx_.power(ctx_.add(x, ctx_.number(static_cast<int64_t>(i))),
                                      ctx_.number(static_cast<int64_t>(below(5)) + 1))
                         : ctx_.multiply(number(), ctx_.function(Fn::sin, {ctx_.add(any_real(), number())})));
    }
    if (below(2)) return ctx_.sum(list);
    for (Ref& r : list) {
      if (below(3) == 0 && r != zero) r = ctx_.power(r, minus_one);
    }
    return ctx_.product(list);
  }

  Context& ctx_;
  std::mt19937_64 random_;
  Options options_;
  std::vector<Ref> leaves_, pool_, opaque_;
};

}  // namespace nabla::test

#include "simplify/logs_and_powers.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "simplify/everywhere.h"
#include "simplify/passes.h"
#include "simplify/rewrite.h"
#include "simplify/weight.h"

namespace nabla {
namespace {

std::vector<Ref> factors_of(const Context& ctx, Ref e) {
  std::vector<Ref> factors;
  ctx.append_factors(e, factors);
  return factors;
}

bool positive(const Context& ctx, Ref r) { return is_positive(ctx[r].facts); }

// Whether base and power are positive at the same points.
bool positive_together(const Context& ctx, const Factor& f) {
  if (positive(ctx, f.base)) return true;
  return ctx.is_number(f.exponent) &&
         (!ctx.value(f.exponent).is_integer() || !ctx.value(f.exponent).is_even());
}

bool is_logarithm(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::log) || ctx.is_function(r, Fn::log2) || ctx.is_function(r, Fn::log10);
}

// The logarithm f of n by those of primes below 1000 and of what is left; of 10 first for log10.
Ref log_of_number(Context& ctx, Fn f, const Rational& n) {
  std::vector<Ref> terms;
  for (const bool above : {true, false}) {
    auto rest = (above ? n.numerator() : n.denominator()).as_int();
    if (!rest) return ctx.function(f, {ctx.number(n)});
    const auto add = [&](int64_t base, int64_t power) {
      const Ref log = ctx.function(f, {ctx.number(base)});
      if (power > 0) terms.push_back(ctx.scale(ctx.number(above ? power : -power), log));
    };
    const auto divide = [&](int64_t p) {
      int64_t power = 0;
      for (; *rest % p == 0; *rest /= p) ++power;
      add(p, power);
    };
    if (f == Fn::log10) divide(10);
    for (int64_t p = 2; p < 1000 && p * p <= *rest; ++p) divide(p);
    if (*rest > 1) add(*rest, 1);
  }
  return ctx.sum(terms);
}

Ref expanded_log(Context& ctx, Ref r) {
  if (!is_logarithm(ctx, r)) return r;
  const Fn log = ctx.function_of(r);
  std::vector<Ref> terms;
  std::vector<std::pair<Ref, Ref>> todo{{one, ctx.operands(r)[0]}};  // multiplier, argument of a log
  const auto add = [&](Ref multiplier, Ref argument) {
    const Factor f = ctx.split_exponent(argument);
    if (ctx.is_number(argument) && ctx.value(argument).sign() > 0) {
      terms.push_back(ctx.multiply(multiplier, log_of_number(ctx, log, ctx.value(argument))));
    } else if (f.exponent != one && positive_together(ctx, f)) {
      todo.push_back({ctx.multiply(multiplier, f.exponent), f.base});
    } else {
      terms.push_back(ctx.multiply(multiplier, ctx.function(log, {argument})));
    }
  };
  while (!todo.empty()) {
    const auto [multiplier, argument] = todo.back();
    todo.pop_back();
    std::vector<Ref> rest;
    for (Ref f : factors_of(ctx, argument)) {
      if (positive(ctx, f)) {
        add(multiplier, f);
      } else {
        rest.push_back(f);
      }
    }
    if (const Ref left = ctx.product(rest); left != one) add(multiplier, left);
  }
  return ctx.sum(terms);
}

// number*log(argument)
struct LogTerm {
  Rational number;
  Ref argument;
};

// The argument of the one logarithm that is the sum of these; Ref{}: signs are not known.
Ref contracted(Context& ctx, const std::vector<LogTerm>& logs) {
  Ref product = one;
  size_t unknown = 0;
  for (const LogTerm& l : logs) {
    if (!positive(ctx, l.argument)) {
      ++unknown;
      if (!l.number.is_integer() || l.number.is_even()) return {};
    }
    product = ctx.multiply(product, ctx.power(l.argument, ctx.number(l.number)));
  }
  return unknown <= 1 ? product : Ref{};
}

bool has_logarithm(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return is_logarithm(ctx, r); });
}

// The terms of a sum, with the logarithms f among them as one as far as signs are known.
std::vector<Term> with_one_log(Context& ctx, Fn f, const std::vector<Term>& terms) {
  struct Group {
    Ref multiplier;
    std::vector<LogTerm> logs;
    std::vector<Term> originals;
  };
  std::vector<Term> result;
  std::vector<Group> groups;
  std::unordered_map<Ref, size_t> number;  // of the group with a multiplier
  for (const Term& t : terms) {
    std::vector<Ref> factors = factors_of(ctx, t.body);
    const auto log =
        std::find_if(factors.begin(), factors.end(), [&](Ref r) { return ctx.is_function(r, f); });
    if (log == factors.end()) {
      result.push_back(t);
      continue;
    }
    const Ref argument = ctx.operands(*log)[0];
    factors.erase(log);
    const Ref m = ctx.product(factors);
    const auto [group, fresh] = number.try_emplace(m, groups.size());
    if (fresh) groups.push_back({m, {}, {}});
    groups[group->second].logs.push_back({ctx.value(t.coefficient), argument});
    groups[group->second].originals.push_back(t);
  }
  Ref product = one;
  for (const Group& g : groups) {
    const Ref argument = contracted(ctx, g.logs);
    if (!argument) {
      result.insert(result.end(), g.originals.begin(), g.originals.end());
    } else if (g.multiplier == one || (positive(ctx, argument) && !has_logarithm(ctx, g.multiplier))) {
      product = ctx.multiply(product, ctx.power(argument, g.multiplier));
    } else {
      result.push_back({one, ctx.multiply(g.multiplier, ctx.function(f, {argument}))});
    }
  }
  if (product != one) result.push_back({one, ctx.function(f, {product})});
  return result;
}

Ref contracted_logs(Context& ctx, Ref r) {
  std::vector<Term> terms;
  ctx.append_terms(r, terms);
  for (const Fn f : {Fn::log, Fn::log2, Fn::log10}) terms = with_one_log(ctx, f, terms);
  return ctx.sum(terms);
}

bool is_root(const Context& ctx, Ref exponent) {
  return ctx.is_number(exponent) && !ctx.value(exponent).is_integer();
}

Ref expanded_power(Context& ctx, Ref r) {
  const Node n = ctx[r];
  if (ctx.is_function(r, Fn::exp) && ctx.kind(n.operand(0)) == Kind::sum) {
    std::vector<Term> terms;
    ctx.append_terms(n.operand(0), terms);
    std::vector<Ref> factors;
    for (const Term& t : terms) factors.push_back(ctx.function(Fn::exp, {ctx.scale(t.coefficient, t.body)}));
    return ctx.product(factors);
  }
  if (n.kind != Kind::power || ctx.kind(n.operand(0)) != Kind::product) return r;
  const std::vector<Ref> factors = factors_of(ctx, n.operand(0));
  const auto known = [&](Ref f) { return positive(ctx, f); };
  if (std::count_if(factors.begin(), factors.end(), known) + 1 < static_cast<ptrdiff_t>(factors.size()))
    return r;
  std::vector<Ref> powers;
  for (Ref f : factors) powers.push_back(ctx.power(f, n.operand(1)));
  return ctx.product(powers);
}

// 12*2^a is 3*2^(a + 2): what the coefficient has of the numbers that have exponents.
Ref numbers_into_powers(Context& ctx, Ref product) {
  const Term t = ctx.split_coefficient(product);
  if (t.coefficient == one) return product;
  Rational left = ctx.value(t.coefficient);
  std::vector<Ref> factors = factors_of(ctx, t.body);
  for (Ref& f : factors) {
    const Factor p = ctx.split_exponent(f);
    if (!ctx.is_number(p.base) || ctx.is_number(p.exponent)) continue;
    const Rational base = ctx.value(p.base);
    if (!base.is_integer() || base.sign() <= 0 || base.is_one()) continue;
    int64_t taken = 0;
    for (; (left / base).denominator() == left.denominator() && taken < 1000; ++taken) left = left / base;
    for (; taken <= 0 && (left * base).numerator() == left.numerator() && taken > -1000; --taken)
      left = left * base;
    if (taken != 0) f = ctx.power(p.base, ctx.add(p.exponent, ctx.number(taken)));
  }
  return ctx.product(ctx.number(left), factors);
}

Ref combined_powers(Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::product) return r;
  std::vector<Ref> result, exponents;
  std::vector<std::pair<Ref, std::vector<Ref>>> roots;  // exponent, no integer that is known; bases
  for (Ref f : factors_of(ctx, r)) {
    const Factor p = ctx.split_exponent(f);
    if (ctx.is_function(p.base, Fn::exp)) {
      exponents.push_back(ctx.multiply(p.exponent, ctx.operands(p.base)[0]));
    } else if (is_root(ctx, p.exponent) || !ctx.is_number(p.exponent)) {
      const auto same =
          std::find_if(roots.begin(), roots.end(), [&](const auto& g) { return g.first == p.exponent; });
      if (same == roots.end()) {
        roots.push_back({p.exponent, {p.base}});
      } else {
        same->second.push_back(p.base);
      }
    } else {
      result.push_back(f);
    }
  }
  if (!exponents.empty()) result.push_back(ctx.function(Fn::exp, {ctx.sum(exponents)}));
  for (const auto& [exponent, bases] : roots) {
    const auto unknown =
        std::count_if(bases.begin(), bases.end(), [&](Ref b) { return !(ctx[b].facts & nonnegative); });
    if (unknown <= 1) {
      result.push_back(ctx.power(ctx.product(bases), exponent));
    } else {
      for (Ref b : bases) result.push_back(ctx.power(b, exponent));
    }
  }
  return numbers_into_powers(ctx, ctx.product(result));
}

bool is_log_of_number(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::log) && ctx.is_number(ctx.operands(r)[0]) &&
         ctx.value(ctx.operands(r)[0]).sign() > 0;
}

bool is_half_odd(const Context& ctx, Ref exponent) {
  return is_root(ctx, exponent) && (ctx.value(exponent) + ctx.value(exponent)).is_integer();
}

}  // namespace

Ref logs_of_primes(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  const auto log = [&](Ref r) { return is_log_of_number(ctx, r); };
  if (std::count_if(nodes.begin(), nodes.end(), log) < 2) return e;
  return everywhere_real(
      ctx, e, [&](Ref r) { return log(r) ? log_of_number(ctx, Fn::log, ctx.value(ctx.operands(r)[0])) : r; });
}

Ref quotient_of_roots(Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::product || (ctx[e].facts & complex_valued)) return e;
  std::vector<Ref> rest, squares;
  bool divides = false;
  for (const Ref f : factors_of(ctx, e)) {
    const Factor p = ctx.split_exponent(f);
    if (!is_half_odd(ctx, p.exponent) || ctx.is_number(p.base)) {
      rest.push_back(f);
      continue;
    }
    divides |= ctx.value(p.exponent).sign() < 0;
    squares.push_back(ctx.power(f, 2));
  }
  if (squares.size() < 2 || !divides) return e;
  const Ref square = factor(ctx, ctx.product(squares));
  for (const Ref f : factors_of(ctx, square)) {
    const Factor p = ctx.split_exponent(f);
    if (ctx.is_number(p.exponent) && ctx.value(p.exponent).sign() < 0) return e;
  }
  rest.push_back(ctx.sqrt(square));
  return ctx.product(rest);
}

Ref expand_logs(Context& ctx, Ref e) {
  return everywhere_real(ctx, e, [&](Ref r) { return expanded_log(ctx, r); });
}

// Sums first: of a*log(p) + a*log(x), where x may be negative, a*log(p*x) is left.
Ref contract_logs(Context& ctx, Ref e) {
  for (const Kind kind : {Kind::sum, Kind::product}) {
    e = everywhere_real(ctx, e, [&](Ref r) { return ctx.kind(r) == kind ? contracted_logs(ctx, r) : r; });
  }
  return e;
}

Ref expand_powers(Context& ctx, Ref e) {
  return everywhere_real(ctx, e, [&](Ref r) { return expanded_power(ctx, r); });
}

Ref combine_powers(Context& ctx, Ref e) {
  return everywhere_real(ctx, e, [&](Ref r) { return combined_powers(ctx, r); });
}

static Ref lightest(Context& ctx, std::initializer_list<Ref> forms) {
  Weight weight(ctx);
  Ref best = *forms.begin();
  for (const Ref form : forms) {
    const Ref lighter = rewrite_by_rules(ctx, weight, form);
    if (weight(lighter) < weight(best)) best = lighter;
  }
  return best;
}

Ref lightest_logs(Context& ctx, Ref e) {
  return lightest(ctx, {e, expand_logs(ctx, e), contract_logs(ctx, e)});
}

Ref lightest_powers(Context& ctx, Ref e) {
  return lightest(ctx, {e, expand_powers(ctx, e), combine_powers(ctx, e)});
}

}  // namespace nabla

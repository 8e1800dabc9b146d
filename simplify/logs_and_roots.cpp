#include "simplify/logs_and_roots.h"

#include <algorithm>
#include <map>
#include <optional>

#include "expr/scratch.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

// e with each real scalar replaced by change(it), parts first.
template <class Change>
Ref everywhere(Context& ctx, Ref e, Change change) {
  if (ctx[e].facts & has_operation) return e;
  RefMap<Ref> image(e.id);
  Scratch<Ref, 64> list;
  for (Ref r : nodes_below(ctx, e)) {
    list.resize(0);
    for (Ref c : ctx.operands(r)) list.push_back(image[c]);
    const Ref other = rebuilt(ctx, r, {list.begin(), list.size()});
    const Node& n = ctx[other];
    image[r] = n.shape == scalar_shape && !(n.facts & complex_valued) ? change(other) : other;
  }
  return image[e];
}

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

Ref expanded_log(Context& ctx, Ref r) {
  if (!ctx.is_function(r, Fn::log)) return r;
  std::vector<Ref> terms;
  std::vector<std::pair<Ref, Ref>> todo{{one, ctx.operands(r)[0]}};  // multiplier, argument of a log
  const auto add = [&](Ref multiplier, Ref argument) {
    const Factor f = ctx.split_exponent(argument);
    if (f.exponent != one && positive_together(ctx, f)) {
      todo.push_back({ctx.multiply(multiplier, f.exponent), f.base});
    } else {
      terms.push_back(ctx.multiply(multiplier, ctx.function(Fn::log, {argument})));
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

// number*m*log(argument)
struct LogTerm {
  Rational number;
  Ref argument;
};

// The sum of number*log(argument), as one logarithm; Ref{}: signs are not known.
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
  return unknown <= 1 ? ctx.function(Fn::log, {product}) : Ref{};
}

Ref contracted_logs(Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::sum) return r;
  std::vector<Term> terms, result;
  ctx.append_terms(r, terms);
  std::vector<Ref> order;  // what multiplies logs
  std::map<Ref, std::vector<LogTerm>> logs;
  std::map<Ref, std::vector<Term>> originals;
  for (const Term& t : terms) {
    std::vector<Ref> factors = factors_of(ctx, t.body);
    const auto is_log = [&](Ref f) { return ctx.is_function(f, Fn::log); };
    const auto log = std::find_if(factors.begin(), factors.end(), is_log);
    if (log == factors.end()) {
      result.push_back(t);
      continue;
    }
    const Ref argument = ctx.operands(*log)[0];
    factors.erase(log);
    const Ref m = ctx.product(factors);
    if (logs.count(m) == 0) order.push_back(m);
    logs[m].push_back({ctx.value(t.coefficient), argument});
    originals[m].push_back(t);
  }
  for (Ref m : order) {
    const Ref log = logs[m].size() > 1 ? contracted(ctx, logs[m]) : Ref{};
    if (log) {
      result.push_back({one, ctx.multiply(m, log)});
    } else {
      result.insert(result.end(), originals[m].begin(), originals[m].end());
    }
  }
  return ctx.sum(result);
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

Ref combined_powers(Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::product) return r;
  std::vector<Ref> result, exponents;
  std::vector<std::pair<Ref, std::vector<Ref>>> roots;  // exponent, bases
  for (Ref f : factors_of(ctx, r)) {
    const Factor p = ctx.split_exponent(f);
    if (ctx.is_function(p.base, Fn::exp)) {
      exponents.push_back(ctx.multiply(p.exponent, ctx.operands(p.base)[0]));
    } else if (is_root(ctx, p.exponent)) {
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
  return ctx.product(result);
}

// a + b, where a^2 and b^2 are rational numbers and a - b is not 0.
struct Surd {
  Ref a, b;
  Rational a2, b2;
};
std::optional<Surd> surd(Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::sum || ctx[e].names != 0 || ctx[e].count != 4) return std::nullopt;
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  const Ref a = ctx.scale(terms[0].coefficient, terms[0].body);
  const Ref b = ctx.scale(terms[1].coefficient, terms[1].body);
  const Ref a2 = ctx.power(a, 2), b2 = ctx.power(b, 2);
  if (!ctx.is_number(a2) || !ctx.is_number(b2) || a2 == b2) return std::nullopt;
  return Surd{a, b, ctx.value(a2), ctx.value(b2)};
}

// sqrt(a + b) = sqrt((a + d)/2) +- sqrt((a - d)/2) with d^2 = a^2 - b^2, for a rational a > 0 (Borodin,
// Fagin, Hopcroft and Tompa, "Decreasing the nesting depth of expressions involving square roots", 1985).
Ref denested(Context& ctx, const Surd& s) {
  const bool first = ctx.is_number(s.a);
  const Ref number = first ? s.a : s.b, root = first ? s.b : s.a;
  if (!ctx.is_number(number) || ctx.value(number).sign() <= 0) return {};
  const Rational square = first ? s.a2 - s.b2 : s.b2 - s.a2;
  if (square.sign() < 0) return {};
  const auto d = square.root(2);
  if (!d) return {};
  const Rational half = Rational::fraction(1, 2), a = ctx.value(number);
  const Ref x = ctx.sqrt(ctx.number((a + *d) * half)), y = ctx.sqrt(ctx.number((a - *d) * half));
  const bool minus = ctx.value(ctx.split_coefficient(root).coefficient).sign() < 0;
  return minus ? ctx.subtract(x, y) : ctx.add(x, y);
}

Ref apart(Context& ctx, Ref r) {
  const Node n = ctx[r];
  if (n.kind != Kind::power || !ctx.is_number(n.operand(1))) return r;
  Ref base = n.operand(0);
  Rational k = ctx.value(n.operand(1));
  if (!k.is_integer() && (k + k).is_integer()) {
    const auto s = surd(ctx, base);
    const Ref root = s ? denested(ctx, *s) : Ref{};
    if (!root) return r;
    base = root;
    k = k + k;
  }
  const auto s = k.is_minus_one() ? surd(ctx, base) : std::nullopt;
  if (!s) return ctx.power(base, ctx.number(k));
  return ctx.divide(ctx.subtract(s->a, s->b), ctx.number(s->a2 - s->b2));
}

}  // namespace

Ref expand_logs(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) { return expanded_log(ctx, r); });
}

Ref contract_logs(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) { return contracted_logs(ctx, r); });
}

Ref expand_powers(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) { return expanded_power(ctx, r); });
}

Ref combine_powers(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) { return combined_powers(ctx, r); });
}

Ref take_roots_apart(Context& ctx, Ref e) {
  return everywhere(ctx, e, [&](Ref r) { return apart(ctx, r); });
}

}  // namespace nabla

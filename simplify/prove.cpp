#include "simplify/prove.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "expr/ball.h"
#include "expr/scratch.h"
#include "expr/walk.h"
#include "simplify/passes.h"

namespace nabla {
namespace {

constexpr size_t most_nodes = 64;  // of what is enclosed
constexpr long bits = 64;

std::optional<Ball> declared(Context& ctx, Ref symbol, const std::unordered_map<Ref, Ball>& values) {
  const Domain& d = ctx.symbol(symbol).domain;
  if (!d.lower || !d.upper) return std::nullopt;
  const auto lower = values.find(d.lower), upper = values.find(d.upper);
  if (lower == values.end() || upper == values.end()) return std::nullopt;
  return Ball::interval(lower->second.lower(), upper->second.upper(), bits);
}

Ball value(Context& ctx, Ref r, const std::unordered_map<Ref, Ball>& values) {
  const Node& n = ctx[r];
  Scratch<Ball const*, 8> list;
  for (Ref c : n.operands()) list.push_back(&values.at(c));
  switch (n.kind) {
    case Kind::number:
      return Ball(ctx.value(r), bits);
    case Kind::constant:
      if (static_cast<Constant>(n.tag) == Constant::pi) return Ball::pi(bits);
      return static_cast<Constant>(n.tag) == Constant::e ? Ball::e(bits) : Ball::unknown();
    case Kind::symbol:
      return declared(ctx, r, values).value_or(Ball::unknown());
    case Kind::sum: {
      Ball sum(0);
      for (size_t i = 0; i < list.size(); i += 2) sum += *list[i] * *list[i + 1];
      return sum;
    }
    case Kind::product: {
      Ball product(1);
      for (const Ball* b : list) product *= *b;
      return product;
    }
    case Kind::power:
      return ctx.is_number(n.operand(1)) ? pow(*list[0], ctx.value(n.operand(1))) : pow(*list[0], *list[1]);
    case Kind::function: {
      const Function& f = row(static_cast<Fn>(n.tag));
      if (!f.ball || n.count > 2) return Ball::unknown();
      Ball arguments[2];
      for (size_t i = 0; i < n.count; ++i) arguments[i] = *list[i];
      return f.ball(arguments, bits);
    }
    default:
      return Ball::unknown();
  }
}

// All values of e, as far as they are bounded; not finite if they are not.
Ball enclosure(Context& ctx, Ref e) {
  std::vector<Ref> roots{e};
  for (Ref r : nodes_below(ctx, e)) {
    if (ctx.kind(r) != Kind::symbol) continue;
    for (Ref bound : {ctx.symbol(r).domain.lower, ctx.symbol(r).domain.upper}) {
      if (bound && ctx[bound].names == 0) roots.push_back(bound);
    }
  }
  std::vector<Ref> order = nodes_below(ctx, roots);
  if (order.size() > most_nodes) return Ball::unknown();
  // The ends of a domain may be younger than the name.
  std::stable_partition(order.begin(), order.end(), [&](Ref r) { return ctx[r].names == 0; });
  std::unordered_map<Ref, Ball> values;
  for (Ref r : order)
    values.emplace(r, ctx[r].shape == scalar_shape ? value(ctx, r, values) : Ball::unknown());
  return values.at(e);
}

// Bounds of the values of a function, and whether they may be values.
struct Range {
  Fn fn;
  int lower, upper;
  bool has_lower, has_upper, taken;
};

constexpr Range ranges[] = {
    {Fn::sin, -1, 1, true, true, true},     {Fn::cos, -1, 1, true, true, true},
    {Fn::tanh, -1, 1, true, true, false},   {Fn::erf, -1, 1, true, true, false},
    {Fn::sigmoid, 0, 1, true, true, false}, {Fn::sech, 0, 1, true, true, true},
    {Fn::cosh, 1, 0, true, false, true},
};

// The least value of c*x + r for a name or function x, and whether it is taken; Ref{}: not of that form.
struct Least {
  Ref value;
  bool taken = true;
};
Least least_of_linear(Context& ctx, Ref e) {
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  Ref rest = zero, name;
  Rational slope;
  for (const Term& t : terms) {
    if (ctx[t.body].names == 0) {
      rest = ctx.add(rest, ctx.scale(t.coefficient, t.body));
    } else if (name || (ctx.kind(t.body) != Kind::symbol && ctx.kind(t.body) != Kind::function)) {
      return {};
    } else {
      name = t.body;
      slope = ctx.value(t.coefficient);
    }
  }
  if (!name) return {};
  if (ctx.kind(name) == Kind::function) {
    for (const Range& range : ranges) {
      const bool lower = slope.sign() > 0;
      if (range.fn != ctx.function_of(name) || !(lower ? range.has_lower : range.has_upper)) continue;
      const Ref bound = ctx.number(slope * Rational(lower ? range.lower : range.upper));
      return {ctx.add(bound, rest), range.taken};
    }
    return {};
  }
  const Domain& d = ctx.symbol(name).domain;
  const Ref end = slope.sign() > 0 ? d.lower : d.upper;
  if (!end || ctx[end].names != 0) return {};
  return {ctx.add(ctx.scale(ctx.number(slope), end), rest),
          !(slope.sign() > 0 ? d.lower_open : d.upper_open)};
}

bool at_least_zero(Context& ctx, Ref e, bool strictly);

// c*sqrt(v) + u, where c^2*v - u^2 > 0: then c*sqrt(v) > |u|.
bool is_led_by_root(Context& ctx, Ref e) {
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  for (const Term& t : terms) {
    const Factor p = ctx.split_exponent(t.body);
    const bool root = ctx.is_number(p.exponent) && ctx.value(p.exponent) == Rational::fraction(1, 2);
    if (!root || ctx.value(t.coefficient).sign() < 0 || terms.size() < 2) continue;
    const Ref leading = ctx.scale(t.coefficient, t.body), rest = ctx.subtract(e, leading);
    const Ref square = expand(ctx, ctx.subtract(ctx.power(leading, 2), ctx.power(rest, 2)));
    const bool nested = ctx.kind(square) == Kind::sum && ctx[square].count > 4;
    if (!nested && at_least_zero(ctx, square, true)) return true;
  }
  return false;
}

bool at_least_zero(Context& ctx, Ref e, bool strictly) {
  const auto is = [&](Ref v, bool strict) {
    if (v == zero) return !strict;
    const Facts f = ctx[v].facts;
    if ((f & nonnegative) && (!strict || (f & nonzero))) return true;
    const Ball b = enclosure(ctx, v);
    return (strict ? b > Ball(0) : b >= Ball(0)) == Truth::yes;
  };
  const Least least = least_of_linear(ctx, e);
  if (least.value && is(least.value, strictly && least.taken)) return true;
  return is(e, strictly) || (ctx.kind(e) == Kind::sum && is_led_by_root(ctx, e));
}

}  // namespace

bool proved(Context& ctx, Ref condition) {
  const Node n = ctx[condition];
  ctx.budget().spend();
  if (n.kind == Kind::truth) return n.tag != 0;
  if (n.kind == Kind::connective) {
    switch (static_cast<Connective>(n.tag)) {
      case Connective::conjunction:
        return proved(ctx, n.operand(0)) && proved(ctx, n.operand(1));
      case Connective::disjunction:
        return proved(ctx, n.operand(0)) || proved(ctx, n.operand(1));
      case Connective::negation:
        return false;
    }
  }
  if (n.kind != Kind::compare) return false;
  const Ref a = n.operand(0), b = n.operand(1);
  if (ctx[a].shape != scalar_shape || ctx[b].shape != scalar_shape) return false;
  if ((ctx[a].facts | ctx[b].facts) & complex_valued) return false;
  const Ref difference = ctx.subtract(b, a);
  switch (static_cast<Relation>(n.tag)) {
    case Relation::less:
      return at_least_zero(ctx, difference, true);
    case Relation::less_equal:
      return at_least_zero(ctx, difference, false);
    case Relation::not_equal:
      // The gamma function has no zeros (DLMF 5.2).
      if (ctx.is_function(difference, Fn::gamma) || ctx.is_function(ctx.negate(difference), Fn::gamma))
        return true;
      return at_least_zero(ctx, difference, true) || at_least_zero(ctx, ctx.negate(difference), true);
    case Relation::equal:
      return false;
  }
  return false;
}

}  // namespace nabla

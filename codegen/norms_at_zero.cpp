#include "codegen/norms_at_zero.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "expr/facts.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// What a let names; other nodes are themselves.
using Value = std::function<Ref(Ref)>;

bool is_power_from(const Context& ctx, Ref power, const Rational& least) {
  const Ref e = ctx.operands(power)[1];
  return ctx.is_number(e) && !(ctx.value(e) < least);
}

bool is_even_power(const Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::power || (ctx[r].facts & complex_valued)) return false;
  const Ref e = ctx.operands(r)[1];
  return ctx.is_number(e) && ctx.value(e).is_integer() && ctx.value(e).is_even() && ctx.value(e).sign() > 0;
}

// u^2 + 4*v^2: 0 where all of u and v are, and then in all directions no steeper than they.
bool is_sum_of_squares(const Context& ctx, Ref sum, const Value& value) {
  std::vector<Ref> todo{sum};
  bool is_sum = false;
  while (!todo.empty()) {
    const Ref r = value(todo.back());
    todo.pop_back();
    const auto list = ctx.operands(r);
    if (ctx.kind(r) == Kind::sum) {
      for (size_t i = 0; i < list.size(); i += 2) {
        if (!ctx.is_number(list[i]) || ctx.value(list[i]).sign() <= 0) return false;
        todo.push_back(list[i + 1]);
      }
      is_sum = true;
    } else if (ctx.kind(r) == Kind::long_sum) {
      todo.insert(todo.end(), list.begin(), list.end());
      is_sum = true;
    } else if (ctx.kind(r) == Kind::indexed) {
      const IndexedView v = view_indexed(ctx, r);
      if (v.factors.size() != 1 || !is_even_power(ctx, v.factors[0])) return false;
      is_sum = true;
    } else if (!is_even_power(ctx, r)) {
      return false;
    }
  }
  return is_sum;
}

bool is_norm(const Context& ctx, Ref r) {
  return is_euclidean_norm(ctx, r) || ctx.is_function(r, Fn::hypot) ||
         (ctx.is_function(r, Fn::norm2) && ctx[r].count == 2);
}

bool is_root(const Context& ctx, Ref r) {
  const Rational half = Rational::fraction(1, 2);
  return ctx.kind(r) == Kind::power && ctx.is_number(ctx.operands(r)[1]) &&
         ctx.value(ctx.operands(r)[1]) == half;
}

// Functions that have no slope at 0.
bool is_steep(const Context& ctx, Ref r) {
  return ctx.kind(r) == Kind::function &&
         (ctx.function_of(r) == Fn::cbrt || row(ctx.function_of(r)).domain == row(Fn::log).domain);
}

}  // namespace

NormsAtZero::NormsAtZero(Context& ctx, Ref formula) : ctx_(ctx) {
  const std::vector<Ref> nodes = nodes_below(ctx, formula);
  const Value itself = [](Ref r) { return r; };
  std::unordered_set<Ref> excluded;
  const auto exclude = [&](Ref r) {
    excluded.insert(r);
    if (ctx.kind(r) != Kind::product && ctx.kind(r) != Kind::indexed) return;
    for (Ref f : ctx.operands(r)) excluded.insert(f);
  };
  for (Ref r : nodes) {
    if (is_root(ctx, r) && is_sum_of_squares(ctx, ctx.operands(r)[0], itself))
      norms_.insert(ctx.operands(r)[0]);
    if (is_norm(ctx, r)) norms_.insert(r);
  }
  for (Ref r : nodes) {
    if (is_steep(ctx, r)) exclude(ctx.operands(r)[0]);
    if (ctx.kind(r) != Kind::power) continue;
    const Ref base = ctx.operands(r)[0];
    if (!is_power_from(ctx, r, is_norm(ctx, base) ? Rational(1) : Rational::fraction(1, 2))) exclude(base);
  }
  std::vector<Ref> squares;
  for (Ref r : nodes) {
    if (norms_.count(r) == 0 || !is_euclidean_norm(ctx, r)) continue;
    const Ref x = ctx.operands(r)[0], square = dot(ctx, x, x);
    if (excluded.count(r) != 0 || excluded.count(square) != 0) {
      norms_.erase(r);
      excluded.insert(square);
    }
    squares.push_back(square);
  }
  norms_.insert(squares.begin(), squares.end());
  for (Ref r : excluded) norms_.erase(r);
}

Ref NormsAtZero::operator()(Ref derivative) {
  if (norms_.empty()) return derivative;
  RefMap<Ref> image(derivative.id);
  std::vector<Ref> list;
  for (Ref r : nodes_below(ctx_, derivative)) {
    list.clear();
    for (Ref c : ctx_.operands(r)) list.push_back(image[c]);
    image[r] = ctx_.rebuild(r, list);
    if (ctx_.kind(r) != Kind::power || is_power_from(ctx_, r, Rational(0)) ||
        norms_.count(ctx_.operands(r)[0]) == 0)
      continue;
    const Ref is_zero = tensor_compare(ctx_, Relation::less_equal, list[0], zero);
    image[r] = tensor_select(ctx_, is_zero, ctx_.zeros(ctx_[r].shape), image[r]);
    found_ = true;
  }
  return image[derivative];
}

std::unordered_set<Ref> norms_of(const Context& ctx, const Program& program) {
  const Value value = [&](Ref r) {
    return ctx.kind(r) == Kind::let ? program.lets[ctx[r].payload].value : r;
  };
  std::unordered_set<Ref> norms, excluded;
  const auto exclude = [&](Ref r) {
    excluded.insert(r);
    if (ctx.kind(value(r)) != Kind::product) return;
    for (Ref f : ctx.operands(value(r))) excluded.insert(f);
  };
  for (const Let& l : program.lets) {
    const bool root = is_root(ctx, l.value) && is_sum_of_squares(ctx, ctx.operands(l.value)[0], value);
    if (root || ctx.is_function(l.value, Fn::hypot)) norms.insert(l.name);
  }
  for (const Let& l : program.lets) {
    if (is_steep(ctx, l.value)) exclude(ctx.operands(l.value)[0]);
    if (ctx.kind(l.value) != Kind::power) continue;
    const Ref base = ctx.operands(l.value)[0];
    const Rational least = norms.count(base) != 0 ? Rational(1) : Rational::fraction(1, 2);
    if (!is_power_from(ctx, l.value, least)) exclude(base);
  }
  for (const Let& l : program.lets) {
    const bool of_excluded = is_root(ctx, l.value) && excluded.count(ctx.operands(l.value)[0]) != 0;
    if (of_excluded || excluded.count(l.name) != 0) norms.erase(l.name);
  }
  return norms;
}

}  // namespace nabla

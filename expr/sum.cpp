// Canonical sums: numbers folded, flat, ordered by structural hash, like terms collected.
//
// A number times a flat sum is distributed, so that linear combinations have one form; a number times a
// long sum stays a term, because distributing it would copy what the long sum shares.
#include <algorithm>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/operand_tree.h"
#include "expr/scratch.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

using Operands = Scratch<KeyedOperand, 40>;

Ref add_numbers(Context& ctx, Ref a, Ref b) { return ctx.number(ctx.value(a) + ctx.value(b)); }

Ref multiply_numbers(Context& ctx, Ref a, Ref b) {
  if (a == one) return b;
  if (b == one) return a;
  return ctx.number(ctx.value(a) * ctx.value(b));
}

// Orders and collects; drops what cancels. Returns the number of operands left.
void collect(Context& ctx, const OperandTree& tree, Operands& items) {
  const auto less = [&](const KeyedOperand& a, const KeyedOperand& b) { return tree.before(a, b); };
  bool sorted = true;
  for (size_t i = 1; i < items.size() && sorted; ++i) sorted = less(items[i - 1], items[i]);
  if (sorted) {
    bool trivial = false;
    for (const KeyedOperand& o : items) trivial |= o.value == zero;
    if (!trivial) return;
  } else {
    std::stable_sort(items.begin(), items.end(), less);
  }
  size_t out = 0;
  for (size_t i = 0; i < items.size();) {
    KeyedOperand o = items[i++];
    for (; i < items.size() && items[i].key == o.key; ++i)
      o.value = add_numbers(ctx, o.value, items[i].value);
    if (o.value != zero) items[out++] = o;
  }
  items.resize(out);
}

// A scalar in every entry: its terms one by one, a number as that number times ones.
void append_fill(Context& ctx, Ref coefficient, Ref fill, Operands& items) {
  const ShapeId shape = ctx[fill].shape;
  const Ref scalar = ctx.operands(fill)[0];
  const auto add = [&](Ref c, Ref t) {
    const Ref body = t == ctx.operands(fill)[0] ? fill : ctx.fill(t, shape);
    if (c != zero) items.emplace_back(ctx[body].hash, body, multiply_numbers(ctx, coefficient, c));
  };
  if (ctx.kind(scalar) != Kind::sum) {
    const Term t = ctx.split_coefficient(scalar);
    return add(t.coefficient, t.body);
  }
  const std::vector<Ref> list(ctx.operands(scalar).begin(), ctx.operands(scalar).end());
  for (size_t i = 0; i < list.size(); i += 2) add(list[i], list[i + 1]);
}

// Whether every entry of the sum is one scalar.
bool is_fill(const Context& ctx, const Operands& items) {
  return items.size() > 1 && std::all_of(items.begin(), items.end(), [&](const KeyedOperand& o) {
           return ctx.kind(o.key) == Kind::fill;
         });
}

// One summand, looked through: numbers, coefficients and flat sums.
void append(Context& ctx, Ref coefficient, Ref body, Operands& items) {
  const Node& n = ctx[body];
  switch (n.kind) {
    case Kind::number:
      if (n.shape == scalar_shape && body != one) {
        coefficient = multiply_numbers(ctx, coefficient, body);
        body = one;
      }
      if (coefficient != zero) items.emplace_back(ctx[body].hash, body, coefficient);
      return;
    case Kind::sum: {
      const auto list = n.operands();
      for (size_t i = 0; i < list.size(); i += 2) {
        const Ref c = multiply_numbers(ctx, coefficient, list[i]);
        items.emplace_back(ctx[list[i + 1]].hash, list[i + 1], c);
      }
      return;
    }
    case Kind::fill:
      append_fill(ctx, coefficient, body, items);
      return;
    case Kind::product:
      if (ctx.is_number(n.operand(0))) {
        const Term t = ctx.split_coefficient(body);
        append(ctx, multiply_numbers(ctx, coefficient, t.coefficient), t.body, items);  // once: t has none
        return;
      }
      [[fallthrough]];
    default:
      items.emplace_back(n.hash, body, coefficient);
  }
}

}  // namespace

Ref Context::sum(std::span<const Term> terms, ShapeId shape) {
  return shape == scalar_shape ? collect_sum(terms, shape) : tensor_sum(*this, terms, shape);
}

Ref Context::collect_sum(std::span<const Term> terms, ShapeId shape) {
  budget_.spend(terms.size());
  OperandTree tree(*this, false, shape);
  Operands items;
  for (const Term& t : terms) append(*this, t.coefficient, t.body, items);
  for (;;) {
    collect(*this, tree, items);
    // Long sums with coefficient 1 are looked through, once like terms are collected: 2*S and S + S agree.
    Scratch<Ref, 8> longs;
    size_t out = 0;
    for (const KeyedOperand& o : items) {
      if (o.value == one && kind(o.key) == Kind::long_sum) {
        longs.push_back(o.key);
      } else {
        items[out++] = o;
      }
    }
    items.resize(out);
    if (longs.empty() && shape != scalar_shape && is_fill(*this, items)) {
      std::vector<Term> scalars;
      for (const KeyedOperand& o : items) scalars.push_back({o.value, operands(o.key)[0]});
      return fill(collect_sum(scalars, scalar_shape), shape);
    }
    if (longs.empty()) return items.empty() ? zeros(shape) : tree.build(items);
    if (longs.size() == 1 && items.size() * 8 < tree.size_of(longs[0])) {
      if (const auto root = tree.insert(longs[0], items)) return *root;
    }
    std::vector<KeyedOperand> all;
    for (Ref l : longs) tree.append(l, all);
    budget_.spend(all.size());
    items.append(all);
  }
}

Ref Context::sum(std::span<const Ref> terms) {
  Scratch<Term, 40> list;
  for (Ref t : terms) list.push_back({one, t});
  return sum(list, terms.empty() ? scalar_shape : (*this)[terms[0]].shape);
}

Ref Context::add(Ref a, Ref b) {
  if (a == zero) return b;
  if (b == zero) return a;
  const Term terms[2] = {{one, a}, {one, b}};
  return sum(terms, (*this)[a].shape);
}

Ref Context::subtract(Ref a, Ref b) {
  const Term terms[2] = {{one, a}, {minus_one, b}};
  return sum(terms, (*this)[a].shape);
}

Term Context::split_coefficient(Ref e) {
  const Node& n = (*this)[e];
  if (n.kind == Kind::number && n.shape == scalar_shape) return {e, one};
  if (n.kind != Kind::product || !is_number(n.operand(0))) return {one, e};
  const auto list = n.operands();
  if (list.size() == 2) return {list[0], list[1]};
  const auto rest = list.subspan(1);
  return {list[0], intern(Kind::product, 0, 0, 0, n.shape, rest, product_facts(*this, rest))};
}

void Context::append_terms(Ref e, std::vector<Term>& out) {
  OperandTree tree(*this, false, (*this)[e].shape);
  std::vector<KeyedOperand> items;
  if (kind(e) == Kind::sum || kind(e) == Kind::long_sum) {
    tree.append(e, items);
    for (const KeyedOperand& o : items) out.push_back({o.value, o.key});
  } else {
    out.push_back(split_coefficient(e));
  }
}

}  // namespace nabla

// Canonical products: one rational coefficient, then factors ordered by the structural hash of their base,
// equal bases collected by adding exponents. Nothing is expanded.
//
// Adding exponents may define more than the written form (x/x is 1): the conditions lost are computed from
// the written form by conditions.h.
#include <algorithm>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/operand_tree.h"
#include "expr/scratch.h"

namespace nabla {
namespace {

using Operands = Scratch<KeyedOperand, 40>;

class Collector {
 public:
  Collector(Context& ctx, Ref coefficient) : ctx_(ctx), coefficient_(coefficient) {}

  Ref coefficient() const { return coefficient_; }
  Operands& items() { return items_; }
  Scratch<Ref, 8>& longs() { return longs_; }

  void append(Ref f) {
    const Node& n = ctx_[f];
    switch (n.kind) {
      case Kind::number:
        if (n.shape != scalar_shape) break;
        multiply(f);
        return;
      case Kind::product:
        for (Ref g : n.operands()) {
          if (ctx_.is_number(g)) {
            multiply(g);
          } else if (ctx_.kind(g) == Kind::long_product) {
            longs_.push_back(g);
          } else {
            append_factor(g);
          }
        }
        return;
      case Kind::long_product:
        longs_.push_back(f);
        return;
      default:
        break;
    }
    append_factor(f);
  }

  void append_factor(Ref f) {
    const Factor p = ctx_.split_exponent(f);
    items_.emplace_back(ctx_[p.base].hash, p.base, p.exponent, f);
  }

  // Orders and collects until no power folds into something else.
  void collect(const OperandTree& tree) {
    do {
      while (!once(tree)) {
      }
    } while (items_.size() > 1 && join_norm());
  }

 private:
  void multiply(Ref number) {
    if (coefficient_ == one) {
      coefficient_ = number;
    } else if (number != one) {
      coefficient_ = ctx_.number(ctx_.value(coefficient_) * ctx_.value(number));
    }
  }

  bool once(const OperandTree& tree) {
    const auto less = [&](const KeyedOperand& a, const KeyedOperand& b) { return tree.before(a, b); };
    bool sorted = true;
    for (size_t i = 1; i < items_.size() && sorted; ++i) sorted = less(items_[i - 1], items_[i]);
    if (sorted) return true;
    std::stable_sort(items_.begin(), items_.end(), less);
    Scratch<Ref, 8> folded;
    size_t out = 0;
    for (size_t i = 0; i < items_.size();) {
      KeyedOperand o = items_[i++];
      if (i >= items_.size() || items_[i].key != o.key) {
        items_[out++] = o;
        continue;
      }
      for (; i < items_.size() && items_[i].key == o.key; ++i) o.value = ctx_.add(o.value, items_[i].value);
      const Ref p = ctx_.power(o.key, o.value);
      const Factor f = ctx_.split_exponent(p);
      const Kind kind = ctx_.kind(p);
      const bool opened = kind == Kind::number || kind == Kind::product || kind == Kind::long_product;
      if (f.base == o.key && !opened) {
        o.value = f.exponent;
        o.factor = p;
        items_[out++] = o;
      } else {
        folded.push_back(p);
      }
    }
    items_.resize(out);
    for (Ref p : folded) append(p);
    return folded.empty();
  }

  // x'*x/norm2(x) is norm2(x), and x^2/abs(x) is abs(x): of an even power and a power of its root, the root
  // alone, which needs no quotient at 0.
  bool join_norm() {
    for (size_t i = 0; i < items_.size(); ++i) {
      const bool norm =
          ctx_.is_function(items_[i].key, Fn::norm2) || ctx_.is_function(items_[i].key, Fn::normF);
      const bool inverse = ctx_.is_function(items_[i].key, Fn::abs) && ctx_.is_number(items_[i].value) &&
                           ctx_.value(items_[i].value).sign() < 0;
      if (!norm && !inverse) continue;
      const Factor square = ctx_.split_exponent(ctx_.power(items_[i].key, int64_t{2}));
      const Rational twice = ctx_.is_number(square.exponent) ? ctx_.value(square.exponent) : Rational(0);
      if (square.base == items_[i].key || twice.sign() <= 0) continue;
      for (size_t k = 0; k < items_.size(); ++k) {
        if (items_[k].key != square.base || !ctx_.is_number(items_[k].value)) continue;
        const Rational squares = ctx_.value(items_[k].value) / twice;
        if (!squares.is_integer()) continue;
        const Ref exponent = ctx_.add(items_[i].value, ctx_.number(squares * Rational(2)));
        const Ref joined = ctx_.power(items_[i].key, exponent);
        for (const size_t gone : {std::max(i, k), std::min(i, k)}) {
          for (size_t m = gone + 1; m < items_.size(); ++m) items_[m - 1] = items_[m];
          items_.resize(items_.size() - 1);
        }
        append(joined);
        return true;
      }
    }
    return false;
  }

  Context& ctx_;
  Ref coefficient_;
  Operands items_;
  Scratch<Ref, 8> longs_;
};

}  // namespace

Factor Context::split_exponent(Ref e) const {
  const Node& n = (*this)[e];
  if (n.kind == Kind::power) return {n.few[0], n.few[1]};
  return {e, one};
}

// A number times something that has no coefficient of its own, or times a sum.
Ref Context::scale(Ref number, Ref a) {
  if (number == one) return a;
  const Node& n = (*this)[a];
  if (number == zero) return zeros(n.shape);
  if (n.shape == scalar_shape && n.kind == Kind::number) return this->number(value(number) * value(a));
  if (a == one) return number;
  if (n.kind == Kind::sum) {
    const Term term{number, a};
    return sum({&term, 1}, n.shape);
  }
  if (n.kind == Kind::fill) return fill(scale(number, n.operand(0)), n.shape);
  const Term t = split_coefficient(a);
  const Ref c = t.coefficient == one ? number : this->number(value(number) * value(t.coefficient));
  if (c == one) return t.body;
  const Node& body = (*this)[t.body];
  Scratch<Ref, flat_operands + 1> list;
  list.push_back(c);
  if (body.kind == Kind::product) {
    list.append(body.operands());
  } else {
    list.push_back(t.body);
  }
  return intern(Kind::product, 0, 0, 0, body.shape, list, product_facts(*this, list));
}

Ref Context::product(Ref coefficient, std::span<const Ref> factors) {
  const Term t = product_term(coefficient, factors);
  return scale(t.coefficient, t.body);
}

Term Context::product_term(Ref coefficient, std::span<const Ref> factors) {
  budget_.spend(factors.size());
  OperandTree tree(*this, true);
  Collector c(*this, coefficient);
  for (Ref f : factors) c.append(f);
  c.collect(tree);
  if (c.coefficient() == zero) return {zero, one};
  Operands& items = c.items();
  while (!c.longs().empty()) {
    if (c.longs().size() == 1 && items.size() * 8 < tree.size_of(c.longs()[0])) {
      if (const auto root = tree.insert(c.longs()[0], items)) return {c.coefficient(), *root};
    }
    std::vector<KeyedOperand> all;
    for (Ref l : c.longs()) tree.append(l, all);
    c.longs().resize(0);
    budget_.spend(all.size());
    items.append(all);
    c.collect(tree);
    if (c.coefficient() == zero) return {zero, one};
  }
  return {c.coefficient(), items.empty() ? one : tree.build(items)};
}

Ref Context::product(std::span<const Ref> factors) { return product(one, factors); }

Ref Context::multiply(Ref a, Ref b) {
  if (a == one) return b;
  if (b == one) return a;
  if (is_number(a) && (*this)[a].shape == scalar_shape) return scale(a, b);
  if (is_number(b) && (*this)[b].shape == scalar_shape) return scale(b, a);
  const Ref both[2] = {a, b};
  return product(both);
}

void Context::append_factors(Ref e, std::vector<Ref>& out) const {
  std::vector<Ref> todo{e};
  while (!todo.empty()) {
    const Ref r = todo.back();
    todo.pop_back();
    if (kind(r) == Kind::long_product || kind(r) == Kind::product) {
      const auto list = operands(r);
      todo.insert(todo.end(), list.rbegin(), list.rend());
    } else {
      out.push_back(r);
    }
  }
}

}  // namespace nabla

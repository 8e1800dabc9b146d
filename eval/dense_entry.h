// Nodes that work entry by entry, and one entry of them: sums, products, powers, functions of scalars,
// comparisons, branches and the written form.
#pragma once

#include <numbers>
#include <string>
#include <vector>

#include "eval/arithmetic.h"
#include "eval/dense.h"
#include "eval/dense_scalar.h"
#include "eval/tape.h"
#include "expr/context.h"
#include "expr/diagnostic.h"

namespace nabla::dense {

[[noreturn]] inline void refuse_value(Context& ctx, Ref r, const std::string& why) {
  throw Failure(Code::cannot_evaluate, "'" + short_text(ctx, r) + "' has no numeric value here: " + why);
}

template <class T>
class EntryArithmetic {
 public:
  explicit EntryArithmetic(Context& ctx) : ctx_(ctx) {}

  // The node r where its operands have the values x; x is used up.
  T entry(Ref r, std::vector<T>& x) const {
    const Node& n = ctx_[r];
    T v = x[0];
    switch (n.kind) {
      case Kind::sum:
        v = T(0.0);
        for (size_t k = 0; k < x.size(); k += 2) v += x[k] * x[k + 1];
        return v;
      case Kind::long_sum:
        for (size_t k = 1; k < x.size(); ++k) v += x[k];
        return v;
      case Kind::product:
      case Kind::long_product:
        for (size_t k = 1; k < x.size(); ++k) v *= x[k];
        return v;
      case Kind::power:
        return raised(n.operand(1), x[0], x[1]);
      case Kind::function:
        return call(r, x);
      case Kind::compare:
        return compare(r, x[0], x[1]);
      case Kind::connective:
        return connective(static_cast<Connective>(n.tag), x);
      case Kind::select:
        return std::isnan(real_value(x[0])) ? T(nan) : real_value(x[0]) == 1 ? x[1] : x[2];
      case Kind::written:
        return written(r, x);
      default:
        refuse_value(ctx_, r, "this operation is not carried out in numbers yet");
    }
  }

 private:
  // The exponent may be known exactly.
  T raised(Ref exponent, const T& base, const T& value) const {
    if (ctx_.is_number(exponent)) return constant_power(base, real_value(value));
    return power(base, value);
  }

  T call(Ref r, std::vector<T>& x) const {
    const Fn f = ctx_.function_of(r);
    if (f == Fn::sqrt) return constant_power(x[0], 0.5);
    if (f == Fn::pow) return raised(ctx_.operands(r)[1], x[0], x[1]);
    x.resize(most_arguments);
    return dense::apply(f, x.data());
  }

  T compare(Ref r, const T& a, const T& b) const {
    const auto relation = static_cast<Relation>(ctx_[r].tag);
    if constexpr (IsComplex<T>::value) {
      if (!is_real(a) || !is_real(b)) {
        if (relation == Relation::equal || relation == Relation::not_equal) {
          return T(((magnitude(a - b) == 0) == (relation == Relation::equal)) ? 1.0 : 0.0);
        }
        refuse_value(ctx_, r, "complex numbers have no order");
      }
    }
    return T(compare_values(relation, real_value(a), real_value(b)));
  }

  static T connective(Connective c, const std::vector<T>& x) {
    const double a = real_value(x[0]), b = x.size() > 1 ? real_value(x[1]) : 0;
    switch (c) {
      case Connective::negation:
        return T(1 - a);
      case Connective::conjunction:
        return T(a == 0 || b == 0 ? 0 : a + b == 2 ? 1 : nan);
      case Connective::disjunction:
        return T(a == 1 || b == 1 ? 1 : a + b == 0 ? 0 : nan);
    }
    return T(nan);
  }

  T written(Ref r, const std::vector<T>& x) const {
    T v = x[0];
    const auto op = static_cast<Written>(ctx_[r].tag);
    if (op == Written::negate) return -v;
    for (size_t k = 1; k < x.size(); ++k) {
      switch (op) {
        case Written::add:
          v += x[k];
          break;
        case Written::subtract:
          v -= x[k];
          break;
        case Written::multiply:
          v *= x[k];
          break;
        case Written::divide:
          v = magnitude(x[k]) == 0 ? T(nan) : v / x[k];
          break;
        case Written::power:
          v = raised(ctx_.operands(r)[k], v, x[k]);
          break;
        case Written::negate:
        case Written::needs:
          break;
      }
    }
    return v;
  }

  Context& ctx_;
};

// Arrays of one shape, and scalars that stand for every entry.
template <class T>
DenseArray<T> entrywise(Context& ctx, Ref r, const std::vector<const DenseArray<T>*>& parts) {
  const DenseArray<T>* largest = parts[0];
  for (const DenseArray<T>* p : parts) {
    if (p->extents.size() > largest->extents.size()) largest = p;
  }
  for (const DenseArray<T>* p : parts) {
    if (!p->extents.empty() && p->entries.size() != largest->entries.size()) {
      throw Failure(Code::bad_value, "the parts of '" + short_text(ctx, r) + "' have different sizes");
    }
  }
  const EntryArithmetic<T> one(ctx);
  DenseArray<T> result{largest->extents, std::vector<T>(largest->entries.size())};
  std::vector<T> x;
  constexpr size_t most_at_once = 1 << 12;  // so that a long loop can be stopped
  for (size_t i = 0; i < result.entries.size(); ++i) {
    if (i % most_at_once == 0) ctx.budget().spend(most_at_once / 8);
    x.resize(parts.size());
    for (size_t k = 0; k < parts.size(); ++k) x[k] = parts[k]->entries[parts[k]->extents.empty() ? 0 : i];
    result.entries[i] = one.entry(r, x);
  }
  return result;
}

template <class T>
T imaginary_unit() {
  if constexpr (IsJet<T>::value) {
    T v(0.0);
    v.value = imaginary_unit<decltype(v.value)>();
    return v;
  } else {
    return T(0, 1);
  }
}

template <class T>
T constant(Context& ctx, Ref r) {
  switch (static_cast<Constant>(ctx[r].tag)) {
    case Constant::pi:
      return T(std::numbers::pi);
    case Constant::e:
      return T(std::numbers::e);
    case Constant::im:
      break;
  }
  if constexpr (IsComplex<T>::value) {
    return imaginary_unit<T>();
  } else {
    refuse_value(ctx, r, "it is complex");
  }
}

}  // namespace nabla::dense

// Canonical function calls, truth values and branches; and rebuild(), the step of every substitution.
#include <algorithm>
#include <charconv>

#include "expr/conjugate.h"
#include "expr/context.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/first_quadrant.h"
#include "expr/scaling.h"
#include "expr/scratch.h"
#include "expr/table_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

bool negative_term(Context& ctx, Ref e) {
  const Node& n = ctx[e];
  if (n.kind == Kind::number) return ctx.value(e).sign() < 0;
  return n.kind == Kind::product && ctx.is_number(n.operand(0)) && ctx.value(n.operand(0)).sign() < 0;
}

// Integer-valued functions of exact numbers.
Ref fold_rounding(Context& ctx, Fn f, const Rational& v) {
  const Rational half = Rational::fraction(1, 2);
  switch (f) {
    case Fn::floor:
      return ctx.number(v.floor());
    case Fn::ceil:
      return ctx.number(-(-v).floor());
    case Fn::round:
      return ctx.number(v.sign() < 0 ? -((-v) + half).floor() : (v + half).floor());
    case Fn::sign:
      return ctx.number(v.sign());
    case Fn::abs:
      return ctx.number(v.abs());
    default:
      return {};
  }
}

Ref fold_factorial(Context& ctx, const Rational& n) {
  const auto k = n.as_int();
  if (!k) return {};
  if (*k < 0) return {};
  const auto v = factorial(*k, ctx.limits().folded_bits);
  return v ? ctx.number(*v) : Ref{};
}

}  // namespace

Ref Context::exact_value(Fn f, Ref argument) {
  auto it = exact_.find(f);
  if (it == exact_.end()) {
    exact_[f] = {};  // while the texts are read there are no exact values, so their left sides stay calls
    std::vector<std::pair<Pin, Pin>> values;
    std::string_view text = row(f).exact;
    while (!text.empty()) {
      const size_t end = std::min(text.find(';'), text.size());
      const std::string_view item = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const size_t equals = item.find('=');
      if (equals == std::string_view::npos) continue;
      const Ref call = parse_table_text(*this, item.substr(0, equals));
      const Ref value = parse_table_text(*this, item.substr(equals + 1));
      if (is_function(call, f) && (*this)[call].count == 1)
        values.push_back({pin(operands(call)[0]), pin(value)});
    }
    it = exact_.insert_or_assign(f, std::move(values)).first;
  }
  for (const auto& [from, to] : it->second) {
    if (pinned(from) == argument) return pinned(to);
  }
  return {};
}

// What the function is for these arguments, if that is not a call: Ref{} otherwise.
Ref Context::fold_function(Fn f, std::span<const Ref> arguments) {
  const Ref a = arguments[0];
  const Node& n = (*this)[a];
  if (n.shape != scalar_shape) return {};
  const bool complex = n.facts & complex_valued;
  switch (f) {
    case Fn::sqrt:
      return this->sqrt(a);
    case Fn::pow:
      return power(a, arguments[1]);
    case Fn::factorial:
      if (is_number(a) && value(a).is_integer()) {
        if (const Ref v = fold_factorial(*this, value(a))) return v;
      }
      break;
    case Fn::gamma:
      if (is_number(a) && value(a).is_integer()) {
        if (const Ref v = fold_factorial(*this, value(a) - Rational(1))) return v;
      }
      break;
    case Fn::cbrt:
      if (is_number(a)) {
        if (const auto r = value(a).abs().root(3)) return number(value(a).sign() < 0 ? -*r : *r);
      }
      if (n.kind == Kind::power && is_number(n.few[1]) && value(n.few[1]).is_integer() && !complex)
        return power(function(Fn::cbrt, {n.few[0]}), n.few[1]);
      break;
    case Fn::floor:
    case Fn::ceil:
    case Fn::round:
      if (n.facts & integer_valued) return a;
      break;
    case Fn::sign:
      if (is_positive(n.facts)) return one;
      if ((n.facts & nonpositive) && (n.facts & nonzero)) return minus_one;
      if (n.kind == Kind::product && is_number(n.operand(0)) && !complex) {
        const Term t = split_coefficient(a);
        return scale(number(value(t.coefficient).sign()), function(Fn::sign, {t.body}));
      }
      break;
    case Fn::abs:
      if (n.facts & nonnegative) return a;
      if (n.facts & nonpositive) return negate(a);
      if (n.kind == Kind::product && is_number(n.operand(0))) {
        const Term t = split_coefficient(a);
        return scale(number(value(t.coefficient).abs()), function(Fn::abs, {t.body}));
      }
      break;
    case Fn::max:
    case Fn::min:
      if (a == arguments[1]) return a;
      if (is_number(a) && is_number(arguments[1])) {
        const bool first = f == Fn::max ? value(a) >= value(arguments[1]) : value(a) <= value(arguments[1]);
        return first ? a : arguments[1];
      }
      break;
    case Fn::hypot:
      if (is_number(a) && is_number(arguments[1])) {
        const auto root = (value(a) * value(a) + value(arguments[1]) * value(arguments[1])).root(2);
        if (root) return number(*root);
      }
      break;
    case Fn::mod:
      if (is_number(a) && is_number(arguments[1]) && arguments[1] != zero) {
        const Rational &x = value(a), &y = value(arguments[1]);
        return number(x - y * (x / y).floor());
      }
      break;
    case Fn::log:
      if (is_function(a, Fn::exp) && !complex) return n.few[0];
      if (is_function(a, Fn::det) && !complex) return matrix_function(*this, Fn::logdet, n.operands());
      if (n.kind == Kind::product && !complex) {
        if (const Ref r = log_of_determinants(*this, a)) return r;
      }
      break;
    default:
      break;
  }
  if (is_number(a)) {
    if (const Ref v = fold_rounding(*this, f, value(a))) return v;
  }
  return {};
}

Ref Context::function(Fn f, std::span<const Ref> arguments) {
  if (row(f).shape != ShapeRule::elementwise) return matrix_function(*this, f, arguments);
  if (arguments.size() == 1) {
    if (const Ref r = complex_function(*this, f, arguments[0])) return r;
  }
  for (Ref a : arguments) {
    if ((*this)[a].shape != scalar_shape) return tensor_function(*this, f, arguments);
  }
  if (!arguments.empty() && row(f).shape == ShapeRule::elementwise) {
    if (const Ref folded = fold_function(f, arguments)) return folded;
  }
  if (arguments.size() == 1 && (*this)[arguments[0]].shape == scalar_shape) {
    const Ref a = arguments[0];
    if ((*this)[a].names == 0) {
      if (const Ref v = exact_value(f, a)) return v;
      if (const Ref v = in_first_quadrant(*this, f, a)) return v;
    }
    const Parity parity = row(f).parity;
    if (parity != Parity::none && negative_term(*this, a)) {
      const Ref positive = function(f, {negate(a)});
      return parity == Parity::odd ? negate(positive) : positive;
    }
  }
  const ShapeId shape = arguments.empty() ? scalar_shape : (*this)[arguments[0]].shape;
  const Facts facts = arguments.empty() ? no_facts : function_facts(*this, f, arguments);
  return intern(Kind::function, static_cast<uint16_t>(f), 0, 0, shape, arguments, facts);
}

Ref Context::compare(Relation relation, Ref a, Ref b) {
  const Ref difference = (*this)[a].shape == scalar_shape && (*this)[b].shape == scalar_shape &&
                                 !(((*this)[a].facts | (*this)[b].facts) & complex_valued)
                             ? subtract(a, b)
                             : Ref{};
  if (difference) {
    const Facts d = (*this)[difference].facts;
    const bool never_zero = d & nonzero;
    switch (relation) {
      case Relation::less:
        if (d & nonnegative) return truth(false);
        if ((d & nonpositive) && never_zero) return truth(true);
        break;
      case Relation::less_equal:
        if (d & nonpositive) return truth(true);
        if ((d & nonnegative) && never_zero) return truth(false);
        break;
      case Relation::equal:
        if (difference == zero) return truth(true);
        if (never_zero) return truth(false);
        break;
      case Relation::not_equal:
        if (difference == zero) return truth(false);
        if (never_zero) return truth(true);
        break;
    }
  }
  Ref pair[2] = {a, b};
  const bool symmetric = relation == Relation::equal || relation == Relation::not_equal;
  if (symmetric && ((*this)[b].hash < (*this)[a].hash)) std::swap(pair[0], pair[1]);
  return intern(Kind::compare, static_cast<uint16_t>(relation), 0, 0, scalar_shape, pair);
}

Ref Context::negation(Ref c) {
  const Node& n = (*this)[c];
  if (n.kind == Kind::truth) return truth(n.tag == 0);
  if (n.kind == Kind::compare) {
    switch (static_cast<Relation>(n.tag)) {
      case Relation::less:
        return compare(Relation::less_equal, n.few[1], n.few[0]);
      case Relation::less_equal:
        return compare(Relation::less, n.few[1], n.few[0]);
      case Relation::equal:
        return compare(Relation::not_equal, n.few[0], n.few[1]);
      case Relation::not_equal:
        return compare(Relation::equal, n.few[0], n.few[1]);
    }
  }
  if (n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::negation)) return n.few[0];
  return intern(Kind::connective, static_cast<uint16_t>(Connective::negation), 0, 0, scalar_shape, {&c, 1});
}

Ref Context::conjunction(Ref a, Ref b) {
  if (kind(a) == Kind::truth) return (*this)[a].tag ? b : a;
  if (kind(b) == Kind::truth) return (*this)[b].tag ? a : b;
  if (a == b) return a;
  const Ref pair[2] = {a, b};
  return intern(Kind::connective, static_cast<uint16_t>(Connective::conjunction), 0, 0, scalar_shape, pair);
}

Ref Context::disjunction(Ref a, Ref b) {
  if (kind(a) == Kind::truth) return (*this)[a].tag ? a : b;
  if (kind(b) == Kind::truth) return (*this)[b].tag ? b : a;
  if (a == b) return a;
  const Ref pair[2] = {a, b};
  return intern(Kind::connective, static_cast<uint16_t>(Connective::disjunction), 0, 0, scalar_shape, pair);
}

Ref Context::select(Ref condition, Ref then, Ref otherwise) {
  return then == otherwise ? then : written_select(condition, then, otherwise);
}

Ref Context::written_select(Ref condition, Ref then, Ref otherwise) {
  const Node& c = (*this)[condition];
  if (c.kind == Kind::truth) return c.tag ? then : otherwise;
  const Ref list[3] = {condition, then, otherwise};
  const Facts a = (*this)[then].facts, b = (*this)[otherwise].facts;
  return intern(Kind::select, 0, 0, 0, (*this)[then].shape, list, (a & b) | ((a | b) & complex_valued));
}

Ref Context::rebuild(Ref e, std::span<const Ref> list) {
  const Node n = (*this)[e];
  if (std::equal(list.begin(), list.end(), n.operands().begin(), n.operands().end())) return e;
  if (const Ref r = rebuild_tensor(*this, e, list)) return r;
  switch (n.kind) {
    case Kind::sum: {
      Scratch<Term, flat_operands> terms;
      for (size_t i = 0; i < list.size(); i += 2) terms.push_back({list[i], list[i + 1]});
      return sum(terms, n.shape);
    }
    case Kind::long_sum:
      return sum(list);
    case Kind::product:
      if (n.shape != scalar_shape) return scale(list[0], list[1]);  // a coefficient and a tensor
      [[fallthrough]];
    case Kind::long_product:
      return product(list);
    case Kind::power:
      return power(list[0], list[1]);
    case Kind::function:
      return function(static_cast<Fn>(n.tag), list);
    case Kind::compare:
      return compare(static_cast<Relation>(n.tag), list[0], list[1]);
    case Kind::connective:
      if (n.tag == static_cast<uint16_t>(Connective::negation)) return negation(list[0]);
      if (n.tag == static_cast<uint16_t>(Connective::conjunction)) return conjunction(list[0], list[1]);
      return disjunction(list[0], list[1]);
    case Kind::select:
      if (n.operand(1) == n.operand(2)) return written_select(list[0], list[1], list[2]);
      return select(list[0], list[1], list[2]);
    case Kind::fill:
      return fill(list[0], n.shape);
    case Kind::array:
      return array(list, n.shape);
    case Kind::entry:
      return entry(list[0], list.subspan(1));
    case Kind::opaque: {
      const std::vector<uint16_t> o(orders(e).begin(), orders(e).end());
      return opaque(opaque_function(e), o, list);
    }
    default:
      return intern(n.kind, n.tag, n.payload, 0, n.shape, list, n.facts);
  }
}

}  // namespace nabla

// Arithmetic, comparisons and branches of scalars. A chain of + or * becomes one call of the constructor.
#include <algorithm>

#include "expr/facts.h"
#include "expr/scratch.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/table_text.h"
#include "parser/elaborator.h"
#include "parser/token.h"

namespace nabla {
namespace {

bool is_minus(Op op) { return op == Op::minus || op == Op::dot_minus; }
bool is_division(Op op) { return op == Op::divide || op == Op::dot_divide; }

std::pair<Relation, bool> relation_of(Op op) {  // and whether the sides change places
  switch (op) {
    case Op::less_equal:
      return {Relation::less_equal, false};
    case Op::greater_equal:
      return {Relation::less_equal, true};
    case Op::greater:
      return {Relation::less, true};
    case Op::equal:
      return {Relation::equal, false};
    case Op::not_equal:
      return {Relation::not_equal, false};
    default:
      return {Relation::less, false};
  }
}

// A product of numbers, made a node once.
class Coefficient {
 public:
  explicit Coefficient(Context& ctx) : ctx_(&ctx) {}
  void multiply(Ref number) {
    if (first_ == one && !several_) {
      first_ = number;
    } else {
      collect();
      value_ = value_ * ctx_->value(number);
    }
  }
  void divide(Ref number) {
    collect();
    value_ = value_ / ctx_->value(number);
  }
  Ref ref() { return several_ ? ctx_->number(value_) : first_; }

 private:
  void collect() {
    if (!several_) value_ = ctx_->value(first_);
    several_ = true;
  }

  Context* ctx_;
  Ref first_ = one;
  bool several_ = false;
  Rational value_;
};

}  // namespace

Ref Elaborator::scalar(NodeId n) {
  const Ref r = number_value(n);
  if (is_scalar(r)) return r;
  throw failure(Code::not_a_scalar, n, "a scalar is needed, but " + quoted(n) + " is " + shape(r));
}

Ref Elaborator::truth(NodeId n) {
  const Ref r = value(n);
  const Kind k = ctx_.kind(r);
  if (k >= Kind::truth && k <= Kind::connective) return r;
  throw failure(Code::not_a_truth_value, n,
                "a condition is needed, but " + quoted(n) + " is " + (is_scalar(r) ? "a number" : shape(r)),
                is_scalar(r) ? "compare it: " + std::string(tree_->text(n)) + " != 0"
                             : "compare one entry, or all of them by max(…) and min(…)");
}

// ---- sums ----

Ref Elaborator::sum(NodeId n) {
  const auto list = operands(n);
  Scratch<Term, 40> terms;
  for (const Operand& o : list) {
    if (is_in_parts(o.node)) {
      const Term t = parts(o.node);
      terms.push_back({is_minus(o.op()) ? ctx_.negate(t.coefficient) : t.coefficient, t.body});
      continue;
    }
    const Ref r = number_value(o.node);
    if (!is_scalar(r)) return tensor_sum(n);
    terms.push_back({is_minus(o.op()) ? minus_one : one, r});
  }
  if (!written()) return ctx_.sum(terms);
  Ref r;
  for (const Term& t : terms)
    r = r ? written2(t.coefficient == one ? Written::add : Written::subtract, r, t.body) : t.body;
  return r;
}

Ref Elaborator::negate(NodeId n) {
  const Ref r = number_value(operand(n, 0));
  if (!is_scalar(r)) return tensor_negate(n);
  return written() ? ctx_.written(Written::negate, {&r, 1}) : ctx_.negate(r);
}

Ref Elaborator::written2(Written op, Ref a, Ref b) {
  const Ref pair[2] = {a, b};
  return ctx_.written(op, pair);
}

// ---- products ----

Ref Elaborator::product(NodeId n) {
  if (written()) return written_product(n);
  const auto list = operands(n);
  Coefficient coefficient(ctx_);
  Scratch<Ref, 16> factors;
  for (const Operand& o : list) {
    Ref r = number_value(o.node);
    const Node& node = ctx_[r];
    if (node.shape != scalar_shape) return tensor_product(n);
    // -(x + y)*z is -1, x + y and z: a sign does not change the sum into -x - y. The printer relies on it.
    if (kind(o.node) == SyntaxKind::negate && ctx_.kind(value(operand(o.node, 0))) == Kind::sum) {
      coefficient.multiply(minus_one);
      r = value(operand(o.node, 0));
    }
    if (o.op() == Op::left_divide) {  // a\b is b/a
      const Ref before = ctx_.product(coefficient.ref(), factors);
      factors.resize(0);
      coefficient = Coefficient(ctx_);
      factors.push_back(inverse(before, o));
    }
    const bool divides = is_division(o.op());
    if (node.kind != Kind::number) {
      factors.push_back(divides ? inverse(r, o) : r);
    } else if (divides) {
      if (r == zero) inverse(r, o);
      coefficient.divide(r);
    } else {
      coefficient.multiply(r);
    }
  }
  const Term t = ctx_.product_term(coefficient.ref(), factors);
  const bool whole = t.coefficient == one || ctx_.is_number(t.body) || ctx_.kind(t.body) == Kind::sum;
  return whole ? ctx_.scale(t.coefficient, t.body) : leave_in_parts(t);
}

Ref Elaborator::joined(NodeId n) {
  const Term t = parts(n);
  return slot(n) = ctx_.scale(t.coefficient, t.body);
}

Ref Elaborator::inverse(Ref r, const Operand& o) {
  const bool sum = ctx_.kind(r) == Kind::sum || ctx_.kind(r) == Kind::long_sum;
  if (sum && kind(o.node) == SyntaxKind::product) {
    // z/(2*(x + y)) is z, 1/2 and 1/(x + y), as for any other product under a bar. The printer relies on it.
    Scratch<Ref, 16> factors;
    for (const Operand& f : operands(o.node)) {
      if (f.op() == Op::left_divide) return ctx_.power(r, minus_one);
      factors.push_back(is_division(f.op()) ? value(f.node) : ctx_.power(value(f.node), minus_one));
    }
    return ctx_.product(factors);
  }
  if (r != zero) return ctx_.power(r, minus_one);
  const std::string why = kind(o.node) == SyntaxKind::number ? "" : ": " + quoted(o.node) + " is 0";
  throw failure(Code::division_by_zero, o.node, "division by zero" + why);
}

Ref Elaborator::written_product(NodeId n) {
  const auto list = operands(n);
  for (const Operand& o : list) {
    if (!is_scalar(number_value(o.node))) return tensor_product(n);
  }
  Ref r = value(list[0].node);
  for (const Operand& o : list.subspan(1)) {
    const Ref b = value(o.node);
    if (is_division(o.op())) {
      r = written2(Written::divide, r, b);
    } else {
      r = o.op() == Op::left_divide ? written2(Written::divide, b, r) : written2(Written::multiply, r, b);
    }
  }
  return r;
}

Ref Elaborator::power(NodeId n) {
  const NodeId t = operand(n, 1);
  if (kind(t) == SyntaxKind::name && tree_->text(t) == "T" && !bound(tree_->name_id(t))) {
    const NameEntry* e = entry(tree_->name_id(t));
    if (!e || e->is_implicit) {
      throw failure(Code::transpose_spelling, t, "the transpose is written \"'\", not \"^T\"",
                    "write " + excerpt(tree_->text(operand(n, 0))) + "', or declare T for a power");
    }
  }
  const Ref base = number_value(operand(n, 0)), exponent = number_value(operand(n, 1));
  if (!is_scalar(base) || !is_scalar(exponent)) return tensor_power(n);
  if (written()) return written2(Written::power, base, exponent);
  if (base == zero && ctx_.is_number(exponent) && ctx_.value(exponent).sign() < 0) {
    throw failure(Code::division_by_zero, n, "division by zero: " + quoted(n) + " is a negative power of 0");
  }
  return ctx_.power(base, exponent);
}

// ---- truth values ----

Ref Elaborator::compare_sides(NodeId n) {
  const auto list = operands(n);
  for (size_t i = 1; i < list.size(); ++i) {
    const NodeId a = list[i - 1].node, b = list[i].node;
    const bool equality = list[i].op() == Op::equal || list[i].op() == Op::not_equal;
    const Ref left = equality ? number_value(a) : scalar(a), right = equality ? number_value(b) : scalar(b);
    if (ctx_[left].shape != ctx_[right].shape) {
      Failure f = failure(Code::shape_mismatch, b,
                          "the sides differ in shape: " + quoted(a) + " is " + shape(left) + ", " +
                              quoted(b) + " is " + shape(right));
      f.diagnostic.notes.push_back({"the left side", tree_->span(a), true});
      throw f;
    }
    const auto [relation, swapped] = relation_of(list[i].op());
    sides_->push_back({relation, swapped ? right : left, swapped ? left : right});
  }
  return ctx_.truth(true);
}

Ref Elaborator::compare(NodeId n) {
  if (sides_ && frames_.size() == 1 && n == frames_.back().root) return compare_sides(n);
  const auto list = operands(n);
  Ref all;
  for (size_t i = 1; i < list.size(); ++i) {
    const Ref left = scalar(list[i - 1].node), right = scalar(list[i].node);
    const bool swapped = list[i].op() == Op::greater || list[i].op() == Op::greater_equal;
    Relation relation = Relation::less;
    switch (list[i].op()) {
      case Op::less_equal:
      case Op::greater_equal:
        relation = Relation::less_equal;
        break;
      case Op::equal:
        relation = Relation::equal;
        break;
      case Op::not_equal:
        relation = Relation::not_equal;
        break;
      default:
        break;
    }
    const bool order = relation == Relation::less || relation == Relation::less_equal;
    if (order && ((ctx_[left].facts | ctx_[right].facts) & complex_valued)) {
      throw failure(Code::wrong_argument, n, "complex numbers have no order: " + quoted(n),
                    "compare real(…), imag(…) or abs(…) of them");
    }
    const Ref pair[2] = {swapped ? right : left, swapped ? left : right};
    const Ref c = written()
                      ? ctx_.intern(Kind::compare, static_cast<uint16_t>(relation), 0, 0, scalar_shape, pair)
                      : ctx_.compare(relation, pair[0], pair[1]);
    all = all ? ctx_.conjunction(all, c) : c;
  }
  return all;
}

Ref Elaborator::connective(NodeId n) {
  const auto list = operands(n);
  Ref r = truth(list[0].node);
  if (kind(n) == SyntaxKind::logical_not) return ctx_.negation(r);
  for (const Operand& o : list.subspan(1)) {
    const Ref b = truth(o.node);
    r = kind(n) == SyntaxKind::logical_and ? ctx_.conjunction(r, b) : ctx_.disjunction(r, b);
  }
  return r;
}

Ref Elaborator::conditional(NodeId n) {
  const Ref condition = truth(operand(n, 0));
  const Ref yes = number_value(operand(n, 1)), no = number_value(operand(n, 2));
  if (ctx_[yes].shape != ctx_[no].shape) {
    Failure f = failure(Code::shape_mismatch, n,
                        "the branches differ in shape: " + quoted(operand(n, 1)) + " is " + shape(yes) +
                            ", " + quoted(operand(n, 2)) + " is " + shape(no));
    f.diagnostic.span = tree_->span(operand(n, 2));
    f.diagnostic.notes.push_back({"the other branch", tree_->span(operand(n, 1)), true});
    throw f;
  }
  if (!is_scalar(yes)) return tensor_conditional(n);
  return written() ? ctx_.written_select(condition, yes, no) : ctx_.select(condition, yes, no);
}

// ---- functions of scalars ----

Ref Elaborator::elementwise(NodeId call, Fn fn, std::span<const Ref> arguments) {
  refuse_complex(call, fn, arguments);
  for (Ref a : arguments) {
    if (!is_scalar(a)) return tensor_elementwise(call, fn, arguments);
  }
  bool constant = true;
  for (Ref a : arguments) constant &= ctx_.is_number(a);
  if (constant) check_domain(call, fn, arguments);
  return written() ? ctx_.written_function(fn, arguments) : ctx_.function(fn, arguments);
}

// floor(z), max(z, w): complex numbers have no order.
void Elaborator::refuse_complex(NodeId call, Fn fn, std::span<const Ref> arguments) const {
  if (row(fn).analytic != Analytic::no || fn == Fn::conj || is_real_valued(fn)) return;
  const bool evaluated = fn == Fn::sqrt || fn == Fn::asec || fn == Fn::acsc || fn == Fn::acosh ||
                         fn == Fn::asech || fn == Fn::acsch;
  for (Ref a : arguments) {
    if (evaluated || !(ctx_[a].facts & complex_valued)) continue;
    throw failure(Code::not_yet_available, call,
                  "'" + std::string(row(fn).name) + "' is of real numbers, and " + quoted(call) +
                      " is about complex ones",
                  "write real(…), imag(…) or abs(…) of them");
  }
}

// Where there is a value among complex numbers: of logarithms and roots, but not at a pole.
static const char* domain_help(Fn fn, std::span<const Ref> arguments) {
  const bool complex = row(fn).analytic == Analytic::with_cuts || fn == Fn::sqrt || fn == Fn::acosh;
  return complex && arguments[0] != zero ? "functions are real; declare names complex for complex values"
                                         : "";
}

// log(-1): the condition of the row is evaluated for numbers.
void Elaborator::check_domain(NodeId call, Fn fn, std::span<const Ref> arguments) {
  const std::string_view text = row(fn).domain;
  if (text.empty()) return;
  static constexpr std::string_view placeholders[] = {"x", "y", "z"};
  std::vector<std::pair<Ref, Ref>> values;
  for (size_t i = 0; i < arguments.size() && i < 3; ++i) {
    values.push_back({placeholder(ctx_, placeholders[i]), arguments[i]});
  }
  const std::string key = "domain of " + std::string(row(fn).name);
  auto known = ctx_.cache().find(key);
  if (known == ctx_.cache().end()) {
    known = ctx_.cache().emplace(key, ctx_.pin(parse_table_text(ctx_, text))).first;
  }
  const Ref holds = substitute(ctx_, ctx_.pinned(known->second), values);
  if (ctx_.kind(holds) != Kind::truth || ctx_[holds].tag != 0) return;
  throw failure(Code::outside_domain, call,
                "'" + std::string(row(fn).name) + "' is not defined here: it needs " + std::string(text) +
                    (arguments.size() == 1 ? ", and x is " + ctx_.value(arguments[0]).to_string() : ""),
                domain_help(fn, arguments));
}

}  // namespace nabla

// subs, eval, taylor and limit: operators that take pairs x = a.
#include <algorithm>

#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborator.h"

namespace nabla {

// Whether an array of this shape may be a value of a name of that one: extents that are symbols take any
// size.
static bool may_have_size(const Context& ctx, ShapeId name, ShapeId value) {
  const Shape &x = ctx.shape(name), &a = ctx.shape(value);
  if (x.order() != a.order() || x.row != a.row) return false;
  for (size_t k = 0; k < x.order(); ++k) {
    if (x.extents[k] != a.extents[k] && (ctx.is_number(x.extents[k]) || !ctx.is_number(a.extents[k])))
      return false;
  }
  return true;
}

// The pairs x = a of subs, eval, taylor and limit.
void Elaborator::append_pair(std::vector<Ref>& list, const Defined* definition,
                             std::pair<NodeId, NodeId> named, bool any_size) {
  const Ref x = operator_variable_or_extent(named.first, definition), a = number_value(named.second);
  const bool fits = any_size && may_have_size(ctx_, ctx_[x].shape, ctx_[a].shape);
  if (ctx_[x].shape != ctx_[a].shape && !fits) {
    const Part left{x, tree_->span(named.first)}, right{a, tree_->span(named.second)};
    misfit(Code::shape_mismatch, left, right, "a value has the shape of its name");
  }
  list.push_back(x);
  list.push_back(a);
}

Ref Elaborator::operator_variable_or_extent(NodeId n, const Defined* definition) {
  const Ref known = known_value(n);
  const bool extent = known && ctx_.kind(known) == Kind::symbol && ctx_.symbol(known).role == Role::extent;
  return extent ? known : operator_variable(n, definition);
}

Ref Elaborator::substitution(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest,
                             std::span<const std::pair<NodeId, NodeId>> named) {
  if (!rest.empty()) {
    const bool pair = rest.size() == 2 && kind(rest[0]) == SyntaxKind::name;
    const std::string value = pair ? " = " + std::string(tree_->text(rest[1])) : " = …";
    throw failure(Code::wrong_argument, rest[0], "'subs' takes names with values",
                  "write subs(" + std::string(tree_->text(operand(n, 1))) + ", " +
                      (pair ? std::string(tree_->text(rest[0])) : "x") + value + ")");
  }
  if (named.empty()) wrong_count(n, "subs", 2, 255, 1);
  std::vector<Ref> list{e};
  for (const auto& p : named) {
    append_pair(list, definition, p);
    const Ref name = list[list.size() - 2];
    if (ctx_.kind(name) != Kind::symbol || !is_in_sizes(ctx_, e, name)) continue;
    const std::string text(tree_->text(p.first));
    throw failure(Code::wrong_argument, p.first,
                  "'" + text + "' is a size or the end of a range here, which 'subs' does not replace",
                  "write eval(" + std::string(tree_->text(operand(n, 1))) + ", " + text + " = " +
                      std::string(tree_->text(p.second)) + ")");
  }
  return operation(Operator::subs, ctx_[e].shape, list);
}

Ref Elaborator::evaluation(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest,
                           std::span<const std::pair<NodeId, NodeId>> named) {
  if (!rest.empty()) {
    const bool digits = kind(rest[0]) == SyntaxKind::integer || kind(rest[0]) == SyntaxKind::number;
    throw failure(Code::wrong_argument, rest[0], "'eval' takes names with values",
                  "write eval(" + std::string(tree_->text(operand(n, 1))) +
                      (digits ? ", digits = " + std::string(tree_->text(rest[0])) : ", x = 1.5") + ")");
  }
  std::vector<Ref> list{e, zero};
  for (const auto& p : named) {
    const bool digits = tree_->name(p.first) == "digits" && !slot(p.first);
    if (!digits) {
      append_pair(list, definition, p, true);
      continue;
    }
    const Ref d = settled(scalar(p.second));
    if (!ctx_.is_number(d) || !ctx_.value(d).is_integer() || ctx_.value(d).sign() <= 0) {
      throw failure(Code::wrong_argument, p.second, "digits is a whole number of at least 1");
    }
    list[1] = d;
  }
  return operation(Operator::eval, ctx_[e].shape, list);
}

// taylor(e, x = a, n), limit(e, x = a) and limit(e, x = a, left)
Ref Elaborator::expansion(NodeId n, Operator op, Ref e, const Defined* definition,
                          std::span<const NodeId> rest, std::span<const std::pair<NodeId, NodeId>> named) {
  const std::string name(operator_name(op));
  std::string usage = op == Operator::taylor ? "write taylor(e, x = a, n)" : "write limit(e, x = a)";
  if (named.empty() && rest.size() >= 2 && kind(rest[0]) == SyntaxKind::name) {  // limit(e, x, 0)
    usage = "write " + name + "(" + std::string(tree_->text(operand(n, 1)));
    for (size_t i = 0; i < rest.size(); ++i)
      usage += (i == 1 ? " = " : ", ") + std::string(tree_->text(rest[i]));
    usage += ")";
  }
  if (named.size() != 1 || rest.size() > 1 || (op == Operator::taylor && rest.empty())) {
    throw failure(Code::wrong_argument_count, n,
                  "'" + name + "' takes an expression, one name with its value" +
                      (op == Operator::taylor ? " and an order" : ""),
                  usage);
  }
  std::vector<Ref> list{e};
  append_pair(list, definition, named[0]);
  if (op == Operator::taylor) {
    list.push_back(ctx_.number(order_argument(rest[0])));
  } else {
    Ref side = zero;
    if (!rest.empty()) {
      const bool word = kind(rest[0]) == SyntaxKind::name;
      const std::string_view text = word ? tree_->name(rest[0]) : std::string_view();
      if (text != "left" && text != "right") {
        throw failure(Code::wrong_argument, rest[0],
                      "the side of a limit is left or right, not " + quoted(rest[0]), usage);
      }
      side = text == "left" ? minus_one : one;
    }
    list.push_back(side);
  }
  return operation(op, ctx_[e].shape, list);
}

}  // namespace nabla

// diff, grad, jvp, … : operators become nodes with the shape of their value; `session` evaluates them.
#include <algorithm>

#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborator.h"

namespace nabla {

// ---- arguments ----

// A first argument; the name of a definition means its body, whose parameters its variables then are.
Ref Elaborator::operand_expression(NodeId n, const Defined** definition) {
  if (kind(n) == SyntaxKind::name && !slot(n)) {
    const NameEntry* e = entry(tree_->name_id(n));
    if (e && e->kind == NameKind::defined) {
      *definition = &names_.defined_[e->defined];
      return (*definition)->body;
    }
  }
  return number_value(n);
}

Ref Elaborator::operator_variable(NodeId n, const Defined* definition) {
  if (definition && kind(n) == SyntaxKind::name) {
    for (Ref p : definition->parameters) {
      if (ctx_.symbol(p).name == tree_->name(n)) return p;
    }
  }
  Ref v = number_value(n);
  if (written() && kind(n) == SyntaxKind::call && kind(operand(n, 0)) == SyntaxKind::name) {
    const auto part = find_function(tree_->name(operand(n, 0)));  // conj(u) as it is differentiated by
    if (part == Fn::conj || part == Fn::real || part == Fn::imag) {
      v = ctx_.function(*part, {number_value(operand(n, 1))});
    }
  }
  if (ctx_.kind(v) == Kind::entry && ctx_.kind(ctx_.operands(v)[0]) == Kind::symbol) return v;
  if (ctx_.kind(v) == Kind::symbol && ctx_.symbol(v).role != Role::extent) return v;
  const bool part =
      ctx_.is_function(v, Fn::conj) || ctx_.is_function(v, Fn::real) || ctx_.is_function(v, Fn::imag);
  if (part) {  // of a complex name or an entry of one
    const Ref name = ctx_.operands(v)[0];
    const bool entry = ctx_.kind(name) == Kind::entry;
    if (ctx_.kind(entry ? ctx_.operands(name)[0] : name) == Kind::symbol) return v;
  }
  const bool number = ctx_.is_number(v), extent = ctx_.kind(v) == Kind::symbol;
  if (kind(n) == SyntaxKind::name && !extent) {
    const std::string name(tree_->name(n));
    throw failure(Code::not_a_variable, n,
                  "'" + name + "' has a value: a derivative is taken by a declared name",
                  "make it a variable: var " + name);
  }
  throw failure(Code::not_a_variable, n, "a derivative is taken by a declared name, not by " + quoted(n),
                number   ? "an order stands after the name: diff(f, x, " + std::string(tree_->text(n)) + ")"
                : extent ? "an order is a number: diff(f, x, 2)"
                         : "");
}

// The variables named, [x; y] counting as x and y; without any, every var of the expression, by name.
std::vector<Ref> Elaborator::operator_variables(NodeId call, std::span<const NodeId> named, Ref e,
                                                const Defined* definition) {
  std::vector<Ref> list;
  for (NodeId n : named) {
    const bool is_list = kind(n) == SyntaxKind::array && operands(n).size() > 1;
    if (!is_list) {
      list.push_back(operator_variable(n, definition));
      continue;
    }
    for (const Operand& o : operands(n)) list.push_back(operator_variable(o.node, definition));
  }
  if (!named.empty()) return list;
  for (Ref s : symbols_of(ctx_, e)) {
    if (ctx_.symbol(s).role == Role::variable) list.push_back(s);
  }
  if (list.empty()) {
    throw failure(Code::not_a_variable, call, "there is no variable in " + quoted(operand(call, 1)),
                  "name what to differentiate by");
  }
  return list;
}

// The shape of the variables taken together.
Shape Elaborator::variables_shape(NodeId call, std::span<const Ref> variables) const {
  if (variables.size() == 1) return ctx_.shape_of(variables[0]);
  for (Ref v : variables) {
    if (is_scalar(v)) continue;
    std::string names;
    for (Ref w : variables) {
      names += (names.empty() ? "" : ", ") +
               std::string(ctx_.kind(w) == Kind::symbol ? ctx_.symbol(w).name : "an entry");
    }
    throw failure(Code::wrong_argument, call,
                  "several variables are taken together only if all are scalars: " + names,
                  "differentiate by one of them at a time");
  }
  Shape s;
  s.extents.push_back(ctx_.number(static_cast<int64_t>(variables.size())));
  return s;
}

// Outputs by inputs: a Jacobian of a vector by a vector is a matrix, of a scalar a row.
ShapeId Elaborator::jacobian_shape(const Shape& out, const Shape& in) const {
  Shape s;
  s.extents = out.extents;
  s.extents.insert(s.extents.end(), in.extents.begin(), in.extents.end());
  s.row = out.order() == 0 && in.order() == 1;
  return ctx_.shape_id(s);
}

Ref Elaborator::operation(Operator op, ShapeId shape, std::span<const Ref> list) {
  return ctx_.intern(Kind::operation, static_cast<uint16_t>(op), 0, 0, shape, list);
}

int64_t Elaborator::order_argument(NodeId n) {
  const Ref v = settled(scalar(n));
  const auto k = ctx_.is_number(v) ? ctx_.value(v).as_int() : std::nullopt;
  const auto limit = static_cast<int64_t>(ctx_.limits().derivative_order);
  if (!k || *k < 0) {
    throw failure(Code::bad_order, n,
                  "an order is a whole number from 0 to " + std::to_string(limit) + ", not " + quoted(n));
  }
  if (*k > limit) {
    throw failure(Code::order_too_large, n,
                  "derivatives go to order " + std::to_string(limit) + ", not " + std::to_string(*k));
  }
  return *k;
}

// ---- operators ----

Ref Elaborator::operator_call(NodeId n) {
  const Operator op = *find_operator(tree_->name(operand(n, 0)));
  const std::vector<NodeId> a = positional(n);
  const std::vector<NodeId> rest(a.begin() + 1, a.end());
  for (NodeId x : a) refuse_comprehension(x, operator_name(op));
  std::vector<std::pair<NodeId, NodeId>> named;
  for (const Operand& o : operands(n).subspan(1)) {
    if (kind(o.node) == SyntaxKind::keyword_argument)
      named.push_back({operand(o.node, 0), operand(o.node, 1)});
  }
  const Defined* definition = nullptr;
  const Ref e = operand_expression(a[0], &definition);
  switch (op) {
    case Operator::diff:
    case Operator::grad:
    case Operator::jac:
    case Operator::hess:
    case Operator::laplacian:
    case Operator::div:
    case Operator::curl:
      refuse_named(n, op, named);
      break;
    case Operator::subs:
      return substitution(n, e, definition, rest, named);
    case Operator::eval:
      return evaluation(n, e, definition, rest, named);
    case Operator::taylor:
    case Operator::limit:
      return expansion(n, op, e, definition, rest, named);
    default:
      refuse_named(n, op, named);
      break;
  }
  const std::string name(operator_name(op));
  switch (op) {
    case Operator::diff:
      return derivative(n, e, definition, rest);
    case Operator::grad:
    case Operator::jac:
    case Operator::hess:
    case Operator::laplacian:
    case Operator::div:
    case Operator::curl:
      return gradient(n, op, e, operator_variables(n, rest, e, definition));
    case Operator::jvp:
    case Operator::vjp:
    case Operator::hvp:
      return directional(n, op, e, definition, rest);
    case Operator::collect:
    case Operator::apart: {
      if (rest.size() != 1) wrong_count(n, name, 2, 2, a.size());
      Ref by{};
      if (definition && kind(rest[0]) == SyntaxKind::name) {
        for (Ref p : definition->parameters) {
          if (ctx_.symbol(p).name == tree_->name(rest[0])) by = p;
        }
      }
      if (!by) by = number_value(rest[0]);
      const Kind k = ctx_.kind(by);
      const bool function = k == Kind::function && op == Operator::collect;
      if (!is_scalar(by) || (k != Kind::symbol && k != Kind::entry && !function)) {
        throw failure(Code::wrong_argument, rest[0],
                      "'" + name + "' takes " +
                          (op == Operator::collect ? "a name or a function" : "a name") + ", not " +
                          quoted(rest[0]));
      }
      const Ref list[2] = {e, by};
      return operation(op, ctx_[e].shape, list);
    }
    case Operator::equal: {
      if (rest.size() != 1) wrong_count(n, name, 2, 2, a.size());
      const Defined* other = nullptr;
      const Ref list[2] = {e, operand_expression(rest[0], &other)};
      const Part left{list[0], tree_->span(a[0])}, right{list[1], tree_->span(rest[0])};
      if (ctx_[list[0]].shape != ctx_[list[1]].shape)
        misfit(Code::shape_mismatch, left, right, "the sides differ in shape");
      return operation(op, scalar_shape, list);
    }
    default:
      if (!rest.empty()) wrong_count(n, name, 1, 1, a.size());
      return operation(op, ctx_[e].shape, {&e, 1});
  }
}

void Elaborator::refuse_comprehension(NodeId n, std::string_view name) const {
  if (kind(n) == SyntaxKind::comprehension) refuse_keyword(n, name);
}

void Elaborator::refuse_named(NodeId, Operator op, std::span<const std::pair<NodeId, NodeId>> named) const {
  if (named.empty()) return;
  throw failure(Code::unknown_keyword, named[0].first,
                "'" + std::string(operator_name(op)) + "' has no argument named '" +
                    std::string(tree_->name(named[0].first)) + "'",
                "write '==' for equality");
}

// diff(e, x, 3, y): a number is the order of the variable before it.
Ref Elaborator::derivative(NodeId n, Ref e, const Defined* definition, std::span<const NodeId> rest) {
  std::vector<Ref> variables;
  for (size_t i = 0; i < rest.size(); ++i) {
    const Ref read = i > 0 ? known_value(rest[i]) : Ref{};
    const bool is_order = read && is_scalar(read) && ctx_.is_number(settled(read));
    if (!is_order) {
      for (Ref v : operator_variables(n, {&rest[i], 1}, e, definition)) variables.push_back(v);
      continue;
    }
    const int64_t k = order_argument(rest[i]);
    const Ref v = variables.back();
    variables.pop_back();
    variables.insert(variables.end(), static_cast<size_t>(k), v);
  }
  if (rest.empty()) {
    variables = operator_variables(n, rest, e, definition);
    if (variables.size() != 1) {
      const std::string text(tree_->text(n));
      const std::string name = variables.empty() ? "x" : std::string(ctx_.symbol(variables[0]).name);
      throw failure(Code::wrong_argument_count, n,
                    "'diff' needs to know by which of the variables to differentiate",
                    "write " + text.substr(0, text.size() - 1) + ", " + name + ")");
    }
  }
  return derivative_node(n, e, variables);
}

Ref Elaborator::derivative_node(NodeId n, Ref e, std::span<const Ref> variables) {
  if (variables.size() > ctx_.limits().derivative_order) {
    throw failure(Code::order_too_large, n,
                  "derivatives go to order " + std::to_string(ctx_.limits().derivative_order));
  }
  if (variables.empty()) return e;
  ShapeId shape = ctx_[e].shape;
  for (Ref v : variables) {
    const Shape out = ctx_.shape(shape), in = ctx_.shape_of(v);
    shape = out.order() == 0 ? ctx_[v].shape : in.order() == 0 ? shape : jacobian_shape(out, in);
  }
  std::vector<Ref> list{e};
  list.insert(list.end(), variables.begin(), variables.end());
  return operation(Operator::diff, shape, list);
}

Ref Elaborator::gradient(NodeId n, Operator op, Ref e, std::vector<Ref> variables) {
  const Shape in = variables_shape(n, variables), out = ctx_.shape_of(e);
  const NodeId body = operand(n, 1);
  const std::string name(operator_name(op));
  const bool of_scalar = op == Operator::grad || op == Operator::hess;
  const std::string arguments(
      std::string_view(tree_->source().text)
          .substr(tree_->span(operand(n, 0)).end, tree_->span(n).end - tree_->span(operand(n, 0)).end));
  if (of_scalar && out.order() != 0) {
    throw failure(Code::not_a_scalar, body,
                  "'" + name + "' is of a scalar, but " + quoted(body) + " is " + shape(e),
                  op == Operator::grad ? "write jac" + arguments + " for the Jacobian" : "");
  }
  ShapeId result = scalar_shape;
  switch (op) {
    case Operator::grad:
      result = ctx_.shape_id(in);
      break;
    case Operator::jac:
      result = jacobian_shape(out, in);
      break;
    case Operator::hess: {
      Shape once = in;
      once.row = false;
      result = in.order() == 0 ? scalar_shape : jacobian_shape(once, once);
      break;
    }
    case Operator::laplacian:
      result = ctx_[e].shape;
      break;
    default: {
      const bool curl = op == Operator::curl;
      const bool fits = out.order() == 1 && in.order() == 1 && out.extents == in.extents &&
                        (!curl || in.extents[0] == ctx_.number(3));
      if (!fits) {
        throw failure(Code::shape_mismatch, body,
                      "'" + name + "' is of a vector field" + (curl ? " in space" : "") + ": " +
                          quoted(body) + " is " + shape(e) + ", the variables are " +
                          shape_text(ctx_, ctx_.shape_id(in)));
      }
      if (curl) result = ctx_[e].shape;
    }
  }
  std::vector<Ref> list{e};
  list.insert(list.end(), variables.begin(), variables.end());
  return operation(op, result, list);
}

// jvp(e, x, v), vjp(e, x, u), hvp(e, x, v)
Ref Elaborator::directional(NodeId n, Operator op, Ref e, const Defined* definition,
                            std::span<const NodeId> rest) {
  const std::string name(operator_name(op));
  if (rest.size() != 2) wrong_count(n, name, 3, 3, rest.size() + 1);
  const std::vector<Ref> variables = operator_variables(n, rest.first(1), e, definition);
  const ShapeId in = ctx_.shape_id(variables_shape(n, variables));
  if (op == Operator::hvp && !is_scalar(e)) {
    throw failure(Code::not_a_scalar, operand(n, 1),
                  "'hvp' is of a scalar, but " + quoted(operand(n, 1)) + " is " + shape(e));
  }
  const Ref direction = number_value(rest[1]);
  const ShapeId wanted = op == Operator::vjp ? ctx_[e].shape : in;
  if (ctx_[direction].shape != wanted) {
    throw failure(Code::shape_mismatch, rest[1],
                  "the direction of '" + name + "' has the shape of the " +
                      (op == Operator::vjp ? "expression" : "variable") + ", " + shape_text(ctx_, wanted) +
                      ", but " + quoted(rest[1]) + " is " + shape(direction));
  }
  std::vector<Ref> list{e};
  list.insert(list.end(), variables.begin(), variables.end());
  list.push_back(direction);
  return operation(op, op == Operator::jvp ? ctx_[e].shape : in, list);
}

}  // namespace nabla

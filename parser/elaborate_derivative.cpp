// Derivatives written at a function: ∂f/∂x, g'(x), D(g, 1, 2)(x, y).
#include <algorithm>

#include "parser/elaborator.h"

namespace nabla {

Ref Elaborator::partial(NodeId n) {
  const auto list = operands(n);
  const Defined* definition = nullptr;
  const Ref e = operand_expression(list[0].node, &definition);
  std::vector<Ref> variables;
  for (const Operand& o : list.subspan(1)) variables.push_back(operator_variable(o.node, definition));
  return derivative_node(n, e, variables);
}

// The derivative of body by its parameters, at other arguments.
Ref Elaborator::derivative_at(NodeId n, Ref body, std::span<const Ref> parameters,
                              std::span<const uint16_t> orders, std::span<const Operand> arguments) {
  std::vector<Ref> variables;
  for (size_t i = 0; i < orders.size(); ++i) variables.insert(variables.end(), orders[i], parameters[i]);
  const Ref d = derivative_node(n, body, variables);
  std::vector<Ref> list{d};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Ref a = number_value(arguments[i].node);
    if (ctx_[a].shape != ctx_[parameters[i]].shape) {
      throw failure(Code::shape_mismatch, arguments[i].node,
                    "argument " + std::to_string(i + 1) + " is " + shape(parameters[i]) + ", but " +
                        quoted(arguments[i].node) + " is " + shape(a));
    }
    if (a == parameters[i]) continue;
    list.push_back(parameters[i]);
    list.push_back(a);
  }
  return list.size() == 1 ? d : operation(Operator::subs, ctx_[d].shape, list);
}

// A scalar variable whose name is not in use.
Ref Elaborator::free_letter(std::span<const Ref> taken) const {
  for (const char* letter : {"t", "s", "u", "v", "w", "p", "q", "r", "x_1", "x_2", "x_3", "x_4"}) {
    const Ref v = ctx_.variable(letter);
    const bool used = std::find(taken.begin(), taken.end(), v) != taken.end();
    if (!used && !names_.find(letter)) return v;
  }
  return ctx_.variable("x_" + std::to_string(taken.size() + 5));
}

Ref Elaborator::call_derived(NodeId n, NodeId callee, std::vector<uint16_t> orders,
                             std::span<const Operand> arguments) {
  const NameId id = tree_->name_id(callee);
  const std::string name(tree_->spelling(id));
  const auto check_count = [&](size_t wanted) {
    if (arguments.size() != wanted) wrong_count(n, name, wanted, wanted, arguments.size());
    if (orders.size() > wanted) {
      throw failure(Code::wrong_argument, n,
                    "'" + name + "' has " + std::to_string(wanted) +
                        (wanted == 1 ? " argument" : " arguments") +
                        ", and there is no derivative in argument " + std::to_string(orders.size()));
    }
    orders.resize(wanted);
  };
  const NameEntry* e = bound(id) ? nullptr : entry(id);
  if (e && e->kind == NameKind::opaque) {
    const Ref function = e->value;
    check_count(ctx_.symbol(function).parameters.size());
    return call_opaque(n, function, orders, arguments);
  }
  if (e && e->kind == NameKind::defined) {
    const Defined& d = names_.defined_[e->defined];
    const Ref body = d.body;
    const std::vector<Ref> parameters = d.parameters;
    check_count(parameters.size());
    return derivative_at(n, body, parameters, orders, arguments);
  }
  const Builtin* b = builtin(id);
  if (e || bound(id) || (b && (b->build || b->is_operator))) {
    throw failure(Code::not_a_function, callee, "'" + name + "' has no derivative by a mark");
  }
  if (!b) unknown_function(n, callee);
  check_count(b->max_args);
  // The derivative is taken by the argument itself where it is a name, else by a letter that is free.
  std::vector<Ref> parameters;
  for (size_t i = 0; i < b->max_args; ++i) {
    const Ref a = number_value(arguments[i].node);
    const bool taken = std::find(parameters.begin(), parameters.end(), a) != parameters.end();
    const bool variable = ctx_.kind(a) == Kind::symbol && is_scalar(a) && ctx_.symbol(a).role != Role::extent;
    parameters.push_back(variable && !taken ? a : free_letter(parameters));
  }
  return derivative_at(n, ctx_.function(b->fn, parameters), parameters, orders, arguments);
}

Ref Elaborator::call_derivative(NodeId n) {
  const auto list = operands(n);
  if (list.size() != 2) {
    const std::string name(tree_->name(list[0].node));
    const NameEntry* e = names_.find(name);
    const bool one =
        e != nullptr && e->kind == NameKind::opaque && ctx_.symbol(e->value).parameters.size() == 1;
    throw failure(Code::wrong_argument_count, n,
                  "the mark ' is a derivative by the only argument, and '" + name + "' is given " +
                      std::to_string(list.size() - 1),
                  one ? "write " + name + "'(x)" : "write D(" + name + ", 1)(x, y) for a partial derivative");
  }
  const uint32_t primes = tree_->prime_count(list[0].node);
  if (primes > ctx_.limits().derivative_order) {
    throw failure(Code::order_too_large, n,
                  "derivatives go to order " + std::to_string(ctx_.limits().derivative_order));
  }
  return call_derived(n, list[0].node, {static_cast<uint16_t>(primes)}, list.subspan(1));
}

Ref Elaborator::call_partial(NodeId n) {
  const auto list = operands(n);
  const NodeId inner = list[0].node;
  const auto marks = operands(inner);
  const bool is_d =
      kind(marks[0].node) == SyntaxKind::name && tree_->name(marks[0].node) == "D" && !slot(inner);
  if (!is_d || marks.size() < 3 || kind(marks[1].node) != SyntaxKind::name) {
    const bool of_first = is_d && marks.size() == 2;  // D(f)(x)
    throw failure(Code::not_a_function, n, quoted(inner) + " is not a function",
                  of_first ? "say by which argument: D(" + std::string(tree_->text(marks[1].node)) + ", 1)"
                           : "write the product with '*'");
  }
  std::vector<uint16_t> orders;
  for (const Operand& o : marks.subspan(2)) {
    const Ref v = number_value(o.node);
    const auto k = ctx_.is_number(v) ? ctx_.value(v).as_int() : std::nullopt;
    if (!k || *k < 1 || *k > 255) {
      throw failure(Code::wrong_argument, o.node,
                    "D(g, 1, 2) takes the numbers of arguments, not " + quoted(o.node));
    }
    if (orders.size() < static_cast<size_t>(*k)) orders.resize(static_cast<size_t>(*k));
    ++orders[static_cast<size_t>(*k) - 1];
  }
  return call_derived(n, marks[1].node, std::move(orders), list.subspan(1));
}

}  // namespace nabla

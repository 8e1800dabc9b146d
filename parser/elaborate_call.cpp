// Calls of functions: those of the language, defined and opaque ones.
#include <algorithm>

#include "expr/condition_form.h"
#include "expr/scalarize.h"
#include "expr/scratch.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborator.h"
#include "parser/foreign_names.h"
#include "parser/nearest.h"
#include "parser/whole_algebra.h"

namespace nabla {

void Elaborator::wrong_count(NodeId n, std::string_view name, size_t least, size_t most, size_t given) {
  const auto count = [](size_t k) { return std::to_string(k) + (k == 1 ? " argument" : " arguments"); };
  const std::string wanted = least == most   ? count(least)
                             : given < least ? "at least " + count(least)
                                             : "at most " + count(most);
  const bool function = find_function(name).has_value() && least == most && most <= 3;
  constexpr std::string_view usage[] = {"(x)", "(x, y)", "(x, y, z)"};
  std::string help = function ? "write " + std::string(name) + std::string(usage[most - 1]) : "";
  if (name == "sum" || name == "prod") help = "write " + std::string(name) + "(x[i] for i in 1:n)";
  if (names_.definition(name) != nullptr)
    help = "write " + called_with_parameters(ctx_, names_, std::string(name));
  throw failure(Code::wrong_argument_count, n,
                "'" + std::string(name) + "' takes " + wanted + ", not " + std::to_string(given), help);
}

Ref Elaborator::call(NodeId n) {
  const auto list = operands(n);
  const NodeId callee = list[0].node;
  if (kind(callee) == SyntaxKind::primed_name) return call_derivative(n);
  if (kind(callee) == SyntaxKind::call) return call_partial(n);
  if (kind(callee) != SyntaxKind::name) {
    throw failure(Code::not_a_function, n, quoted(callee) + " is not a function",
                  "write the product with '*'");
  }
  const NameId id = tree_->name_id(callee);
  const Ref hidden = bound(id);
  const NameEntry* e = hidden ? nullptr : entry(id);
  if (e && e->kind == NameKind::defined) return call_defined(n, *e, list.subspan(1));
  if (e && e->kind == NameKind::opaque) {
    const std::vector<uint16_t> orders(list.size() - 1);
    return call_opaque(n, e->value, orders, list.subspan(1));
  }
  if (const Builtin* b = builtin(id)) return call_builtin(n, *b);
  if (hidden || e) {
    const std::string x(tree_->name(callee));
    const bool one = list.size() == 2 && kind(list[1].node) != SyntaxKind::keyword_argument;
    const std::string y = one ? std::string(tree_->text(list[1].node)) : "…";
    throw failure(Code::not_a_function, n, "'" + x + "' is a value, not a function",
                  "write " + x + "*(" + y + ") for a product or " + x + "[" + y + "] for an element");
  }
  if (tree_->spelling(id) == "D") return {};  // D(g, 1)(x): the call of this call
  unknown_function(n, callee);
}

void Elaborator::unknown_function(NodeId n, NodeId callee) {
  const std::string name(tree_->name(callee));
  refuse_failed(Code::unknown_function, callee, name);
  std::string help = foreign_function_help(*tree_, n, name);
  if (help.empty()) help = suggestion(name, true);
  const bool letter = names_.implicit_scalars() && is_implicit_scalar(name);
  if (help.empty() && letter && operands(n).size() == 2) {
    help = "write " + name + "*(" + std::string(tree_->text(operand(n, 1))) +
           ") for a product, or declare: fun " + name + "(scalar) : scalar";
  }
  if (help.empty()) help = "define it, or declare: fun " + name + "(scalar) : scalar";
  throw failure(Code::unknown_function, callee, "unknown function '" + name + "'", help);
}

// The value of a definition for these arguments; none yet if its body must be read first.
Ref Elaborator::request(uint32_t defined, std::span<const Ref> arguments) {
  std::vector<uint32_t> key{defined, static_cast<uint32_t>(mode_)};
  for (Ref a : arguments) key.push_back(a.id);
  const auto known = names_.calls_.find(key);
  if (known != names_.calls_.end()) return known->second;
  ctx_.budget().spend();
  const Defined& d = names_.defined_[defined];
  push_frame(d.text->tree, d.statement.first_node, d.statement.root, d.statement.has_binders, d.as_of);
  for (size_t i = 0; i < arguments.size(); ++i) bind(d.parameter_names[i], arguments[i]);
  frames_.back().key = std::move(key);
  suspended_ = true;
  return {};
}

// What operators were found to be, for these arguments; untouched forms remember where that holds.
Ref Elaborator::computed(NodeId n, const Defined& d, std::span<const Ref> arguments) {
  std::vector<std::pair<Ref, Ref>> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != d.parameters[i]) values.emplace_back(d.parameters[i], arguments[i]);
  }
  const auto moved = [&](Ref e) { return values.empty() ? e : substitute(ctx_, e, values); };
  const Ref body = moved(d.body);
  if (!written() || d.conditions.empty()) return body;
  std::vector<Ref> asked;
  for (auto& [parameter, argument] : values) argument = settled(argument);
  for (const Ref c : d.conditions) {
    const Ref condition = values.empty() ? c : moved_condition(ctx_, c, moved);
    const bool known = ctx_.kind(condition) == Kind::truth;
    if (!known) asked.push_back(condition);
    if (known && ctx_[condition].tag == 0) {
      throw failure(Code::outside_domain, n,
                    quoted(n) + " has no value: '" + d.name + "' holds where " + condition_text(ctx_, c));
    }
  }
  if (asked.empty()) return body;
  const Ref region = needs(ctx_, ctx_.truth(true), asked);  // of its own: the answer may have the body
  const auto within = [&](Ref e) { return needs(ctx_, e, {&region, 1}); };
  if (mode_ == Mode::whole || is_scalar(body)) return within(body);
  std::vector<Ref> list = entries(ctx_, body);
  for (Ref& e : list) e = within(e);
  return ctx_.array(list, ctx_[body].shape);
}

Ref Elaborator::call_defined(NodeId n, const NameEntry& e, std::span<const Operand> arguments) {
  const Defined& d = names_.defined_[e.defined];
  if (arguments.size() != d.parameters.size()) {
    wrong_count(n, d.name, d.parameters.size(), d.parameters.size(), arguments.size());
  }
  Scratch<Ref, 8> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const NodeId a = arguments[i].node;
    refuse_keyword(a, d.name);
    const Ref v = number_value(a);
    const Ref p = d.parameters[i];
    if (ctx_[v].shape != ctx_[p].shape) {
      throw failure(Code::shape_mismatch, a,
                    "argument " + std::to_string(i + 1) + " of '" + d.name + "' is " + shape(p) + ", but " +
                        quoted(a) + " is " + shape(v),
                    is_scalar(p) && ctx_.shape_of(v).order() == 1
                        ? "apply it to each entry: [" + d.name + "(" + inner_text(tree_->span(a)) +
                              "[i]) for i in 1:" + extent_text(ctx_, ctx_.shape_of(v).extents[0]) + "]"
                        : "");
    }
    values.push_back(v);
  }
  const bool same = std::equal(values.begin(), values.end(), d.parameters.begin());
  if (d.computed) return computed(n, d, values);
  if (same && !written()) return d.body;
  return request(e.defined, values);
}

Ref Elaborator::call_opaque(NodeId n, Ref function, std::span<const uint16_t> orders,
                            std::span<const Operand> arguments) {
  const Symbol& f = ctx_.symbol(function);
  if (arguments.size() != f.parameters.size()) {
    wrong_count(n, f.name, f.parameters.size(), f.parameters.size(), arguments.size());
  }
  const bool entrywise = ctx_.is_of_scalars(function);
  Scratch<Ref, 8> values;
  size_t first = arguments.size();  // that is no scalar
  for (size_t i = 0; i < arguments.size(); ++i) {
    const NodeId a = arguments[i].node;
    refuse_keyword(a, f.name);
    const Ref v = number_value(a);
    if (!entrywise && ctx_[v].shape != f.parameters[i]) {
      throw failure(Code::shape_mismatch, a,
                    "argument " + std::to_string(i + 1) + " of '" + f.name + "' is " +
                        shape_text(ctx_, f.parameters[i]) + ", but " + quoted(a) + " is " + shape(v));
    }
    values.push_back(v);
    if (!entrywise || is_scalar(v)) continue;
    if (first < i && ctx_[v].shape != ctx_[values[first]].shape) {
      throw failure(Code::shape_mismatch, a,
                    "'" + f.name + "' is applied entry by entry, but " + quoted(arguments[first].node) +
                        " is " + shape(values[first]) + " and " + quoted(a) + " is " + shape(v));
    }
    first = std::min(first, i);
  }
  return tensor_opaque(ctx_, function, orders, values);
}

void Elaborator::refuse_keyword(NodeId a, std::string_view name) const {
  if (kind(a) == SyntaxKind::comprehension) {
    throw failure(Code::malformed_comprehension, a, "'" + std::string(name) + "' takes no 'for'",
                  "sum, prod, max and min do");
  }
  if (kind(a) != SyntaxKind::keyword_argument) return;
  throw failure(
      Code::unknown_keyword, a,
      "'" + std::string(name) + "' has no argument named '" + std::string(tree_->name(operand(a, 0))) + "'",
      "write '==' for equality");
}

Ref Elaborator::call_builtin(NodeId n, const Builtin& b) {
  const auto arguments = operands(n).subspan(1);
  size_t given = 0;
  for (const Operand& o : arguments) {
    if (kind(o.node) != SyntaxKind::keyword_argument) {
      ++given;
    } else if (!b.is_operator) {
      check_keyword(o.node, b);
    }
  }
  if (given < b.min_args || given > b.max_args) wrong_count(n, b.name, b.min_args, b.max_args, given);
  if (b.build) return (this->*b.build)(n);
  Scratch<Ref, 4> values;
  for (const Operand& o : arguments) {
    refuse_keyword(o.node, b.name);
    values.push_back(number_value(o.node));
  }
  return elementwise(n, b.fn, values);
}

void Elaborator::check_keyword(NodeId a, const Builtin& b) const {
  const std::string_view name = tree_->name(operand(a, 0));
  std::vector<std::string_view> known;
  std::string_view rest = b.keywords;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    known.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  const std::string_view near = nearest(name, known);
  throw failure(Code::unknown_keyword, a,
                "'" + std::string(b.name) + "' has no argument named '" + std::string(name) + "'",
                !near.empty() ? "did you mean '" + std::string(near) + "'?"
                : name == "axis" && b.keywords == "dim"
                    ? "write dim = 1 (down the columns) or dim = 2 (along the rows)"
                : known.empty() ? "write '==' for equality"
                                : "it knows: " + std::string(b.keywords));
}

}  // namespace nabla

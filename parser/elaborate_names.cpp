// Names, literals and calls.
#include <algorithm>
#include <cctype>

#include "expr/scratch.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "parser/elaborator.h"
#include "parser/nearest.h"
#include "parser/respelled.h"

namespace nabla {
namespace {

// "f(x, y)" of f(x, y) = …
std::string called_with_parameters(const Context& ctx, const Names& names, const std::string& function) {
  const Defined* d = names.definition(function);
  std::string text;
  if (d != nullptr) {
    for (const Ref p : d->parameters) text += (text.empty() ? "" : ", ") + ctx.symbol(p).name;
  }
  return function + "(" + (text.empty() ? "…" : text) + ")";
}

// Names that other languages have, and derivatives by Leibniz.
std::string name_help(const SyntaxTree& tree, NodeId n, std::string_view name) {
  constexpr std::string_view infinite[] = {"inf", "Inf", "infinity", "Infinity", "oo"};
  constexpr std::string_view shapes[] = {"scalar", "vector", "row", "matrix", "tensor"};
  if (std::find(std::begin(infinite), std::end(infinite), name) != std::end(infinite))
    return "numbers are finite: a bound that is not there is left out, as in x > 0";
  if (std::find(std::begin(shapes), std::end(shapes), name) != std::end(shapes))
    return "shapes stand in declarations: var x : vector[n]";
  if (name == "nan" || name == "NaN") return "what has no value is an error here, not a number";
  if (name == "True" || name == "False" || name == "true" || name == "false")
    return "write a comparison: 0 < 1";
  if (name == "ans") return "the prompt has it, once there is an answer";
  if (name.substr(0, 2) == "Δ") return "the Laplacian is laplacian(f, x)";
  if (name.size() < 2 || name[0] != 'd') return {};
  const std::string_view after = std::string_view(tree.source().text).substr(tree.span(n).end);
  const std::string y(name.substr(1));
  if (after.size() > 2 && after.substr(0, 2) == "/d") {  // dy/dx
    size_t end = 2;
    while (end < after.size() &&
           (std::isalnum(static_cast<unsigned char>(after[end])) != 0 || after[end] == '_'))
      ++end;
    if (end > 2) return "write diff(" + y + ", " + std::string(after.substr(2, end - 2)) + ")";
  }
  return is_implicit_scalar(y) ? "it is the differential of " + y + " once that is declared: var " + y : "";
}

std::string function_help(const SyntaxTree& tree, NodeId call, std::string_view name) {
  const NodeId callee = tree.operands(call)[0].node;
  const bool one = tree.operands(call).size() == 2;
  const std::string argument(one ? tree.text(tree.operands(call)[1].node) : std::string_view("e"));
  const uint32_t begin = tree.span(callee).begin;
  if (name.size() > 1 && name[0] == 'd' && begin >= 2 && tree.source().text.compare(begin - 2, 2, "d/") == 0)
    return "write diff(" + argument + ", " + std::string(name.substr(1)) + ")";
  if (name == "print" || name == "disp" || name == "display")
    return "a statement prints its value: write " + argument;
  if (name == "range" || name == "linspace") return "a range is written 1:n";
  for (const std::string_view integral : {"integrate", "integral", "int", "Integral", "Integrate", "quad"}) {
    if (name == integral) return "there are no integrals in Nabla";
  }
  constexpr std::pair<std::string_view, std::string_view> elsewhere[] = {
      {"N", "write eval(x), or eval(x, digits = 30)"},
      {"evalf", "write eval(x), or eval(x, digits = 30)"},
      {"vpa", "write eval(x), or eval(x, digits = 30)"},
      {"double", "write eval(x), or eval(x, digits = 30)"},
      {"float", "write eval(x), or eval(x, digits = 30)"},
      {"Matrix", "write [a, b; c, d]"},
      {"array", "write [a; b] for a vector, [a, b; c, d] for a matrix"},
      {"symbols", "declare names by var x, y"},
      {"Symbol", "declare names by var x, y"},
      {"sym", "declare names by var x, y"},
      {"cases", "write if c then a else b"},
      {"Piecewise", "write if c then a else b"},
      {"piecewise", "write if c then a else b"},
      {"ifelse", "write if c then a else b"},
      {"Sum", "a sum is written sum(x[i] for i in 1:n)"},
      {"symsum", "a sum is written sum(x[i] for i in 1:n)"},
      {"Product", "a product is written prod(x[i] for i in 1:n)"},
  };
  for (const auto& [foreign, help] : elsewhere) {
    if (foreign == name) return std::string(help);
  }
  if (name.size() > 1 && name[0] == 'd' && one && find_function(name.substr(1)))  // dsin(x)/dx
    return "write diff(" + std::string(name.substr(1)) + "(" + argument + "), x)";
  const bool base = name.size() > 4 && name.substr(0, 4) == "log_" && name != "log_2" && name != "log_10";
  if (base && name != "log_softmax" && name != "log_e")
    return "write log(" + argument + ")/log(" + std::string(name.substr(4)) + ")";
  return {};
}

}  // namespace

// ---- messages ----

Failure Elaborator::failure(Code code, NodeId n, std::string message, std::string help) const {
  return Failure(code, tree_->span(n), std::move(message), std::move(help));
}

std::string Elaborator::suggestion(std::string_view word, bool functions) const {
  std::vector<std::string_view> candidates = names_.spellings();
  if (names_.implicit_scalars() && word.size() > 3) {  // which are there without a declaration
    for (const std::string_view letter :
         {"alpha", "beta", "gamma", "delta", "epsilon", "theta", "kappa", "lambda", "sigma", "omega"})
      candidates.push_back(letter);
  }
  if (functions) {
    const auto more = builtin_names();
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  return did_you_mean(word, candidates);
}

void Elaborator::truth_as_number(NodeId n) {
  std::string text(tree_->text(n));
  if (text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  throw failure(Code::truth_value_as_number, n, "the comparison " + quoted(n) + " is used as a number",
                "write (if " + text + " then 1 else 0)");
}

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

// ---- leaves ----

Ref Elaborator::literal(NodeId n) {
  const std::string_view text = tree_->literal(n);
  if (text.size() <= 18) {
    int64_t v = 0;
    bool digits = true;
    for (const char c : text) {
      digits = digits && c >= '0' && c <= '9';
      v = v * 10 + (c - '0');
    }
    if (digits && v < small_count) {  // the usual case, without a look at the table
      Ref& r = small_[static_cast<size_t>(v)];
      return r ? r : r = ctx_.number(v);
    }
    if (digits) return ctx_.number(v);
  }
  const auto v = Rational::parse(text, ctx_.limits().literal_digits);
  if (v) return ctx_.number(*v);
  throw failure(
      Code::literal_too_long, n,
      "the number has more than " + std::to_string(ctx_.limits().literal_digits) + " digits when written out",
      "write a power instead, such as 10^100000");
}

Ref Elaborator::bound(NameId id) const {
  const Frame& f = frames_.back();
  if (f.bindings.empty()) return {};
  const auto it = f.bound.find(id);
  return it == f.bound.end() || it->second == 0 ? Ref{} : f.bindings[it->second - 1].value;
}

uint32_t Elaborator::global(NameId id) {
  uint32_t& g = globals_[id];
  if (g == 0) g = names_.global(tree_->spelling(id)) + 1;
  return g - 1;
}

const NameEntry* Elaborator::entry(NameId id) { return names_.entry(global(id), frames_.back().as_of); }

Ref Elaborator::name(NodeId n) {
  const NameId id = tree_->name_id(n);
  if (const Ref b = bound(id)) return b;
  const uint32_t g = global(id);
  if (frames_.back().as_of == Names::newest && !written()) return names_.globals_[g].value;
  const NameEntry* e = names_.entry(g, frames_.back().as_of);
  if (!e || (e->kind != NameKind::symbol && e->kind != NameKind::value)) return {};
  const bool reread = written() && e->defined && !names_.defined_[e->defined].computed;
  return reread ? request(e->defined, {}) : e->value;
}

// A node without a value of its own where one is needed.
Ref Elaborator::missing(NodeId n) {
  switch (kind(n)) {
    case SyntaxKind::name:
      break;
    case SyntaxKind::range:
      throw failure(Code::unexpected_token, n, "the range " + quoted(n) + " is no value",
                    "ranges stand in an index, x[2:n], or after 'in'");
    case SyntaxKind::call:  // D(g, 1) without its arguments
      throw failure(Code::not_a_value, n, quoted(n) + " is a function; it needs arguments",
                    "write " + std::string(tree_->text(n)) + "(x, …)");
    default:
      throw failure(Code::unexpected_token, n, quoted(n) + " is no value");
  }
  const NameId id = tree_->name_id(n);
  const std::string spelled(tree_->spelling(id));
  const NameEntry* e = entry(id);
  if (e && e->kind == NameKind::defined && frames_.size() == 1 && n == frames_.back().root) return e->value;
  if (!e || e->is_implicit) refuse_failed(Code::unknown_name, n, spelled);
  if (e && e->is_implicit) return slot(n) = e->value;  // declared by an earlier node of this text
  if (e) {
    throw failure(Code::not_a_value, n, "'" + spelled + "' is a function; a value is needed here",
                  "give it its arguments: " + called_with_parameters(ctx_, names_, spelled));
  }
  const std::string latin = latin_look_alike(tree_->text(n));
  if (names_.implicit_scalars() && is_implicit_scalar(spelled) && latin.empty()) {
    const Ref v = ctx_.variable(spelled);
    if (frames_.back().as_of == Names::newest) {
      names_.declare_symbol(spelled, v);
      names_.entries_.back().is_implicit = true;
    }
    return slot(n) = v;
  }
  if (const Ref d = differential_name(spelled)) return slot(n) = d;
  if (builtin(id)) {
    const char* power = spelled == "exp" ? ", or e^x for a power of e" : "";
    throw failure(Code::not_a_value, n, "'" + spelled + "' is a function; a value is needed here",
                  "give it its arguments: " + spelled +
                      (spelled == "grad" || spelled == "diff" ? "(e, x)" : "(x)") + power);
  }
  if (spelled[0] == '$') {
    throw failure(Code::unknown_name, n, "there is no answer '" + spelled + "'",
                  "the prompt numbers its answers: [1] is $1");
  }
  if (!latin.empty()) {
    throw failure(
        Code::look_alike_character, n,
        "'" + std::string(tree_->text(n)) + "' only looks like '" + latin + "': its letters are not Latin",
        "write " + latin + ", or declare the other one: var " + spelled);
  }
  std::string help = name_help(*tree_, n, spelled);
  if (help.empty()) help = suggestion(spelled, false);
  if (help.empty()) help = "declare it: var " + spelled;
  throw failure(Code::unknown_name, n, "unknown name '" + spelled + "'", help);
}

// dX is the differential of a declared X, ddX the second.
Ref Elaborator::differential_name(std::string_view spelled) {
  for (int order = 1; order <= 2; ++order) {
    const auto k = static_cast<size_t>(order);
    if (spelled.size() <= k || spelled.substr(0, k) != std::string(k, 'd')) return {};
    const NameEntry* e = names_.find(spelled.substr(k));
    if (e && e->kind == NameKind::symbol && !e->is_implicit)
      return differential_symbol(ctx_, e->value, order);
  }
  return {};
}

const Builtin* Elaborator::builtin(NameId id) {
  Names::Global& g = names_.globals_[global(id)];
  if (!g.builtin_known) {
    g.builtin = find_builtin(g.name);
    g.builtin_known = true;
  }
  return g.builtin;
}

// ---- calls ----

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

// A definition that failed is the one error to mend.
void Elaborator::refuse_failed(Code code, NodeId n, const std::string& name) {
  const std::string& why = names_.failure(name);
  if (!why.empty())
    throw failure(code, n, "'" + name + "' is not known: " + why, "mend that statement first");
}

void Elaborator::unknown_function(NodeId n, NodeId callee) {
  const std::string name(tree_->name(callee));
  refuse_failed(Code::unknown_function, callee, name);
  std::string help = function_help(*tree_, n, name);
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
  if (d.computed) {
    std::vector<std::pair<Ref, Ref>> values;
    for (size_t i = 0; i < arguments.size(); ++i) values.push_back({d.parameters[i], arguments[i]});
    return values.empty() ? d.body : substitute(ctx_, d.body, values);
  }
  push_frame(d.text->tree, d.statement.first_node, d.statement.root, d.statement.has_binders, d.as_of);
  for (size_t i = 0; i < arguments.size(); ++i) bind(d.parameter_names[i], arguments[i]);
  frames_.back().key = std::move(key);
  suspended_ = true;
  return {};
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
  if (same && (d.computed || !written())) return d.body;
  if (d.computed) {
    std::vector<std::pair<Ref, Ref>> pairs;
    for (size_t i = 0; i < values.size(); ++i) pairs.emplace_back(d.parameters[i], values[i]);
    return substitute(ctx_, d.body, pairs);
  }
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
    if (is_scalar(v)) continue;
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

#include "session/absent_variables.h"

#include <algorithm>
#include <vector>

#include "diff/operators.h"
#include "expr/print.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

// x of x[1] and of conj(x).
Ref name_in(const Context& ctx, Ref variable) {
  while (ctx.kind(variable) != Kind::symbol && !ctx.operands(variable).empty())
    variable = ctx.operands(variable)[0];
  return variable;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

}  // namespace

std::string absent_variables(Context& ctx, const Names& names, Ref operation, const WrittenForm& written,
                             Ref value) {
  if (ctx.kind(operation) != Kind::operation) return {};
  const auto op = static_cast<Operator>(ctx[operation].tag);
  if (!is_differential_operator(op) || (op == Operator::diff && value != zero)) return {};
  const Ref said = written.for_conditions();
  const Ref whole = said && ctx.kind(said) == Kind::operation ? said : operation;
  const Ref e = ctx.operands(whole)[0];
  const std::vector<Ref> all = symbols_of(ctx, e);
  std::vector<Ref> occurring;
  for (const Ref s : all) {
    const Role role = ctx.symbol(s).role;
    if (role == Role::variable || role == Role::parameter) occurring.push_back(s);
  }
  const auto is_undeclared = [&](Ref s) {
    const NameEntry* entry = names.find(ctx.symbol(s).name);
    return entry != nullptr && entry->is_implicit;
  };
  const bool letter = ctx.kind(e) == Kind::symbol && is_undeclared(e);
  const std::string name = ctx.kind(e) == Kind::symbol ? ctx.symbol(e).name : "";
  std::string remedy = name + " is a scalar that nobody declared: for a function of x write " + name +
                       "(x) = …, or fun " + name + "(scalar) : scalar and " + name + "(x)";
  std::vector<std::string> absent;
  for (const Ref v : variables_of(op, ctx.operands(operation))) {
    const Ref s = name_in(ctx, v);
    if (ctx.kind(s) != Kind::symbol) continue;
    const std::string text = print(ctx, v);
    const bool known = std::find(absent.begin(), absent.end(), text) != absent.end();
    const bool occurs = std::find(all.begin(), all.end(), s) != all.end();
    if (!occurs && !known) absent.push_back(text);
    if (letter && s == e && op == Operator::grad) return remedy;
  }
  if (absent.empty() || occurring.empty()) return {};
  if (letter) return remedy;
  std::vector<std::string> others;
  for (const Ref s : occurring) others.push_back(ctx.symbol(s).name);
  std::sort(others.begin(), others.end());
  constexpr size_t most = 6;
  const bool few = others.size() <= most;
  return listed(absent) + (absent.size() == 1 ? " does" : " do") + " not occur in what is differentiated" +
         (few ? "; " + listed(others) + (others.size() == 1 ? " does" : " do") : "");
}

}  // namespace nabla

#include "parser/foreign_names.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "expr/function.h"
#include "parser/names.h"

namespace nabla {

// Names that other languages have, and derivatives by Leibniz.
std::string foreign_name_help(const SyntaxTree& tree, NodeId n, std::string_view name) {
  constexpr std::string_view infinite[] = {"inf", "Inf", "infinity", "Infinity", "oo"};
  constexpr std::string_view shapes[] = {"scalar", "vector", "row", "matrix", "tensor"};
  if (std::find(std::begin(infinite), std::end(infinite), name) != std::end(infinite))
    return "numbers are finite: a bound that is not there is left out, as in x > 0";
  if (std::find(std::begin(shapes), std::end(shapes), name) != std::end(shapes))
    return "shapes stand in declarations: var x : vector[n]";
  if (name == "nan" || name == "NaN") return "what has no value is an error here, not a number";
  if (name == "True" || name == "TRUE") return "write true";
  if (name == "False" || name == "FALSE") return "write false";
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

std::string foreign_function_help(const SyntaxTree& tree, NodeId call, std::string_view name) {
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

// "f(x, y)" of f(x, y) = …
std::string called_with_parameters(const Context& ctx, const Names& names, const std::string& function) {
  const Defined* d = names.definition(function);
  std::string text;
  if (d != nullptr) {
    for (const Ref p : d->parameters) text += (text.empty() ? "" : ", ") + ctx.symbol(p).name;
  }
  return function + "(" + (text.empty() ? "…" : text) + ")";
}

}  // namespace nabla

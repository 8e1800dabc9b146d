#include "simplify/elementary.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/table_text.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {
namespace {

struct Definition {
  Fn fn;
  std::string_view text;  // in x, and y for a second argument
};

// Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 4.1-4.6, 6.1, 6.2, 7.1.
constexpr Definition definitions[] = {
    {Fn::sinh, "(exp(x) - exp(-x))/2"},
    {Fn::cosh, "(exp(x) + exp(-x))/2"},
    {Fn::tanh, "(exp(2*x) - 1)/(exp(2*x) + 1)"},
    {Fn::coth, "(exp(2*x) + 1)/(exp(2*x) - 1)"},
    {Fn::sech, "2*exp(x)/(exp(2*x) + 1)"},
    {Fn::csch, "2*exp(x)/(exp(2*x) - 1)"},
    {Fn::sigmoid, "exp(x)/(exp(x) + 1)"},
    {Fn::softplus, "log(exp(x) + 1)"},
    {Fn::expm1, "exp(x) - 1"},
    {Fn::log1p, "log(1 + x)"},
    {Fn::log2, "log(x)/log(2)"},
    {Fn::log10, "log(x)/log(10)"},
    {Fn::cot, "1/tan(x)"},
    {Fn::sec, "1/cos(x)"},
    {Fn::csc, "1/sin(x)"},
    {Fn::hypot, "sqrt(x^2 + y^2)"},
    {Fn::asinh, "log(x + sqrt(x^2 + 1))"},
    {Fn::acosh, "log(x + sqrt(x - 1)*sqrt(x + 1))"},
    {Fn::atanh, "(log(1 + x) - log(1 - x))/2"},
    {Fn::acoth, "(log(1 + 1/x) - log(1 - 1/x))/2"},
    {Fn::acsch, "log(1/x + sqrt(1/x^2 + 1))"},
    {Fn::asech, "log(1/x + sqrt(1/x - 1)*sqrt(1/x + 1))"},
    {Fn::acos, "pi/2 - asin(x)"},
    {Fn::acot, "pi/2 - atan(x)"},
    {Fn::asec, "pi/2 - asin(1/x)"},
    {Fn::acsc, "asin(1/x)"},
    {Fn::logit, "log(x/(1 - x))"},
    {Fn::logaddexp, "log(exp(x) + exp(y))"},
    {Fn::silu, "x*exp(x)/(exp(x) + 1)"},
    {Fn::gelu, "x*(1 + erf(x/sqrt(2)))/2"},
    {Fn::erfc, "1 - erf(x)"},
    {Fn::max, "(x + y + abs(x - y))/2"},
    {Fn::min, "(x + y - abs(x - y))/2"},
    {Fn::relu, "(x + abs(x))/2"},
    {Fn::factorial, "gamma(x + 1)"},
    {Fn::beta, "gamma(x)*gamma(y)/gamma(x + y)"},
    {Fn::trigamma, "polygamma(1, x)"},
};

// The same, 4.3.1-6 and 4.5.1-6.
constexpr Definition exponential_definitions[] = {
    {Fn::sin, "-im*(exp(im*x) - exp(-im*x))/2"},
    {Fn::cos, "(exp(im*x) + exp(-im*x))/2"},
    {Fn::tan, "-im*(exp(2*im*x) - 1)/(exp(2*im*x) + 1)"},
    {Fn::cot, "im*(exp(2*im*x) + 1)/(exp(2*im*x) - 1)"},
    {Fn::sec, "2*exp(im*x)/(exp(2*im*x) + 1)"},
    {Fn::csc, "2*im*exp(im*x)/(exp(2*im*x) - 1)"},
    {Fn::sinh, "(exp(x) - exp(-x))/2"},
    {Fn::cosh, "(exp(x) + exp(-x))/2"},
    {Fn::tanh, "(exp(2*x) - 1)/(exp(2*x) + 1)"},
    {Fn::coth, "(exp(2*x) + 1)/(exp(2*x) - 1)"},
    {Fn::sech, "2*exp(x)/(exp(2*x) + 1)"},
    {Fn::csch, "2*exp(x)/(exp(2*x) - 1)"},
};

std::string_view definition(std::span<const Definition> table, Fn fn) {
  for (const Definition& d : table) {
    if (d.fn == fn) return d.text;
  }
  return {};
}

// Every scalar function below e by what `write` makes of it; Ref{}: it stays.
template <class Write>
Ref rewritten(Context& ctx, Ref e, Write write) {
  RefMap<Ref> image(e.id + 1);
  std::vector<Ref> operands;
  for (Ref r : nodes_below(ctx, e)) {
    operands.clear();
    for (Ref o : ctx.operands(r)) operands.push_back(image[o]);
    const Node n = ctx[r];
    Ref other;
    if (n.kind == Kind::function && n.shape == scalar_shape && ctx[operands[0]].shape == scalar_shape) {
      other = write(static_cast<Fn>(n.tag), operands);
    }
    image[r] = other ? other : rebuilt(ctx, r, operands);
  }
  return image[e];
}

Ref by_definitions(Context& ctx, Ref e, std::span<const Definition> table) {
  return rewritten(ctx, e, [&](Fn fn, const std::vector<Ref>& arguments) -> Ref {
    const std::string_view text = definition(table, fn);
    if (text.empty()) return {};
    std::vector<std::pair<std::string_view, Ref>> names{{"x", arguments[0]}};
    if (arguments.size() > 1) names.emplace_back("y", arguments[1]);
    try {
      return parse_table_text(ctx, text, names);
    } catch (const Failure& f) {  // atanh(1)
      if (!has_no_value(f)) throw;
      return {};
    }
  });
}

}  // namespace

Ref by_elementary_functions(Context& ctx, Ref e) { return by_definitions(ctx, e, definitions); }

Ref by_exponentials(Context& ctx, Ref e) { return by_definitions(ctx, e, exponential_definitions); }

}  // namespace nabla

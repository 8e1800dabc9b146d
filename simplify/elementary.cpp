#include "simplify/elementary.h"

#include <string_view>
#include <utility>
#include <vector>

#include "expr/table_text.h"
#include "expr/walk.h"

namespace nabla {
namespace {

struct Definition {
  Fn fn;
  std::string_view text;  // in x, and y for a second argument
};

// Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 4.1-4.6.
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
    {Fn::tan, "sin(x)/cos(x)"},
    {Fn::cot, "cos(x)/sin(x)"},
    {Fn::sec, "1/cos(x)"},
    {Fn::csc, "1/sin(x)"},
    {Fn::hypot, "sqrt(x^2 + y^2)"},
    {Fn::asinh, "log(x + sqrt(x^2 + 1))"},
    {Fn::acosh, "log(x + sqrt(x - 1)*sqrt(x + 1))"},
    {Fn::atanh, "(log(1 + x) - log(1 - x))/2"},
};

std::string_view definition(Fn fn) {
  for (const Definition& d : definitions) {
    if (d.fn == fn) return d.text;
  }
  return {};
}

bool is_positive(const Context& ctx, Ref r) {
  const Facts f = ctx[r].facts;
  return (f & nonnegative) != 0 && (f & nonzero) != 0;
}

// log of a product of positive factors, as a sum; a number is split into primes below 1000.
Ref split_logarithm(Context& ctx, Ref argument) {
  std::vector<Ref> factors;
  ctx.append_factors(argument, factors);
  std::vector<Term> terms;
  const auto add = [&](const Rational& c, Ref base) {
    terms.push_back({ctx.number(c), ctx.function(Fn::log, {base})});
  };
  for (Ref f : factors) {
    if (!is_positive(ctx, f)) return ctx.function(Fn::log, {argument});
    if (ctx.is_number(f)) {
      for (const int sign : {1, -1}) {
        Rational rest = sign > 0 ? ctx.value(f).numerator() : ctx.value(f).denominator();
        for (int64_t p = 2; p < 1000 && !rest.is_one(); ++p) {
          for (; (rest / Rational(p)).is_integer(); rest = rest / Rational(p)) add(sign, ctx.number(p));
        }
        if (!rest.is_one()) add(sign, ctx.number(rest));
      }
      continue;
    }
    const Factor power = ctx.split_exponent(f);
    if (is_positive(ctx, power.base)) {
      const Ref factor[2] = {power.exponent, ctx.function(Fn::log, {power.base})};
      terms.push_back({one, ctx.product(factor)});
    } else {
      terms.push_back({one, ctx.function(Fn::log, {f})});
    }
  }
  return ctx.sum(terms);
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
    image[r] = other ? other : operands.empty() ? r : ctx.rebuild(r, operands);
  }
  return image[e];
}

}  // namespace

Ref by_elementary_functions(Context& ctx, Ref e) {
  e = rewritten(ctx, e, [&](Fn fn, const std::vector<Ref>& arguments) -> Ref {
    const std::string_view text = definition(fn);
    if (text.empty()) return {};
    std::vector<std::pair<std::string_view, Ref>> names{{"x", arguments[0]}};
    if (arguments.size() > 1) names.emplace_back("y", arguments[1]);
    return parse_table_text(ctx, text, names);
  });
  return rewritten(ctx, e, [&](Fn fn, const std::vector<Ref>& arguments) -> Ref {
    return fn == Fn::log ? split_logarithm(ctx, arguments[0]) : Ref{};
  });
}

}  // namespace nabla

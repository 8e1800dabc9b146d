#include "session/step_rules.h"

#include <algorithm>
#include <vector>

#include "diff/rules.h"
#include "expr/function.h"

namespace nabla {
namespace {

struct RuleText {
  StepRule rule;
  std::string_view name;
  std::string_view formula;
};

constexpr RuleText rule_texts[] = {
    {StepRule::constant_factor, "constant factor", "(c*u)' = c*u'"},
    {StepRule::sum, "sum rule", "(u + v)' = u' + v'"},
    {StepRule::product, "product rule", "(u*v)' = u'*v + u*v'"},
    {StepRule::quotient, "quotient rule", "(u/v)' = (u'*v - u*v')/v^2"},
    {StepRule::power, "power rule", "(u^n)' = n*u^(n - 1)*u'"},
    {StepRule::reciprocal, "reciprocal rule", "(1/v)' = -v'/v^2"},
    {StepRule::exponential, "power rule, exponent", "(a^u)' = a^u*log(a)*u'"},
    {StepRule::general_power, "power rule, base and exponent", "(u^v)' = v*u^(v - 1)*u' + u^v*log(u)*v'"},
    {StepRule::function, "chain rule", ""},
    {StepRule::logarithm, "logarithm of a product", "log(u*v)' = u'/u + v'/v"},
    {StepRule::opaque, "chain rule", "g(u)' = g'(u)*u'"},
    {StepRule::branch, "branch by branch", "(if c then u else v)' = if c then u' else v'"},
    {StepRule::linear, "product rule, linear in each factor", "d(U*V) = dU*V + U*dV"},
    {StepRule::matrix_product, "matrix product rule", "d(U*V) = dU*V + U*dV"},
    {StepRule::elementwise_product, "elementwise product rule", "d(U .* V) = dU .* V + U .* dV"},
    {StepRule::trace, "trace rule", "d tr(U*V) = tr(dU*V) + tr(U*dV)"},
    {StepRule::sum_of_entries, "sum of entries", "d sum(U) = sum(dU)"},
    {StepRule::reduction, "rule of the reduction", ""},
    {StepRule::matrix_power, "matrix power rule", "d(U^2) = dU*U + U*dU"},
    {StepRule::inverse, "inverse rule", "d inv(U) = -inv(U)*dU*inv(U)"},
    {StepRule::structural, "entry by entry", ""},
    {StepRule::variable, "all uses together", ""},
};

const RuleText& text_of(StepRule rule) {
  return *std::find_if(std::begin(rule_texts), std::end(rule_texts),
                       [&](const RuleText& t) { return t.rule == rule; });
}

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::string_view rule_name(StepRule rule) { return text_of(rule).name; }
std::string_view rule_formula(StepRule rule) { return text_of(rule).formula; }

std::string differential_formula(Context& ctx, Ref call) {
  const auto complex_operand = [&](Ref r) { return (ctx[r].facts & complex_valued) != 0; };
  const auto operands = ctx.operands(call);
  const bool complex = std::any_of(operands.begin(), operands.end(), complex_operand);
  if (complex && row(ctx.function_of(call)).analytic == Analytic::no)
    return "by z and conj(z) as two variables";
  static constexpr std::string_view scalars[] = {"x", "x, y", "x, y, z"},
                                    matrices[] = {"X", "X, Y", "X, Y, Z"};
  const Fn fn = ctx.function_of(call);
  const std::vector<Ref> given(ctx.operands(call).begin(), ctx.operands(call).end());
  const std::string_view differential = differential_text(ctx, fn, given);
  const size_t count = std::clamp<size_t>(given.size(), 1, std::size(scalars));
  const bool capitals = differential.find("dX") != std::string_view::npos;
  const std::string text =
      std::string(row(fn).name) + "(" + std::string((capitals ? matrices : scalars)[count - 1]) + ")";
  std::string formula = "d " + text + " = ";
  for (size_t i = 0; i < differential.size(); ++i) {  // in the table f is the call itself
    const bool alone = differential[i] == 'f' && (i == 0 || !in_name(differential[i - 1])) &&
                       (i + 1 == differential.size() || !in_name(differential[i + 1]));
    formula += alone ? text : std::string(1, differential[i]);
  }
  return formula;
}

}  // namespace nabla

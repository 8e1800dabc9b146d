// The operators of the language that `session` evaluates: nodes of Kind::operation.
//
// An operation has the shape of its value, so that everything around it can be checked before anything is
// computed. Its operands are, by operator:
//   diff          e, then the variables in order, one for each derivative (diff(e, x, 2) is e, x, x)
//   grad jac hess e, variables (at least one; several must be scalars and are taken as one vector)
//   laplacian     e, variables                   div curl   e, variables
//   jvp hvp       e, x, v (shape of x)           vjp        e, x, u (shape of e)
//   taylor        e, x, a, order                 limit      e, x, a, side (-1 left, 0 both, 1 right)
//   subs          e, then pairs: name, value     eval       e, digits (0: not given), pairs: name, value
//   collect apart e, x                           equal      a, b
//   differential simplify expand factor together cancel stable     e
//   trig trigexpand trigreduce trigtoexp exptotrig powers powexpand powcombine
//   logs logexpand logcombine radicals                             e
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nabla {

enum class Operator : uint16_t {
  diff,
  grad,
  jac,
  hess,
  jvp,
  vjp,
  hvp,
  differential,
  laplacian,
  div,
  curl,
  taylor,
  limit,
  simplify,
  expand,
  factor,
  collect,
  together,
  cancel,
  apart,
  subs,
  stable,
  equal,
  eval,
  trig,
  trigexpand,
  trigreduce,
  trigtoexp,
  exptotrig,
  powers,
  powexpand,
  powcombine,
  logs,
  logexpand,
  logcombine,
  radicals,
};

inline constexpr std::string_view operator_names[] = {
    "diff",      "grad",         "jac",        "hess",      "jvp",        "vjp",
    "hvp",       "differential", "laplacian",  "div",       "curl",       "taylor",
    "limit",     "simplify",     "expand",     "factor",    "collect",    "together",
    "cancel",    "apart",        "subs",       "stable",    "equal",      "eval",
    "trig",      "trigexpand",   "trigreduce", "trigtoexp", "exptotrig",  "powers",
    "powexpand", "powcombine",   "logs",       "logexpand", "logcombine", "radicals"};

inline std::string_view operator_name(Operator o) { return operator_names[static_cast<size_t>(o)]; }

inline std::optional<Operator> find_operator(std::string_view name) {
  for (size_t i = 0; i < std::size(operator_names); ++i) {
    if (operator_names[i] == name) return static_cast<Operator>(i);
  }
  return std::nullopt;
}

// Those that differentiate.
constexpr bool is_differential_operator(Operator op) {
  switch (op) {
    case Operator::diff:
    case Operator::grad:
    case Operator::jac:
    case Operator::hess:
    case Operator::jvp:
    case Operator::vjp:
    case Operator::hvp:
    case Operator::differential:
    case Operator::laplacian:
    case Operator::div:
    case Operator::curl:
      return true;
    default:
      return false;
  }
}

}  // namespace nabla

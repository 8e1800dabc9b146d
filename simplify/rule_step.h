// One step by a rule at the root of an expression.
//
// A rule about a sum replaces m times its left side within the sum, whatever else is there; a rule about a
// product replaces a power of its left side within the product; any other rule replaces the whole. The
// lightest of the candidates is taken, and only if it is lighter than the expression, so that steps end.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "expr/context.h"
#include "expr/diagnostic.h"
#include "simplify/calls.h"
#include "simplify/match.h"
#include "simplify/matrix_rule_step.h"
#include "simplify/rebuilt.h"
#include "simplify/rule.h"
#include "simplify/simplify_trace.h"
#include "simplify/weight.h"

namespace nabla {

// Where the rules about a factor stand: by the head of its base and, with an exponent, by that.
struct RuleKeys {
  RuleSet::Key list[2];
  size_t count;
};
RuleKeys keys_of(const Context& ctx, const Factor& f);

struct Summands;

class RuleStep {
 public:
  // The rows about matrices may be those of several steps. What is done is written to `trace`, if there is
  // one.
  RuleStep(Context& ctx, Weight& weight, const RuleSet& rules, MatrixRows* matrix_rows = nullptr,
           SimplifyTrace* trace = nullptr)
      : ctx_(ctx),
        weight_(weight),
        calls_(ctx),
        rules_(rules),
        matcher_(ctx, rules),
        trace_(trace),
        matrices_(
            ctx, matrix_rows ? *matrix_rows : own_rows_.emplace(ctx, matrix_rules()),
            [this](Ref a, Ref b) { return lighter(a, b); }, trace != nullptr) {}

  RuleStep(const RuleStep&) = delete;
  RuleStep& operator=(const RuleStep&) = delete;

  // A lighter expression of the same value, or Ref{} if no rule gives one.
  Ref operator()(Ref e);
  // The order in which steps descend: by weight, then by the number of calls and powers, since exp(a + b) is
  // as heavy as exp(a)*exp(b) beside another factor. It is well-founded.
  bool lighter(Ref a, Ref b);

 private:
  using Consider = std::function<bool(Ref)>;  // of a candidate; true ends the search

  Ref about_matrices(Ref e);
  bool whole(Ref e, const Consider& consider);
  bool whole(Ref e, RuleSet::Key key, const Consider& consider);
  bool products(const Matcher::Bases& product, bool numbered, const Consider& consider);
  bool product(const Rule& rule, const Matcher::Bases& product, size_t first, bool numbered,
               const Consider& consider);
  bool has_divisor(const Pattern& product) const;
  bool sum(Ref e, const Consider& consider);
  bool numbered_terms(const Summands& sum, const Consider& consider);
  bool sum_rule(const Rule& rule, const Summands& sum, size_t i, size_t first, const Consider& consider);
  bool holds(const Rule& rule);
  RuleLetters letters() const;
  // Runs an attempt; what has no value, such as a power of 0 met on the way, is no match.
  template <class Attempt>
  bool attempted(Attempt attempt) {
    matcher_.clear();
    try {
      return attempt();
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      return false;
    }
  }

  Context& ctx_;
  Weight& weight_;
  Calls calls_;
  const RuleSet& rules_;
  Matcher matcher_;
  std::optional<MatrixRows> own_rows_;
  SimplifyTrace* trace_;
  const Rule* tried_ = nullptr;  // the rule that a candidate comes from
  MatrixRuleStep matrices_;
};

}  // namespace nabla

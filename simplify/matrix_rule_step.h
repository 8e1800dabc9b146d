// One step by a rule about matrices at the root of an expression: of a chain of factors within a product, of
// terms within a sum, or of a whole function or power.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "expr/context.h"
#include "simplify/matrix_match.h"
#include "simplify/rule.h"

namespace nabla {

// What the letters of the rows stand for: matrices A, B, C of n by n, S a symmetric one, P of n by m, Q of m
// by n, vectors x, y of n entries, extents n and m. Symbols of no user.
std::vector<std::pair<std::string_view, Ref>> matrix_letters(Context& ctx);

class MatrixRuleStep {
 public:
  using Lighter = std::function<bool(Ref, Ref)>;
  MatrixRuleStep(Context& ctx, std::span<const RuleText> rows, Lighter lighter)
      : ctx_(ctx), texts_(rows), lighter_(std::move(lighter)), matcher_(ctx) {}

  // Whether e may be the left side of a row: a function of tensors, or a sum or product of tensors with one.
  static bool may_apply(const Context& ctx, Ref e);
  // The lightest of the candidates, or Ref{} if none is lighter than e.
  Ref operator()(Ref e);

 private:
  struct Row {
    Ref from, to;
    Ref left, right;  // of the condition, if there is one
    Kind kind;
    uint16_t tag;
  };
  void load();
  bool holds(const Row& row);
  Ref value(Ref text);
  void chains(Ref e);
  void sums(Ref e);
  bool consider(Ref candidate);

  Context& ctx_;
  std::span<const RuleText> texts_;
  Lighter lighter_;
  MatrixMatcher matcher_;
  std::vector<Row> rows_;
  Ref best_;
};

}  // namespace nabla

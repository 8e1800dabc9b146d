// One step by a rule about matrices at the root of an expression: of a chain of factors within a product, of
// terms within a sum, or of a whole function or power.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "expr/context.h"
#include "simplify/matrix_match.h"
#include "simplify/matrix_rows.h"
#include "simplify/simplify_trace.h"

namespace nabla {

class MatrixRuleStep {
 public:
  using Lighter = std::function<bool(Ref, Ref)>;
  MatrixRuleStep(Context& ctx, MatrixRows& rows, Lighter lighter, bool traced = false)
      : ctx_(ctx), all_(rows), lighter_(std::move(lighter)), matcher_(ctx), traced_(traced) {}

  // Whether e may be the left side of a row: a function of tensors, or a sum or product of tensors with one.
  static bool may_apply(const Context& ctx, Ref e);
  // The lightest of the candidates, or Ref{} if none is lighter than e.
  Ref operator()(Ref e);
  // The row that made it, and what its letters stood for.
  const RuleText& rule() const { return *made_by_; }
  const RuleLetters& letters() const { return letters_; }

 private:
  bool have_entries();
  bool holds(const MatrixRow& row);
  Ref value(Ref text);
  void chains(Ref e);
  void chains(const OpenChain& chain, bool turned);
  Ref spliced(const OpenChain& chain, std::span<const Ref> scalars, const MatrixRow& row, size_t from,
              size_t to);
  void products(Ref e);
  bool some_factors(std::span<const Ref> pattern, std::vector<Ref>& subject,
                    const MatrixMatcher::Accept& accept);
  void sums(Ref e);
  bool consider(Ref candidate);
  void note_letters();

  Context& ctx_;
  MatrixRows& all_;
  Lighter lighter_;
  MatrixMatcher matcher_;
  std::vector<const MatrixRow*> rows_;  // that may apply
  Ref best_;
  bool traced_;
  const RuleText* tried_ = nullptr;  // the row that a candidate comes from
  const RuleText* made_by_ = nullptr;
  RuleLetters letters_;
};

}  // namespace nabla

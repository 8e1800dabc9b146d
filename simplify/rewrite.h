// Rewriting by the rules of the tables, until none gives a lighter form.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

class MatrixRows;
class RuleSet;
class SimplifyTrace;

// The same value wherever e has one. Parts first, each once; a step is taken only if the part becomes
// lighter, and a part replaces another only if what it stands in does not become heavier, so that it ends
// and the result is never heavier than e. Spends from the Budget.
Ref rewrite_by_rules(Context& ctx, Ref e);
Ref rewrite_by_rules(Context& ctx, Weight& weight, Ref e);
Ref rewrite_by_rules(Context& ctx, Weight& weight, MatrixRows& matrix_rows, Ref e,
                     SimplifyTrace* trace = nullptr);
Ref rewrite_by_rules(Context& ctx, Weight& weight, const RuleSet& rules, Ref e);

}  // namespace nabla

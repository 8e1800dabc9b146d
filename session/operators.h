// Carries out the operators of a text: nodes of Kind::operation become their values, innermost first.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diff/trace.h"
#include "expr/context.h"
#include "expr/operator.h"
#include "session/equality.h"
#include "session/numbers.h"
#include "simplify/simplify_trace.h"

namespace nabla {

// How an answer came about: what the differentiator did, and what simplify made of that.
struct StatementTrace {
  Trace derivation;
  SimplifyTrace simplification;
  Ref raw;  // what simplify was given
};

struct CarriedOut {
  Ref value;
  // What the outermost operator found, where that is no expression: eval(…) and equal(…).
  std::optional<Numbers> numbers;
  std::string digits;
  std::optional<Verdict> verdict;
  std::vector<Ref> conditions;     // where the verdict `proved`, or what apart(…) found, holds
  std::vector<std::string> notes;  // the layout of the outermost operator
};

struct OperatorOptions {
  uint64_t seed = 1;                // of the points of equal()
  bool free_entries = false;        // derivatives by the independent entries of structured variables
  bool raw = false;                 // derivatives as the chain rule leaves them
  StatementTrace* trace = nullptr;  // takes the steps of the outermost operators that differentiate
};

// Nothing recurses: operands stand below their operations in the arena, so one ascending loop does.
// Failure(not_yet_available) names an operator that is not there yet.
CarriedOut carry_out(Context& ctx, Ref e, const OperatorOptions& options, const WrittenForm& written = {});

// Refuses the names of symmetric, skew, … matrices, and entries of them, with Failure(not_yet_available):
// where a derivative is taken entry by entry.
void refuse_structure(Context& ctx, std::span<const Ref> variables);

bool has_operations(const Context& ctx, Ref e);

}  // namespace nabla

// Calls of one function that do not wait for each other: a runtime that knows vectors computes them at once.
//
// Of the calls that are made whatever the conditions are, those of the same function with the same number of
// such calls below them form groups. Invariants: no call of a group needs another one; in `order` the calls
// of a group follow one another and operands stand before what uses them; without groups it is the order of
// the plan.
#pragma once

#include <string>
#include <vector>

#include "codegen/scopes.h"

namespace nabla {

struct CallGroups {
  std::vector<StepId> order;   // the steps that something uses
  std::vector<uint32_t> size;  // by step: of the first call of a group, how many there are; else 0
};

CallGroups call_groups(const Plan& plan, const Scopes& scopes);

// For reports: "5 calls of cos, 5 of sin"; empty if there are no groups in any part of the code of a plan.
std::string calls_at_once(const Plan& plan);

// The function of <cmath> that a step calls, without its namespace; empty if it calls none.
std::string math_function(const PlanStep& step);

}  // namespace nabla

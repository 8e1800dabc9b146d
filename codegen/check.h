// The check before anything is written: what the generated code computes, value and derivatives, against
// automatic differentiation of the function as it was written.
//
// Compared is the plan from which the text is made, cut into the parts that are written and read back step by
// step, so that an error in the derivative, in the lowering, in the plan or in its parts is caught alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codegen/entry.h"
#include "codegen/plan.h"
#include "codegen/tensor_check.h"
#include "eval/compare.h"

namespace nabla {

struct EntryCheck {
  size_t entry = 0;  // index in the list of entry points
  CheckReport report;
  size_t near_switch = 0;            // points where a derivative follows a convention
  std::optional<TensorCheck> loops;  // of an entry point that runs loops, instead
};

EntryCheck check_entry(Context& ctx, const EntryPoint& entry, uint64_t seed = 1);

// All entry points. Failure(check_failed) at the first that disagrees, Failure(undecided) where balls did not
// settle a pair, Failure(never_defined) without enough points; each with the point and both numbers.
std::vector<EntryCheck> check_entries(Context& ctx, const std::vector<EntryPoint>& entries,
                                      uint64_t seed = 1);

// One line for people: "price_grad: 384 numbers at 64 points agree, the worst to 3e-14: d price/d S at S =
// …".
std::string check_line(Context& ctx, const EntryPoint& entry, const EntryCheck& check);

// The plan as a Program that says exactly what the emitted text computes; nothing is folded.
Program read_back(Context& ctx, const Plan& plan, const Program& program);

}  // namespace nabla

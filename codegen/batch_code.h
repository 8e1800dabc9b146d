// The text of a function over many points, whose value and derivatives are one plan of scalars.
//
// A loop over the points runs the plan on lanes, vectors of as many points as a register holds
// (runtime/nabla_lanes.h); what no point changes is computed before it. Any number of points is right, 0
// included: where fewer than a vector are left, the rest of its lanes repeats the last point and counts for
// nothing. Compiled with OpenMP, threads share blocks of points, and the sums of the blocks are added in
// their order, so that the number of threads changes nothing. Conditionals compute both sides and select, so
// that neither side poisons the other.
#pragma once

#include <set>
#include <string>

#include "codegen/signature.h"

namespace nabla {

struct BatchCode {
  std::string text;                // the functions
  std::set<std::string> runtime;   // what they call of it with numbers
  std::set<std::string> on_lanes;  // of the runtime and of <cmath> with lanes
};

BatchCode batch_code(Context& ctx, const EntryPoint& entry, const Signature& signature,
                     const HeaderNames& names, const std::string& name_space);

// What the comment above the function says of its layout. `pattern_says`: who tells where the numbers of a
// compressed matrix belong, "f_hess_csr_pattern says".
std::string batch_layout(const Signature& signature, const std::string& pattern_says);

}  // namespace nabla

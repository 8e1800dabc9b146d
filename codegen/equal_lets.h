// Lets of a Program that are equal as functions though they were written differently.
//
// In the derivative of a price, S*phi(d1) - K*exp(-r*T)*phi(d2) is 0; no sharing of text finds that. Values
// at a few random points propose, the zero test proves: a let that is 0 becomes 0, and one that equals an
// earlier let, or its negative, becomes that. What is only likely stays.
#pragma once

#include <unordered_map>

#include "expr/program.h"

namespace nabla {

// By expression: whether it was proved to be 0.
using KnownZeros = std::unordered_map<Ref, bool>;

struct MergedLets {
  size_t zeros = 0, equals = 0;
};

// Programs with more than `most_compared_lets` lets, and those whose points cannot be drawn, stay as they
// are.
inline constexpr size_t most_compared_lets = 500;
MergedLets merge_equal_lets(Context& ctx, Program& program, KnownZeros& known);

}  // namespace nabla

// Points where all parts of an expression have real values, and certified values there.
//
// Invariant: what is said of a point was shown by certified arithmetic (expr/ball.h): each part of the
// expression is defined there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "expr/ball.h"
#include "expr/context.h"

namespace nabla {

enum class RealPoint : uint8_t {
  none,     // none was found
  found,    // there is one; the value was not told from 0 there
  not_zero  // there is one where the value is not 0
};

// Draws points inside the declared domains where the conditions (comparisons of scalars) hold. What has no
// value of its own, such as a call of an opaque function, is drawn as a name is; then `not_zero` is not said.
RealPoint find_real_point(Context& ctx, Ref e, std::span<const Ref> conditions, uint64_t seed);

// The value of `of` at a real point of e where the conditions hold; none was found, or it is not finite
// there.
std::optional<Ball> value_at_real_point(Context& ctx, Ref e, std::span<const Ref> conditions, Ref of,
                                        uint64_t seed);

}  // namespace nabla

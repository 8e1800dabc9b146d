// The one order of axes in which an expression that is computed entry by entry is stored.
//
// f(A, B) with its axes permuted is f(A', B') for the permuted A' and B'. Of all these one is stored, and the
// others are an indexed product of it that renames the axes. Invariant: which one is a function of the set
// alone, so that f(x*y')' and f(y*x') are the same Ref. The search goes up to `most_ordered_axes`; beyond
// that the order is the one that was written.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

using AxisOrder = std::vector<size_t>;  // axis i of the result is axis order[i] of the argument

inline constexpr size_t most_ordered_axes = 4;

AxisOrder inverse(const AxisOrder& order);
bool is_identity(const AxisOrder& order);
// Orders 2 to `most_ordered_axes`: every order but the identity; else none.
std::vector<AxisOrder> other_orders(size_t axes);

// A tensor whose axes are those of another one in another order; Ref{} for what is stored in its own.
struct Reordered {
  Ref tensor;
  AxisOrder order;
};
Reordered reordered(const Context& ctx, Ref a);

// The tensor with its axes in this order; of a sum the sum of its terms.
Ref permute(Context& ctx, Ref a, const AxisOrder& order);
// The same, by an indexed product of one factor.
Ref rename_axes(Context& ctx, Ref a, const AxisOrder& order);

// The order in which these arguments of one shape (scalars are passed over) are to be stored; `changed` are
// they in that order. Empty: as they are.
AxisOrder best_order(Context& ctx, std::span<const Ref> arguments, std::vector<Ref>& changed);

// An axis along which none of these tensors of one shape (scalars are passed over) changes. What is computed
// from them entry by entry is computed without it and broadcast: sin(x*ones(n)') is sin(x)*ones(n)'.
std::optional<size_t> common_broadcast(const Context& ctx, std::span<const Ref> arguments);
Ref without_axis(Context& ctx, Ref a, size_t axis);
Ref with_axis(Context& ctx, Ref a, size_t axis, Ref extent);

}  // namespace nabla

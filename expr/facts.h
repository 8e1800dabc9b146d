// Sign and integrality of a new node from those of its operands. Only what is proved is said.
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

Facts sum_facts(const Context& ctx, std::span<const Ref> pairs);       // coefficient, body, …
Facts summands_facts(const Context& ctx, std::span<const Ref> terms);  // with coefficients 1
Facts product_facts(const Context& ctx, std::span<const Ref> factors);
// Of the sum of a product over the labels with these extents; `guarded`: not over all of their values.
Facts indexed_facts(const Context& ctx, std::span<const Ref> factors, std::span<const Ref> extents,
                    bool guarded);
Facts power_facts(const Context& ctx, Ref base, Ref exponent);
// Whether the values are real whatever the arguments: abs, real, norms, …
bool is_real_valued(Fn f);
// The root of the sum of the squares of a vector or matrix.
bool is_euclidean_norm(const Context& ctx, Ref e);
Facts function_facts(const Context& ctx, Fn f, std::span<const Ref> arguments);

}  // namespace nabla

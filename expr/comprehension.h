// sum(e for i in 1:n, j in 1:i if j != i), [e for …], prod, max and min: closing the indices.
//
// While the body is built, an index is a scalar placeholder and x[i+1] an entry with that index. Closing
// replaces the placeholders: a sub-expression that depends on indices becomes a tensor with one axis for each
// of them, entries become factors with labels, an index as a number becomes iota, and conditions become
// guards. So nodes contain no bound variables, and the names of indices are nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla {

enum class Binder : uint8_t { sum, array, prod, max, min };

struct BoundIndex {
  Ref name;         // from index_placeholder
  Ref first, last;  // may contain indices that stand before this one, or of comprehensions outside
};

// The placeholder number `depth` (indices that are open at one time have different depths).
Ref index_placeholder(Context& ctx, size_t depth, Ref first, Ref last);
bool is_index_placeholder(const Context& ctx, Ref r);
// The placeholders below e.
std::vector<Ref> index_placeholders(Context& ctx, Ref e);

// e = sum of integer coefficient * index + offset, where the offset contains none of the indices.
struct Affine {
  std::vector<std::pair<size_t, int64_t>> terms;  // position in `indices`, coefficient not 0
  Ref offset;
};
std::optional<Affine> affine(Context& ctx, Ref e, std::span<const Ref> indices);

// The least or greatest value of an affine expression over all values of its placeholders.
std::optional<Ref> extreme(Context& ctx, Ref e, bool greatest);

// The value of the comprehension. `guard` is a condition or Ref{}. Axes of a body that is no scalar follow
// those of the indices. Throws Failure: not_yet_available for what has no tensor form yet.
Ref close_comprehension(Context& ctx, Binder binder, Ref body, std::span<const BoundIndex> indices,
                        Ref guard);

}  // namespace nabla

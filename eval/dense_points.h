// Random values for whole vectors and matrices, inside their declared domains and structures.
//
// Invariant: a point is a function of the names, the declarations and the seed.
#pragma once

#include <span>
#include <vector>

#include "eval/dense.h"

namespace nabla {

// Values for the names (in any order), and before them for the dims of their shapes: each a size of 2 to 4
// (more where a lower bound asks for it), different from the others while there are three or fewer, except
// those in `dims`, which are given. Entries lie in the domain and are neither tiny nor large; matrices have
// their structure, and definite ones are well conditioned. Failure: empty_domain.
DensePoint random_point(Context& ctx, std::span<const Ref> names,
                        std::span<const std::pair<Ref, int64_t>> dims, uint64_t seed);

// A random direction for a name: of its shape, and with `inside`, tangent at `at` to the matrices with the
// structure of the name.
DenseArray<double> random_direction(Context& ctx, Ref name, const DenseArray<double>& at, uint64_t seed,
                                    bool inside);

// What a structure wants of an array is missing by at most `tolerance` (relative), entry by entry.
bool has_structure(const DenseArray<double>& a, Structure s, double tolerance);

}  // namespace nabla

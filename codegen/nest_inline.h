// Nests made simpler before they become loops: sums whose label a condition fixes become entries at a shifted
// place, and an entry of one nest is computed inside another that reads it.
//
// Invariant: both keep the value of every entry. An entrywise nest has no conditions afterwards: where one
// excludes an entry the formula is a test with 0 on its other side.
#pragma once

#include "codegen/nest.h"

namespace nabla {

// Of an integer expression over dims: whether it is 0 or more whatever the dims are.
bool is_surely_nonnegative(Context& ctx, Ref index);
// Whether the place lies in an axis of that extent, for all values of its label.
bool is_surely_inside(Context& ctx, const Nest& nest, const Place& place, Ref extent);

void resolve_conditions(Context& ctx, NestAtoms& atoms, Nest& nest);

// Replaces the access `index` of `user` by the formula of `nest`, the entrywise nest of the array it reads.
void inline_entry(Context& ctx, NestAtoms& atoms, Nest& user, size_t index, const Nest& nest);

// The nest with the labels renamed, `places` by label of `nest`; what the tests then decide is folded.
// `extents` are those of the new labels.
Nest at_places(Context& ctx, NestAtoms& atoms, const Nest& nest, const std::vector<Place>& places,
               const std::vector<Ref>& extents);

}  // namespace nabla

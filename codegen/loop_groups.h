// Which steps of a program of loops share a loop.
#pragma once

#include <unordered_set>

#include "codegen/loop_program.h"

namespace nabla {

// An entry, or a sum or product over all labels, without conditions: a formula for each turn of its loops.
bool is_flat(const Nest& nest);

// Whether a node occurs in an expression; drops the accesses and tests that no formula of the nest has.
bool contains_node(Context& ctx, Ref e, Ref node);
void keep_used(Context& ctx, Nest& nest);

// `steps` in an order in which each comes after what it reads, of which some may be computed before all of
// these; `needed`: what is read outside.
std::vector<LoopGroup> group_loops(Context& ctx, NestAtoms& atoms, std::vector<LoopStep> steps,
                                   const std::unordered_set<Ref>& needed);

}  // namespace nabla

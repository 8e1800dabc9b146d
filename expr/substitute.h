// Substitution and the questions that every pass asks of an expression.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla {

// Replaces each `first` (a symbol, an entry, a let: any node) by its `second`, all at once.
Ref substitute(Context& ctx, Ref e, std::span<const std::pair<Ref, Ref>> replacements);

// Whether `name` (a symbol, entry or let) occurs in e.
bool contains(Context& ctx, Ref e, Ref name);

// Whether a size of an array, or the end of a range, below e depends on `name`.
bool is_in_sizes(Context& ctx, Ref e, Ref name);

// The symbols below e that satisfy a role, ordered by name.
std::vector<Ref> symbols_of(Context& ctx, Ref e);
std::vector<Ref> symbols_of(Context& ctx, std::span<const Ref> roots);

}  // namespace nabla

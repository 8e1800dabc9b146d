// Derivatives by a variable with structure: the derivative in which all entries are free, brought into the
// space of the variable.
//
// By default the result is the gradient in that space, the projection of the free gradient G for the inner
// product tr(A'B): (G + G')/2 for symmetric matrices. With `free_entries` it is the derivative by the
// independent entries, each counted once (Petersen and Pedersen, The Matrix Cookbook, 2012, section 2.8):
// G + G' - diag(diag(G)).
#pragma once

#include <string>

#include "expr/context.h"

namespace nabla {

// The last axes of `derivative` are those of `variable`, a symbol. Unstructured: as it is.
Ref in_structure(Context& ctx, Ref derivative, Ref variable, bool free_entries);

// What in_structure() does, for the reader of the answer: "the gradient among symmetric matrices, (G +
// G')/2". Empty where the variable has no structure.
// The matrix of derivatives of X by the independent entry X[i, j], for an entry of any tensor.
Ref entry_direction(Context& ctx, Ref entry);

std::string structure_note(const Context& ctx, Ref variable, bool free_entries);

}  // namespace nabla

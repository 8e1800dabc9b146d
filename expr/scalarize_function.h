// Functions of whole vectors and matrices of constant size, by the entries of their arguments.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

using Entries = std::vector<Ref>;  // row-major

struct EntryArray {
  Entries entries;
  std::vector<int64_t> extents;
  bool row = false;
};

// The entries of f(arguments). Throws Failure(not_yet_available), naming f.
Entries function_entries(Context& ctx, Fn f, std::span<const EntryArray> arguments);

// Of numbers by elimination, of any other entries by cofactors up to 4 by 4; beyond that
// Failure(not_yet_available). The inverse of a singular matrix of numbers: Failure(division_by_zero).
Ref determinant_entries(Context& ctx, const Entries& a, size_t n);
Entries inverse_entries(Context& ctx, const Entries& a, size_t n);

}  // namespace nabla

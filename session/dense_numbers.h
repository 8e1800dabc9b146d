// Numbers of expressions that are not taken entry by entry: of symbolic sizes, with functions of matrices, or
// simply large.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "eval/dense.h"
#include "session/numbers.h"
#include "session/values.h"

namespace nabla {

// The scalar inputs of e, if it can well be written out entry by entry.
std::optional<std::vector<Ref>> scalar_inputs(Context& ctx, Ref e);

// The values of the names in e, and of all dims that the values determine. Failure: missing_value,
// bad_value, unknown_name, as bind_values.
DensePoint dense_point(Context& ctx, Ref e, std::span<const Value> values, std::span<const Ref> known);

// Values for names from pairs of a name and an expression without names.
DensePoint dense_point(Context& ctx, std::span<const std::pair<Ref, Ref>> pairs);

// Whether a vector, matrix or tensor is named in e.
bool has_arrays(Context& ctx, Ref e);

// Whether complex values come in.
bool has_complex_parts(Context& ctx, Ref e);

// Failure(undefined_value) names the part that is undefined.
Numbers dense_numbers(Context& ctx, Ref e, std::span<const DenseBinding> point);

// A number or an array of constants.
Numbers constant_numbers(Context& ctx, Ref e);

}  // namespace nabla

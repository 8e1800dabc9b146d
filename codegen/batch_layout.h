// Which arguments and results of a function over many points, on whole arrays, differ from point to point.
#pragma once

#include <string>
#include <unordered_set>

#include "codegen/tensor_names.h"

namespace nabla {

// `varying`: the arguments and directions by point (batch_split.h). What is not by point is a sum.
bool output_by_point(const TensorEntry& entry, const TensorOutput& output,
                     const std::unordered_set<Ref>& varying);

// Of those by point: whether an array lies point after point, its entries side by side, as the numbers of a
// compressed matrix do. It is the value beside a compressed Jacobian, whose rows it has.
bool is_packed_by_point(const TensorEntry& entry, const TensorOutput& output,
                        const std::unordered_set<Ref>& varying);

// For the comment above the function, as layout_text().
std::string loop_layout_text(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                             const TensorNames& names, const std::unordered_set<Ref>& varying);

}  // namespace nabla

// What lies point after point: the text that writes the entries of the points of a vector side by side, by
// point_rows of the runtime, which transposes them in registers.
#pragma once

#include <string>
#include <vector>

#include "codegen/tensor_names.h"

namespace nabla {

// `size` entries for each point, from `result` on. `adds`: the statements that add one after the other, as
// added_to_row() has them.
std::string batch_rows(const TensorNames& names, const std::string& result, const std::string& size,
                       const std::string& adds);
std::string added_to_row(const TensorNames& names, const std::string& entry);

// The numbers of a compressed matrix that are by point, from its diagonals; empty where there are none.
std::string compressed_rows(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                            const TensorNames& names, const std::vector<std::string>& diagonals);

}  // namespace nabla

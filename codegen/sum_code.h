// A sum over labels for each entry of an array as C++, in an order of loops that vectorises.
//
// The innermost loop runs over the label along which most of what is read, and what is written, lies in steps
// of one. If that is an axis of the result, some entries are summed up side by side in registers (X'*r, A*B);
// if it is summed, one entry is summed in lanes (X*w), as in group_code.h.
#pragma once

#include <functional>

#include "codegen/nest_code.h"

namespace nabla {

// The label of the innermost loop; `strided`: how much of what it meets does not lie in steps of one.
struct InnermostLabel {
  Label label = 0;
  size_t strided = 0;
};
// Among all labels, or among the axes of the result.
InnermostLabel innermost_label(const Nest& nest, bool only_axes);

// `adds`: to what the array holds. `nest` is a sum with axes. `temporaries`: how many of t1, t2, … the
// function has named so far.
std::string sum_code(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests,
                     const Nest& nest, const NestCode::Target& target, bool adds, size_t& temporaries,
                     const std::string& indent);

}  // namespace nabla

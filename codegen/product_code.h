// Products of two matrices, or of a matrix and a vector, as calls of the runtime (runtime/nabla_products.h),
// which computes them in blocks.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "codegen/nest_code.h"

namespace nabla {

struct ProductText {
  const NestStyle& style;
  CodeNeeds& needs;
  std::function<std::string(Ref array)> first;              // a pointer to its first entry
  std::function<std::string(Ref array, size_t axis)> step;  // places between neighbours along an axis
};

// A statement that computes `result`, or adds to what it holds; nullopt for what is no such product, or too
// small for a call.
std::optional<std::string> product_code(Context& ctx, const Nest& nest, const NestCode& nests, Ref result,
                                        bool adds, const ProductText& text);

}  // namespace nabla

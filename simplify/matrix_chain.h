// An indexed product as a chain of square matrices, one after the other.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"

namespace nabla {

// A matrix of a chain of products. (The printer has a Link; two structs of one name share their templates.)
struct ChainLink {
  Ref matrix;
  bool transposed = false;
};

// A product of square matrices, one after the other, and a scalar.
struct Chain {
  Ref scalar = one;
  std::vector<ChainLink> links;
};

// None if it is anything else, such as a product of matrices that are not square.
std::optional<Chain> square_chain(const Context& ctx, Ref e);

}  // namespace nabla

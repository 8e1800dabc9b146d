// What `gen --report` says of the order of a contraction: how a person would write it, its turns, those of
// one nest, and which other order is less for other sizes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codegen/contraction_network.h"

namespace nabla {

// A product of three groups of arrays or more, and the order in which it is computed.
struct ContractedProduct {
  ContractionNetwork network;
  ContractionNetwork::Tree tree;
  ContractionNetwork::Help help;  // what other steps of the program make
};

// "A*(B*x): m*n + n*p turns of loops, in one nest m*n*p"; nullopt where that saves less than half.
std::optional<std::string> contraction_text(Context& ctx, const ContractedProduct& p);

// "orders compared at d = 64, n = 1000": the sizes that dims of these products were taken to have; nullopt
// where there are none.
std::optional<std::string> sizes_text(Context& ctx, const std::vector<const ContractedProduct*>& products);

}  // namespace nabla

// The value of a let as one expression of Eigen, where Eigen has words for it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "codegen/index_text.h"
#include "expr/indexed.h"

namespace nabla {

struct EigenText {
  std::function<std::string(Ref)> name;    // of a symbol or let that is an array
  std::function<std::string(Ref)> number;  // of a scalar atom
  std::string scalar;
};

struct EigenExpression {
  std::string text;
  bool is_product = false;  // a matrix product: `noalias()` saves a temporary
};

// Products of one or two arrays (A*B, A'*x, x'*y, x*y', A .* B and their sums), and linear combinations of
// arrays and transposes. nullopt for anything else.
std::optional<EigenExpression> eigen_expression(Context& ctx, Ref value, const EigenText& text);

}  // namespace nabla

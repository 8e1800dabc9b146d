// Inverses that only multiply: none is formed, the matrix is factored once and each product solves with the
// factors; the logarithm of its determinant comes from them too.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "codegen/sum_steps.h"

namespace nabla {

// How an entry of inv(A)*b is summed up.
struct InverseProduct {
  size_t inverse = 0;  // which access is the one of the inverse; the other is b
  bool transposed = false;
};
// Of sum(x[i, k]*b[k] for k) and sum(x[i, k]*b[k, j] for k), x the inverse or its transpose; b may be a
// formula, which does not depend on i. nullopt for any other nest.
std::optional<InverseProduct> inverse_product(Context& ctx, const Nest& nest, Ref inverse);

// Marks the inverses that need not be formed, and makes a solve of each product with one.
void solve_products(Context& ctx, NestAtoms& atoms, ExtraLets& extra, const TensorProgram& program,
                    std::vector<LoopStep>& steps);

// The same for lets that are computed as they are: the products by name, and the inverses.
struct Solves {
  std::unordered_map<Ref, SolveStep> products;
  std::unordered_set<Ref> factored;
};
Solves solves_of(Context& ctx, const TensorProgram& program);

// inv(A), of a matrix that is a let or a symbol.
bool is_inverse(const Context& ctx, Ref value);
// Whether a matrix is declared to be positive definite, so that Cholesky's method factors it.
bool is_declared_definite(const Context& ctx, Ref matrix);

}  // namespace nabla

#include "simplify/sign_system.h"

namespace nabla {

SignSystem::Product SignSystem::residue(Product p) const {
  for (const Row& r : rows_) {
    if ((p.signs & r.pivot) == 0) continue;
    p.signs ^= r.product.signs;
    p.negative = p.negative != r.product.negative;
  }
  return p;
}

bool SignSystem::require_positive(Product p) {
  p = residue(p);
  if (p.signs == 0) return !p.negative;
  const Set pivot = p.signs & (~p.signs + 1);
  for (Row& r : rows_) {
    if ((r.product.signs & pivot) == 0) continue;
    r.product.signs ^= p.signs;
    r.product.negative = r.product.negative != p.negative;
  }
  rows_.push_back({pivot, p});
  return true;
}

}  // namespace nabla

// A random expression for each seed, and what simplify breaks with it: formulas of scalars over the whole
// function table, their derivatives, and formulas of vectors and matrices of symbolic size.
//
// A seed gives the same expression on every machine.
#pragma once

#include <string>

#include "diff/derivative.h"
#include "tests/random_expr.h"
#include "tests/random_formula.h"
#include "tests/random_matrix_formula.h"
#include "tests/simplified.h"
#include "tests/world.h"

namespace nabla::test {

// Empty if every promise was kept. Otherwise the expression, the smallest with the same defect, and what is
// wrong with that.
inline std::string complaint(Context& ctx, Ref e, uint64_t seed, Ref sizes) {
  Simplified check(ctx, seed, sizes);
  BrokenPromise broken = check.broken(e);
  if (!broken) return {};
  const Ref small = check.smallest(e, broken.name);
  broken = check.broken(small);
  return broken.name + "\n  smallest: " + print(ctx, small) + "\n  " + broken.detail +
         "\n  from: " + print(ctx, e);
}

inline std::string scalar_complaint(uint64_t seed) {
  Context ctx;
  Names names(ctx, true);
  RandomExpr::Options options;
  options.complex = false;
  options.opaque = seed % 32 == 0;
  return complaint(ctx, RandomExpr(ctx, names, seed, options).make(2 + seed % 9), seed, {});
}

inline std::string formula_complaint(uint64_t seed, bool differentiated) {
  Context ctx;
  RandomFormula random(ctx, seed, 1 + seed % 3);
  Ref e = random.make(1 + seed % 6).canonical;
  if (differentiated) e = diff(ctx, e, random.variables().front());
  return complaint(ctx, e, seed, {});
}

inline std::string matrix_complaint(uint64_t seed) {
  World w(RandomMatrixFormula::declarations);
  try {
    const Ref e = w(RandomMatrixFormula(seed).make(static_cast<int>(1 + seed % 8)));
    return complaint(w.ctx, e, seed, w("D"));
  } catch (const Failure&) {
    return {};  // 1/0 and the like cannot be written
  }
}

inline std::string seed_complaint(uint64_t seed) {
  const uint64_t k = seed / 4;
  const std::string wrong = seed % 4 == 0   ? scalar_complaint(k)
                            : seed % 4 == 1 ? formula_complaint(k, false)
                            : seed % 4 == 2 ? formula_complaint(k, true)
                                            : matrix_complaint(k);
  return wrong.empty() ? wrong : "seed " + std::to_string(seed) + ", " + wrong;
}

}  // namespace nabla::test

// A random expression for each seed, and what simplify or a named pass breaks with it: formulas of scalars
// over the whole function table, their derivatives, and formulas of vectors and matrices: of symbolic size,
// and of arrays that are written out.
//
// A seed gives the same expression on every machine.
#pragma once

#include <string>

#include "diff/derivative.h"
#include "simplify/normal_quotient.h"
#include "simplify/passes.h"
#include "simplify/settled.h"
#include "simplify/trigonometry.h"
#include "tests/random_expr.h"
#include "tests/random_formula.h"
#include "tests/random_matrix_formula.h"
#include "tests/simplified.h"
#include "tests/world.h"

namespace nabla::test {

// Empty if every promise was kept. Otherwise the expression, the smallest with the same defect, and what is
// wrong with that.
inline std::string complaint(Context& ctx, Ref e, uint64_t seed, Ref sizes, const Pass& pass) {
  Simplified check(ctx, seed, sizes, pass);
  BrokenPromise broken = check.broken(e);
  if (!broken) return {};
  // What takes long is not tried many times.
  const Ref small = broken.name == "time" ? e : check.smallest(e, broken.name);
  if (small != e) broken = check.broken(small);
  return pass.name + ", " + broken.name + "\n  smallest: " + print(ctx, small) + "\n  " + broken.detail +
         "\n  from: " + print(ctx, e);
}

inline Pass settling(const char* name, Ref (*pass)(Context&, Ref, Notes*)) {
  return {name, [pass](Context& ctx, Ref e, Notes& notes) {
            return settled(ctx, e, [&](Ref r) { return pass(ctx, r, &notes); });
          }};
}

// The one of this seed, by x where it needs a name.
inline Pass named_pass(uint64_t seed, Ref x) {
  switch (seed % 8) {
    case 0:
      return {"expand", [](Context& ctx, Ref e, Notes& notes) { return expand(ctx, e, &notes); }};
    case 1:
      return settling("factor", factor);
    case 2:
      return settling("together", together);
    case 3:
      return settling("cancel", cancel);
    case 4:
      // As often as it gets lighter, which is how simplify comes by it.
      return {"normal quotient", [](Context& ctx, Ref e, Notes&) {
                Weight weight(ctx);
                return settled(ctx, e, [&](Ref r) {
                  const Ref q = normal_quotient(ctx, weight, r);
                  return weight(q) < weight(r) ? q : r;
                });
              }};
    case 5:
      return {"trig", [](Context& ctx, Ref e, Notes& notes) { return trig(ctx, e, &notes); }, true};
    case 6:
      return {"collect", [x](Context& ctx, Ref e, Notes& notes) {
                return settled(ctx, e, [&](Ref r) { return collect(ctx, r, x, &notes); });
              }};
    default:
      return {"apart",
              [x](Context& ctx, Ref e, Notes& notes) {
                std::vector<Ref> conditions;
                return settled(ctx, e, [&](Ref r) { return apart(ctx, r, x, conditions, &notes); });
              },
              false, false};
  }
}

// One in four: this is about simplify first.
inline bool has_named_pass(uint64_t seed) { return seed / 8 % 4 == 0; }

inline std::string scalar_complaint(uint64_t seed) {
  Context ctx;
  Names names(ctx, true);
  RandomExpr::Options options;
  options.complex = false;
  options.opaque = seed % 32 == 0;
  const Ref e = RandomExpr(ctx, names, seed, options).make(2 + seed % 9);
  const std::string wrong = complaint(ctx, e, seed, {}, simplifying);
  if (!wrong.empty() || !has_named_pass(seed)) return wrong;
  return complaint(ctx, e, seed, {}, named_pass(seed, ctx.variable("x")));
}

inline std::string formula_complaint(uint64_t seed, bool differentiated) {
  Context ctx;
  RandomFormula random(ctx, seed, 1 + seed % 3);
  Ref e = random.make(1 + seed % 6).canonical;
  if (differentiated) e = diff(ctx, e, random.variables().front());
  const std::string wrong = complaint(ctx, e, seed, {}, simplifying);
  if (!wrong.empty() || !has_named_pass(seed)) return wrong;
  return complaint(ctx, e, seed, {}, named_pass(seed, random.variables().front()));
}

// Two in five have rows and blocks.
inline std::string matrix_complaint(uint64_t seed) {
  World w(RandomMatrixFormula::declarations);
  try {
    const Ref e = w(RandomMatrixFormula(seed, seed % 5 < 2).make(static_cast<int>(1 + seed % 8)));
    return complaint(w.ctx, e, seed, w("D"), simplifying);
  } catch (const Failure&) {
    return {};  // 1/0 and the like cannot be written
  }
}

// The names of RandomMatrixFormula for arrays that are written out, of numbers and scalars, but one or two.
inline std::string literal_names(uint64_t seed) {
  Random random(seed);
  const auto below = [&](uint64_t n) { return random.bits() % n; };
  const auto entry = [&] {
    constexpr const char* entries[] = {"0", "1", "-1", "2", "3", "1/2", "-2", "a", "b", "p", "a + 1", "-b"};
    return std::string(entries[below(below(2) ? 7 : 12)]);
  };
  const auto array = [&](uint64_t rows, uint64_t columns) {
    std::string text = "[";
    for (uint64_t i = 0; i < rows; ++i) {
      for (uint64_t j = 0; j < columns; ++j) text += (j > 0 ? ", " : "") + entry();
      text += i + 1 < rows ? "; " : "]";
    }
    return text;
  };
  const uint64_t n = 1 + below(3), m = 1 + below(3);
  const std::string rows = std::to_string(n), columns = std::to_string(m);
  std::string text = "const n = " + rows + "; const m = " + columns + "; var a, b; var p, q > 0";
  const auto add = [&](const char* names, const std::string& shape, uint64_t i, uint64_t j) {
    for (std::string_view left = names; !left.empty(); left.remove_prefix(1)) {
      const std::string name(left.substr(0, 1));
      text += below(8) == 0 ? "; var " + name + " : " + shape : "; " + name + " = " + array(i, j);
    }
  };
  add("xyw", "vector[" + rows + "]", n, 1);
  add("uv", "vector[" + columns + "]", m, 1);
  add("ABWSPKGLUQTH", "matrix[" + rows + ", " + rows + "]", n, n);
  add("DE", "matrix[" + rows + ", " + columns + "]", n, m);
  return text;
}

inline std::string literal_complaint(uint64_t seed) {
  try {
    World w(literal_names(seed));
    const Ref e = w(RandomMatrixFormula(seed, seed % 5 < 2).make(static_cast<int>(1 + seed % 4)));
    return complaint(w.ctx, e, seed, w("a"), simplifying);
  } catch (const Failure&) {
    return {};  // what needs a matrix that is known to be symmetric, an inverse of a singular one
  }
}

inline std::string seed_complaint(uint64_t seed) {
  const uint64_t k = seed / 4;
  std::string wrong = seed % 4 == 0   ? scalar_complaint(k)
                      : seed % 4 == 1 ? formula_complaint(k, false)
                      : seed % 4 == 2 ? formula_complaint(k, true)
                                      : matrix_complaint(k);
  if (wrong.empty() && seed % 16 == 3) wrong = literal_complaint(k);
  return wrong.empty() ? wrong : "seed " + std::to_string(seed) + ", " + wrong;
}

}  // namespace nabla::test

#include "expr/eigenvalue_signs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "expr/condition_form.h"
#include "expr/definite.h"
#include "expr/kronecker.h"
#include "expr/number_matrix.h"
#include "expr/scalarize.h"
#include "expr/scaling.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

struct NumberMatrix {
  size_t n = 0;
  std::vector<Rational> entries;  // row-major
};

// A square matrix that is written by numbers, or a sum of multiples of such matrices.
std::optional<NumberMatrix> number_matrix(Context& ctx, Ref a) {
  constexpr int64_t most_rows = 16;
  constexpr size_t most_nodes = 512;
  constexpr uint64_t most_bits = 8'192;  // of all numbers, so that elimination takes milliseconds
  const auto extents = constant_extents(ctx, ctx[a].shape);
  if (!extents || extents->size() != 2 || (*extents)[0] != (*extents)[1] || (*extents)[0] > most_rows)
    return std::nullopt;
  const auto is_written = [&](Ref r) {
    switch (ctx.kind(r)) {
      case Kind::number:
      case Kind::array:
      case Kind::fill:
      case Kind::sum:
      case Kind::product:
        return true;
      default:
        return is_structural(ctx, r, Structural::delta);
    }
  };
  const std::vector<Ref> nodes = nodes_below(ctx, {&a, 1}, is_written);
  if (nodes.size() > most_nodes || !std::all_of(nodes.begin(), nodes.end(), is_written)) return std::nullopt;
  NumberMatrix matrix{static_cast<size_t>((*extents)[0]), {}};
  uint64_t bits = 0;
  for (const Ref r : entries(ctx, a)) {
    if (!ctx.is_number(r)) return std::nullopt;
    matrix.entries.push_back(ctx.value(r));
    bits += ctx.value(r).bits();
    if (bits > most_bits) return std::nullopt;
  }
  return matrix;
}

// What holds of no matrix, but of one without entries: eye(n - 1) where n is 1.
Ref or_empty(Context& ctx, Ref a, Ref c) {
  const bool never = ctx.kind(c) == Kind::truth && ctx[c].tag == 0;
  return never ? ctx.compare(Relation::less_equal, ctx.shape_of(a).extents[0], zero) : c;
}

}  // namespace

Ref least_eigenvalue_above_zero(Context& ctx, Relation relation, Ref a) {
  const bool strict = relation == Relation::less;
  if (is_positive_definite(ctx, a) || (!strict && is_positive_semidefinite(ctx, a))) return ctx.truth(true);
  if (const auto m = number_matrix(ctx, a))
    return ctx.truth(strict ? is_definite_of_numbers(m->entries, m->n)
                            : is_semidefinite_of_numbers(m->entries, m->n));
  if (const Ref v = diagonal_entries(ctx, a)) return or_empty(ctx, a, condition(ctx, relation, zero, v));
  const auto [c, rest] = split_scalars(ctx, a);
  if (c != one && is_positive_definite(ctx, rest)) return or_empty(ctx, a, ctx.compare(relation, zero, c));
  if (strict && a == ctx.zeros(ctx[a].shape)) return or_empty(ctx, a, ctx.truth(false));
  return ctx.compare(relation, zero, matrix_function(ctx, Fn::eigmin, {&a, 1}));
}

std::optional<bool> has_principal_value(Context& ctx, MatrixFunction f, Ref a) {
  const auto m = number_matrix(ctx, a);
  if (!m) return std::nullopt;
  bool lower = true, upper = true, positive = true;
  for (size_t i = 0; i < m->n; ++i) {
    for (size_t j = 0; j < m->n; ++j) {
      const Rational& x = m->entries[i * m->n + j];
      if (i < j) lower = lower && x.is_zero();
      if (i > j) upper = upper && x.is_zero();
      if (i == j && x.sign() < 0) positive = false;
    }
  }
  // Complex eigenvalues are pairs: if the product of all is below 0, a real one is.
  const int sign = determinant_of_numbers(m->entries, m->n).sign();
  if (sign < 0 || (sign == 0 && f == MatrixFunction::logarithm)) return false;
  if (!lower && !upper) return std::nullopt;
  return sign > 0 || !positive ? std::optional<bool>(positive) : std::nullopt;
}

std::optional<bool> have_no_opposite_eigenvalues(Context& ctx, Ref a, Ref b) {
  constexpr size_t most_unknowns = 16;
  const auto x = number_matrix(ctx, a), y = number_matrix(ctx, b);
  if (!x || !y || x->n * y->n > most_unknowns) return std::nullopt;
  const size_t n = x->n, m = y->n, unknowns = n * m;
  std::vector<Rational> equations(unknowns * unknowns);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < m; ++j) {
      const auto row = equations.begin() + static_cast<ptrdiff_t>((i * m + j) * unknowns);
      const auto add = [&](size_t k, size_t l, const Rational& c) {
        Rational& entry = row[static_cast<ptrdiff_t>(k * m + l)];
        entry = entry + c;
      };
      for (size_t k = 0; k < n; ++k) add(k, j, x->entries[i * n + k]);
      for (size_t l = 0; l < m; ++l) add(i, l, y->entries[l * m + j]);
    }
  }
  return !determinant_of_numbers(std::move(equations), unknowns).is_zero();
}

}  // namespace nabla

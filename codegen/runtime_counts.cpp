#include "codegen/runtime_counts.h"

#include <algorithm>
#include <bit>

#include "codegen/size_formula.h"

namespace nabla {
namespace {

// ---- elimination ----

// The search for pivots takes two absolute values and a comparison; each row that changes places, all but the
// last one may, turns the sign.
Work eliminate(const Size& n, const Size& columns) {
  const Size below = n * (n - 1) / 2;
  return {5 * below + (n - 1) + 2 * below * columns + n * (n - 1) * (2 * n - 1) / 3, 2 * below, true};
}

Work eliminate(const Size& n) { return eliminate(n, n.whole(0)); }

Work pivots(const Size& n) { return {5 * n + 1, 2 * n, true}; }

// Back substitution for n columns.
Work substitute_back(const Size& n) { return Work(n * n * (n - 1) + n * n); }

Work invert(const Size& n) { return eliminate(n, n) + substitute_back(n); }

// In each lane the sign is turned whether that counts or not.
Work eliminate_lanes(const Size& n, const Size& columns) {
  const Size below = n * (n - 1) / 2;
  return {6 * below + 2 * below * columns + n * (n - 1) * (2 * n - 1) / 3, 2 * below};
}

Work eliminate_lanes(const Size& n) { return eliminate_lanes(n, n.whole(0)); }

Work pivots_in_lanes(const Size& n) { return {5 * n + 1, 2 * n}; }

Work invert_lanes(const Size& n) { return eliminate_lanes(n, n) + substitute_back(n); }

// The columns, and the search for the places of their rows.
Work solve_eliminated(const Size& n, const Size& columns) {
  return Work((2 * n * n - n) * columns + n * (n + 1) / 2 + 1).bounded();
}

// ---- Cholesky's method ----

// A comparison tells which factors these are.
Work solve_definite(const Size& n, const Size& columns) { return Work(2 * n * n * columns + 1); }

Work compare_halves(const Size& n) { return Work(n * (n - 1) / 2); }

// Until it is known that a matrix is not definite: it is not symmetric, or its first entry is not positive.
// One that shows it later has what Cholesky's method did to there besides.
Work refuse_definite(const Size& n) { return compare_halves(n) + Work(n.whole(1)); }

// The factor and the logarithms of its diagonal, once the halves are the same.
Work factor_definite(const Size& n) {
  return compare_halves(n) + Work(n * (n + 1) / 2 + n * (n - 1) * (n + 1) / 3 + 5 * n + 1, 2 * n);
}

// The lower half of v'*v for a triangular v, eight rows at once, of which all are as long as the last. Where
// the size is a symbol it is taken as a multiple of eight; other sizes have less.
Work square_triangle(const Size& n) {
  constexpr int64_t rows = 8;
  const auto known = n.number();
  const Size blocks = known ? n.whole(*known / rows) : n / rows, rest = n.whole(known ? *known % rows : 0);
  const Size of_blocks =
      8 * rows * n * blocks * (blocks + 1) - 16 * rows * rows * (blocks - 1) * blocks * (blocks + 1) / 3;
  const Work all(of_blocks + 2 * n * rest * rest);
  return known ? all : all.bounded();
}

Work invert_definite(const Size& n) {
  return factor_definite(n) + Work(n + n * (n - 1) * (2 * n - 1) / 3 + n * (n - 1)) + square_triangle(n);
}

// ---- other functions of matrices ----

Work power(const Size& n, const Size& exponent, Work (*inverse)(const Size&)) {
  const auto k = exponent.number();
  Work out(n.whole(0));
  out.is_counted = k.has_value();
  if (!k) return out;
  const auto left = static_cast<uint64_t>(*k < 0 ? -*k : *k);
  const Work products(2 * (static_cast<int>(std::bit_width(left)) + std::popcount(left)) * n * n * n);
  return *k < 0 ? inverse(n) + products : products;
}

Work adjugate(const Size& n) {
  const Size recurrence = (n - 1) * (2 * n * n * n + 3 * n);
  const auto known = n.number();
  if (known && *known % 2 != 0) return Work(recurrence);
  const Work negated(recurrence + n * n);  // where n is even
  return known ? negated : negated.bounded();
}

// ---- functions of vectors ----

Work largest_absolute(const Size& n) { return {3 * n - 2, n}; }

Work logarithm_of_sum(const Size& n) { return {5 * n, n + 1}; }

// Products side by side, in 4 lanes or 32, which are multiplied at the ends.
Work products_without(const Size& n) {
  const auto known = n.number();
  if (known && *known < 16) return Work(3 * n);
  if (known) return Work(3 * n + 3 * (*known < 128 ? 4 : 32));
  return Work(3 * n + 3 * 32).bounded();
}

// ---- the table ----

using Formula = Work (*)(const Size& n, const Size& more);

struct Row {
  std::string_view name;
  Formula count;               // by elimination, where a matrix is factored
  Formula cholesky = nullptr;  // where a positive definite one has another method
};

constexpr Row rows[] = {
    {"determinant", [](const Size& n, const Size&) { return eliminate(n) + Work(n); }},
    {"log_determinant", [](const Size& n, const Size&) { return eliminate(n) + pivots(n); }},
    {"log_of_pivots", [](const Size& n, const Size&) { return pivots(n); }},
    {"inverse", [](const Size& n, const Size&) { return invert(n); }},
    {"inverse_log_determinant",
     [](const Size& n, const Size&) { return refuse_definite(n) + invert(n) + pivots(n); },
     [](const Size& n, const Size&) { return invert_definite(n); }},
    {"factors", [](const Size& n, const Size&) { return refuse_definite(n) + eliminate(n) + pivots(n); },
     [](const Size& n, const Size&) { return factor_definite(n); }},
    {"solve", [](const Size& n, const Size& m) { return solve_eliminated(n, m); },
     [](const Size& n, const Size&) { return solve_definite(n, n.whole(1)); }},
    {"solve_columns", [](const Size& n, const Size& m) { return solve_eliminated(n, m); },
     [](const Size& n, const Size& m) { return solve_definite(n, m); }},
    {"matrix_power", [](const Size& n, const Size& m) { return power(n, m, invert); }},
    {"adjugate", [](const Size& n, const Size&) { return adjugate(n); }},
    {"cholesky", [](const Size& n, const Size&) { return Work(n * (n + 1) * (2 * n + 1) / 6, n); }},
    {"argmax", [](const Size& n, const Size&) { return Work(2 * n); }},
    {"norm1", [](const Size& n, const Size&) { return Work(2 * n, n); }},
    {"norm2", [](const Size& n, const Size&) { return largest_absolute(n) + Work(3 * n + 6, n.whole(1)); }},
    {"norminf", [](const Size& n, const Size&) { return largest_absolute(n); }},
    {"logsumexp", [](const Size& n, const Size&) { return logarithm_of_sum(n); }},
    {"softmax", [](const Size& n, const Size&) { return logarithm_of_sum(n) + Work(2 * n, n); }},
    {"log_softmax", [](const Size& n, const Size&) { return logarithm_of_sum(n) + Work(n); }},
    {"products_one_by_one", [](const Size& n, const Size&) { return Work(3 * n); }},
    {"products_without", [](const Size& n, const Size&) { return products_without(n); }},
    {"lane_argmax", [](const Size& n, const Size&) { return Work(3 * (n - 1)); }},
    {"lane_determinant", [](const Size& n, const Size&) { return eliminate_lanes(n) + Work(n); }},
    {"lane_log_determinant",
     [](const Size& n, const Size&) { return eliminate_lanes(n) + pivots_in_lanes(n); }},
    {"lane_inverse", [](const Size& n, const Size&) { return invert_lanes(n); }},
    {"lane_inverse_log_determinant",
     [](const Size& n, const Size&) { return invert_lanes(n) + pivots_in_lanes(n); }},
    {"lane_matrix_power", [](const Size& n, const Size& m) { return power(n, m, invert_lanes); }},
};

const Row* find_row(std::string_view function) {
  const auto* const at =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.name == function; });
  return at == std::end(rows) ? nullptr : at;
}

}  // namespace

std::optional<CallCount> runtime_count(Context& ctx, std::string_view function, std::span<const Ref> sizes,
                                       bool definite) {
  const Row* const row = find_row(function);
  if (row == nullptr) return std::nullopt;
  const Size n(ctx, sizes[0]), more(ctx, sizes.size() > 1 ? sizes[1] : one);
  const Work work = row->count(n, more);
  if (!work.is_counted) return std::nullopt;
  const Tally elimination = work.tally();
  if (row->cholesky == nullptr) return CallCount{elimination, elimination};
  const Tally cholesky = row->cholesky(n, more).tally();
  return CallCount{definite ? cholesky : elimination, cholesky};
}

}  // namespace nabla

#include "codegen/eigen_counts.h"

#include <algorithm>
#include <bit>

#include "codegen/size_formula.h"
#include "expr/function.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

Work eliminate(const Size& n) { return Work(n * (n - 1) / 2 + n * (n - 1) * (2 * n - 1) / 3); }

Work cholesky(const Size& n) { return {n * (n + 1) * (2 * n + 1) / 6, n}; }

// The logarithms of pivots, of which some are negative.
Work pivots(const Size& n) { return {4 * n, 2 * n}; }

Work invert(const Size& n) { return eliminate(n) + Work(2 * n * n * n); }

Work adjugate(const Size& n) {
  const Size recurrence = (n - 1) * (2 * n * n * n + 2 * n);
  const auto known = n.number();
  if (known && *known % 2 != 0) return Work(recurrence);
  const Work negated(recurrence + n * n);  // where n is even
  return known ? negated : negated.bounded();
}

Work logarithm_of_sum(const Size& n) { return {4 * n + 1, n + 1}; }

// Of the entries over the largest.
Work scaled_norm(const Size& n) { return {5 * n + 2, n + 1}; }

struct Row {
  Fn fn;
  Work (*count)(const Size& n);  // rows of a matrix, entries of a vector
};

constexpr Row rows[] = {
    {Fn::det, [](const Size& n) { return eliminate(n) + Work(n); }},
    {Fn::logdet, [](const Size& n) { return eliminate(n) + pivots(n); }},
    {Fn::adj, adjugate},
    {Fn::chol, cholesky},
    {Fn::norm1, [](const Size& n) { return Work(2 * n, n); }},
    {Fn::norm2, scaled_norm},
    {Fn::normF, scaled_norm},
    {Fn::norminf, [](const Size& n) { return Work(2 * n, n); }},
    {Fn::argmax, [](const Size& n) { return Work(n); }},
    {Fn::logsumexp, logarithm_of_sum},
    {Fn::softmax, [](const Size& n) { return logarithm_of_sum(n) + Work(2 * n, n); }},
    {Fn::log_softmax, [](const Size& n) { return logarithm_of_sum(n) + Work(n); }},
};

const Row* find_row(Fn f) {
  const auto* const at =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.fn == f; });
  return at == std::end(rows) ? nullptr : at;
}

// By repeated squaring.
std::optional<Work> power(const Size& n, const Size& exponent) {
  const auto k = exponent.number();
  if (!k) return std::nullopt;
  if (*k == -1) return invert(n);
  const auto left = static_cast<uint64_t>(*k < 0 ? -*k : *k);
  const int squares = std::max(static_cast<int>(std::bit_width(left)) - 1, 0);
  const Work products(2 * (squares + std::popcount(left)) * n * n * n);
  return *k < 0 ? invert(n) + products : products;
}

// a*x + x*b = c as one system for all entries of x.
Work sylvester(const Size& n, const Size& m) {
  const Size all = n * m;
  return eliminate(all) + Work(2 * all * all + n * all + m * all);
}

// Of a vector, or of a matrix along one axis or as a whole.
std::optional<Work> function(Context& ctx, Ref value) {
  const Fn f = ctx.function_of(value);
  const std::vector<Ref> list(ctx.operands(value).begin(), ctx.operands(value).end());
  const std::vector<Ref> extents = ctx.shape_of(list[0]).extents;
  if (f == Fn::sylvester)
    return sylvester(Size(ctx, extents[0]), Size(ctx, ctx.shape_of(list[1]).extents[0]));
  const Row* const row = find_row(f);
  const bool spectral = f == Fn::norm2 && list.size() == 1 && extents.size() == 2;
  if (row == nullptr || spectral) return std::nullopt;
  const ShapeRule rule = nabla::row(f).shape;
  const bool of_vector =
      rule == ShapeRule::norm || rule == ShapeRule::along || rule == ShapeRule::along_to_scalar;
  if (!of_vector) return row->count(Size(ctx, extents[0]));
  if (list.size() == 1) return row->count(Size(ctx, ctx.product(extents)));
  const size_t along = ctx.value(list[1]).is_one() ? 0 : 1;
  const Work line = row->count(Size(ctx, extents[along]));
  const Size lines(ctx, extents[1 - along]);
  return Work{line.operations * lines, line.functions * lines};
}

CallCount both(const Work& work) { return {work.tally(), work.tally()}; }

}  // namespace

std::optional<CallCount> eigen_count(Context& ctx, Ref value) {
  std::optional<Work> work;
  if (ctx.kind(value) == Kind::matpow) {
    const Ref a = ctx.operands(value)[0], exponent = ctx.operands(value)[1];
    work = power(Size(ctx, ctx.shape_of(a).extents[0]), Size(ctx, exponent));
  } else if (ctx.kind(value) == Kind::function) {
    work = function(ctx, value);
  }
  return work ? std::optional(both(*work)) : std::nullopt;
}

CallCount eigen_factors(Context& ctx, Ref rows, bool definite) {
  const Size n(ctx, rows);
  const Work compared(n * n);  // with the transpose
  const Work symmetric = compared + cholesky(n);
  if (definite) return both(symmetric);
  return {(compared + eliminate(n)).tally(), symmetric.tally()};
}

CallCount eigen_solve(Context& ctx, Ref rows, Ref columns) {
  const Size n(ctx, rows), m(ctx, columns);
  return both(Work(2 * n * n * m));
}

CallCount eigen_log_of_pivots(Context& ctx, Ref rows, bool definite) {
  const Size n(ctx, rows);
  const Work of_diagonal(2 * n + 1, n);
  if (definite) return both(of_diagonal);
  return {pivots(n).tally(), of_diagonal.tally()};
}

}  // namespace nabla

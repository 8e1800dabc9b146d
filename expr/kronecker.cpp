#include "expr/kronecker.h"

#include <algorithm>
#include <array>
#include <vector>

#include "expr/definite.h"
#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// The labels that factors join.
std::vector<Label> joined_labels(const Labelling& l) {
  std::vector<Label> group(l.label_count);
  for (Label i = 0; i < group.size(); ++i) group[i] = i;
  for (const auto& axes : l.factors) {
    for (Label a : axes) {
      const Label from = group[a], to = group[axes[0]];
      if (from != to) std::replace(group.begin(), group.end(), from, to);
    }
  }
  return group;
}

// The part of a product that carries two of its axes.
Ref part(Context& ctx, Ref product, const std::vector<Label>& group, std::array<Label, 2> axes) {
  const IndexedView v = view_indexed(ctx, product);
  const Labelling l = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end()),
      extents(v.extents.begin(), v.extents.end());
  const auto mine = [&](Label i) { return group[i] == group[axes[0]] || group[i] == group[axes[1]]; };
  IndexedBuilder b(ctx);
  std::vector<Label> number(extents.size());
  for (Label i = 0; i < extents.size(); ++i) {
    if (mine(i)) number[i] = b.label(extents[i]);
  }
  for (size_t f = 0; f < factors.size(); ++f) {
    if (!mine(l.factors[f][0])) continue;
    std::vector<Label> labels;
    for (Label a : l.factors[f]) labels.push_back(number[a]);
    b.factor(factors[f], labels);
  }
  return b.build({number[axes[0]], number[axes[1]]});
}

bool is_square_matrix(const Context& ctx, Ref a) {
  const auto& extents = ctx.shape_of(a).extents;
  return extents.size() == 2 && extents[0] == extents[1];
}

std::vector<Ref> square_blocks(const Context& ctx, Ref matrix) {
  if (!ctx.is_function(matrix, Fn::blockdiag)) return {};
  const auto blocks = ctx.operands(matrix);
  if (!std::all_of(blocks.begin(), blocks.end(), [&](Ref b) { return is_square_matrix(ctx, b); })) return {};
  return {blocks.begin(), blocks.end()};
}

// Square factors that are no such products again: what is done to them does not descend.
std::optional<std::pair<Ref, Ref>> square_kron_factors(Context& ctx, Ref matrix) {
  const auto factors = kron_factors(ctx, matrix);
  if (!factors) return std::nullopt;
  for (Ref f : {factors->first, factors->second}) {
    if (!is_square_matrix(ctx, f) || ctx.kind(f) == Kind::reshape || ctx.is_function(f, Fn::blockdiag))
      return std::nullopt;
  }
  return factors;
}

Ref det(Context& ctx, Ref a) { return matrix_function(ctx, Fn::det, {&a, 1}); }
Ref logdet(Context& ctx, Ref a) { return matrix_function(ctx, Fn::logdet, {&a, 1}); }

}  // namespace

std::optional<std::pair<Ref, Ref>> kron_factors(Context& ctx, Ref matrix) {
  if (ctx.kind(matrix) != Kind::reshape || ctx.shape_of(matrix).order() != 2) return std::nullopt;
  const Ref product = ctx.operands(matrix)[0];
  if (ctx.kind(product) != Kind::indexed || ctx.shape_of(product).order() != 4) return std::nullopt;
  const auto extents = ctx.shape_of(product).extents, outer = ctx.shape_of(matrix).extents;
  if (ctx.multiply(extents[0], extents[1]) != outer[0] || ctx.multiply(extents[2], extents[3]) != outer[1])
    return std::nullopt;
  const Labelling& l = ctx.labelling(product);
  const bool scalar =
      std::any_of(l.factors.begin(), l.factors.end(), [](const auto& a) { return a.empty(); });
  if (scalar || !l.guards.empty()) return std::nullopt;
  const std::vector<Label> group = joined_labels(l);
  for (const Label slow : {Label{1}, Label{3}}) {
    if (group[slow] == group[0] || group[slow] == group[2]) return std::nullopt;
  }
  return std::pair(part(ctx, product, group, {1, 3}), part(ctx, product, group, {0, 2}));
}

Ref diagonal_entries(Context& ctx, Ref matrix) {
  if (ctx.kind(matrix) != Kind::indexed || !is_square_matrix(ctx, matrix)) return {};
  const IndexedView v = view_indexed(ctx, matrix);
  if (!v.labelling->guards.empty()) return {};
  const bool diagonal = std::any_of(v.factors.begin(), v.factors.end(),
                                    [&](Ref f) { return is_structural(ctx, f, Structural::delta); });
  return diagonal ? nabla::diagonal(ctx, matrix) : Ref{};
}

Ref power_of_parts(Context& ctx, Ref matrix, Ref exponent) {
  if (const Ref v = diagonal_entries(ctx, matrix)) {
    return diagonal_matrix(ctx, tensor_power(ctx, v, exponent));
  }
  if (const auto factors = square_kron_factors(ctx, matrix)) {
    return kron(ctx, matpow(ctx, factors->first, exponent), matpow(ctx, factors->second, exponent));
  }
  std::vector<Ref> blocks = square_blocks(ctx, matrix);
  if (blocks.empty()) return {};
  for (Ref& b : blocks) b = matpow(ctx, b, exponent);
  return matrix_function(ctx, Fn::blockdiag, blocks);
}

Ref determinant_of_parts(Context& ctx, Ref matrix) {
  if (const auto factors = square_kron_factors(ctx, matrix)) {
    const Ref n = ctx.shape_of(factors->first).extents[0], m = ctx.shape_of(factors->second).extents[0];
    return ctx.multiply(ctx.power(det(ctx, factors->first), m), ctx.power(det(ctx, factors->second), n));
  }
  const std::vector<Ref> blocks = square_blocks(ctx, matrix);
  if (blocks.empty()) return {};
  std::vector<Ref> determinants;
  for (Ref b : blocks) determinants.push_back(det(ctx, b));
  return ctx.product(determinants);
}

Ref trace_of_blocks(Context& ctx, Ref blockdiag) {
  const std::vector<Ref> blocks = square_blocks(ctx, blockdiag);
  std::vector<Term> traces;
  for (Ref b : blocks) traces.push_back({one, trace(ctx, b)});
  return blocks.empty() ? Ref{} : ctx.sum(traces);
}

Ref log_determinant_of_parts(Context& ctx, Ref matrix) {
  if (const Ref v = diagonal_entries(ctx, matrix)) {
    const Facts positive = nonnegative | nonzero;
    if ((ctx[v].facts & (positive | complex_valued)) != positive) return {};
    return sum_entries(ctx, tensor_function(ctx, Fn::log, {&v, 1}));
  }
  if (const auto factors = square_kron_factors(ctx, matrix)) {
    const auto [a, b] = *factors;
    if (!is_positive_definite(ctx, a) || !is_positive_definite(ctx, b)) return {};
    const Ref n = ctx.shape_of(a).extents[0], m = ctx.shape_of(b).extents[0];
    return ctx.add(ctx.multiply(m, logdet(ctx, a)), ctx.multiply(n, logdet(ctx, b)));
  }
  const std::vector<Ref> blocks = square_blocks(ctx, matrix);
  Ref sum = zero;
  for (Ref b : blocks) {
    if (!is_positive_definite(ctx, b)) return {};
    sum = ctx.add(sum, logdet(ctx, b));
  }
  return blocks.empty() ? Ref{} : sum;
}

}  // namespace nabla

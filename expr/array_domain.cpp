#include "expr/array_domain.h"

#include <algorithm>

#include "expr/definite.h"
#include "expr/eigenvalue_signs.h"
#include "expr/scalarize.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

// Of an array of numbers it is worked out, so that a singular one is refused.
Ref determinant(Context& ctx, Ref a) {
  const Ref det = matrix_function(ctx, Fn::det, {&a, 1});
  const auto list = ctx.operands(a);
  constexpr size_t most_entries = 256;
  const bool numbers = ctx.kind(a) == Kind::array && list.size() <= most_entries &&
                       std::all_of(list.begin(), list.end(), [&](Ref r) { return ctx.is_number(r); });
  return numbers ? scalarize(ctx, det) : det;
}

// Whether the call stays a call: sqrtm(4*A) is 2*sqrtm(A), chol(eye(n)) is eye(n).
std::vector<Ref> calls_within(Context& ctx, Fn fn, std::span<const Ref> arguments) {
  const Ref value = matrix_function(ctx, fn, arguments);
  std::vector<Ref> calls;
  for (Ref r : nodes_below(ctx, {&value, 1})) {
    const bool of_arguments = std::find(arguments.begin(), arguments.end(), r) != arguments.end();
    if (!of_arguments && ctx.is_function(r, fn)) calls.push_back(r);
  }
  return calls;
}

std::vector<Ref> values_of_calls(Context& ctx, Fn fn, std::span<const Ref> arguments) {
  std::vector<Ref> conditions;
  for (Ref call : calls_within(ctx, fn, arguments)) conditions.push_back(has_value(ctx, call));
  return conditions;
}

bool has_symmetric_value(Context& ctx, Ref a) { return is_symmetric(ctx, a) || transpose(ctx, a) == a; }

// Of a function of the matrix a; of a root also where a is singular.
std::vector<Ref> principal(Context& ctx, Fn fn, Ref a, std::span<const Ref> arguments, MatrixFunction f) {
  if (has_symmetric_value(ctx, a)) {
    const bool root = f == MatrixFunction::root;
    return {least_eigenvalue_above_zero(ctx, root ? Relation::less_equal : Relation::less, a)};
  }
  if (const auto known = has_principal_value(ctx, f, a)) return {ctx.truth(*known)};
  return values_of_calls(ctx, fn, arguments);
}

// The root has no derivative at a singular matrix. Where the call is folded, as with the matrix itself for a
// direction, the root and its inverse say it.
std::vector<Ref> domain_of_root_derivative(Context& ctx, Fn frechet, std::span<const Ref> arguments) {
  const Ref a = arguments[1];
  if (ctx[a].facts & complex_valued) return {};
  std::vector<Ref> of_call = principal(ctx, frechet, a, arguments, MatrixFunction::logarithm);
  if (!of_call.empty()) return of_call;
  std::vector<Ref> conditions = principal(ctx, Fn::sqrtm, a, {&a, 1}, MatrixFunction::root);
  for (Ref c : not_singular(ctx, a)) conditions.push_back(c);
  return conditions;
}

// Along all axes, or the one that a second argument names: 1 down the columns, 2 along the rows.
std::vector<Ref> has_entries_along(Context& ctx, std::span<const Ref> arguments) {
  const Shape shape = ctx.shape_of(arguments[0]);
  std::vector<Ref> conditions;
  for (size_t axis = 0; axis < shape.order(); ++axis) {
    const bool along = arguments.size() == 1 || arguments[1] == ctx.number(Rational(int64_t(axis + 1)));
    if (!along) continue;
    for (Ref c : has_entries(ctx, shape.extents[axis])) conditions.push_back(c);
  }
  return conditions;
}

}  // namespace

Ref has_value(Context& ctx, Ref call) {
  const Ref sides[2] = {call, call};
  return ctx.intern(Kind::compare, static_cast<uint16_t>(Relation::equal), 0, 0, scalar_shape, sides);
}

Ref call_with_value(const Context& ctx, Ref condition) {
  const Node& n = ctx[condition];
  const bool equal = n.kind == Kind::compare && n.tag == static_cast<uint16_t>(Relation::equal);
  return equal && n.operand(0) == n.operand(1) ? n.operand(0) : Ref{};
}

std::vector<Ref> has_entries(Context& ctx, Ref extent) {
  const Ref c = ctx.compare(Relation::less, zero, extent);
  return ctx.kind(c) == Kind::truth && ctx[c].tag != 0 ? std::vector<Ref>{} : std::vector<Ref>{c};
}

std::vector<Ref> array_domain(Context& ctx, Fn fn, std::span<const Ref> arguments) {
  const Ref a = arguments[0];
  if (ctx[a].facts & complex_valued) return {};  // what is said here is about real matrices
  switch (row(fn).array_domain) {
    case ArrayDomain::everywhere:
      break;
    case ArrayDomain::positive_definite:
      return {least_eigenvalue_above_zero(ctx, Relation::less, a)};
    case ArrayDomain::positive_determinant:
      if (is_positive_definite(ctx, a)) break;
      return {ctx.compare(Relation::less, zero, determinant(ctx, a))};
    case ArrayDomain::principal_root:
      return principal(ctx, fn, a, arguments, MatrixFunction::root);
    case ArrayDomain::principal_logarithm:
      return principal(ctx, fn, a, arguments, MatrixFunction::logarithm);
    case ArrayDomain::of_matrix_function: {
      const auto named = find_function(ctx.symbol(a).name);
      if (!named) return {};
      if (*named == Fn::sqrtm) return domain_of_root_derivative(ctx, fn, arguments);
      return array_domain(ctx, *named, arguments.subspan(1, 1));
    }
    case ArrayDomain::one_solution:
      if (is_positive_definite(ctx, a) && is_positive_definite(ctx, arguments[1])) break;
      if (const auto known = have_no_opposite_eigenvalues(ctx, a, arguments[1])) return {ctx.truth(*known)};
      return values_of_calls(ctx, fn, arguments);
    case ArrayDomain::entries:
      return has_entries_along(ctx, arguments);
  }
  return {};
}

std::string_view array_domain_text(ArrayDomain domain) {
  switch (domain) {
    case ArrayDomain::everywhere:
      break;
    case ArrayDomain::positive_definite:
      return "a positive definite matrix";
    case ArrayDomain::positive_determinant:
      return "a matrix with a positive determinant";
    case ArrayDomain::principal_root:
      return "a matrix without negative eigenvalues";
    case ArrayDomain::principal_logarithm:
      return "a matrix without eigenvalues below or at 0";
    case ArrayDomain::of_matrix_function:
      return "a matrix where the function has a derivative";
    case ArrayDomain::one_solution:
      return "matrices for which there is one solution";
    case ArrayDomain::entries:
      return "at least one entry";
  }
  return {};
}

std::vector<Ref> not_singular(Context& ctx, Ref a) {
  std::vector<Ref> conditions, todo{a};
  while (!todo.empty()) {
    const Ref matrix = todo.back();
    todo.pop_back();
    if (is_invertible(ctx, matrix)) continue;
    if (ctx.is_function(matrix, Fn::sqrtm)) {  // whose eigenvalues are the roots
      todo.push_back(ctx.operands(matrix)[0]);
      continue;
    }
    const std::vector<Ref> factors = square_factors(ctx, matrix);
    const bool product = factors.size() > 1 || (factors.size() == 1 && factors[0] != matrix);
    if (!product) conditions.push_back(ctx.compare(Relation::not_equal, determinant(ctx, matrix), zero));
    for (size_t k = factors.size(); product && k-- > 0;) {
      const bool scalar = ctx[factors[k]].shape == scalar_shape;
      if (scalar) conditions.push_back(ctx.compare(Relation::not_equal, factors[k], zero));
      if (!scalar) todo.push_back(factors[k]);
    }
  }
  return conditions;
}

}  // namespace nabla

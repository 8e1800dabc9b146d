#include "diff/differentiable.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "expr/indexed.h"
#include "expr/print.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr size_t most_characters = 60;

bool is_euclidean(const Context& ctx, Ref r) {
  if (!ctx.is_function(r, Fn::norm2)) return ctx.is_function(r, Fn::normF);
  return ctx.operands(r).size() == 2 || ctx.shape_of(ctx.operands(r)[0]).order() < 2;
}

// Of what stands below, with # for the argument. Magnus and Neudecker, Matrix Differential Calculus, 3rd
// edition, 2019, chapters 8 and 9.
std::string_view condition_of(const Context& ctx, Ref r) {
  if (ctx.kind(r) == Kind::reduce) {
    const auto op = static_cast<Reduction>(ctx[r].tag);
    if (op == Reduction::max) return "the largest entry is unique";
    if (op == Reduction::min) return "the smallest entry is unique";
    return {};
  }
  if (ctx.kind(r) != Kind::function) return {};
  switch (ctx.function_of(r)) {
    case Fn::eigmax:
      return "the largest eigenvalue of # is simple";
    case Fn::eigmin:
      return "the smallest eigenvalue of # is simple";
    case Fn::eigval:
    case Fn::eigvec:
      return "this eigenvalue of # is simple";
    case Fn::eigvals:
    case Fn::eigvecs:
      return "the eigenvalues of # are simple";
    case Fn::svdu:
    case Fn::svdv:
    case Fn::singval:
      return "the singular values of # are distinct and not 0";
    case Fn::normnuc:
    case Fn::polar:
      return "# has full rank";
    case Fn::pinv:
      return "the rank of # does not change";
    case Fn::norm2:
    case Fn::normF:
      if (is_euclidean(ctx, r)) return "# is not 0";
      return "the largest singular value of # is simple";
    case Fn::norm1:
      return "# != 0 in every entry";
    case Fn::norminf:
      return "the entry of # that is largest in size is unique and not 0";
    default:
      return {};
  }
}

// The norms of e that stand alone in powers above the order, which have derivatives of that order at 0, or in
// even powers, which are sums of squares.
std::unordered_set<Ref> smooth_norms(const Context& ctx, Ref e, std::span<const Ref> nodes, int order) {
  std::unordered_set<Ref> smooth, other;
  if (is_euclidean(ctx, e)) other.insert(e);
  for (Ref r : nodes) {
    const Node& n = ctx[r];
    const Rational p =
        n.kind == Kind::power && ctx.is_number(n.operand(1)) ? ctx.value(n.operand(1)) : Rational(0);
    const bool even = p.is_integer() && p.is_even() && p.sign() > 0;
    for (Ref c : ctx.operands(r)) {
      if (is_euclidean(ctx, c)) (even || Rational(order) < p ? smooth : other).insert(c);
    }
  }
  for (Ref r : other) smooth.erase(r);
  return smooth;
}

}  // namespace

std::vector<std::string> differentiable_where(Context& ctx, Ref e, std::span<const Ref> variables,
                                              int order) {
  uint64_t names = 0;
  for (Ref v : variables) names |= ctx[v].names;
  std::vector<std::string> list;
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  const std::unordered_set<Ref> smooth = smooth_norms(ctx, e, nodes, order);
  for (Ref r : nodes) {
    const std::string_view condition = smooth.count(r) > 0 ? std::string_view() : condition_of(ctx, r);
    if (condition.empty() || !(ctx[ctx.operands(r)[0]].names & names)) continue;
    std::string text = "where " + std::string(condition);
    if (const size_t at = text.find('#'); at != std::string::npos) {
      const std::string argument = print(ctx, ctx.operands(r)[0]);
      text.replace(at, 1, argument.size() > most_characters ? "its argument" : argument);
    }
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
  }
  return list;
}

}  // namespace nabla

#include "diff/differentiable.h"

#include <algorithm>
#include <string_view>

#include "expr/indexed.h"
#include "expr/print.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr size_t most_characters = 60;

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
  const bool matrix = ctx.shape_of(ctx.operands(r)[0]).order() == 2 && ctx.operands(r).size() == 1;
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
      return "the singular values of # are distinct and not 0";
    case Fn::singval:
      return "the singular values of # are distinct and not 0";
    case Fn::normnuc:
      return "# has full rank";
    case Fn::polar:
      return "# is invertible";
    case Fn::pinv:
      return "the rank of # does not change";
    case Fn::norm2:
      return matrix ? "the largest singular value of # is simple" : "# is not 0";
    case Fn::normF:
      return "# is not 0";
    case Fn::norm1:
      return "no entry of # is 0";
    case Fn::norminf:
      return "the entry of # that is largest in size is unique and not 0";
    default:
      return {};
  }
}

}  // namespace

std::vector<std::string> differentiable_where(Context& ctx, Ref e, std::span<const Ref> variables) {
  uint64_t names = 0;
  for (Ref v : variables) names |= ctx[v].names;
  std::vector<std::string> list;
  for (Ref r : nodes_below(ctx, e)) {
    const std::string_view condition = condition_of(ctx, r);
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

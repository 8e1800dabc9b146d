#include "expr/differentiable.h"

#include "expr/indexed.h"

namespace nabla {

static bool is_of_vectors(const Context& ctx, Ref norm) {
  return ctx.is_function(norm, Fn::normF) || ctx.shape_of(ctx.operands(norm)[0]).order() < 2;
}

static std::string_view words_of_reduction(Reduction op, bool several) {
  if (op == Reduction::max) return several ? "each largest entry is unique" : "the largest entry is unique";
  if (op == Reduction::min) return several ? "each smallest entry is unique" : "the smallest entry is unique";
  return {};
}

// Down the columns of a matrix, or along its rows.
static bool along_axis(const Context& ctx, Ref call) { return ctx.operands(call).size() == 2; }

std::string_view differentiable_words(const Context& ctx, Ref call) {
  if (ctx.kind(call) == Kind::reduce)
    return words_of_reduction(static_cast<Reduction>(ctx[call].tag), ctx[call].shape != scalar_shape);
  if (ctx.kind(call) != Kind::function) return {};
  switch (ctx.function_of(call)) {
    case Fn::argmax:
      return words_of_reduction(Reduction::max, along_axis(ctx, call));
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
      if (along_axis(ctx, call))
        return ctx.operands(call)[1] == one ? "no column of # is 0" : "no row of # is 0";
      return is_of_vectors(ctx, call) ? "# is not 0" : "the largest singular value of # is simple";
    case Fn::norminf:
      if (along_axis(ctx, call))
        return ctx.operands(call)[1] == one
                   ? "in each column of # the entry that is largest in size is unique and not 0"
                   : "in each row of # the entry that is largest in size is unique and not 0";
      return "the entry of # that is largest in size is unique and not 0";
    default:
      return {};
  }
}

Ref differentiable(Context& ctx, Ref call) {
  const Ref sides[2] = {call, call};
  return ctx.intern(Kind::compare, static_cast<uint16_t>(Relation::less_equal), 0, 0, scalar_shape, sides);
}

Ref differentiable_call(const Context& ctx, Ref condition) {
  const Node& n = ctx[condition];
  const bool order = n.kind == Kind::compare && n.tag == static_cast<uint16_t>(Relation::less_equal);
  return order && n.operand(0) == n.operand(1) ? n.operand(0) : Ref{};
}

}  // namespace nabla

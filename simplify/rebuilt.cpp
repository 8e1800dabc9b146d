#include "simplify/rebuilt.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {

Ref rebuilt(Context& ctx, Ref r, std::span<const Ref> operands) {
  const auto before = ctx.operands(r);
  if (std::equal(before.begin(), before.end(), operands.begin(), operands.end())) return r;
  try {
    return ctx.rebuild(r, operands);
  } catch (const Failure& f) {
    if (f.diagnostic.code == Code::step_limit || f.diagnostic.code == Code::cancelled) throw;
    return r;
  }
}

}  // namespace nabla

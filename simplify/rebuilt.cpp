#include "simplify/rebuilt.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {

bool has_no_value(const Failure& f) {
  switch (f.diagnostic.code) {
    case Code::step_limit:
    case Code::node_limit:
    case Code::memory_limit:
    case Code::time_limit:
    case Code::cancelled:
      return false;
    default:
      return true;
  }
}

Ref rebuilt(Context& ctx, Ref r, std::span<const Ref> operands) {
  const auto before = ctx.operands(r);
  if (std::equal(before.begin(), before.end(), operands.begin(), operands.end())) return r;
  try {
    return ctx.rebuild(r, operands);
  } catch (const Failure& f) {
    if (!has_no_value(f)) throw;
    return r;
  }
}

}  // namespace nabla

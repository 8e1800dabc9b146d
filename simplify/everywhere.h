// A change of every scalar in an expression, parts first.
#pragma once

#include "expr/context.h"
#include "expr/scratch.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {

// e with each scalar replaced by change(it), whose parts have been replaced already.
template <class Change>
Ref everywhere(Context& ctx, Ref e, Change change) {
  if (ctx[e].facts & has_operation) return e;
  RefMap<Ref> image(e.id);
  Scratch<Ref, 64> list;
  for (Ref r : nodes_below(ctx, e)) {
    list.resize(0);
    for (Ref c : ctx.operands(r)) list.push_back(image[c]);
    const Ref other = rebuilt(ctx, r, {list.begin(), list.size()});
    image[r] = ctx[other].shape == scalar_shape ? change(other) : other;
  }
  return image[e];
}

// The same of real scalars.
template <class Change>
Ref everywhere_real(Context& ctx, Ref e, Change change) {
  return everywhere(ctx, e, [&](Ref r) { return ctx[r].facts & complex_valued ? r : change(r); });
}

}  // namespace nabla

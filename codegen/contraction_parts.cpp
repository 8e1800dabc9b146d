#include "codegen/contraction_parts.h"

#include <cstdlib>

#include "codegen/tensor_program.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

constexpr int64_t most_repeated = 4;  // a product with A^4 is four products

void repeat_powers(Context& ctx, Contraction& c) {
  const size_t n = c.factors.size();
  if (n < 2) return;
  for (size_t k = 0; k < n; ++k) {
    const Ref f = c.factors[k].factor;
    if (ctx.kind(f) != Kind::matpow || !ctx.is_number(ctx.operands(f)[1])) continue;
    const auto e = ctx.value(ctx.operands(f)[1]).as_int();
    if (!e || std::abs(*e) < 2 || std::abs(*e) > most_repeated) continue;
    const Ref base = *e > 0 ? ctx.operands(f)[0] : matpow(ctx, ctx.operands(f)[0], minus_one);
    const Ref extent = ctx.shape_of(f).extents[0];
    const Label last = c.factors[k].labels[1];
    c.factors[k].factor = base;
    Label at = c.factors[k].labels[0];
    for (int64_t i = 1; i <= std::abs(*e); ++i) {
      Label next = last;
      if (i < std::abs(*e)) {
        next = static_cast<Label>(c.extents.size());
        c.extents.push_back(extent);
      }
      if (i == 1) {
        c.factors[k].labels = {at, next};
      } else {
        c.factors.push_back({base, {at, next}});
      }
      at = next;
    }
  }
}

}  // namespace

Contraction contraction_of(Context& ctx, Ref node) {
  const IndexedView v = view_indexed(ctx, node);
  Contraction c;
  for (size_t k = 0; k < v.factors.size(); ++k) {
    const auto& labels = v.labelling->factors[k];
    if (labels.empty()) {
      c.scalars.push_back(v.factors[k]);
    } else {
      (is_position(ctx, v.factors[k]) ? c.positions : c.factors).push_back({v.factors[k], labels});
    }
  }
  c.guards = v.labelling->guards;
  c.offsets.assign(v.offsets.begin(), v.offsets.end());
  c.extents.assign(v.extents.begin(), v.extents.end());
  c.outputs = v.labelling->output.size();
  c.row = ctx.shape_of(node).row;
  return c;
}

Contraction product_parts(Context& ctx, Ref node) {
  Contraction c = contraction_of(ctx, node);
  repeat_powers(ctx, c);
  return c;
}

}  // namespace nabla

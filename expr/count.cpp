#include "expr/count.h"

#include <algorithm>

namespace nabla {

Counts count_forms(const Forms& forms, std::span<const FormId> roots) {
  // A part of a long sum is no sum of its own unless it stands elsewhere as well.
  enum : uint8_t { unseen, part, seen };
  std::vector<uint8_t> state(forms.size());
  Counts counts;
  for (const FormId f : roots) {
    state[f] = seen;
    counts.nodes += std::min(forms[f].nodes, UINT64_MAX - counts.nodes);
  }
  for (FormId f = forms.size(); f-- > 1;) {
    if (state[f] == unseen) continue;
    if (state[f] == seen) counts.dag_nodes += forms.operators(f);
    const FormKind k = forms[f].kind;
    for (const Edge e : forms.edges(f)) {
      const bool piece = forms.is_piece(f, e);
      state[e.id()] = std::max<uint8_t>(state[e.id()], piece ? part : seen);
      if (e.marked() && (k == FormKind::factors || k == FormKind::long_product)) ++counts.dag_nodes;
    }
  }
  return counts;
}

Counts count_nodes(Context& ctx, std::span<const Ref> roots) {
  Forms forms(ctx);
  return count_forms(forms, forms.build(roots));
}

Counts count_nodes(Context& ctx, Ref e) { return count_nodes(ctx, {&e, 1}); }

}  // namespace nabla

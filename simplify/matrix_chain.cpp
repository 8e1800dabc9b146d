#include "simplify/matrix_chain.h"

#include <algorithm>

#include "expr/indexed.h"

namespace nabla {

std::optional<Chain> square_chain(const Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::indexed) return std::nullopt;
  const IndexedView v = view_indexed(ctx, e);
  const Labelling& l = *v.labelling;
  if (l.output.size() != 2 || !l.guards.empty()) return std::nullopt;
  if (!std::all_of(v.extents.begin(), v.extents.end(), [&](Ref n) { return n == v.extents[0]; }))
    return std::nullopt;
  Chain chain;
  std::vector<bool> used(v.factors.size(), false);
  for (size_t f = 0; f < used.size(); ++f) {
    if (l.factors[f].empty()) chain.scalar = v.factors[f], used[f] = true;
  }
  Label at = 0;
  for (;;) {
    size_t found = used.size(), count = 0;
    for (size_t f = 0; f < used.size(); ++f) {
      const auto& axes = l.factors[f];
      if (used[f] || std::find(axes.begin(), axes.end(), at) == axes.end()) continue;
      found = f, ++count;
    }
    if (count == 0) break;
    const auto& axes = l.factors[found];
    if (count > 1 || axes.size() != 2 || axes[0] == axes[1]) return std::nullopt;
    used[found] = true;
    chain.links.push_back({v.factors[found], axes[0] != at});
    at = axes[0] == at ? axes[1] : axes[0];
    if (at == 1) break;
  }
  if (at != 1 || !std::all_of(used.begin(), used.end(), [](bool u) { return u; })) return std::nullopt;
  return chain;
}

}  // namespace nabla

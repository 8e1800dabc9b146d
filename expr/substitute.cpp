#include "expr/substitute.h"

#include <algorithm>
#include <optional>

#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "expr/walk.h"

namespace nabla {

Ref substitute(Context& ctx, Ref e, std::span<const std::pair<Ref, Ref>> replacements) {
  uint64_t names = 0;
  for (const auto& [from, to] : replacements) names |= ctx[from].names;
  const bool filter = std::all_of(replacements.begin(), replacements.end(),
                                  [&](const auto& p) { return ctx[p.first].names != 0; });
  const auto order = nodes_below(ctx, {&e, 1}, [&](Ref r) { return !filter || (ctx[r].names & names) != 0; });
  RefMap<Ref> image(e.id);
  for (const auto& [from, to] : replacements) {
    if (from.id <= e.id) image[from] = to;
  }
  // A part without a value is one of a branch that may not be taken: it fails where it is asked for.
  std::optional<Failure> failure;
  RefMap<bool> undefined(e.id);
  Scratch<Ref, 64> list;
  for (Ref r : order) {
    if (image[r]) continue;
    list.resize(0);
    bool has_value = true;
    for (Ref c : ctx.operands(r)) {
      list.push_back(image[c] ? image[c] : c);
      has_value = has_value && !undefined[c];
    }
    const bool chosen = ctx.kind(r) == Kind::select && ctx.kind(list[0]) == Kind::truth;
    const size_t side = chosen && ctx[list[0]].tag == 0 ? 2 : 1;
    if (!has_value && (!chosen || undefined[ctx.operands(r)[side]])) {
      undefined[r] = true;
      continue;
    }
    try {
      image[r] = has_value ? ctx.rebuild(r, list) : list[side];
    } catch (const Failure& f) {
      const Code code = f.diagnostic.code;
      if (code != Code::division_by_zero && code != Code::outside_domain) throw;
      if (!failure) failure = f;
      undefined[r] = true;
    }
  }
  if (undefined[e]) throw Failure(*failure);
  return image[e] ? image[e] : e;
}

bool contains(Context& ctx, Ref e, Ref name) {
  const uint64_t names = ctx[name].names;
  if ((ctx[e].names & names) != names) return false;
  bool found = false;
  nodes_below(ctx, {&e, 1}, [&](Ref r) {
    found |= r == name;
    return !found && (ctx[r].names & names) == names;
  });
  return found;
}

std::vector<Ref> symbols_of(Context& ctx, std::span<const Ref> roots) {
  std::vector<Ref> found;
  for (Ref r : nodes_below(ctx, roots, [&](Ref c) { return ctx[c].names != 0; })) {
    if (ctx.kind(r) == Kind::symbol) found.push_back(r);
  }
  std::sort(found.begin(), found.end(),
            [&](Ref a, Ref b) { return ctx.symbol(a).name < ctx.symbol(b).name; });
  return found;
}

bool is_in_sizes(Context& ctx, Ref e, Ref name) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
    const std::vector<Ref> extents = ctx.shape_of(r).extents;
    return std::any_of(extents.begin(), extents.end(), [&](Ref n) { return contains(ctx, n, name); });
  });
}

std::vector<Ref> symbols_of(Context& ctx, Ref e) { return symbols_of(ctx, {&e, 1}); }

}  // namespace nabla

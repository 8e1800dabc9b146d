#include "simplify/scalar_regions.h"

#include <vector>

#include "expr/walk.h"
#include "simplify/rebuilt.h"

namespace nabla {

bool is_scalar_algebra(const Context& ctx, Ref r) {
  switch (ctx.kind(r)) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::long_product:
    case Kind::power:
      return ctx[r].shape == scalar_shape;
    default:
      return false;
  }
}

namespace {

Ref image(const Images& images, Ref r) {
  const auto found = images.find(r);
  return found == images.end() ? r : found->second;
}

Ref with_images_of_parts(Context& ctx, Ref r, const Images& images) {
  std::vector<Ref> operands;
  for (const Ref o : ctx.operands(r)) operands.push_back(image(images, o));
  return rebuilt(ctx, r, operands);
}

// Whether the scalars in a node are looked at where only the outermost are.
bool is_container(const Context& ctx, Ref r) {
  return ctx[r].shape != scalar_shape || ctx.kind(r) == Kind::select || ctx.kind(r) == Kind::compare ||
         ctx.kind(r) == Kind::connective;
}

}  // namespace

Ref rewrite_regions(Context& ctx, Ref e, Levels levels,
                    const std::function<Ref(Ref region, const Images& images)>& rewrite) {
  enum : uint8_t { unseen, seen, region };
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  RefMap<uint8_t> marks(e.id + 1);
  marks[e] = is_scalar_algebra(ctx, e) ? region : seen;
  for (size_t i = nodes.size(); i-- > 0;) {
    const Ref r = nodes[i];
    if (marks[r] == unseen) continue;
    const bool algebra = is_scalar_algebra(ctx, r);
    if (levels == Levels::outermost && (algebra || !is_container(ctx, r))) continue;
    for (const Ref o : ctx.operands(r)) {
      const bool exponent = ctx.kind(r) == Kind::power && o == ctx.operands(r)[1];
      const bool whole = is_scalar_algebra(ctx, o) && (!algebra || exponent);
      marks[o] = std::max<uint8_t>(marks[o], whole ? region : seen);
    }
  }
  Images images;
  for (const Ref r : nodes) {
    if (marks[r] == unseen || (marks[r] == seen && is_scalar_algebra(ctx, r))) continue;
    const Ref better = marks[r] == region ? rewrite(r, images) : with_images_of_parts(ctx, r, images);
    if (better != r) images.emplace(r, better);
  }
  return image(images, e);
}

Ref with_images(Context& ctx, Ref root, const Images& images) {
  if (images.empty()) return root;
  Images all = images;
  const auto nodes =
      nodes_below(ctx, {&root, 1}, [&](Ref r) { return r == root || is_scalar_algebra(ctx, r); });
  for (const Ref r : nodes) {
    const Ref better = with_images_of_parts(ctx, r, all);
    if (better != r) all[r] = better;
  }
  return image(all, root);
}

}  // namespace nabla

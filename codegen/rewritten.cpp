#include "codegen/rewritten.h"

#include <vector>

#include "expr/scratch.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {

Ref MovedLets::operator()(Ref e) const {
  if (const auto at = image_.find(e); at != image_.end()) return at->second;
  if (is_atom(ctx_, e)) return e;
  // The value of a let is one operation over atoms: to walk below each would cost as much as the program.
  Scratch<Ref, 64> list;
  for (Ref o : ctx_.operands(e)) {
    if (!is_atom(ctx_, o)) return below(e);
    const auto at = image_.find(o);
    list.push_back(at == image_.end() ? o : at->second);
  }
  ctx_.budget().spend(1 + list.size());
  return ctx_.rebuild(e, list);
}

Ref MovedLets::below(Ref e) const {
  std::vector<std::pair<Ref, Ref>> names;
  for (Ref r : nodes_below(ctx_, e)) {
    const auto at = image_.find(r);
    if (at != image_.end() && at->second != r) names.emplace_back(r, at->second);
  }
  return names.empty() ? e : substitute(ctx_, e, names);
}

Program rewritten(Context& ctx, Program program,
                  const std::function<Ref(const Let&, const MovedLets&, Lowering&)>& value) {
  Program out;
  out.inputs = program.inputs;
  Lowering lowering(ctx, out);
  std::unordered_map<Ref, Ref> image;
  const MovedLets moved(ctx, image);
  for (const Let& l : program.lets) {
    const Ref held = value(l, moved, lowering);
    image[l.name] = held;
  }
  for (ProgramOutput& o : program.outputs) {
    for (Ref& e : o.entries) e = moved(e);
    out.outputs.push_back(std::move(o));
  }
  drop_dead_lets(ctx, out);
  return out;
}

}  // namespace nabla

#include "expr/program.h"

#include <algorithm>

#include "expr/operand_tree.h"
#include "expr/scratch.h"
#include "expr/walk.h"

namespace nabla {

bool is_atom(const Context& ctx, Ref e) {
  switch (ctx.kind(e)) {
    case Kind::number:
    case Kind::constant:
    case Kind::symbol:
    case Kind::let:
    case Kind::entry:
    case Kind::truth:
      return true;
    default:
      return false;
  }
}

Lowering::Lowering(Context& ctx, Program& program) : ctx_(ctx), program_(program) {
  for (const Let& l : program.lets) slot(l.value) = l.name;
}

Ref& Lowering::slot(Ref e) {
  if (e.id >= names_.size()) names_.resize(std::max<size_t>(e.id + 1, ctx_.size() + ctx_.size() / 2));
  return names_[e.id];
}

Ref Lowering::name(Ref value) {
  if (is_atom(ctx_, value)) return value;
  Ref& known = slot(value);
  if (known) return known;
  const Node& n = ctx_[value];
  const Ref let = ctx_.let(static_cast<uint32_t>(program_.lets.size()), n.shape, n.facts);
  program_.lets.push_back({let, value});
  slot(value) = let;
  return let;
}

void Lowering::lower_one(Ref e) {
  if (slot(e)) return;
  if (ctx_.kind(e) == Kind::long_sum || ctx_.kind(e) == Kind::long_product) return lower_long(e);
  Scratch<Ref, 64> list;
  for (Ref c : ctx_.operands(e)) list.push_back(atom_of(c));
  const Ref let = hold(ctx_.rebuild(e, list));
  slot(e) = let;
}

Ref Lowering::hold(Ref value) {
  auto is_open = [&](Ref r) { return !is_atom(ctx_, r); };
  for (;;) {
    const auto operands = ctx_.operands(value);
    if (is_atom(ctx_, value) || std::none_of(operands.begin(), operands.end(), is_open)) return name(value);
    value = ctx_.rebuild(value, lower_all(operands));  // recursion: the height of the tree, at most 30
  }
}

// In a loop s = s + t each s is the one before and a little more: then that is its let. Several such sums may
// take turns, as the components of a state do. The parts of a tree become lets only where no earlier sum can
// be built upon.
void Lowering::lower_long(Ref e) {
  constexpr size_t most_recent = 12;
  const bool product = ctx_.kind(e) == Kind::long_product;
  std::vector<Ref>& recent = recent_long_[product ? 1 : 0];
  OperandTree tree(ctx_, product);
  std::optional<std::vector<KeyedOperand>> more;
  Ref last;
  for (size_t i = recent.size(); i-- > 0 && !more;) {
    last = recent[i];
    more = tree.beyond(e, last, 8);
    if (more) recent.erase(recent.begin() + static_cast<ptrdiff_t>(i));
  }
  if (recent.size() == most_recent) recent.erase(recent.begin());
  recent.push_back(e);
  if (!more) return lower_parts(e);
  Scratch<Ref, 16> factors;
  Scratch<Term, 16> terms;
  const Ref before = slot(last);
  factors.push_back(before);
  terms.push_back({one, before});
  for (const KeyedOperand& o : *more) {
    const Ref item = product ? ctx_.power(o.key, o.value) : o.key;
    if (!is_atom(ctx_, item)) lower_one(item);
    factors.push_back(atom_of(item));
    terms.push_back({o.value, atom_of(item)});
  }
  const Ref let = hold(product ? ctx_.product(factors) : ctx_.sum(terms));
  slot(e) = let;
}

void Lowering::lower_parts(Ref root) {
  std::vector<Ref> todo{root};
  Scratch<Ref, 64> list;
  while (!todo.empty()) {
    const Ref e = todo.back();
    const size_t before = todo.size();
    for (Ref c : ctx_.operands(e)) {
      if (!is_atom(ctx_, c) && !slot(c)) todo.push_back(c);
    }
    if (todo.size() > before) continue;
    todo.pop_back();
    if (slot(e)) continue;
    list.resize(0);
    for (Ref c : ctx_.operands(e)) list.push_back(atom_of(c));
    const Ref let = hold(ctx_.rebuild(e, list));
    slot(e) = let;
  }
}

std::vector<Ref> Lowering::lower_all(std::span<const Ref> roots) {
  auto missing = [&](Ref r) { return !is_atom(ctx_, r) && !slot(r); };
  auto ready = [&](Ref r) {  // most calls lower one new operation over lets
    const auto list = ctx_.operands(r);
    return std::none_of(list.begin(), list.end(), missing);
  };
  std::vector<Ref> names;
  if (roots.size() == 1 && (!missing(roots[0]) || ready(roots[0]))) {
    if (missing(roots[0])) lower_one(roots[0]);
    names.push_back(atom_of(roots[0]));
    return names;
  }
  const auto order = nodes_below(ctx_, roots, missing);
  if (order.empty()) {
    for (Ref r : roots) names.push_back(atom_of(r));
    return names;
  }
  // What only long sums and products refer to waits until they ask for it.
  const uint32_t first = order.front().id;
  std::vector<bool> eager(order.back().id - first + size_t{1});
  auto want = [&](Ref r) {
    if (r.id >= first && r.id - first < eager.size()) eager[r.id - first] = true;
  };
  for (Ref r : roots) want(r);
  for (Ref r : order) {
    if (ctx_.kind(r) == Kind::long_sum || ctx_.kind(r) == Kind::long_product) continue;
    for (Ref c : ctx_.operands(r)) want(c);
  }
  for (Ref r : order) {
    if (eager[r.id - first]) lower_one(r);
  }
  for (Ref r : roots) names.push_back(atom_of(r));
  return names;
}

std::vector<Ref> inline_lets(Context& ctx, const Program& program, std::span<const Ref> roots) {
  std::vector<bool> wanted(program.lets.size());
  auto index = [&](Ref let) { return size_t{ctx[let].payload}; };
  auto want = [&](Ref value) {
    for (Ref r : nodes_below(ctx, value)) {
      if (ctx.kind(r) == Kind::let) wanted[index(r)] = true;
    }
  };
  for (Ref r : roots) want(r);
  for (size_t i = program.lets.size(); i-- > 0;) {
    if (wanted[i]) want(program.lets[i].value);
  }
  std::vector<Ref> closed(program.lets.size());
  Scratch<Ref, 64> list;
  auto close = [&](Ref value) {
    if (ctx.kind(value) == Kind::let) return closed[index(value)];
    if (is_atom(ctx, value)) return value;
    std::unordered_map<Ref, Ref> image;
    for (Ref r : nodes_below(ctx, value)) {
      if (ctx.kind(r) == Kind::let) {
        image[r] = closed[index(r)];
        continue;
      }
      list.resize(0);
      for (Ref c : ctx.operands(r)) list.push_back(image[c]);
      image[r] = list.empty() ? r : ctx.rebuild(r, list);
    }
    return image[value];
  };
  for (size_t i = 0; i < program.lets.size(); ++i) {
    if (wanted[i]) closed[i] = close(program.lets[i].value);
  }
  std::vector<Ref> result;
  for (Ref r : roots) result.push_back(close(r));
  return result;
}

void drop_dead_lets(Context& ctx, Program& program) {
  std::vector<bool> wanted(program.lets.size());
  std::vector<Ref> todo;
  for (const ProgramOutput& o : program.outputs) {
    for (Ref r : o.entries) {
      if (ctx.kind(r) == Kind::let) wanted[ctx[r].payload] = true;
    }
  }
  for (size_t i = program.lets.size(); i-- > 0;) {
    if (!wanted[i]) continue;
    todo.assign(1, program.lets[i].value);  // a value is a small expression
    while (!todo.empty()) {
      const Ref r = todo.back();
      todo.pop_back();
      if (ctx.kind(r) == Kind::let) {
        wanted[ctx[r].payload] = true;
      } else {
        const auto list = ctx.operands(r);
        todo.insert(todo.end(), list.begin(), list.end());
      }
    }
  }
  const auto dead = std::find(wanted.begin(), wanted.end(), false);
  if (dead == wanted.end()) return;
  std::vector<Ref> renamed(program.lets.size());
  const auto kept = static_cast<size_t>(dead - wanted.begin());  // before it nothing is renamed
  for (size_t i = 0; i < kept; ++i) renamed[i] = program.lets[i].name;
  std::vector<Let> lets(program.lets.begin(), program.lets.begin() + static_cast<ptrdiff_t>(kept));
  Scratch<Ref, 64> list;
  for (size_t i = kept; i < program.lets.size(); ++i) {
    if (!wanted[i]) continue;
    const Let& l = program.lets[i];
    list.resize(0);
    for (Ref c : ctx.operands(l.value))
      list.push_back(ctx.kind(c) == Kind::let ? renamed[ctx[c].payload] : c);
    const Node& n = ctx[l.name];
    renamed[i] = ctx.let(static_cast<uint32_t>(lets.size()), n.shape, n.facts);
    lets.push_back({renamed[i], ctx.rebuild(l.value, list)});
  }
  program.lets = std::move(lets);
  for (ProgramOutput& o : program.outputs) {
    for (Ref& r : o.entries) {
      if (ctx.kind(r) == Kind::let) r = renamed[ctx[r].payload];
    }
  }
}

}  // namespace nabla

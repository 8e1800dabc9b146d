// What a statement left behind is dropped: pins, truncation to a mark, and keeping what is still wanted.
#include <algorithm>
#include <vector>

#include "expr/context.h"

namespace nabla {

Context::Pin Context::pin(Ref r) {
  pins_.push_back(r);
  return static_cast<Pin>(pins_.size() - 1);
}

void Context::truncate(uint32_t mark) {
  if (table_.size() > (size_t{1} << 12) && size_t{mark} * 8 < table_.size()) {
    size_t smaller = size_t{1} << 12;
    while (smaller < size_t{mark} * 4) smaller *= 2;
    table_.assign(smaller, 0);
  } else {
    std::fill(table_.begin(), table_.end(), 0);
  }
  const size_t mask = table_.size() - 1;
  size_ = mark;
  size_t numbers = 0;
  for (uint32_t id = 1; id < mark; ++id) {
    const Node& n = (*this)[Ref{id}];
    if (n.kind == Kind::number) numbers = std::max<size_t>(numbers, n.payload + size_t{1});
    size_t i = n.hash & mask;
    while (table_[i] != 0) i = (i + 1) & mask;
    table_[i] = (n.hash & ~uint64_t{0xffffffff}) | id;
  }
  numbers_.resize(numbers);
  chunks_.resize((size_t{mark} >> chunk_bits) + 1);
  // Operand lists are laid down in the order of the nodes: find the last one that stays.
  const Ref* last = nullptr;
  for (uint32_t id = mark; id-- > 1 && !last;) {
    const Node& n = (*this)[Ref{id}];
    if (n.count > operands_inside) last = n.list + n.count;
  }
  while (!pool_.empty()) {
    PoolBlock& b = pool_.back();
    if (last && last > b.data.get() && last <= b.data.get() + b.capacity) {
      b.used = static_cast<size_t>(last - b.data.get());
      break;
    }
    pool_.pop_back();
  }
}

void Context::keep(uint32_t mark, std::span<Ref*> roots) {
  std::vector<Ref*> all(roots.begin(), roots.end());
  for (Ref& r : pins_) all.push_back(&r);
  for (Shape& s : shapes_) {
    for (Ref& r : s.extents) all.push_back(&r);
  }
  for (Symbol& s : symbols_) {
    if (s.domain.lower) all.push_back(&s.domain.lower);
    if (s.domain.upper) all.push_back(&s.domain.upper);
  }
  std::vector<bool> wanted(size_ - mark);
  for (const Ref* r : all) {
    if (r->id >= mark) wanted[r->id - mark] = true;
  }
  for (uint32_t id = size_; id-- > mark;) {  // parents before children
    if (!wanted[id - mark]) continue;
    for (Ref c : operands(Ref{id})) {
      if (c.id >= mark) wanted[c.id - mark] = true;
    }
  }
  struct Saved {
    uint32_t id;
    Node node;
    Rational value;
    size_t first;
  };
  std::vector<Saved> saved;
  std::vector<Ref> lists;
  for (uint32_t id = mark; id < size_; ++id) {
    if (!wanted[id - mark]) continue;
    const Node& n = (*this)[Ref{id}];
    saved.push_back({id, n, n.kind == Kind::number ? numbers_[n.payload] : Rational(), lists.size()});
    const auto list = n.operands();
    lists.insert(lists.end(), list.begin(), list.end());
  }
  truncate(mark);
  std::vector<Ref> moved(wanted.size());
  auto remap = [&](Ref r) { return r.id < mark ? r : moved[r.id - mark]; };
  for (Saved& s : saved) {
    std::vector<Ref> list(lists.begin() + static_cast<ptrdiff_t>(s.first),
                          lists.begin() + static_cast<ptrdiff_t>(s.first + s.node.count));
    for (Ref& r : list) r = remap(r);
    if (s.node.kind == Kind::number) {
      s.node.payload = static_cast<uint32_t>(numbers_.size());
      numbers_.push_back(s.value);
    }
    const uint64_t hash = s.node.hash;  // of content, so it does not change
    moved[s.id - mark] = insert(hash, s.node, list);
  }
  for (Ref* r : all) *r = remap(*r);
}

}  // namespace nabla

// The one traversal: the nodes below some roots, children before parents, each once.
//
// Because children stand below their parents in the arena, marking runs down the ids and visiting runs up:
// nothing recurses, and a chain of a million nodes is ordinary. Every visit spends from the Budget.
#pragma once

#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

// A table from Ref to a small value, zero where nothing was stored. Untouched pages cost nothing, so a map
// over a large context with few entries is cheap.
template <class T>
class RefMap {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit RefMap(size_t size)
      : data_(static_cast<T*>(std::calloc(size + 1, sizeof(T)))) {  // NOLINT: zero pages on demand
    if (!data_) throw std::bad_alloc();
  }
  T& operator[](Ref r) { return data_.get()[r.id]; }
  const T& operator[](Ref r) const { return data_.get()[r.id]; }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }  // NOLINT
  };
  std::unique_ptr<T, Free> data_;
};

// The nodes at or below `roots`, ascending. Where `enter(r)` is false, r is left out with what only it
// leads to.
template <class Enter>
std::vector<Ref> nodes_below(Context& ctx, std::span<const Ref> roots, Enter enter) {
  Ref top{};
  for (Ref r : roots) top = std::max(top, r);
  RefMap<uint64_t> marks(top.id / 64 + 1);
  auto bit = [](Ref r) { return uint64_t{1} << (r.id % 64); };
  auto word = [&](Ref r) -> uint64_t& { return marks[Ref{r.id / 64}]; };
  size_t pending = 0;
  auto reach = [&](Ref r) {
    if ((word(r) & bit(r)) || !enter(r)) return;
    word(r) |= bit(r);
    ++pending;
  };
  for (Ref r : roots) {
    if (r) reach(r);
  }
  size_t count = 0;
  uint32_t lowest = top.id / 64 + 1;
  for (uint32_t w = top.id / 64 + 1; w-- > 0 && pending > 0;) {
    uint64_t& bits = marks[Ref{w}];
    if (bits == 0) continue;
    lowest = w;
    // Children may set lower bits of this very word while it is scanned downwards.
    for (uint64_t left = ~uint64_t{0}; (bits & left) != 0;) {
      const int b = 63 - __builtin_clzll(bits & left);
      left = (uint64_t{1} << b) - 1;
      const Ref r{w * 64 + static_cast<uint32_t>(b)};
      ++count;
      --pending;
      for (Ref c : ctx.operands(r)) reach(c);
    }
  }
  ctx.budget().spend(count + 1);
  std::vector<Ref> order;
  order.reserve(count);
  for (uint32_t w = lowest; w <= top.id / 64; ++w) {
    for (uint64_t bits = marks[Ref{w}]; bits != 0; bits &= bits - 1) {
      order.push_back(Ref{w * 64 + static_cast<uint32_t>(__builtin_ctzll(bits))});
    }
  }
  return order;
}

inline std::vector<Ref> nodes_below(Context& ctx, std::span<const Ref> roots) {
  return nodes_below(ctx, roots, [](Ref) { return true; });
}

inline std::vector<Ref> nodes_below(Context& ctx, Ref root) { return nodes_below(ctx, {&root, 1}); }

}  // namespace nabla

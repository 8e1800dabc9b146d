#include "simplify/calls.h"

namespace nabla {

uint64_t Calls::operator()(Ref e) {
  std::vector<Ref> todo{e};
  while (!todo.empty()) {
    const Ref r = todo.back();
    if (counts_.count(r) != 0) {
      todo.pop_back();
      continue;
    }
    const Node& n = ctx_[r];
    const bool call = n.kind == Kind::function || n.kind == Kind::opaque ||
                      (n.kind == Kind::power && n.operand(1) != minus_one);
    uint64_t count = call ? 1 : 0;
    const size_t before = todo.size();
    for (Ref c : n.operands()) {
      const auto it = counts_.find(c);
      if (it == counts_.end()) {
        todo.push_back(c);
      } else if (__builtin_add_overflow(count, it->second, &count)) {
        count = ~uint64_t{0};
      }
    }
    if (todo.size() != before) continue;
    ctx_.budget().spend();
    counts_[r] = count;
    todo.pop_back();
  }
  return counts_[e];
}

}  // namespace nabla

#include "codegen/inside_turns.h"

#include <algorithm>

namespace nabla {
namespace {

void add(std::vector<std::string>& list, const std::string& bound) {
  if (!bound.empty() && std::find(list.begin(), list.end(), bound) == list.end()) list.push_back(bound);
}

}  // namespace

std::string InsideTurns::has_begun(const std::string& p) const {
  std::string all;
  for (const std::string& f : firsts) all += (all.empty() ? "" : " && ") + p + " >= " + f;
  return all;
}

std::string InsideTurns::holds_block(const std::string& p, const std::string& count,
                                     const std::string& extent) const {
  std::string all = has_begun(p);
  std::vector<std::string> all_ends = ends;
  add(all_ends, extent);
  for (const std::string& n : all_ends) all += (all.empty() ? "" : " && ") + p + " + " + count + " <= " + n;
  return all;
}

std::string InsideTurns::end(const std::string& extent) const {
  if (ends.empty()) return extent;
  if (ends.size() == 1) return ends[0];
  std::string list;
  for (const std::string& n : ends) list += (list.empty() ? "" : ", ") + n;
  return "std::min<std::ptrdiff_t>({" + list + "})";
}

InsideTurns inside_turns(Context& ctx, const NestCode& nests, const LoopGroup& group,
                         const std::vector<LineStores>& lines, Label l) {
  InsideTurns in;
  for (const LoopStep& s : group.steps) {
    for (const NestTest& t : s.nest->tests) {
      const auto b = nests.bounds(t.condition, l);
      if (!b) continue;
      in.decided.emplace_back(t.placeholder, ctx.truth(true));
      add(in.firsts, b->first);
      add(in.ends, b->end);
    }
  }
  for (const LineStores& s : lines) {
    for (const LineStores::Number& n : s.numbers) {
      add(in.firsts, n.first);
      add(in.ends, n.end);
    }
  }
  return in;
}

}  // namespace nabla

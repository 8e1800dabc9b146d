#include "simplify/simplify_trace.h"

#include <algorithm>
#include <set>

namespace nabla {

// A way that is asked for, by steps that were written before.
struct SimplifyTrace::Stretch {
  Ref from, to;
  uint32_t before;
};

void SimplifyTrace::add(SimplifyStep step) {
  if (step.from == step.to) return;
  auto& known = from_[step.from];
  const bool again = std::any_of(known.begin(), known.end(), [&](uint32_t i) {
    return steps_[i].to == step.to && (steps_[i].parts.empty() || steps_[i].parts == step.parts);
  });
  if (again) return;
  known.push_back(static_cast<uint32_t>(steps_.size()));
  steps_.push_back(std::move(step));
}

void SimplifyTrace::by_rule(Ref from, Ref to, const RuleText& rule, RuleLetters letters) {
  add({from, to, &rule, {}, {}, std::move(letters), {}});
}

void SimplifyTrace::by_pass(Ref from, Ref to, std::string_view pass, std::vector<SimplifyStep> inside) {
  add({from, to, nullptr, pass, {}, {}, std::move(inside)});
}

void SimplifyTrace::by_parts(Ref from, Ref to, std::span<const Ref> parts) {
  add({from, to, nullptr, {}, {parts.begin(), parts.end()}, {}, {}});
}

// Breadth first, so that of two ways the shorter one is found.
bool SimplifyTrace::search(Context& ctx, const Stretch& stretch, std::vector<uint32_t>& path) const {
  std::unordered_map<Ref, uint32_t> by;  // the step that first led to a form
  std::vector<Ref> reached{stretch.from};
  for (size_t i = 0; i < reached.size() && by.count(stretch.to) == 0; ++i) {
    ctx.budget().spend();
    const auto next = from_.find(reached[i]);
    if (next == from_.end()) continue;
    for (const uint32_t s : next->second) {
      const Ref to = steps_[s].to;
      if (s >= stretch.before || to == stretch.from || !by.emplace(to, s).second) continue;
      reached.push_back(to);
    }
  }
  if (by.count(stretch.to) == 0) return false;
  path.clear();
  for (Ref at = stretch.to; at != stretch.from; at = steps_[path.back()].from) path.push_back(by.at(at));
  std::reverse(path.begin(), path.end());
  return true;
}

std::vector<SimplifyStep> SimplifyTrace::way(Context& ctx, Ref from, Ref to) const {
  std::vector<SimplifyStep> result;
  struct Todo {
    Stretch stretch;
    const SimplifyStep* step;  // to be taken, where it is no stretch
  };
  std::vector<Todo> todo{{{from, to, static_cast<uint32_t>(steps_.size())}, nullptr}};
  std::set<std::pair<Ref, Ref>> done;  // a step replaces what it is about everywhere: once is enough
  std::vector<uint32_t> path;
  while (!todo.empty()) {
    const Todo now = todo.back();
    todo.pop_back();
    if (now.step != nullptr) {
      result.push_back(*now.step);
      continue;
    }
    const Stretch& s = now.stretch;
    if (s.from == s.to || !done.insert({s.from, s.to}).second) continue;
    if (!search(ctx, s, path)) {
      result.push_back({s.from, s.to, nullptr, "simplified", {}, {}, {}});
      continue;
    }
    for (size_t i = path.size(); i-- > 0;) {
      const SimplifyStep& step = steps_[path[i]];
      if (step.parts.empty()) {
        todo.push_back({{}, &step});
        continue;
      }
      const auto operands = ctx.operands(step.from);
      for (size_t k = operands.size(); k-- > 0;)
        todo.push_back({{operands[k], step.parts[k], path[i]}, nullptr});
    }
  }
  return result;
}

}  // namespace nabla

#include "codegen/loop_groups.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "codegen/nest_inline.h"
#include "expr/substitute.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr size_t most_steps = 48;   // of one group
constexpr int64_t most_peeled = 4;  // turns by which the loops of a group may differ

class Grouper {
 public:
  Grouper(Context& ctx, NestAtoms& atoms, const std::unordered_set<Ref>& needed)
      : ctx_(ctx), atoms_(atoms), needed_(needed) {}

  std::vector<LoopGroup> run(std::vector<LoopStep> steps) {
    for (LoopStep& s : steps) place(std::move(s));
    find_locals();
    return std::move(groups_);
  }

 private:
  void place(LoopStep step) {
    const Ref name = step.name;
    const std::vector<Ref> reads = lets_read(ctx_, step);
    size_t first = 0;
    for (Ref r : reads) first = std::max(first, group_of(r).value_or(0));
    const bool flat = step.nest && is_flat(*step.nest);
    if (flat) follow_memory(*step.nest);
    for (size_t g = first; flat && g < groups_.size(); ++g) {
      if (!joins(groups_[g], step, reads, g)) continue;
      groups_[g].steps.push_back(std::move(step));
      group_of_[name] = g;
      return;
    }
    LoopGroup group;
    group.shares = flat;
    if (flat) group.extents = step.nest->extents;
    group.steps.push_back(std::move(step));
    group_of_[name] = groups_.size();
    groups_.push_back(std::move(group));
  }

  // What is summed over two labels runs through memory in the order in which it lies.
  void follow_memory(Nest& nest) {
    if (nest.outputs > 0 || nest.extents.size() != 2) return;
    size_t as_it_is = 0, swapped = 0;
    for (const Access& a : nest.accesses) {
      if (a.at.size() < 2) continue;
      as_it_is += a.at.back().label == 1;
      swapped += a.at.back().label == 0;
    }
    if (swapped > as_it_is) nest = exchanged(nest);
  }

  Nest exchanged(const Nest& nest) {
    return at_places(ctx_, atoms_, nest, {{1, zero}, {0, zero}}, {nest.extents[1], nest.extents[0]});
  }

  // Whether the step can be computed in the loops of the group; it may be changed so that it can.
  bool joins(LoopGroup& group, LoopStep& step, const std::vector<Ref>& reads, size_t g) {
    if (!group.shares || group.steps.size() >= most_steps) return false;
    if (group.extents.size() != step.nest->extents.size()) return false;
    if (!reads_entries(group, step, reads, g)) {
      if (step.nest->outputs > 0 || step.nest->extents.size() != 2) return false;
      LoopStep other = step;
      other.nest = exchanged(*step.nest);
      if (!reads_entries(group, other, reads, g)) return false;
      step = std::move(other);
    }
    return group.extents == step.nest->extents || same_loops(group, step);
  }

  bool reads_entries(const LoopGroup& group, const LoopStep& step, const std::vector<Ref>& reads,
                     size_t g) const {
    if (group.extents.empty()) return true;  // scalars, one after the other
    for (Ref r : reads) {
      if (group_of(r) != std::optional(g)) continue;
      const auto producer = std::find_if(group.steps.begin(), group.steps.end(),
                                         [&](const LoopStep& s) { return s.name == r; });
      if (producer->nest->gathering != Gathering::entry || !reads_aligned(ctx_, step, r)) return false;
    }
    return true;
  }

  // A sum over few turns more or less than the loop of the group: a test leaves them out.
  bool same_loops(LoopGroup& group, LoopStep& step) {
    if (group.extents.size() != 1) return false;
    const Ref difference = ctx_.subtract(group.extents[0], step.nest->extents[0]);
    if (!ctx_.is_number(difference)) return false;
    const auto turns = ctx_.value(difference).as_int();
    if (!turns || std::abs(*turns) > most_peeled) return false;
    const auto is_sum = [](const LoopStep& s) { return s.nest->gathering == Gathering::sum; };
    if (*turns > 0) {
      if (!is_sum(step)) return false;
      only_below(*step.nest, group.extents[0]);
      return true;
    }
    if (!std::all_of(group.steps.begin(), group.steps.end(), is_sum)) return false;
    group.extents = step.nest->extents;
    for (LoopStep& s : group.steps) only_below(*s.nest, group.extents[0]);
    return true;
  }

  void only_below(Nest& nest, Ref extent) {
    const NestCondition c{{Relation::less_equal, {{0, 1}}}, ctx_.subtract(zero, nest.extents[0])};
    const Ref placeholder = atoms_.test(ctx_, c);
    nest.tests.push_back({c, placeholder});
    nest.body = ctx_.select(placeholder, nest.body, zero);
    nest.extents[0] = extent;
  }

  void find_locals() {
    std::unordered_set<Ref> stored = needed_;
    for (size_t g = 0; g < groups_.size(); ++g) {
      for (const LoopStep& s : groups_[g].steps) {
        for (Ref r : lets_read(ctx_, s)) {
          if (group_of(r) != std::optional(g)) stored.insert(r);
        }
      }
    }
    for (LoopGroup& group : groups_) {
      for (LoopStep& s : group.steps) {
        s.is_local = group.shares && s.nest->gathering == Gathering::entry && stored.count(s.name) == 0;
      }
    }
  }

  std::optional<size_t> group_of(Ref let) const {
    const auto at = group_of_.find(let);
    return at == group_of_.end() ? std::nullopt : std::optional(at->second);
  }

  Context& ctx_;
  NestAtoms& atoms_;
  const std::unordered_set<Ref>& needed_;
  std::unordered_map<Ref, size_t> group_of_;
  std::vector<LoopGroup> groups_;
};

}  // namespace

bool is_flat(const Nest& nest) {
  if (!nest.conditions.empty()) return false;
  if (nest.gathering == Gathering::entry) return true;
  return nest.outputs == 0 && (nest.gathering == Gathering::sum || nest.gathering == Gathering::product);
}

bool contains_node(Context& ctx, Ref e, Ref node) { return contains(ctx, e, node); }

void keep_used(Context& ctx, Nest& nest) {
  std::vector<Ref> roots{nest.body};
  for (const NestLocal& l : nest.locals) roots.push_back(l.value);
  const std::vector<Ref> below = nodes_below(ctx, roots);
  const auto used = [&](Ref placeholder) {
    return std::binary_search(below.begin(), below.end(), placeholder);
  };
  const auto unused = [&](const auto& a) { return !used(a.placeholder); };
  nest.accesses.erase(std::remove_if(nest.accesses.begin(), nest.accesses.end(), unused),
                      nest.accesses.end());
  nest.tests.erase(std::remove_if(nest.tests.begin(), nest.tests.end(), unused), nest.tests.end());
}

std::vector<LoopGroup> group_loops(Context& ctx, NestAtoms& atoms, std::vector<LoopStep> steps,
                                   const std::unordered_set<Ref>& needed) {
  return Grouper(ctx, atoms, needed).run(std::move(steps));
}

}  // namespace nabla

#include "codegen/call_groups.h"

#include <algorithm>
#include <compare>
#include <map>
#include <span>

#include "codegen/parts.h"
#include "codegen/runtime_blocks.h"

namespace nabla {
namespace {

// Fewer are not worth a vector; more wait too long for each other.
constexpr size_t least_calls = 4, most_calls = 16;

class Grouping {
 public:
  Grouping(const Plan& plan, const Scopes& scopes)
      : plan_(plan), scopes_(scopes), group_of_(plan.steps.size(), none) {}

  CallGroups run() {
    find_groups();
    out_.size.resize(plan_.steps.size());
    placed_.resize(plan_.steps.size());
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      if (scopes_.uses(s) > 0) place(s);
    }
    return std::move(out_);
  }

 private:
  static constexpr size_t none = ~size_t{0};

  // Ordered by arguments, so that the sines and the cosines of the same ones share their vectors, and inputs
  // are read as they lie.
  struct Call {
    uint32_t below = 0;  // calls on the way to it, with its own
    uint16_t function = 0;
    uint64_t place = 0;  // of the argument
    StepId step = 0;
    friend auto operator<=>(const Call&, const Call&) = default;
  };

  bool may_join(StepId s) {
    const PlanStep& step = plan_.steps[s];
    if (step.op != PlanOp::call || step.count != 1 || scopes_.scope(s) != 0) return false;
    const auto [it, is_new] = several_.try_emplace(step.tag, false);
    if (is_new) {
      const std::string name = math_function(step);
      it->second = !name.empty() && computes_several(name);
    }
    return it->second;
  }

  void find_groups() {
    std::vector<uint32_t> below(plan_.steps.size());
    std::vector<Call> calls;
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      if (scopes_.uses(s) == 0) continue;
      for (const PlanOperand& o : plan_.operands(s)) below[s] = std::max(below[s], below[o.step]);
      if (!may_join(s)) continue;
      const StepId argument = plan_.operands(s)[0].step;
      const PlanStep& a = plan_.steps[argument];
      const uint64_t place = a.op == PlanOp::input ? a.first : uint64_t{1} << 32 | argument;
      calls.push_back({++below[s], plan_.steps[s].tag, place, s});
    }
    std::sort(calls.begin(), calls.end());
    for (size_t begin = 0, end = 0; begin < calls.size(); begin = end) {
      const auto same = [&](const Call& c) {
        return c.below == calls[begin].below && c.function == calls[begin].function;
      };
      while (end < calls.size() && end - begin < most_calls && same(calls[end])) ++end;
      if (end - begin < least_calls) continue;
      for (size_t k = begin; k < end; ++k) group_of_[calls[k].step] = groups_.size();
      groups_.emplace_back();
      for (size_t k = begin; k < end; ++k) groups_.back().push_back(calls[k].step);
    }
  }

  // The calls of its group, or a step alone.
  std::span<const StepId> together(const StepId& s) const {
    if (group_of_[s] == none) return {&s, 1};
    return groups_[group_of_[s]];
  }

  void place(StepId step) {
    std::vector<StepId> todo{step};
    while (!todo.empty()) {
      const StepId s = todo.back();
      const size_t before = todo.size();
      if (!placed_[s]) {
        for (StepId member : together(s)) {
          for (const PlanOperand& o : plan_.operands(member)) {
            if (!placed_[o.step]) todo.push_back(o.step);
          }
        }
        std::reverse(todo.begin() + static_cast<ptrdiff_t>(before), todo.end());
      }
      if (todo.size() > before) continue;
      todo.pop_back();
      if (placed_[s]) continue;
      const std::span<const StepId> list = together(s);
      if (list.size() > 1) out_.size[list[0]] = static_cast<uint32_t>(list.size());
      for (StepId member : list) {
        placed_[member] = true;
        out_.order.push_back(member);
      }
    }
  }

  const Plan& plan_;
  const Scopes& scopes_;
  std::map<uint16_t, bool> several_;  // by function
  std::vector<size_t> group_of_;      // by step
  std::vector<std::vector<StepId>> groups_;
  std::vector<bool> placed_;
  CallGroups out_;
};

}  // namespace

CallGroups call_groups(const Plan& plan, const Scopes& scopes) { return Grouping(plan, scopes).run(); }

std::string calls_at_once(const Plan& plan) {
  std::vector<StepId> targets;
  for (const auto& list : plan.outputs) targets.insert(targets.end(), list.begin(), list.end());
  size_t inputs = 0;
  for (const PlanStep& s : plan.steps) {
    if (s.op == PlanOp::input) inputs = std::max<size_t>(inputs, s.first + 1);
  }
  std::map<std::string, size_t> calls;
  for (const PlanPart& part : parts_of(plan, inputs, targets).parts) {
    std::vector<StepId> wanted;
    for (const PlanPart::Written& w : part.written) wanted.push_back(w.step);
    for (const PlanPart::Target& t : part.targets) wanted.push_back(t.step);
    const CallGroups groups = call_groups(part.plan, Scopes(part.plan, wanted));
    for (StepId s = 0; s < groups.size.size(); ++s) {
      if (groups.size[s] > 0) calls[math_function(part.plan.steps[s])] += groups.size[s];
    }
  }
  std::string out;
  for (const auto& [function, count] : calls)
    out +=
        (out.empty() ? "" : ", ") + std::to_string(count) + (out.empty() ? " calls of " : " of ") + function;
  return out;
}

std::string math_function(const PlanStep& step) {
  if (step.op != PlanOp::call) return {};
  constexpr std::string_view prefix = "std::";
  const std::string_view spelled = row(static_cast<Fn>(step.tag)).cpp;
  return spelled.substr(0, prefix.size()) == prefix ? std::string(spelled.substr(prefix.size())) : "";
}

}  // namespace nabla

#include "codegen/parts.h"

#include <algorithm>
#include <unordered_map>

#include "codegen/step_table.h"

namespace nabla {
namespace {

class Cutter {
 public:
  Cutter(const Plan& plan, size_t inputs, const std::vector<StepId>& targets)
      : plan_(plan), inputs_(inputs), targets_(targets), last_use_(plan.steps.size(), 0) {
    std::vector<bool> live(plan.steps.size());
    for (StepId s : targets) live[s] = true;
    for (StepId s = static_cast<StepId>(plan.steps.size()); s-- > 0;) {
      if (!live[s]) continue;
      for (const PlanOperand& o : plan.operands(s)) {
        live[o.step] = true;
        last_use_[o.step] = std::max(last_use_[o.step], s);
      }
    }
    for (StepId s = 0; s < plan.steps.size(); ++s) {
      if (live[s]) order_.push_back(s);
    }
  }

  PlanParts run(size_t most_steps) {
    const std::vector<size_t> ends = cuts(most_steps);
    PlanParts out;
    size_t begin = 0;
    place_.assign(plan_.steps.size(), nowhere);
    for (size_t end : ends) {
      out.parts.push_back(part(begin, end));
      begin = end;
    }
    out.places = places_;
    return out;
  }

 private:
  static constexpr size_t nowhere = ~size_t{0};

  // What every part writes for itself.
  bool is_free(StepId s) const {
    const PlanOp op = plan_.steps[s].op;
    return op == PlanOp::input || op == PlanOp::number || op == PlanOp::constant || op == PlanOp::truth;
  }

  // Ends of parts, in order_: in the last third of a part, where the fewest values are alive.
  std::vector<size_t> cuts(size_t most_steps) const {
    const size_t n = order_.size();
    if (n <= most_steps) return {n};
    std::vector<int64_t> change(n + 1);
    std::vector<size_t> position(plan_.steps.size());
    for (size_t i = 0; i < n; ++i) position[order_[i]] = i;
    for (size_t i = 0; i < n; ++i) {
      const StepId s = order_[i];
      if (is_free(s) || last_use_[s] <= s) continue;
      ++change[i + 1];
      --change[position[last_use_[s]] + 1];
    }
    std::vector<int64_t> alive(n + 1);  // between i - 1 and i
    for (size_t i = 1; i <= n; ++i) alive[i] = alive[i - 1] + change[i];
    std::vector<size_t> ends;
    for (size_t begin = 0; n - begin > most_steps; begin = ends.back()) {
      const auto first = alive.begin() + static_cast<ptrdiff_t>(begin + most_steps * 2 / 3);
      ends.push_back(static_cast<size_t>(
          std::min_element(first, alive.begin() + static_cast<ptrdiff_t>(begin + most_steps + 1)) -
          alive.begin()));
    }
    ends.push_back(n);
    return ends;
  }

  PlanPart part(size_t begin, size_t end) {
    PlanPart out;
    std::unordered_map<StepId, StepId> local;
    std::vector<size_t> read;
    for (size_t i = begin; i < end; ++i) {
      const StepId s = order_[i];
      for (const PlanOperand& o : plan_.operands(s)) bring(out.plan, o.step, local);
      add(out.plan, s, local);
    }
    for (size_t k = 0; k < targets_.size(); ++k) {
      const StepId s = targets_[k];
      const bool here = !is_free(s) && local.count(s) != 0 && place_[s] == nowhere;
      if (!here && !(is_free(s) && end == order_.size())) continue;
      bring(out.plan, s, local);
      out.targets.push_back({k, local.at(s)});
    }
    pass_on(begin, end, local, out);
    return out;
  }

  // The step in this part: of its own, written again, or read from the array.
  void bring(Plan& plan, StepId s, std::unordered_map<StepId, StepId>& local) const {
    if (local.count(s) != 0) return;
    if (is_free(s)) return add(plan, s, local);
    local[s] = static_cast<StepId>(plan.steps.size());
    plan.steps.push_back({PlanOp::input, 0, static_cast<uint32_t>(inputs_ + place_[s]), 0, {}});
  }

  void add(Plan& plan, StepId s, std::unordered_map<StepId, StepId>& local) const {
    if (local.count(s) != 0) return;
    PlanStep step = plan_.steps[s];
    if (step.op != PlanOp::input) {
      step.first = static_cast<uint32_t>(plan.pool.size());
      for (const PlanOperand& o : plan_.operands(s)) plan.pool.push_back({local.at(o.step), o.inverted});
    }
    local[s] = static_cast<StepId>(plan.steps.size());
    plan.steps.push_back(step);
  }

  // Places for what later parts read; then those are free whose last reader was this part.
  void pass_on(size_t begin, size_t end, const std::unordered_map<StepId, StepId>& local, PlanPart& out) {
    if (end == order_.size()) return;
    const StepId next = order_[end];
    for (size_t i = begin; i < end; ++i) {
      const StepId s = order_[i];
      if (is_free(s) || last_use_[s] < next) continue;
      if (free_.empty()) free_.push_back(places_++);
      place_[s] = free_.back();
      free_.pop_back();
      held_.push_back(s);
      out.written.push_back({place_[s], local.at(s)});
    }
    std::vector<StepId> still;
    for (StepId s : held_) {
      if (last_use_[s] >= next) {
        still.push_back(s);
      } else {
        free_.push_back(place_[s]);
      }
    }
    held_ = std::move(still);
  }

  const Plan& plan_;
  size_t inputs_;
  const std::vector<StepId>& targets_;
  std::vector<StepId> last_use_;  // the last step that uses each
  std::vector<StepId> order_;     // the live steps
  std::vector<size_t> place_;
  std::vector<size_t> free_;
  std::vector<StepId> held_;
  size_t places_ = 0;
};

// Sums that are the last to read one of their terms move to where their terms are known: one value then waits
// for what comes in the place of several.
Plan with_early_sums(const Plan& plan) {
  const size_t n = plan.steps.size();
  std::vector<StepId> last_use(n), after(n), order(n), moved(n);
  for (StepId s = 0; s < n; ++s) {
    for (const PlanOperand& o : plan.operands(s)) last_use[o.step] = s;
  }
  for (const auto& list : plan.outputs) {
    for (StepId s : list) last_use[s] = static_cast<StepId>(n);
  }
  for (StepId s = 0; s < n; ++s) {
    order[s] = after[s] = s;
    if (plan.steps[s].op != PlanOp::sum) continue;
    StepId known = 0;
    bool last = false;
    for (const PlanOperand& o : plan.operands(s)) {
      known = std::max(known, after[o.step]);
      last = last || last_use[o.step] == s;
    }
    if (last) after[s] = known;
  }
  std::stable_sort(order.begin(), order.end(), [&](StepId a, StepId b) { return after[a] < after[b]; });
  Plan out = plan;
  for (StepId s = 0; s < n; ++s) moved[order[s]] = s;
  for (StepId s = 0; s < n; ++s) out.steps[s] = plan.steps[order[s]];
  for (PlanOperand& o : out.pool) o.step = moved[o.step];
  for (auto& list : out.outputs) {
    for (StepId& s : list) s = moved[s];
  }
  return out;
}

class Totals {
 public:
  explicit Totals(Plan plan)
      : plan_(std::move(plan)),
        uses_(plan_.steps.size()),
        absorbed_(plan_.steps.size()),
        totals_(plan_.steps.size()),
        due_(plan_.steps.size()) {}

  Plan run() {
    count_uses();
    for (auto s = static_cast<StepId>(plan_.steps.size()); s-- > 0;) {
      if (plan_.steps[s].op == PlanOp::sum && !absorbed_[s] && uses_[s] > 0) spread(s);
    }
    moved_.resize(plan_.steps.size());
    for (StepId s = 0; s < plan_.steps.size(); ++s) {
      if (!totals_[s].operands.empty()) {
        moved_[s] = totals_[s].value;
      } else if (!absorbed_[s] && uses_[s] > 0) {
        moved_[s] = copy(s);
      }
      for (const StepId sum : due_[s]) add(sum);
    }
    for (const auto& list : plan_.outputs) {
      out_.outputs.emplace_back();
      for (StepId s : list) out_.outputs.back().push_back(moved_[s]);
    }
    return std::move(out_);
  }

 private:
  static constexpr size_t terms = 8;  // that are added at once

  struct Total {
    std::vector<PlanOperand> operands;  // in the order of the steps
    size_t added = 0;
    StepId value = 0;
  };

  void count_uses() {
    for (const auto& list : plan_.outputs) {
      for (StepId s : list) uses_[s] += 2;  // an output is a step of its own
    }
    for (auto s = static_cast<StepId>(plan_.steps.size()); s-- > 0;) {
      if (uses_[s] == 0) continue;
      for (const PlanOperand& o : plan_.operands(s)) ++uses_[o.step];
    }
  }

  // Of a sum and the sums that only it uses. Each group of terms is added where the last of them is computed.
  void spread(StepId sum) {
    std::vector<PlanOperand> list, todo{{sum}};
    std::vector<StepId> inner;
    while (!todo.empty()) {
      const PlanOperand at = todo.back();
      todo.pop_back();
      const bool open = at.step == sum || (plan_.steps[at.step].op == PlanOp::sum && uses_[at.step] == 1);
      if (!open) {
        list.push_back(at);
        continue;
      }
      if (at.step != sum) inner.push_back(at.step);
      for (const PlanOperand& o : plan_.operands(at.step))
        todo.push_back({o.step, o.inverted != at.inverted});
    }
    if (list.size() <= 2 * terms) return;
    for (StepId s : inner) absorbed_[s] = true;
    std::stable_sort(list.begin(), list.end(),
                     [](const PlanOperand& a, const PlanOperand& b) { return a.step < b.step; });
    for (size_t end = terms; end < list.size(); end += terms) due_[list[end - 1].step].push_back(sum);
    due_[list.back().step].push_back(sum);
    totals_[sum].operands = std::move(list);
  }

  void add(StepId sum) {
    Total& t = totals_[sum];
    std::vector<PlanOperand> list;
    if (t.added > 0) list.push_back({t.value});
    for (const size_t end = std::min(t.added + terms, t.operands.size()); t.added < end; ++t.added)
      list.push_back({moved_[t.operands[t.added].step], t.operands[t.added].inverted});
    t.value = make({PlanOp::sum, 0, 0, 0, {}}, list);
  }

  StepId copy(StepId s) {
    std::vector<PlanOperand> list;
    for (const PlanOperand& o : plan_.operands(s)) list.push_back({moved_[o.step], o.inverted});
    return make(plan_.steps[s], list);
  }

  StepId make(PlanStep step, const std::vector<PlanOperand>& operands) {
    if (step.op != PlanOp::input) step.first = static_cast<uint32_t>(out_.pool.size());
    step.count = static_cast<uint32_t>(operands.size());
    out_.pool.insert(out_.pool.end(), operands.begin(), operands.end());
    out_.steps.push_back(step);
    return static_cast<StepId>(out_.steps.size() - 1);
  }

  Plan plan_;
  Plan out_;
  std::vector<uint32_t> uses_;
  std::vector<bool> absorbed_;            // into a long sum
  std::vector<Total> totals_;             // of the long sums
  std::vector<std::vector<StepId>> due_;  // by step: the sums that have a group of terms then
  std::vector<StepId> moved_;
};

}  // namespace

Plan with_running_totals(const Plan& plan) { return Totals(with_early_sums(plan)).run(); }

PlanParts parts_of(const Plan& plan, size_t inputs, const std::vector<StepId>& targets, size_t most_steps) {
  return Cutter(plan, inputs, targets).run(most_steps);
}

Plan joined(const PlanParts& parts, size_t inputs, size_t targets) {
  Plan out;
  StepTable table;
  std::vector<StepId> places(parts.places), results(targets), moved;
  for (const PlanPart& part : parts.parts) {
    moved.clear();
    for (StepId s = 0; s < part.plan.steps.size(); ++s) {
      const PlanStep& step = part.plan.steps[s];
      if (step.op == PlanOp::input && step.first >= inputs) {
        moved.push_back(places[step.first - inputs]);
        continue;
      }
      std::vector<PlanOperand> list;
      for (const PlanOperand& o : part.plan.operands(s)) list.push_back({moved[o.step], o.inverted});
      moved.push_back(table.add(out, step, list));
    }
    for (const PlanPart::Written& w : part.written) places[w.place] = moved[w.step];
    for (const PlanPart::Target& t : part.targets) results[t.index] = moved[t.step];
  }
  out.outputs = {std::move(results)};
  return out;
}

Emitted emit_part(const PlanPart& part, Context& ctx, const EmitNames& names,
                  const std::vector<EmitTarget>& targets, const std::string& places) {
  std::vector<EmitTarget> own;
  for (const PlanPart::Written& w : part.written)
    own.push_back({places + "[" + std::to_string(w.place) + "] = ", w.step, {}, true});
  for (const PlanPart::Target& t : part.targets) own.push_back({targets[t.index].left, t.step});
  return emit(part.plan, ctx, names, own);
}

}  // namespace nabla

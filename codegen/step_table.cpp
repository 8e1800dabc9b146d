#include "codegen/step_table.h"

#include <algorithm>

namespace nabla {
namespace {

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15U;  // 2^64 over the golden ratio
  return hash ^ hash >> 29;
}

uint64_t hash_of(const PlanStep& s, std::span<const PlanOperand> operands) {
  uint64_t h = mixed(static_cast<uint64_t>(s.op) << 16 | s.tag, s.atom.id);
  h = mixed(h, s.op == PlanOp::input ? s.first : 0);
  for (const PlanOperand& o : operands) h = mixed(h, uint64_t{o.step} << 1 | (o.inverted ? 1U : 0U));
  return h;
}

bool is_same(const Plan& plan, StepId known, const PlanStep& s, std::span<const PlanOperand> operands) {
  const PlanStep& k = plan.steps[known];
  if (k.op != s.op || k.tag != s.tag || k.atom != s.atom) return false;
  if (s.op == PlanOp::input) return k.first == s.first;
  const auto list = plan.operands(known);
  return std::equal(list.begin(), list.end(), operands.begin(), operands.end(),
                    [](const PlanOperand& a, const PlanOperand& b) {
                      return a.step == b.step && a.inverted == b.inverted;
                    });
}

}  // namespace

StepId StepTable::add(Plan& plan, PlanStep step, std::span<const PlanOperand> operands) {
  if (2 * (plan.steps.size() + 1) > slots_.size()) grow(std::max<size_t>(64, 2 * slots_.size()));
  const uint64_t hash = hash_of(step, operands);
  size_t at = hash & (slots_.size() - 1);
  for (; slots_[at] != none; at = (at + 1) & (slots_.size() - 1)) {
    if (hashes_[slots_[at]] == hash && is_same(plan, slots_[at], step, operands)) return slots_[at];
  }
  const auto s = static_cast<StepId>(plan.steps.size());
  slots_[at] = s;
  hashes_.push_back(hash);
  if (step.op != PlanOp::input) step.first = static_cast<uint32_t>(plan.pool.size());
  step.count = static_cast<uint32_t>(operands.size());
  plan.pool.insert(plan.pool.end(), operands.begin(), operands.end());
  plan.steps.push_back(step);
  return s;
}

void StepTable::grow(size_t size) {
  slots_.assign(size, none);
  for (StepId s = 0; s < hashes_.size(); ++s) {
    size_t at = hashes_[s] & (size - 1);
    while (slots_[at] != none) at = (at + 1) & (size - 1);
    slots_[at] = s;
  }
}

}  // namespace nabla

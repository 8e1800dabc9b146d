#include "codegen/hessian_pattern.h"

#include <algorithm>

#include "eval/arithmetic.h"

namespace nabla {
namespace {

constexpr size_t most_words = size_t{1} << 22;  // 32 MB

bool is_truth(TapeOp op) {
  return op == TapeOp::compare || op == TapeOp::negation || op == TapeOp::conjunction ||
         op == TapeOp::disjunction;
}

// Whether the second derivative by operands k and l may be other than 0.
bool is_curved(TapeOp op, size_t k, size_t l) {
  if (is_linear(op) || is_truth(op) || op == TapeOp::select) return false;
  if (op == TapeOp::multiply) return k != l;
  if (op == TapeOp::divide) return k == 1 || l == 1;
  return true;
}

}  // namespace

// Each variable of a with each of b.
void HessianPattern::meet(Budget& budget, std::span<const uint64_t> a, std::span<const uint64_t> b) {
  for (size_t w = 0; w < words_; ++w) {
    if (a[w] != 0) budget.spend(words_);
    for (uint64_t left = a[w]; left != 0; left &= left - 1) {
      const size_t i = w * 64 + static_cast<size_t>(__builtin_ctzll(left));
      uint64_t* const at = bits_.data() + i * words_;
      for (size_t v = 0; v < words_; ++v) at[v] |= b[v];
    }
  }
}

std::optional<HessianPattern> HessianPattern::of(Budget& budget, const Tape& tape,
                                                 std::span<const uint32_t> variables) {
  HessianPattern pattern(variables.size());
  const size_t words = pattern.words_;
  if (words == 0 || tape.size() > most_words / words || pattern.bits_.size() > most_words)
    return std::nullopt;
  budget.spend(tape.size() * words);
  std::vector<uint64_t> below(tape.size() * words);  // by instruction: the variables that it changes with
  const auto changes = [&](size_t i) { return std::span<const uint64_t>(below.data() + i * words, words); };
  for (size_t i = 0; i < tape.size(); ++i) {
    const Instruction& c = tape[i];
    uint64_t* const own = below.data() + i * words;
    if (c.op == TapeOp::input) {
      const auto at = std::find(variables.begin(), variables.end(), c.a);
      const auto k = static_cast<size_t>(at - variables.begin());
      if (at != variables.end()) own[k / 64] |= uint64_t{1} << k % 64;
    }
    if (is_truth(c.op)) continue;
    for (size_t k = 0; k < c.count; ++k) {
      for (size_t w = 0; w < words; ++w) own[w] |= changes(c.operand(k))[w];
      for (size_t l = 0; l < c.count; ++l) {
        if (is_curved(c.op, k, l)) pattern.meet(budget, changes(c.operand(k)), changes(c.operand(l)));
      }
    }
  }
  return pattern;
}

std::vector<std::vector<uint32_t>> HessianPattern::groups() const {
  std::vector<std::vector<uint32_t>> groups;
  std::vector<std::vector<uint64_t>> met;  // by group: what any of it meets
  for (size_t i = 0; i < count_; ++i) {
    const auto own = row(i);
    const auto fits = [&](const std::vector<uint64_t>& m) {
      for (size_t w = 0; w < words_; ++w) {
        if ((m[w] & own[w]) != 0) return false;
      }
      return true;
    };
    const auto g = static_cast<size_t>(std::find_if(met.begin(), met.end(), fits) - met.begin());
    if (g == met.size()) {
      groups.emplace_back();
      met.emplace_back(words_);
    }
    groups[g].push_back(static_cast<uint32_t>(i));
    for (size_t w = 0; w < words_; ++w) met[g][w] |= own[w];
  }
  return groups;
}

}  // namespace nabla

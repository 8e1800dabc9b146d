#include "eval/registers.h"

namespace nabla {

Registers allocate_registers(const Tape& tape) {
  const auto code = tape.code();
  constexpr uint32_t never = 0xffffffff;
  std::vector<uint32_t> last(code.size(), never);
  for (uint32_t i = 0; i < code.size(); ++i) {
    for (size_t k = 0; k < code[i].count; ++k) last[code[i].operand(k)] = i;
  }
  Registers r;
  r.of.resize(code.size());
  std::vector<uint32_t> free;
  for (uint32_t i = 0; i < code.size(); ++i) {
    if (free.empty()) {
      r.of[i] = r.count++;
    } else {
      r.of[i] = free.back();
      free.pop_back();
    }
    for (size_t k = 0; k < code[i].count; ++k) {
      const uint32_t operand = code[i].operand(k);
      if (last[operand] != i) continue;
      free.push_back(r.of[operand]);
      last[operand] = never;  // once, also when it is used twice here
    }
    if (last[i] == never) free.push_back(r.of[i]);
  }
  return r;
}

}  // namespace nabla

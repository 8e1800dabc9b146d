// Registers by liveness: an instruction's result lives until its last use, so that a tape runs in memory for
// the values alive at once, not for all of them (linear scan; the order of a tape is fixed).
#pragma once

#include <vector>

#include "eval/tape.h"

namespace nabla {

struct Registers {
  std::vector<uint32_t> of;  // of each instruction; of[i] differs from the registers of i's operands
  uint32_t count = 0;
};

// An output lives only until it is computed: the evaluator copies it out at once.
Registers allocate_registers(const Tape& tape);

}  // namespace nabla

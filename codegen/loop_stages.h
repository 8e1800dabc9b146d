// Cuts a program of loops into stages, with blocks along one axis where that saves memory.
//
// An axis can be cut if every step has it once at most, meets it at the position where the loops stand, and
// does nothing along it but compute entries and sums. Then what does not have the axis comes before, what
// needs the sums after, and in between all runs block by block; where an entry needs a sum, in more stages.
#pragma once

#include "codegen/loop_program.h"

namespace nabla {

std::vector<LoopStage> stage_loops(Context& ctx, NestAtoms& atoms, std::vector<LoopStep> steps,
                                   const TensorProgram& program);

}  // namespace nabla

// Sums made cheaper before they become loops.
#pragma once

#include "codegen/loop_program.h"

namespace nabla {

// Numbers for lets that are made on the way, beyond those of a TensorProgram.
class ExtraLets {
 public:
  explicit ExtraLets(Context& ctx) : ctx_(ctx) {}
  Ref make(const std::vector<Ref>& extents);

 private:
  Context& ctx_;
  uint32_t next_ = uint32_t{1} << 29;
};

// Takes factors without a summed label out of a sum, and axes along which it does not change: of
// sum(s*v[i]*A[j, k] for k), the sums of the rows of A, and v[i]*s times that.
void split_sums(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps);

// Products of matrices whose operands both lie along the summed label: one is copied, transposed, so that
// entries can be summed up side by side.
void pack_operands(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps);

}  // namespace nabla

#include "codegen/loop_report.h"

#include "codegen/entry.h"
#include "codegen/loops_call.h"
#include "codegen/storage.h"
#include "expr/print.h"

namespace nabla {
namespace {

std::string counted(size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

std::string loop_report(Context& ctx, const TensorEntry& entry) {
  const LoopProgram loops = plan_loops(ctx, entry.program);
  const Storage storage =
      place_arrays(ctx, loops, entry.program.outputs, [&](Ref v) { return call_scratch(ctx, v); });
  size_t steps = 0, groups = 0, inside = 0;
  std::string blocks;
  for (const LoopStage& stage : loops.stages) {
    if (stage.extent && blocks.empty())
      blocks = "; blocks of " + std::to_string(block_turns) + " along " + print(ctx, stage.extent);
    for (const LoopGroup& group : stage.groups) {
      groups += !group.shares || !group.extents.empty();
      steps += group.steps.size();
      for (const LoopStep& s : group.steps) inside += s.is_local;
    }
  }
  std::string out = std::string(output_name(entry.kind)) + " of '" + entry.function->name +
                    "': " + counted(steps, "step") + " in " + counted(groups, "loop");
  if (inside > 0) out += ", " + std::to_string(inside) + " inside a loop";
  if (!loops.inlined.empty())
    out += (inside > 0 ? " and " : ", ") + std::to_string(loops.inlined.size()) + " more where they are read";
  out += blocks;
  return out + (storage.work == zero ? "; no workspace" : "; workspace: " + print(ctx, storage.work));
}

}  // namespace nabla

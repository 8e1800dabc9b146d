#include "codegen/loop_report.h"

#include <algorithm>

#include "codegen/c_batch_loops.h"
#include "codegen/entry.h"
#include "codegen/entry_operations.h"
#include "codegen/layout.h"
#include "codegen/loops.h"
#include "codegen/loops_call.h"
#include "codegen/stable_forms.h"
#include "codegen/storage.h"
#include "codegen/tensor_names.h"
#include "expr/print.h"

namespace nabla {
namespace {

std::string counted(size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string mode_of(Output kind) {
  switch (kind) {
    case Output::value:
      return "";
    case Output::jvp:
      return "forward mode, ";
    case Output::hess:
      return "reverse mode, twice; ";
    case Output::hvp:
      return "forward over reverse mode, ";
    default:
      return "reverse mode, ";
  }
}

std::vector<std::string> operations_of(Context& ctx, const TensorEntry& entry, const TensorCode& code,
                                       const TensorNames& names) {
  if (!entry.batch) return loop_operations(ctx, entry, code.needs.count, names);
  const TensorSignature& signature = names.signatures[0];
  return batch_operations(ctx, entry,
                          names.spelling.is_c() ? c_batch_loops(ctx, entry, signature, names)
                                                : batch_loops(ctx, entry, signature, names, "counted"),
                          names);
}

// "m1 = X*w: d*n turns, by rt::column_product"
std::string step_text(Context& ctx, const StepNote& s) {
  std::string out = s.formula;
  if (s.turns && s.turns != one) out += ": " + print(ctx, s.turns) + " turns";
  if (!s.how.empty()) out += (s.turns && s.turns != one ? ", " : ": ") + s.how;
  return out;
}

// How many steps there are and where, in one line.
std::string plan_line(Context& ctx, const TensorEntry& entry) {
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
                    "': " + mode_of(entry.kind) + counted(steps, "step") + " in " + counted(groups, "loop");
  if (inside > 0) out += ", " + std::to_string(inside) + " inside a loop";
  if (!loops.inlined.empty())
    out += (inside > 0 ? " and " : ", ") + std::to_string(loops.inlined.size()) + " more where they are read";
  out += blocks;
  out += storage.work == zero ? "; no workspace" : "; workspace: " + print(ctx, storage.work);
  return out;
}

// A line for each order of a contraction, and one for the sizes at which they were compared.
void append_orders(Context& ctx, const TensorEntry& entry, std::vector<std::string>& lines) {
  std::vector<const ContractedProduct*> said;
  for (const ContractedProduct& c : entry.program.contracted) {
    const auto text = contraction_text(ctx, c);
    if (!text) continue;
    said.push_back(&c);
    if (std::find(lines.begin(), lines.end(), "  " + *text) == lines.end()) lines.push_back("  " + *text);
  }
  if (const auto sizes = sizes_text(ctx, said)) lines.push_back("  " + *sizes);
}

std::vector<std::string> report_of(Context& ctx, const TensorEntry& entry, const TensorNames& names) {
  std::vector<std::string> lines{plan_line(ctx, entry)};
  if (!entry.forms.empty()) lines.push_back("  " + forms_note(entry.forms));
  const bool by_rows = entry.layout.sparsity == Sparsity::csr;
  for (const std::string& line : pattern_lines(ctx, entry.matrix, by_rows))
    lines.push_back(std::string("  compressed by ") + (by_rows ? "rows, " : "columns, ") + line);
  append_orders(ctx, entry, lines);
  const TensorCode code = loop_code(ctx, entry, names.signatures[0], names);
  for (const std::string& line : operations_of(ctx, entry, code, names)) lines.push_back("  " + line);
  if (code.in_place && !entry.batch)
    lines.push_back("  numbers are written where they belong by the loops that compute them");
  for (const StepNote& s : code.steps) lines.push_back("  " + step_text(ctx, s));
  return lines;
}

}  // namespace

std::vector<std::string> loop_report(Context& ctx, const TensorEntry& entry) {
  return report_of(ctx, entry, tensor_names(ctx, {entry}, "template"));
}

std::vector<std::string> loop_report_in_c(Context& ctx, const TensorEntry& entry, const std::string& prefix) {
  return report_of(ctx, entry, tensor_names_in_c(ctx, {entry}, prefix, "double"));
}

std::vector<std::string> eigen_report(Context& ctx, const TensorEntry& entry) {
  const TensorNames names = tensor_names(ctx, {entry}, "double");
  const TensorSignature& signature = names.signatures[0];
  const EigenTypes types{"Eigen::MatrixXd", "Eigen::VectorXd"};
  std::vector<std::string> lines;
  if (entry.batch) {
    lines = batch_operations(ctx, entry, batch_loops(ctx, entry, signature, names, "counted"), names);
  } else if (!entry.matrix.lines.empty()) {  // by plain loops
    lines = loop_operations(ctx, entry, loop_code(ctx, entry, signature, names).needs.count, names);
  } else {
    lines = eigen_operations(ctx, entry, eigen_code(ctx, entry, signature, names, types).needs.count, types);
  }
  const std::string what = request_text({entry.kind, entry.layout}) + " of '" + entry.function->name + "'";
  for (std::string& line : lines) line = what + (entry.batch ? ", " : ": ") + line;
  return lines;
}

}  // namespace nabla

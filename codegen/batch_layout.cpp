#include "codegen/batch_layout.h"

#include <algorithm>

#include "codegen/batch_signature.h"

namespace nabla {

bool output_by_point(const TensorEntry& entry, const TensorOutput& output,
                     const std::unordered_set<Ref>& varying) {
  if (output.by.empty() || output.name == "jvp") return !is_summed(entry.wrt, entry.points);
  return std::any_of(output.by.begin(), output.by.end(), [&](Ref x) { return varying.count(x) != 0; });
}

std::string loop_layout_text(const TensorEntry& entry, const TensorSignature& signature,
                             const TensorNames& names, const std::unordered_set<Ref>& varying) {
  std::string point, shared, sums;
  const auto listed = [](std::string& list, const std::string& more) {
    list += (list.empty() ? "" : ", ") + more;
  };
  for (const auto* symbols : {&entry.arguments, &entry.directions}) {
    for (Ref s : *symbols) listed(varying.count(s) != 0 ? point : shared, names.symbols.at(s));
  }
  for (size_t k = 0; k < signature.outputs.size(); ++k) {
    if (entry.program.outputs[k].is_diagonal) continue;
    const std::string& o = signature.outputs[k];
    const bool by_point = output_by_point(entry, entry.program.outputs[k], varying);
    listed(by_point ? point : sums, o.empty() ? "the value" : o);
  }
  if (!signature.matrix.empty()) listed(is_summed(entry.wrt, entry.points) ? sums : point, signature.matrix);
  return layout_text(point, shared, sums);
}

}  // namespace nabla

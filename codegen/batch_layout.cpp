#include "codegen/batch_layout.h"

#include <algorithm>

#include "codegen/batch_signature.h"
#include "codegen/index_text.h"
#include "codegen/storage.h"

namespace nabla {

bool output_by_point(const TensorEntry& entry, const TensorOutput& output,
                     const std::unordered_set<Ref>& varying) {
  if (output.by.empty() || output.name == "jvp") return !is_summed(entry.wrt, entry.points);
  return std::any_of(output.by.begin(), output.by.end(), [&](Ref x) { return varying.count(x) != 0; });
}

bool is_packed_by_point(const TensorEntry& entry, const TensorOutput& output,
                        const std::unordered_set<Ref>& varying) {
  return entry.layout.sparsity != Sparsity::dense && output.name == "value" && output.shape != scalar_shape &&
         output_by_point(entry, output, varying);
}

std::string loop_layout_text(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                             const TensorNames& names, const std::unordered_set<Ref>& varying) {
  std::string point, shared, sums, rows;
  const auto listed = [](std::string& list, const std::string& more) {
    list += (list.empty() ? "" : ", ") + more;
  };
  for (const auto* symbols : {&entry.arguments, &entry.directions}) {
    for (Ref s : *symbols) listed(varying.count(s) != 0 ? point : shared, names.symbols.at(s));
  }
  for (size_t k = 0; k < signature.outputs.size(); ++k) {
    if (entry.program.outputs[k].is_diagonal) continue;
    const std::string& o = signature.outputs[k];
    const TensorOutput& output = entry.program.outputs[k];
    if (is_packed_by_point(entry, output, varying)) {
      const std::string size = index_text(
          ctx, entry_count(ctx, output.shape), [&](Ref r) { return names.symbols.at(r); }, true);
      listed(rows, o + " at [" + size + "*p + k]");
    } else {
      listed(output_by_point(entry, output, varying) ? point : sums, o.empty() ? "the value" : o);
    }
  }
  if (!signature.matrix.empty()) {
    if (entry.matrix.of_all_points) {
      listed(sums, "the first numbers of " + signature.matrix);
      listed(rows, signature.matrix + ", behind the sums, in the order of " + signature.pattern);
    } else if (is_summed(entry.wrt, entry.points)) {
      listed(sums, signature.matrix);
    } else {
      listed(rows, signature.matrix + " at [" + signature.nonzeros + "(...)*p + k]");
    }
  }
  return layout_text(point, shared, sums) + packed_text(rows);
}

}  // namespace nabla

#include "codegen/loop_parameters.h"

#include <algorithm>

#include "expr/substitute.h"

namespace nabla {

std::vector<LoopParameter> loop_parameters(Context& ctx, const TensorEntry& entry,
                                           const TensorSignature& signature, const TensorNames& names,
                                           const std::string& scalar, const TensorCode* code,
                                           ParameterChoice choice) {
  std::vector<LoopParameter> out;
  const auto used = [&](Ref s) { return code == nullptr || code->used.count(s) != 0; };
  for (Ref d : entry.dims) out.push_back({names.spelling.integer(), names.symbols.at(d), used(d)});
  for (const auto* list : {&entry.arguments, &entry.directions}) {
    for (Ref s : *list) {
      const bool array = ctx[s].shape != scalar_shape;
      const std::string type = is_integer_data(ctx, entry, s) ? "int" : scalar;
      out.push_back({array ? "const " + type + "*" : type, names.symbols.at(s), used(s)});
    }
  }
  for (size_t k = 0; k < signature.outputs.size(); ++k) {
    if (signature.outputs[k].empty() || (entry.program.outputs[k].is_diagonal && !choice.inner)) continue;
    out.push_back({scalar + "*", signature.outputs[k], true, true});
  }
  if (!signature.diagonals.empty() && !choice.inner)
    out.push_back({scalar + "*", signature.matrix, code == nullptr || has_diagonals(entry), true});
  if (choice.work) out.push_back({scalar + "*", names.work, true, true});
  return out;
}

std::vector<Ref> work_arguments(Context& ctx, const TensorEntry& entry, Ref work) {
  std::vector<Ref> list = entry.dims;
  for (Ref s : entry.arguments) {
    if (contains(ctx, work, s)) list.push_back(s);
  }
  return list;
}

bool returns_value(const TensorSignature& signature) {
  return std::find(signature.outputs.begin(), signature.outputs.end(), "") != signature.outputs.end();
}

bool has_diagonals(const TensorEntry& entry) {
  const auto& outputs = entry.program.outputs;
  return !outputs.empty() && outputs.back().is_diagonal;
}

}  // namespace nabla

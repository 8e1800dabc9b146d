#include "codegen/entry_operations.h"

#include <functional>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

using Counted = std::function<OperationCount(const TensorEntry&, const TensorNames&)>;

// Of the function alone; none for an entry that is the value, and where that has no code: an entry need not
// compute it.
std::optional<OperationCount> of_value(Context& ctx, const TensorEntry& entry, const Counted& counted) {
  if (entry.kind == Output::value) return std::nullopt;
  const TensorEntry value = value_alone(entry);
  try {
    return counted(value, tensor_names(ctx, {value}, "double"));
  } catch (const Failure& failure) {
    const Code c = failure.diagnostic.code;
    if (c != Code::cannot_emit && c != Code::not_yet_available) throw;
    return std::nullopt;
  }
}

}  // namespace

std::string loop_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count) {
  const auto value = of_value(ctx, entry, [&](const TensorEntry& e, const TensorNames& names) {
    return loop_code(ctx, e, names.signatures[0], names).needs.count;
  });
  return operations_text(ctx, count, value, entry.function->name);
}

std::string eigen_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count,
                             const EigenTypes& types) {
  const auto value = of_value(ctx, entry, [&](const TensorEntry& e, const TensorNames& names) {
    return eigen_code(ctx, e, names.signatures[0], names, types).needs.count;
  });
  return operations_text(ctx, count, value, entry.function->name);
}

std::string batch_operations(Context& ctx, const TensorEntry& entry, const LoopBatchCode& code) {
  const auto value = of_value(ctx, entry, [&](const TensorEntry& e, const TensorNames& names) {
    return batch_loops(ctx, e, names.signatures[0], names, "counted").point;
  });
  return operations_text(ctx, code.point, code.once, value, entry.function->name);
}

}  // namespace nabla

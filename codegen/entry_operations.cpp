#include "codegen/entry_operations.h"

#include <functional>

#include "codegen/c_batch_loops.h"
#include "codegen/operation_text.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

using Counted = std::function<OperationCount(const TensorEntry&, const TensorNames&)>;

// Names of the language of `like`.
TensorNames names_of(Context& ctx, const TensorEntry& entry, const TensorNames& like) {
  return like.spelling.is_c() ? tensor_names_in_c(ctx, {entry}, like.runtime, "double")
                              : tensor_names(ctx, {entry}, "double");
}

// Of the function alone; none for an entry that is the value, and where that has no code: an entry need not
// compute it.
std::optional<OperationCount> of_value(Context& ctx, const TensorEntry& entry, const TensorNames& like,
                                       const Counted& counted) {
  if (entry.kind == Output::value) return std::nullopt;
  const TensorEntry value = value_alone(entry);
  try {
    return counted(value, names_of(ctx, value, like));
  } catch (const Failure& failure) {
    const Code c = failure.diagnostic.code;
    if (c != Code::cannot_emit && c != Code::not_yet_available) throw;
    return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> loop_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count,
                                         const TensorNames& like) {
  const auto value = of_value(ctx, entry, like, [&](const TensorEntry& e, const TensorNames& names) {
    return loop_code(ctx, e, names.signatures[0], names).needs.count;
  });
  return operations_text(ctx, count, value, entry.function->name);
}

std::vector<std::string> eigen_operations(Context& ctx, const TensorEntry& entry, const OperationCount& count,
                                          const EigenTypes& types) {
  const TensorNames like;
  const auto value = of_value(ctx, entry, like, [&](const TensorEntry& e, const TensorNames& names) {
    return eigen_code(ctx, e, names.signatures[0], names, types).needs.count;
  });
  return operations_text(ctx, count, value, entry.function->name);
}

std::vector<std::string> batch_operations(Context& ctx, const TensorEntry& entry, const LoopBatchCode& code,
                                          const TensorNames& like) {
  const auto value = of_value(ctx, entry, like, [&](const TensorEntry& e, const TensorNames& names) {
    const TensorSignature& signature = names.signatures[0];
    return names.spelling.is_c() ? c_batch_loops(ctx, e, signature, names).point
                                 : batch_loops(ctx, e, signature, names, "counted").point;
  });
  return operations_text(ctx, code.point, code.once, value, entry.function->name);
}

}  // namespace nabla

#include "codegen/batch_heading.h"

#include "codegen/entry_operations.h"
#include "codegen/header_text.h"
#include "codegen/tensor_heading.h"

namespace nabla {

std::string batch_heading(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                          const TensorNames& names, const LoopBatchCode& code) {
  std::string out = heading_text(ctx, entry, signature, names, batch_operations(ctx, entry, code, names),
                                 code.has_work ? signature.name + "_work(...)" : std::string());
  append_comment(out, code.layout);
  if (names.spelling.is_c()) return out;
  append_comment(out, "With -fopenmp so many threads share the points as " +
                          names.batch.others.at("threads") + " says; the results are those of one.");
  return out;
}

}  // namespace nabla

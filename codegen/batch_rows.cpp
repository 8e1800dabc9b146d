#include "codegen/batch_rows.h"

#include "codegen/compressed_code.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"

namespace nabla {

std::string batch_rows(const TensorNames& names, const std::string& result, const std::string& size,
                       const std::string& adds) {
  const std::string &numbers = names.batch.others.at("numbers"), &rows = names.batch.others.at("rows");
  const std::string indent = "          ";
  std::string out = "        {\n";
  append_wrapped(out, indent, "const std::ptrdiff_t " + numbers + " = " + size + ";", comment_width);
  append_wrapped(out, indent,
                 names.runtime + "::point_rows<" + names.scalar + "> " + rows + "(" + result + " + " +
                     names.batch.first + " * " + numbers + ", " + numbers + ", " + names.batch.left + ");",
                 comment_width);
  return out + deeper(adds, "        ") + indent + rows + ".end();\n        }\n";
}

std::string added_to_row(const TensorNames& names, const std::string& entry) {
  return names.batch.others.at("rows") + ".add(" + entry + ");";
}

std::string compressed_rows(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                            const TensorNames& names, const std::vector<std::string>& diagonals) {
  using Lines = CompressedCode::Lines;
  const bool all = entry.matrix.of_all_points;
  const CompressedCode code(ctx, entry, signature, names);
  const std::string adds = code.values([&](const std::string& e) { return added_to_row(names, e); },
                                       diagonals, all ? Lines::of_point : Lines::all);
  if (adds.empty()) return {};
  const std::string sums = all ? code.shared_nonzeros() : "0";
  return batch_rows(names, signature.matrix + (sums == "0" ? "" : " + " + sums),
                    all ? code.point_nonzeros() : code.nonzeros(), adds);
}

}  // namespace nabla

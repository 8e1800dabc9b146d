#include "codegen/eigen_sparse.h"

#include "codegen/compressed_code.h"
#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/index_text.h"

namespace nabla {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : ", ") + w;
  return out;
}

std::string EigenSparse::type() const {
  const bool by_rows = entry_.layout.sparsity == Sparsity::csr;
  return "Eigen::SparseMatrix<" + names_.scalar + ", Eigen::" + (by_rows ? "RowMajor>" : "ColMajor>");
}

std::vector<std::string> EigenSparse::sizes(bool declared) const {
  const CompressedCode code(ctx_, entry_, signature_, names_);
  std::vector<std::string> out;
  if (entry_.matrix.of_all_points) out.push_back((declared ? "Eigen::Index " : "") + names_.batch.points);
  for (Ref d : entry_.dims) out.push_back((declared ? "Eigen::Index " : "") + names_.symbols.at(d));
  for (Ref s : entry_.arguments) {
    if (code.depends_on(s)) out.push_back((declared ? "int " : "") + names_.symbols.at(s));
  }
  return out;
}

std::string EigenSparse::length(const std::vector<CompressedSide>& sides, size_t shared, bool operand) const {
  const auto text = [&](size_t first, size_t end, bool is_operand) {
    std::vector<Ref> sizes;
    for (size_t k = first; k < end; ++k) sizes.push_back(ctx_.product(sides[k].extents));
    return index_text(
        ctx_, ctx_.sum(sizes), [&](Ref r) { return names_.symbols.at(r); }, is_operand);
  };
  if (!entry_.matrix.of_all_points || shared == sides.size()) return text(0, sides.size(), operand);
  return text(0, shared, false) + " + " + names_.batch.points + " * " + text(shared, sides.size(), true);
}

std::pair<std::string, std::string> EigenSparse::rows_and_columns(bool operand) const {
  const bool by_rows = entry_.layout.sparsity == Sparsity::csr;
  const CompressedMatrix& m = entry_.matrix;
  const std::string lines = length(m.lines, m.shared_lines, operand),
                    across = length(m.across, m.shared_across, operand);
  return {by_rows ? lines : across, by_rows ? across : lines};
}

std::string EigenSparse::pattern() const {
  const auto [rows, columns] = rows_and_columns(false);
  const std::string sizes = joined(this->sizes()), &m = signature_.matrix;
  std::string out;
  append_comment(out, "The matrix of " + signature_.name +
                          " with all its places, and zeros there. Made once, it is passed again and again.");
  out += function_head("inline " + type() + " " + signature_.pattern, this->sizes(true));
  const auto line = [&](const std::string& text) { append_wrapped(out, "  ", text); };
  line(type() + " " + m + "(" + rows + ", " + columns + ");");
  line(m + ".resizeNonZeros(static_cast<Eigen::Index>(" + signature_.nonzeros + "(" + sizes + ")));");
  line(signature_.pattern + "(" + sizes + (sizes.empty() ? "" : ", ") + m + ".outerIndexPtr(), " + m +
       ".innerIndexPtr());");
  line(m + ".coeffs().setZero();");
  line("return " + m + ";");
  return out + "}\n\n";
}

std::string EigenSparse::pattern_of_points() const {
  std::vector<std::string> parameters = sizes(true);
  parameters.insert(parameters.begin(), "Eigen::Index " + names_.batch.points);
  std::string out;
  append_comment(out, "The matrix of " + signature_.name +
                          ": those of the points along its diagonal, with all places and zeros there.");
  out += function_head("inline " + type() + " " + signature_.pattern_of_points, parameters);
  append_wrapped(out, "  ",
                 "return " + names_.algebra + "::block_diagonal(" + names_.batch.points + ", " +
                     signature_.pattern + "(" + joined(sizes()) + "));");
  return out + "}\n\n";
}

std::string EigenSparse::checks(const std::string& points) const {
  const std::string& m = signature_.matrix;
  const std::string times = points.empty() ? "" : points + " * ";
  const auto [rows, columns] = rows_and_columns(!points.empty());
  std::string out;
  const auto check = [&](const std::string& text) {
    append_wrapped(out, "  ", "eigen_assert(" + text + ");");
  };
  check(m + ".rows() == " + times + rows);
  check(m + ".cols() == " + times + columns);
  check(m + ".isCompressed()");
  check(m + ".nonZeros() == " + times + "static_cast<Eigen::Index>(" + signature_.nonzeros + "(" +
        joined(sizes()) + "))");
  return out;
}

}  // namespace nabla

#include "codegen/layout.h"

#include <algorithm>

#include "codegen/emit.h"
#include "codegen/entry.h"
#include "codegen/header_text.h"

namespace nabla {
namespace {

bool is_by_rows(const SparsityPattern& p) { return p.layout.sparsity == Sparsity::csr; }

struct IndexArray {
  const char* name;
  const std::vector<size_t>& numbers;
};

std::vector<IndexArray> arrays_of(const SparsityPattern& p) {
  if (is_by_rows(p)) return {{"row_ptr", p.starts}, {"col_idx", p.indices}};
  return {{"col_ptr", p.starts}, {"row_idx", p.indices}};
}

std::string list_of(const std::vector<size_t>& numbers) {
  std::string out;
  for (size_t n : numbers) out += (out.empty() ? "" : ", ") + std::to_string(n);
  return "{" + out + "}";
}

// "The numbers of row i are row_ptr[i] up to row_ptr[i + 1] - 1, number k stands in column col_idx[k]."
void append_explanation(std::string& out, const SparsityPattern& p, const std::string& prefix) {
  const bool rows = is_by_rows(p);
  const auto list = arrays_of(p);
  const std::string starts = prefix + list[0].name, indices = prefix + list[1].name;
  append_comment(out, "Where the numbers belong, counted from 0: " + starts + "[i], ..., " + starts +
                          "[i + 1] - 1 are those of " + (rows ? "row i" : "column i") +
                          ", and number k stands in " + (rows ? "column " : "row ") + indices + "[k].");
}

}  // namespace

SparsityPattern pattern_of(const Plan& plan, const std::vector<StepId>& steps, size_t columns,
                           const OutputLayout& layout) {
  SparsityPattern p;
  p.columns = columns;
  p.rows = columns == 0 ? 0 : steps.size() / columns;
  p.layout = layout;
  const auto is_zero = [&](size_t entry) {
    const PlanStep& s = plan.steps[steps[entry]];
    return s.op == PlanOp::number && s.atom == zero;
  };
  const bool by_columns = layout.sparsity == Sparsity::csc;
  const size_t lines = by_columns ? p.columns : p.rows, across = by_columns ? p.rows : p.columns;
  for (size_t line = 0; line < lines; ++line) {
    if (p.is_compressed()) p.starts.push_back(p.entries.size());
    for (size_t k = 0; k < across; ++k) {
      const size_t row = by_columns ? k : line, column = by_columns ? line : k;
      const size_t entry = row * columns + column;
      if (layout.lower && row < column) continue;
      if (p.is_compressed() && is_zero(entry)) continue;
      p.places.push_back(p.is_compressed() ? p.entries.size() : entry);
      p.entries.push_back(entry);
      if (p.is_compressed()) p.indices.push_back(k);
    }
  }
  if (p.is_compressed()) p.starts.push_back(p.entries.size());
  return p;
}

std::string request_text(const DerivedOutput& output) {
  std::string words = layout_suffix(output.layout);
  std::string out(output_name(output.kind));
  if (words.empty()) return out;
  words.erase(0, 1);
  for (size_t at = 0; (at = words.find('_', at)) != std::string::npos; at += 2) words.replace(at, 1, ", ");
  return out + "(" + words + ")";
}

std::string layout_suffix(const OutputLayout& layout) {
  std::string out = layout.lower ? "_lower" : "";
  if (layout.sparsity != Sparsity::dense) out += layout.sparsity == Sparsity::csr ? "_csr" : "_csc";
  return out + (layout.only ? "_only" : "");
}

std::string layout_phrase(const OutputLayout& layout) {
  if (layout.sparsity == Sparsity::dense) return "";
  return layout.sparsity == Sparsity::csr ? ", compressed by rows" : ", compressed by columns";
}

std::string pattern_in_cpp(const SparsityPattern& pattern, const std::string& name) {
  std::string out;
  append_explanation(out, pattern, "");
  out += "namespace " + name + " {\n";
  append_wrapped(out, "",
                 "inline constexpr int rows = " + std::to_string(pattern.rows) +
                     ", columns = " + std::to_string(pattern.columns) +
                     ", nonzeros = " + std::to_string(pattern.entries.size()) + ";",
                 comment_width);
  for (const IndexArray& a : arrays_of(pattern)) {
    append_wrapped(out, "",
                   "inline constexpr std::array<int, " + std::to_string(a.numbers.size()) + "> " + a.name +
                       " = " + (a.numbers.empty() ? "{}" : "{" + list_of(a.numbers) + "}") + ";",
                   comment_width);
  }
  return out + "}  // namespace " + name + "\n\n";
}

std::string pattern_in_c(const SparsityPattern& pattern, const std::string& name) {
  std::string out;
  append_explanation(out, pattern, name + "_");
  append_wrapped(out, "",
                 "enum { " + name + "_rows = " + std::to_string(pattern.rows) + ", " + name +
                     "_columns = " + std::to_string(pattern.columns) + ", " + name +
                     "_nonzeros = " + std::to_string(pattern.entries.size()) + " };",
                 comment_width);
  for (const IndexArray& a : arrays_of(pattern)) {
    const bool none = a.numbers.empty();  // C has no arrays of 0
    append_wrapped(out, "",
                   "static const int " + name + "_" + a.name + "[" +
                       std::to_string(none ? size_t{1} : a.numbers.size()) +
                       "] = " + (none ? "{0}" : list_of(a.numbers)) + ";",
                   comment_width);
  }
  return out;
}

}  // namespace nabla

#include "codegen/batch_pattern.h"

#include <algorithm>
#include <numeric>

#include "codegen/emit.h"
#include "codegen/header_text.h"
#include "codegen/requests.h"

namespace nabla {
namespace {

// The scalars of the variables by number, those that the points share first.
std::vector<size_t> shared_first(Context& ctx, const EntryPoint& entry, size_t& shared) {
  std::vector<size_t> out, own;
  size_t next = 0;
  for (Ref x : entry.wrt) {
    const bool by_point = std::find(entry.points.begin(), entry.points.end(), x) != entry.points.end();
    std::vector<size_t>& list = by_point ? own : out;
    for (size_t k = scalars_of(ctx, x).size(); k > 0; --k) list.push_back(next++);
  }
  shared = out.size();
  out.insert(out.end(), own.begin(), own.end());
  return out;
}

std::string listed(const std::vector<size_t>& numbers) {
  std::string out;
  for (size_t n : numbers) out += (out.empty() ? "" : ", ") + std::to_string(n);
  return "{" + (out.empty() ? "0" : out) + "}";  // no array is empty
}

}  // namespace

BatchPattern batch_pattern(Context& ctx, const EntryPoint& entry, const std::vector<StepId>& steps) {
  refuse_interleaved({entry.kind, entry.layout}, entry.function->span);
  BatchPattern p;
  p.by_rows = entry.layout.sparsity == Sparsity::csr;
  const bool hessian = entry.kind == Output::hess;
  const std::vector<size_t> lines = shared_first(ctx, entry, p.shared_lines);
  p.own_lines = lines.size() - p.shared_lines;
  p.shared_across = hessian ? p.shared_lines : entry.values;
  p.own_across = hessian ? p.own_lines : 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    p.starts.push_back(p.places.size());
    for (size_t k = 0; k < (hessian ? i + 1 : entry.values); ++k) {
      // Of a Hessian the lower half is there, in the order of `wrt`.
      const size_t row = hessian ? std::max(lines[i], lines[k]) : k,
                   column = hessian ? std::min(lines[i], lines[k]) : lines[i];
      const size_t at = row * lines.size() + column;
      const PlanStep& step = entry.plan.steps[steps[at]];
      if (step.op == PlanOp::number && step.atom == zero) continue;
      (i < p.shared_lines ? p.sums : p.by_point).push_back(at);
      p.places.push_back(k);
    }
  }
  p.starts.push_back(p.places.size());
  return p;
}

std::string batch_pattern_text(const BatchPattern& p, const BatchPatternNames& names) {
  const std::string integer = names.in_c ? "ptrdiff_t" : "std::ptrdiff_t",
                    function = names.in_c ? "static inline " : "inline ",
                    size = names.in_c ? "size_t" : "std::size_t",
                    result = names.in_c ? "* restrict " : "* __restrict ";
  const auto to = [&](const std::string& type, const std::string& x) {
    return names.in_c ? "(" + type + ")(" + x + ")" : "static_cast<" + type + ">(" + x + ")";
  };
  const auto text = [](size_t n) { return std::to_string(n); };
  const std::string starts = p.by_rows ? "row_ptr" : "col_ptr", indices = p.by_rows ? "col_idx" : "row_idx";
  std::string out;
  const auto line = [&](const std::string& indent, const std::string& t) {
    append_wrapped(out, indent, t, comment_width);
  };
  append_comment(out, "How many numbers the matrix of " + names.function + " has.");
  out += function_head((names.in_c ? "static inline " : "constexpr ") + size + " " + names.nonzeros,
                       {integer + " " + names.points});
  line("  ", "return " +
                 to(size, text(p.sums.size()) + " + " + names.points + " * " + text(p.by_point.size())) +
                 ";");
  out += "}\n\n";
  append_comment(out, "Where they belong, counted from 0: " + starts + "[i], ..., " + starts +
                          "[i + 1] - 1 are those of " + (p.by_rows ? "row" : "column") +
                          " i, and number k stands in " + (p.by_rows ? "column " : "row ") + indices +
                          "[k]. The variables that the points share come first, then those of each point.");
  out += function_head(function + "void " + names.pattern,
                       {integer + " " + names.points, "int" + result + starts, "int" + result + indices});
  const std::string constant = names.in_c ? "static const int " : "constexpr int ";
  line("  ", constant + "starts[] = " + listed(p.starts) + ";");
  line("  ", constant + "places[] = " + listed(p.places) + ";");
  line("  ", integer + " count = 0;");
  const auto numbers = [&](const std::string& indent, const std::string& at, const std::string& place) {
    line(indent, starts + "[" + at + "] = " + to("int", "count") + ";");
    line(indent, "for (int k = starts[i]; k < starts[i + 1]; ++k) " + indices + "[count++] = " + place + ";");
  };
  line("  ", "for (int i = 0; i < " + text(p.shared_lines) + "; ++i) {");
  numbers("    ", "i", "places[k]");
  out += "  }\n";
  line("  ", "for (" + integer + " p = 0; p < " + names.points + "; ++p) {");
  line("    ",
       "for (int i = " + text(p.shared_lines) + "; i < " + text(p.shared_lines + p.own_lines) + "; ++i) {");
  numbers("      ", "i + p * " + text(p.own_lines),
          p.own_across == 0 ? "places[k]"
                            : to("int", "places[k] < " + text(p.shared_across) +
                                            " ? places[k] : places[k] + p * " + text(p.own_across)));
  out += "    }\n  }\n";
  line("  ", starts + "[" + text(p.shared_lines) + " + " + names.points + " * " + text(p.own_lines) +
                 "] = " + to("int", "count") + ";");
  return out + "}\n\n";
}

}  // namespace nabla

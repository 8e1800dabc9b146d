#include "codegen/compressed.h"

#include <algorithm>

#include "expr/diagnostic.h"

namespace nabla {
namespace {

bool has_any_size(const Context& ctx, const std::vector<Ref>& extents) {
  return !std::all_of(extents.begin(), extents.end(), [&](Ref e) { return ctx.is_number(e); });
}

// Whether all entries may differ from 0 of a block that can grow both ways.
bool is_full(const Context& ctx, const Stencil& s) {
  const bool follows =
      std::any_of(s.follows.begin(), s.follows.end(), [](const auto& f) { return f.has_value(); });
  return !follows && !s.diagonals.empty() && has_any_size(ctx, s.lines) && has_any_size(ctx, s.across);
}

// Whether the entries of a line up to its own position are a part of each diagonal that a loop can end at.
bool has_half(const Stencil& s) {
  if (s.lines.size() != s.across.size()) return false;
  for (size_t a = 0; a < s.across.size(); ++a) {
    const bool at_end = s.is_free(a) && a + 1 == s.across.size();
    if (!at_end && s.follows[a] != a) return false;
  }
  return true;
}

class Compressor {
 public:
  Compressor(Context& ctx, std::vector<CompressedSide> lines, std::vector<CompressedSide> across,
             const OutputLayout& layout, const std::string& what)
      : ctx_(ctx), layout_(layout), what_(what) {
    out_.lines = std::move(lines);
    out_.across = std::move(across);
  }

  CompressedMatrix run(const BlockOf& block_of, const std::function<void(Ref entries)>& add) {
    size_t made = 0;
    for (size_t line = 0; line < out_.lines.size(); ++line) {
      for (size_t across = 0; across < out_.across.size(); ++across) {
        const Half half = half_of(line, across);
        if (layout_.lower && line != across && (line < across) == (layout_.sparsity == Sparsity::csr))
          continue;
        const Ref block = block_of(line, across);
        CompressedBlock b{line, across, stencil(block, line, across, half), half, made};
        drop_other_half(b);
        append(b, block, add);
        made += b.stencil.diagonals.size();
        out_.blocks.push_back(std::move(b));
      }
    }
    return std::move(out_);
  }

 private:
  Half half_of(size_t line, size_t across) const {
    if (!layout_.lower || line != across) return Half::whole;
    return layout_.sparsity == Sparsity::csr ? Half::up_to_line : Half::from_line;
  }

  Stencil stencil(Ref block, size_t line, size_t across, Half half) const {
    std::optional<Stencil> s = stencil_of(ctx_, block, out_.lines[line].extents.size());
    if (!s || is_full(ctx_, *s)) refuse("is not known to be sparse", line, across);
    if (half != Half::whole && !has_half(*s)) refuse("has no lower half that loops can end at", line, across);
    return std::move(*s);
  }

  [[noreturn]] void refuse(const std::string& why, size_t line, size_t across) const {
    const Ref of = out_.lines[line].variable, by = out_.across[across].variable;
    std::string names;
    for (Ref x : {of, of == by ? Ref{} : by}) {
      if (x) names += (names.empty() ? "'" : " and '") + ctx_.symbol(x).name + "'";
    }
    const bool hessian = of && by;
    throw Failure(Code::not_yet_available, what_ + " is not yet available: its part by " + names + " " + why,
                  hessian ? "ask for hvp, which takes any Hessian by columns, or for hess"
                          : "ask for jvp, which takes any Jacobian by columns, or for jac");
  }

  static void drop_other_half(CompressedBlock& b) {
    auto& list = b.stencil.diagonals;
    const int other = b.half == Half::up_to_line ? 1 : b.half == Half::from_line ? -1 : 2;
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& d) { return side_of(b.stencil, d) == other; }),
               list.end());
  }

  // The diagonals that are not 0.
  void append(CompressedBlock& b, Ref block, const std::function<void(Ref entries)>& add) const {
    std::vector<std::vector<int64_t>> kept;
    for (const std::vector<int64_t>& d : b.stencil.diagonals) {
      const Ref entries = entries_on(ctx_, block, b.stencil, d);
      if (entries == ctx_.zeros(ctx_[entries].shape)) continue;
      kept.push_back(d);
      add(entries);
    }
    b.stencil.diagonals = std::move(kept);
  }

  Context& ctx_;
  OutputLayout layout_;
  const std::string& what_;
  CompressedMatrix out_;
};

}  // namespace

CompressedMatrix compressed_matrix(Context& ctx, std::vector<CompressedSide> lines,
                                   std::vector<CompressedSide> across, const OutputLayout& layout,
                                   const std::string& what, const BlockOf& block_of,
                                   const std::function<void(Ref entries)>& add) {
  return Compressor(ctx, std::move(lines), std::move(across), layout, what).run(block_of, add);
}

int side_of(const Stencil& stencil, const std::vector<int64_t>& diagonal) {
  for (size_t a = 0; a < diagonal.size() && !stencil.is_free(a); ++a) {
    if (diagonal[a] != 0) return diagonal[a] < 0 ? -1 : 1;
  }
  return 0;
}

LineRange range_of(Context& ctx, const Stencil& stencil, size_t diagonal, size_t line_axis) {
  LineRange range;
  std::vector<Ref> ends{stencil.lines[line_axis]};
  for (size_t a = 0; a < stencil.across.size(); ++a) {
    if (stencil.follows[a] != line_axis) continue;
    const int64_t distance = stencil.diagonals[diagonal][a];
    range.begin = std::max(range.begin, -distance);
    ends.push_back(ctx.subtract(stencil.across[a], ctx.number(distance)));
  }
  // An end is left out that is not before another.
  const auto is_later = [&](Ref e, Ref than) {
    const Ref difference = ctx.subtract(e, than);
    return ctx.is_number(difference) && ctx.value(difference).sign() >= 0;
  };
  for (size_t k = 0; k < ends.size(); ++k) {
    bool needed = true;
    for (size_t o = 0; o < ends.size(); ++o) {
      const bool same = ends[o] == ends[k];
      if (o != k && (same ? o < k : is_later(ends[k], ends[o]))) needed = false;
    }
    if (needed) range.ends.push_back(ends[k]);
  }
  return range;
}

std::vector<std::string> pattern_lines(const Context& ctx, const CompressedMatrix& matrix, bool by_rows) {
  std::vector<std::string> lines;
  for (const CompressedBlock& b : matrix.blocks) {
    const Stencil& s = b.stencil;
    if (s.diagonals.empty()) continue;
    const Ref of = matrix.lines[b.line].variable, by = matrix.across[b.across].variable;
    std::string names;
    for (Ref name : {by_rows ? of : by, of == by ? Ref{} : by_rows ? by : of}) {
      if (name) names += (names.empty() ? "by " : " and ") + ctx.symbol(name).name;
    }
    std::string distances;
    for (const auto& d : s.diagonals) {
      std::string one_of;
      for (size_t a = 0; a < d.size(); ++a)
        one_of += (a == 0 ? "" : ", ") + (s.is_free(a) ? "all" : std::to_string(d[a]));
      distances += (distances.empty() ? "" : ", ") + (d.size() == 1 ? one_of : "(" + one_of + ")");
    }
    const std::string what = by_rows ? "column - row" : "row - column";
    const bool related =
        std::any_of(s.follows.begin(), s.follows.end(), [](const auto& f) { return f.has_value(); });
    lines.push_back(names + ": " + (related ? "entries at " + what + " = " + distances : "all entries"));
  }
  return lines;
}

}  // namespace nabla

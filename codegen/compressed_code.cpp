#include "codegen/compressed_code.h"

#include <algorithm>
#include <functional>
#include <set>

#include "codegen/emit.h"
#include "codegen/index_text.h"
#include "expr/substitute.h"

namespace nabla {
namespace {

using TextOf = std::function<std::string(Ref extent, bool operand)>;

std::string moved(const std::string& label, int64_t distance) {
  if (distance == 0) return label;
  return label + (distance < 0 ? " - " : " + ") + std::to_string(std::abs(distance));
}

std::string row_major(const std::vector<Ref>& extents, const std::vector<std::string>& at,
                      const TextOf& text) {
  std::string out;
  for (size_t k = 0; k < at.size(); ++k) {
    const bool single = out.find(' ') == std::string::npos;
    out = k == 0 ? at[0] : (single ? out : "(" + out + ")") + " * " + text(extents[k], true) + " + " + at[k];
  }
  return out;
}

// "n + i": a position among those of all sides.
std::string after(const Ref& before, const std::string& position, const TextOf& text) {
  if (before == zero) return position.empty() ? "0" : position;
  return text(before, false) + (position.empty() ? "" : " + " + position);
}

Ref size_of(Context& ctx, const std::vector<Ref>& extents) { return ctx.product(extents); }

// Loops over the lines, then over the numbers of each.
class Walk {
 public:
  // What is written for a number: which diagonal, its place among the entries of that, and its position
  // across.
  using Number = std::function<std::string(size_t, const std::string&, const std::string&)>;

  Walk(Context& ctx, const CompressedMatrix& matrix, const TensorNames& names, TextOf text, Number number)
      : ctx_(ctx), matrix_(matrix), names_(names), text_(std::move(text)), number_(std::move(number)) {
    Ref before = zero;
    for (const CompressedSide& side : matrix.across) {
      across_before_.push_back(before);
      before = ctx.add(before, size_of(ctx, side.extents));
    }
  }

  // What is written before each line.
  using Begin = std::function<std::string(const std::string& line)>;

  // `begin` may be nothing.
  std::string run(const Begin& begin) {
    sides(begin, 0, matrix_.lines.size());
    if (begin) line(begin(text_(positions(matrix_.lines, 0, matrix_.lines.size()), false)));
    return std::move(out_);
  }
  // The lines that all points share, or those of one.
  std::string run_part(bool shared) {
    sides({}, shared ? 0 : matrix_.shared_lines, shared ? matrix_.shared_lines : matrix_.lines.size());
    return std::move(out_);
  }
  // The matrix of all points: of each the positions begin where those of the point before it end.
  std::string run_all_points(const Begin& begin) {
    const std::string& points = names_.batch.points;
    sides(begin, 0, matrix_.shared_lines);
    loop(names_.batch.first, "0", " < " + points);
    line_shift_ = shift(matrix_.lines, matrix_.shared_lines);
    across_shift_ = shift(matrix_.across, matrix_.shared_across);
    sides(begin, matrix_.shared_lines, matrix_.lines.size());
    close();
    const Ref shared = positions(matrix_.lines, 0, matrix_.shared_lines),
              own = positions(matrix_.lines, matrix_.shared_lines, matrix_.lines.size());
    line(begin(text_(shared, false) + " + " + points + " * " + text_(own, true)));
    return std::move(out_);
  }

 private:
  Ref positions(const std::vector<CompressedSide>& sides, size_t first, size_t end) const {
    Ref sum = zero;
    for (size_t k = first; k < end; ++k) sum = ctx_.add(sum, size_of(ctx_, sides[k].extents));
    return sum;
  }

  // " + p * n", where one point has n positions.
  std::string shift(const std::vector<CompressedSide>& sides, size_t shared) const {
    const Ref own = positions(sides, shared, sides.size());
    return own == zero ? "" : " + " + names_.batch.first + " * " + text_(own, true);
  }

  void sides(const Begin& begin, size_t first, size_t end) {
    Ref before = zero;
    for (size_t side = 0; side < end; ++side) {
      const std::vector<Ref>& extents = matrix_.lines[side].extents;
      const bool is_empty = std::none_of(matrix_.blocks.begin(), matrix_.blocks.end(), [&](const auto& b) {
        return b.line == side && !b.stencil.diagonals.empty();
      });
      if (side >= first && (!is_empty || begin)) lines(side, before, begin);
      before = ctx_.add(before, size_of(ctx_, extents));
    }
  }

  void line(const std::string& text) { append_wrapped(out_, indent_, text); }
  void open(const std::string& head) {
    line(head + " {");
    indent_ += "  ";
  }
  void close() {
    indent_.resize(indent_.size() - 2);
    line("}");
  }
  void loop(const std::string& label, const std::string& first, const std::string& condition) {
    open("for (" + names_.spelling.integer() + " " + label + " = " + first + "; " + label + condition +
         "; ++" + label + ")");
  }

  void lines(size_t side, Ref before, const Begin& begin) {
    const std::vector<Ref>& extents = matrix_.lines[side].extents;
    at_.assign(names_.labels.begin(), names_.labels.begin() + static_cast<ptrdiff_t>(extents.size()));
    for (size_t k = 0; k < extents.size(); ++k) loop(at_[k], "0", " < " + text_(extents[k], false));
    if (begin) line(begin(after(before, row_major(extents, at_, text_), text_) + line_shift_));
    for (const CompressedBlock& b : matrix_.blocks) {
      if (b.line != side || b.stencil.diagonals.empty()) continue;
      block_ = &b;
      std::vector<size_t> all;
      for (size_t d = 0; d < b.stencil.diagonals.size(); ++d) all.push_back(d);
      numbers(all, {}, {}, b.half != Half::whole);
    }
    for (size_t k = 0; k < extents.size(); ++k) close();
  }

  // The numbers of some diagonals with the same distances along the first axes across, whose positions are
  // `across`. `on_line`: these are those of the line, of which half the positions along the next axes count.
  void numbers(const std::vector<size_t>& diagonals, std::vector<std::string> across,
               const std::vector<std::string>& conditions, bool on_line) {
    const Stencil& s = block_->stencil;
    const size_t axis = across.size();
    if (axis == s.across.size()) return number(diagonals[0], across, conditions);
    if (s.is_free(axis)) return along(diagonals, std::move(across), conditions, on_line);
    for (size_t k = 0; k < diagonals.size();) {
      const int64_t distance = s.diagonals[diagonals[k]][axis];
      std::vector<size_t> same;
      for (; k < diagonals.size() && s.diagonals[diagonals[k]][axis] == distance; ++k)
        same.push_back(diagonals[k]);
      const std::string& at = at_[*s.follows[axis]];
      std::vector<std::string> more = conditions;
      append_range(axis, distance, more);
      across.push_back(moved(at, distance));
      numbers(same, across, more, on_line && distance == 0);
      across.pop_back();
    }
  }

  void along(const std::vector<size_t>& diagonals, std::vector<std::string> across,
             const std::vector<std::string>& conditions, bool on_line) {
    const Stencil& s = block_->stencil;
    const size_t axis = across.size();
    const auto taken = static_cast<size_t>(
        std::count_if(across.begin(), across.end(), [&](const auto& a) { return free_.count(a) != 0; }));
    const std::string label = names_.labels.at(at_.size() + taken);
    if (!conditions.empty()) open("if (" + joined(conditions) + ")");
    const bool from = on_line && block_->half == Half::from_line, to = on_line && !from;
    loop(label, from ? at_[axis] : "0", to ? " <= " + at_[axis] : " < " + text_(s.across[axis], false));
    free_.insert(label);
    across.push_back(label);
    numbers(diagonals, across, {}, false);
    free_.erase(label);
    close();
    if (!conditions.empty()) close();
  }

  void append_range(size_t axis, int64_t distance, std::vector<std::string>& conditions) const {
    const Stencil& s = block_->stencil;
    const std::string& at = at_[*s.follows[axis]];
    if (distance < 0) conditions.push_back(at + " >= " + std::to_string(-distance));
    const Ref end = ctx_.subtract(s.across[axis], ctx_.number(distance)),
              rest = ctx_.subtract(end, s.lines[*s.follows[axis]]);
    if (!ctx_.is_number(rest) || ctx_.value(rest).sign() < 0)
      conditions.push_back(at + " < " + text_(end, false));
  }

  void number(size_t diagonal, const std::vector<std::string>& across,
              const std::vector<std::string>& conditions) {
    const Stencil& s = block_->stencil;
    std::vector<Ref> extents = s.lines;
    std::vector<std::string> at = at_;
    for (size_t a = 0; a < s.across.size(); ++a) {
      if (!s.is_free(a)) continue;
      extents.push_back(s.across[a]);
      at.push_back(across[a]);
    }
    const std::string place = at.empty() ? "0" : row_major(extents, at, text_);
    const std::string position =
        after(across_before_[block_->across], row_major(s.across, across, text_), text_) +
        (block_->across < matrix_.shared_across ? "" : across_shift_);
    line((conditions.empty() ? "" : "if (" + joined(conditions) + ") ") +
         number_(block_->first + diagonal, place, position));
  }

  static std::string joined(const std::vector<std::string>& conditions) {
    std::string out;
    for (const std::string& c : conditions) out += (out.empty() ? "" : " && ") + c;
    return out;
  }

  Context& ctx_;
  const CompressedMatrix& matrix_;
  const TensorNames& names_;
  TextOf text_;
  Number number_;
  std::vector<Ref> across_before_;  // by side: how many positions across stand before
  std::string out_, indent_ = "  ";
  std::string line_shift_, across_shift_;  // of the positions of a point
  std::vector<std::string> at_;            // the position on the axes of the line
  std::set<std::string> free_;             // loop variables along axes across
  const CompressedBlock* block_ = nullptr;
};

}  // namespace

std::string CompressedCode::text_of(Ref extent, bool operand) const {
  return index_text(
      ctx_, extent, [&](Ref r) { return names_.symbols.at(r); }, operand);
}

// ---- how many ----

// A polynomial of sizes whose coefficients are positive but for the constant one is least where all are.
bool CompressedCode::is_never_negative(Ref length) const {
  std::vector<Term> terms;
  ctx_.append_terms(length, terms);
  for (const Term& t : terms) {
    if (t.body != one && ctx_.value(t.coefficient).sign() < 0) return false;
  }
  std::vector<std::pair<Ref, Ref>> least;
  for (Ref s : symbols_of(ctx_, {&length, 1})) {
    if (ctx_.symbol(s).role != Role::extent) return false;
    const Ref lower = ctx_.symbol(s).domain.lower;
    least.emplace_back(s, lower && ctx_.is_number(lower) ? lower : one);
  }
  const Ref value = substitute(ctx_, length, least);
  return ctx_.is_number(value) && ctx_.value(value).sign() >= 0;
}

std::optional<Ref> CompressedCode::length_of(const LineRange& range) const {
  if (range.ends.size() != 1) return std::nullopt;
  const Ref length = ctx_.subtract(range.ends[0], ctx_.number(range.begin));
  return is_never_negative(length) ? std::optional(length) : std::nullopt;
}

std::string CompressedCode::length_text(const LineRange& range) const {
  if (const auto known = length_of(range)) return text_of(*known, true);
  std::string end = text_of(range.ends[0], false);
  for (size_t k = 1; k < range.ends.size(); ++k) {
    const std::string other = text_of(range.ends[k], false);
    end = "(" + end + " < " + other + " ? " + end + " : " + other + ")";
  }
  const std::string begin = std::to_string(range.begin);
  return "(" + end + " > " + begin + " ? " + moved(end, -range.begin) + " : 0)";
}

// Whether a loop along the last axis across, which is free, ends at the line or begins there.
bool CompressedCode::is_halved(const CompressedBlock& block, size_t diagonal) const {
  const Stencil& s = block.stencil;
  return block.half != Half::whole && side_of(s, s.diagonals[diagonal]) == 0 && !s.across.empty() &&
         s.is_free(s.across.size() - 1);
}

std::string CompressedCode::nonzeros() const {
  if (!matrix_.of_all_points) return nonzeros_before(matrix_.lines.size());
  return shared_nonzeros() + " + " + names_.batch.points + " * (" + point_nonzeros() + ")";
}

std::string CompressedCode::shared_nonzeros() const { return nonzeros_before(matrix_.shared_lines); }

std::string CompressedCode::point_nonzeros() const {
  return nonzeros_of(matrix_.shared_lines, matrix_.lines.size());
}

std::string CompressedCode::nonzeros_before(size_t side) const { return nonzeros_of(0, side); }

std::string CompressedCode::nonzeros_of(size_t first, size_t end) const {
  Ref known = zero;
  std::string rest;
  for (const CompressedBlock& b : matrix_.blocks) {
    if (b.line < first || b.line >= end) continue;
    for (size_t d = 0; d < b.stencil.diagonals.size(); ++d) {
      std::vector<Ref> factors;
      for (size_t a = 0; a < b.stencil.across.size(); ++a) {
        if (b.stencil.is_free(a)) factors.push_back(b.stencil.across[a]);
      }
      // 1 + 2 + … along the last axis of the lines instead of n times n.
      const bool halved = is_halved(b, d);
      if (halved) factors.back() = ctx_.add(factors.back(), one);
      std::string compared;
      for (size_t l = 0; l < b.stencil.lines.size(); ++l) {
        const LineRange range = range_of(ctx_, b.stencil, d, l);
        if (const auto length = length_of(range)) {
          factors.push_back(*length);
        } else {
          compared += (compared.empty() ? "" : " * ") + length_text(range);
        }
      }
      const Ref product =
          ctx_.product(ctx_.number(halved ? Rational(1) / Rational(2) : Rational(1)), factors);
      if (compared.empty()) {
        known = ctx_.add(known, product);
      } else {
        rest +=
            (rest.empty() ? "" : " + ") + compared + (product == one ? "" : " * " + text_of(product, true));
      }
    }
  }
  if (rest.empty()) return text_of(known, false);
  return (known == zero ? "" : text_of(known, false) + " + ") + rest;
}

// ---- where ----

std::string CompressedCode::pattern() const {
  const std::string& count = names_.count;
  Walk walk(
      ctx_, matrix_, names_, [&](Ref e, bool operand) { return text_of(e, operand); },
      [&](size_t, const std::string&, const std::string& position) {
        return signature_.indices + "[" + count + "++] = " + names_.spelling.to_int(position) + ";";
      });
  const auto begin = [&](const std::string& line) {
    return signature_.starts + "[" + line + "] = " + names_.spelling.to_int(count) + ";";
  };
  return "  " + names_.spelling.integer() + " " + count + " = 0;\n" +
         (matrix_.of_all_points ? walk.run_all_points(begin) : walk.run(begin));
}

std::string CompressedCode::values() const {
  std::vector<std::string> names;
  for (size_t k = 0; k < signature_.outputs.size(); ++k) {
    if (entry_.program.outputs[k].is_diagonal) names.push_back(signature_.outputs[k]);
  }
  const std::string copies = values(
      [&](const std::string& entry) {
        return signature_.matrix + "[" + names_.count + "++] = " + entry + ";";
      },
      names, matrix_.of_all_points ? Lines::shared : Lines::all);
  if (copies.empty()) return {};
  return "  " + names_.spelling.integer() + " " + names_.count + " = 0;\n" + copies;
}

std::string CompressedCode::values(const Copy& copy, const std::vector<std::string>& diagonals,
                                   Lines lines) const {
  Walk walk(
      ctx_, matrix_, names_, [&](Ref e, bool operand) { return text_of(e, operand); },
      [&](size_t diagonal, const std::string& place, const std::string&) {
        return copy(diagonals[diagonal] + "[" + place + "]");
      });
  return lines == Lines::all ? walk.run({}) : walk.run_part(lines == Lines::shared);
}

bool CompressedCode::is_in_order() const {
  std::vector<size_t> of_side(matrix_.lines.size());
  for (const CompressedBlock& b : matrix_.blocks) {
    of_side[b.line] += b.stencil.diagonals.size();
    for (size_t d = 0; d < b.stencil.diagonals.size(); ++d) {
      if (is_halved(b, d)) return false;
      for (size_t l = 0; l < b.stencil.lines.size(); ++l) {
        const LineRange range = range_of(ctx_, b.stencil, d, l);
        if (range.begin != 0 || range.ends != std::vector<Ref>{b.stencil.lines[l]}) return false;
      }
    }
  }
  return std::all_of(of_side.begin(), of_side.end(), [](size_t n) { return n <= 1; });
}

std::vector<Ref> CompressedCode::places() const {
  std::vector<Ref> out{zero};
  for (const CompressedBlock& b : matrix_.blocks) {
    std::vector<Ref> extents = b.stencil.lines;
    for (size_t a = 0; a < b.stencil.across.size(); ++a) {
      if (b.stencil.is_free(a)) extents.push_back(b.stencil.across[a]);
    }
    for (size_t d = 0; d < b.stencil.diagonals.size(); ++d)
      out.push_back(ctx_.add(out.back(), size_of(ctx_, extents)));
  }
  return out;
}

bool CompressedCode::depends_on(Ref symbol) const {
  const auto in = [&](const CompressedSide& side) {
    return std::any_of(side.extents.begin(), side.extents.end(),
                       [&](Ref e) { return contains(ctx_, e, symbol); });
  };
  return std::any_of(matrix_.lines.begin(), matrix_.lines.end(), in) ||
         std::any_of(matrix_.across.begin(), matrix_.across.end(), in);
}

}  // namespace nabla

// Sums of matrix powers in matrix notation: sum(A^r*B*A^(k - 1 - r) for r in 0:k - 1).
#include <algorithm>
#include <string>
#include <vector>

#include "expr/print_matrix.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

// An exponent c*r + … over the positions r = 1, 2, …, or over r = position - 1, as a text: constants first.
std::optional<std::string> exponent_text(Context& ctx, Ref exponents, const std::string& r, bool from_one) {
  std::vector<Term> terms;
  ctx.append_terms(exponents, terms);
  Rational slope(0);
  std::vector<Term> constant;
  for (const Term& t : terms) {
    if (is_structural(ctx, t.body, Structural::iota)) {
      slope = slope + ctx.value(t.coefficient);
    } else if (ctx.kind(t.body) == Kind::fill) {
      constant.push_back({t.coefficient, ctx.operands(t.body)[0]});
    } else {
      return {};
    }
  }
  if (!slope.abs().is_one()) return {};
  if (!from_one) constant.push_back({one, ctx.number(slope)});
  const Ref rest = ctx.sum(constant);
  if (rest == zero && slope.sign() > 0) return r;
  if (from_one && slope.sign() > 0) {
    const std::string text = extent_text(ctx, rest);
    return r + (text[0] == '-' ? "" : "+") + text;
  }
  return extent_text(ctx, rest) + (slope.sign() > 0 ? "+" : "-") + r;
}

}  // namespace

// A factor A^e(r)[i, j], as the matrix A^e(r) on i and j.
bool MatrixForm::series_factor(size_t factor) {
  const IndexedView v = view_indexed(ctx_, node_);
  const Node n = ctx_[v.factors[factor]];
  const auto& labels = labelling_.factors[factor];
  if (n.kind != Kind::matpow || ctx_.shape_of(n.operand(1)).order() != 1) return false;
  if (!labelling_.is_bound(labels[0]) || (series_ && *series_ != labels[0])) return false;
  std::string name = "r";
  const auto symbols = symbols_of(ctx_, node_);
  const auto taken = [&] {
    return std::any_of(symbols.begin(), symbols.end(), [&](Ref s) { return ctx_.symbol(s).name == name; });
  };
  for (int k = 1; taken(); ++k) name = "r" + std::to_string(k);
  from_one_ = false;
  for (const auto& other : labelling_.factors)
    from_one_ = from_one_ || other == std::vector<Label>{labels[0]};
  const auto exponent = exponent_text(ctx_, n.operand(1), name, from_one_);
  if (!exponent) return false;
  series_ = labels[0];
  series_name_ = forms_.local_name(name);
  const bool plain = *exponent == name;
  const std::string ascii = "^" + (plain ? name : "(" + *exponent + ")"), latex = "^{" + *exponent + "}";
  const Piece list[2] = {Piece::form(forms_.operand(n.operand(0)), Binding::postfix),
                         Piece::text(ascii, ascii, latex)};
  Link link;
  link.form = forms_.pieces(list, Binding::power, plain ? 2 : 6);
  link.symmetric = is_symmetric(ctx_, n.operand(0));
  items_.push_back({{link}, {labels[1], labels[2]}});
  return true;
}

// A factor c[r] of such a sum, or r itself.
bool MatrixForm::series_coefficient(size_t factor) {
  const auto& labels = labelling_.factors[factor];
  const IndexedView v = view_indexed(ctx_, node_);
  if (!series_ && labels.size() == 1 && labelling_.is_bound(labels[0])) {  // the power may come later
    for (size_t f = factor + 1; f < v.factors.size() && !series_; ++f) {
      const bool power = labelling_.factors[f].size() == 3 && labelling_.factors[f][0] == labels[0];
      if (power && series_factor(f)) items_.pop_back();
    }
  }
  if (!series_ || labels != std::vector<Label>{*series_}) return false;
  const Ref r = v.factors[factor];
  scalars_.push_back(is_structural(ctx_, r, Structural::iota)
                         ? series_name_
                         : forms_.index(forms_.operand(r), {&series_name_, 1}));
  return true;
}

FormId MatrixForm::series(FormId body) {
  // Pieces are views, so the text stays alive beside them.
  const std::string last =
      extent_text(ctx_, from_one_ ? extents_[*series_] : ctx_.subtract(extents_[*series_], one)) + ")";
  const Piece list[6] = {
      Piece::text("sum(", "sum(", "\\operatorname{sum}("),
      Piece::form(body, Binding::conditional),
      Piece::text(" for ", " for ", " \\text{ for } "),
      Piece::form(series_name_, Binding::atom),
      Piece::text(from_one_ ? " in 1:" : " in 0:", {}, from_one_ ? " \\in 1{:}" : " \\in 0{:}"),
      Piece::text(last)};
  return forms_.pieces(list, Binding::atom, 4, true);
}

}  // namespace nabla

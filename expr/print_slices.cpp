// Shifts and units of an indexed product as slices and entries of its factors: x[2:n], A[1, :].
#include <algorithm>

#include "expr/bounds.h"
#include "expr/print_matrix.h"
#include "expr/shape_text.h"

namespace nabla {

// Not where a row of the shift is known to lie outside its columns, as the last one of eye(n, n - 1) does.
bool MatrixForm::is_slice(Ref shift) const {
  const Ref c = ctx_.operands(shift)[0];
  const std::vector<Ref> extents = ctx_.shape_of(shift).extents;
  const Ref beyond = ctx_.subtract(ctx_.add(extents[0], c), extents[1]);
  const bool before = ctx_.is_number(c) && ctx_.value(c).sign() < 0;
  return !before && !never_negative(ctx_, ctx_.subtract(beyond, one));
}

// x(j) with j = i + c is x[c+1 : c+m]; x(j) at one place is an entry, a row or a column.
bool MatrixForm::slice_factors() {
  const IndexedView v = view_indexed(ctx_, node_);
  std::vector<Ref> selector(labelling_.label_count);  // a shift or unit on the label
  std::vector<Label> source(labelling_.label_count);
  std::vector<size_t> count(labelling_.label_count);
  for (size_t f = 0; f < v.factors.size(); ++f) {
    for (Label l : labelling_.factors[f]) ++count[l];
  }
  for (size_t f = 0; f < v.factors.size(); ++f) {
    const Ref r = v.factors[f];
    const bool shift = is_structural(ctx_, r, Structural::shift),
               unit = is_structural(ctx_, r, Structural::unit);
    if (!shift && !unit) continue;
    const Label l = labelling_.factors[f].back();
    if (!labelling_.is_bound(l) || count[l] != 2) continue;
    if (shift && !is_slice(r)) continue;
    selector[l] = r;
    if (shift) source[l] = labelling_.factors[f][0];
  }
  std::vector<PrintedFactor> kept;
  size_t at = 0;
  for (size_t f = 0; f < v.factors.size(); ++f) {
    const Ref r = v.factors[f];
    if (labelling_.factors[f].empty() || is_structural(ctx_, r, Structural::delta)) continue;
    if (series_ && labelling_.factors[f] == std::vector<Label>{*series_}) continue;
    PrintedFactor item = std::move(items_[at++]);
    const bool selects =
        is_structural(ctx_, r, Structural::shift) || is_structural(ctx_, r, Structural::unit);
    if (selects && selector[labelling_.factors[f].back()] == r) continue;
    const bool sliced =
        std::any_of(item.labels.begin(), item.labels.end(), [&](Label l) { return bool(selector[l]); });
    if (!sliced) {
      kept.push_back(std::move(item));
      continue;
    }
    const auto is_shift = [&](Label l) {
      return selector[l] && is_structural(ctx_, selector[l], Structural::shift);
    };
    if (item.labels.size() > 2 && std::any_of(item.labels.begin(), item.labels.end(), is_shift)) return false;
    std::vector<FormId> indices;
    std::vector<Label> labels;
    for (Label l : item.labels) {
      if (!selector[l]) {
        indices.push_back(text(":", Binding::atom));
        labels.push_back(l);
        continue;
      }
      const Ref c = ctx_.operands(selector[l])[0];
      if (is_structural(ctx_, selector[l], Structural::unit)) {
        indices.push_back(forms_.of(c));
        continue;
      }
      // A slice of a slice is one from further on, and a place in it a place of the whole.
      Ref begin = c;
      Label rows = source[l];
      while (is_shift(rows)) {
        begin = ctx_.add(begin, ctx_.operands(selector[rows])[0]);
        rows = source[rows];
      }
      if (selector[rows]) {
        indices.push_back(forms_.of(ctx_.add(begin, ctx_.operands(selector[rows])[0])));
        continue;
      }
      const Ref first = ctx_.add(begin, one), last = ctx_.add(begin, extents_[rows]);
      indices.push_back(text(extent_text(ctx_, first) + ":" + extent_text(ctx_, last), Binding::range));
      labels.push_back(rows);
    }
    Link link;
    link.form = forms_.index(item.chain[0].form, indices);
    // The first axis left of a matrix is a row only if it was the second.
    link.transposed =
        labels.size() == 1 && ((item.labels.size() == 2 && selector[item.labels[0]] &&
                                is_structural(ctx_, selector[item.labels[0]], Structural::unit)) ||
                               item.chain[0].transposed);
    if (labels.empty()) {
      scalars_.push_back(link.form);
    } else {
      kept.push_back({{link}, labels});
    }
  }
  items_ = std::move(kept);
  return std::all_of(items_.begin(), items_.end(),
                     [](const PrintedFactor& f) { return f.labels.size() <= 2; });
}

}  // namespace nabla

#include "eval/dense_product.h"

#include "expr/relation.h"

namespace nabla::dense {
namespace {

int64_t floor_quotient(int64_t a, int64_t b) {  // b > 0
  const int64_t q = a / b;
  return a % b < 0 ? q - 1 : q;
}

}  // namespace

Condition position_condition(const std::vector<Label>& labels, int64_t c) {
  if (labels.size() == 1) return {Relation::equal, {{labels[0], 1}}, -c};
  if (labels[0] == labels[1]) return {Relation::equal, {}, -c};
  return {Relation::equal, {{labels[0], -1}, {labels[1], 1}}, -c};
}

Nest::Nest(Budget& budget, std::vector<Label> order, const std::vector<int64_t>& extents,
           const std::vector<Condition>& conditions)
    : budget_(budget), order_(std::move(order)), extents_(extents), at_(extents.size()) {
  rows_.resize(order_.size());
  has_holes_.resize(order_.size());
  for (const Condition& c : conditions) {
    if (c.terms.empty()) {
      possible_ = possible_ && relation_holds(c.relation, c.offset, int64_t{0});
      continue;
    }
    size_t level = 0, last = 0;
    for (size_t t = 0; t < c.terms.size(); ++t) {
      const auto at = std::find(order_.begin(), order_.end(), c.terms[t].first) - order_.begin();
      if (static_cast<size_t>(at) >= level) level = static_cast<size_t>(at), last = t;
    }
    Row row{c.relation, c.terms[last].second, {}, c.offset};
    for (size_t t = 0; t < c.terms.size(); ++t) {
      row.offset += c.terms[t].second;  // labels are counted from 1
      if (t != last) row.terms.push_back(c.terms[t]);
    }
    if (c.relation == Relation::not_equal) has_holes_[level] = true;
    rows_[level].push_back(std::move(row));
  }
}

int64_t Nest::rest(const Row& row) const {
  int64_t v = row.offset;
  for (const auto& [l, c] : row.terms) v += c * at_[l];
  return v;
}

Nest::Range Nest::range_of(size_t level) const {
  Range r{0, extents_[order_[level]] - 1};
  for (const Row& row : rows_[level]) {
    if (row.relation == Relation::not_equal) continue;
    const int64_t v = rest(row), c = row.coefficient;
    if (row.relation == Relation::equal) {
      if (v % c != 0) return {1, 0};
      r.first = std::max(r.first, -v / c);
      r.last = std::min(r.last, -v / c);
      continue;
    }
    const int64_t bound = row.relation == Relation::less ? -v - 1 : -v;  // c*label <= bound
    if (c > 0) {
      r.last = std::min(r.last, floor_quotient(bound, c));
    } else {
      r.first = std::max(r.first, -floor_quotient(bound, -c));
    }
  }
  return r;
}

bool Nest::excluded(size_t level, int64_t v) const {
  if (!has_holes_[level]) return false;
  return std::any_of(rows_[level].begin(), rows_[level].end(), [&](const Row& row) {
    return row.relation == Relation::not_equal && rest(row) + row.coefficient * v == 0;
  });
}

}  // namespace nabla::dense

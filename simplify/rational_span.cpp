#include "simplify/rational_span.h"

namespace nabla {
namespace {

void add_multiple(RationalSpan::Vector& v, const Rational& c, const RationalSpan::Vector& w) {
  for (const auto& [k, x] : w) {
    Rational& entry = v[k];
    entry = entry + c * x;
    if (entry.is_zero()) v.erase(k);
  }
}

}  // namespace

RationalSpan::Vector RationalSpan::combination(const Vector& v) {
  Vector rest = v, made;
  for (const Row& r : rows_) {
    const auto at = rest.find(r.pivot);
    if (at == rest.end()) continue;
    const Rational c = at->second / r.vector.at(r.pivot);
    add_multiple(rest, -c, r.vector);
    add_multiple(made, c, r.combination);
  }
  if (rest.empty()) return made;
  const size_t index = basis_.size();
  basis_.push_back(v);
  Vector combination{{index, Rational(1)}};
  add_multiple(combination, -1, made);
  rows_.push_back({rest.begin()->first, std::move(rest), std::move(combination)});
  return {{index, Rational(1)}};
}

}  // namespace nabla

#include "codegen/contraction_groups.h"

#include <algorithm>

namespace nabla {
namespace {

bool inside(const std::vector<Label>& list, const ContractionGroups::Labels& labels) {
  return std::all_of(list.begin(), list.end(), [&](Label l) { return labels[l]; });
}

bool has(std::span<const size_t> list, size_t k) {
  return std::find(list.begin(), list.end(), k) != list.end();
}

}  // namespace

ContractionGroups::ContractionGroups(const Contraction& c)
    : outputs_(c.outputs), label_count_(c.extents.size()) {
  for (size_t k = 0; k < c.factors.size(); ++k) {
    Labels labels(label_count_);
    for (Label l : c.factors[k].labels) labels[l] = true;
    size_t g = 0;
    while (g < live_.size() && live_[g].labels != labels) ++g;
    if (g == live_.size()) {
      live_.push_back({g, std::move(labels)});
      factors_.emplace_back();
    }
    factors_[g].push_back(k);
  }
  next_ = live_.size();
  for (const Guard& g : c.guards) {
    Condition& condition = conditions_.emplace_back();
    for (const auto& t : g.terms) condition.labels.push_back(t.first);
  }
  for (const ContractionFactor& p : c.positions) conditions_.push_back({p.labels});
}

bool ContractionGroups::sums() const {
  for (const Group& g : live_) {
    for (size_t l = outputs_; l < g.labels.size(); ++l) {
      if (g.labels[l]) return true;
    }
  }
  return false;
}

ContractionGroups::Labels ContractionGroups::united(std::span<const size_t> places) const {
  Labels all(label_count_);
  for (size_t k : places) {
    for (size_t l = 0; l < all.size(); ++l) all[l] = all[l] || live_[k].labels[l];
  }
  return all;
}

bool ContractionGroups::needed_outside(Label l, std::span<const size_t> places, const Labels& joined) const {
  if (l < outputs_) return true;
  for (size_t k = 0; k < live_.size(); ++k) {
    if (live_[k].labels[l] && !has(places, k)) return true;
  }
  return std::any_of(conditions_.begin(), conditions_.end(), [&](const Condition& c) {
    return !c.done && !inside(c.labels, joined) &&
           std::find(c.labels.begin(), c.labels.end(), l) != c.labels.end();
  });
}

std::vector<Label> ContractionGroups::left(std::span<const size_t> places, const Labels& joined) const {
  std::vector<Label> out;
  for (Label l = 0; l < joined.size(); ++l) {
    if (joined[l] && needed_outside(l, places, joined)) out.push_back(l);
  }
  return out;
}

ContractionGroups::Taken ContractionGroups::take(const ContractionStep& step) {
  std::vector<size_t> places;
  for (size_t k = 0; k < live_.size(); ++k) {
    if (has(step.parts, live_[k].number)) places.push_back(k);
  }
  Taken taken;
  taken.joined = united(places);
  const size_t number = next_++;
  if (step.joins) {
    live_[places[0]].number = number;
    while (places.size() > 1) {
      live_.erase(live_.begin() + static_cast<ptrdiff_t>(places.back()));
      places.pop_back();
    }
    return taken;
  }
  taken.left = left(places, taken.joined);
  Labels labels(label_count_);
  for (Label l : taken.left) labels[l] = true;
  for (size_t k = conditions_.size(); k-- > 0;) {
    Condition& c = conditions_[k];
    if (c.done || c.labels.empty() || !inside(c.labels, taken.joined)) continue;
    taken.conditions.push_back(k);
    c.done = !inside(c.labels, labels);
  }
  while (!places.empty()) {
    live_.erase(live_.begin() + static_cast<ptrdiff_t>(places.back()));
    places.pop_back();
  }
  if (!taken.left.empty()) live_.push_back({number, std::move(labels)});
  return taken;
}

}  // namespace nabla

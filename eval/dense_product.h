// Sums of products over labels, in numbers: the factors are contracted in pairs, the cheapest pair first, so
// that A*B*C costs what a person would pay.
//
// A guard narrows the ranges of the loops it belongs to: what it excludes is not visited.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "expr/budget.h"
#include "expr/labelling.h"

namespace nabla::dense {

// A Guard with its offset: sum of coefficient*label + offset RELATION 0, labels counted from 1.
struct Condition {
  Relation relation{};
  std::vector<std::pair<Label, int64_t>> terms;
  int64_t offset = 0;
};

// One label is c, or the second of two is the first plus c: where the entries of a unit vector, an identity
// or a shift are 1.
Condition position_condition(const std::vector<Label>& labels, int64_t c);

// Loops over some labels; each runs through what the conditions leave of its range.
class Nest {
 public:
  Nest(Budget& budget, std::vector<Label> order, const std::vector<int64_t>& extents,
       const std::vector<Condition>& conditions);

  // use(first, last) for runs of the innermost label, counted from 0; at(label) has the others, and the
  // innermost one as far as use sets it. Without labels: one call with (0, 0).
  template <class Use>
  void run(Use use) {
    if (!possible_) return;
    const size_t n = order_.size();
    if (n == 0) return use(0, 0);
    std::vector<Range> range(n);
    size_t depth = 0;
    range[0] = range_of(0);
    for (;;) {
      if (depth + 1 == n) {
        run_innermost(range[depth], use);
      } else if (range[depth].first <= range[depth].last) {
        const int64_t v = range[depth].first++;
        if (excluded(depth, v)) continue;
        at_[order_[depth]] = v;
        ++depth;
        range[depth] = range_of(depth);
        continue;
      }
      if (depth-- == 0) return;
    }
  }
  int64_t at(Label l) const { return at_[l]; }
  bool is_innermost(Label l) const { return !order_.empty() && order_.back() == l; }

 private:
  struct Range {
    int64_t first, last;  // both included
  };
  struct Row {  // a condition, at the level of its last label
    Relation relation;
    int64_t coefficient;
    std::vector<std::pair<Label, int64_t>> terms;  // of the levels above
    int64_t offset;
  };

  int64_t rest(const Row& row) const;  // without the label of its level
  Range range_of(size_t level) const;
  bool excluded(size_t level, int64_t v) const;

  template <class Use>
  void run_innermost(Range r, Use& use) {
    const size_t level = order_.size() - 1;
    while (r.first <= r.last) {
      while (r.first <= r.last && excluded(level, r.first)) ++r.first;
      int64_t end = r.first;
      if (has_holes_[level]) {
        while (end <= r.last && !excluded(level, end)) ++end;
      } else {
        end = r.last + 1;
      }
      constexpr int64_t most_at_once = 1 << 16;  // so that a long loop can be stopped
      for (int64_t i = r.first; i < end; i += most_at_once) {
        const int64_t until = std::min(end, i + most_at_once);
        budget_.spend(1 + static_cast<uint64_t>(until - i) / 8);
        use(i, until - 1);
      }
      r.first = end;
    }
  }

  Budget& budget_;
  std::vector<Label> order_;
  const std::vector<int64_t>& extents_;
  std::vector<std::vector<Row>> rows_;
  std::vector<bool> has_holes_;
  std::vector<int64_t> at_;
  bool possible_ = true;
};

// An array with a label for each axis.
template <class T>
struct Operand {
  std::shared_ptr<const std::vector<T>> entries;
  std::vector<int64_t> stride;  // of each label, 0 where the array does not have it
  std::vector<bool> has;        // of each label
};

template <class T>
Operand<T> make_operand(std::shared_ptr<const std::vector<T>> entries, const std::vector<Label>& labels,
                        const std::vector<int64_t>& extents, size_t label_count) {
  Operand<T> o{std::move(entries), std::vector<int64_t>(label_count), std::vector<bool>(label_count)};
  int64_t stride = 1;
  for (size_t a = labels.size(); a-- > 0;) {
    o.stride[labels[a]] += stride;
    o.has[labels[a]] = true;
    stride *= extents[labels[a]];
  }
  return o;
}

template <class T>
class Contraction {
 public:
  Contraction(Budget& budget, std::vector<int64_t> extents, size_t outputs)
      : budget_(budget), extents_(std::move(extents)), outputs_(outputs), summed_(extents_.size()) {}

  void add(Operand<T> o) { operands_.push_back(std::move(o)); }
  void add(Condition c) { conditions_.push_back(std::move(c)); }

  // Labels below `outputs` are the axes of the result, the others are summed.
  std::vector<T> run() {
    while (operands_.size() > 1) {
      const auto [a, b] = cheapest_pair();
      Operand<T> r = step({a, b});
      operands_.erase(operands_.begin() + static_cast<ptrdiff_t>(b));
      operands_[a] = std::move(r);
    }
    return finish();
  }

 private:
  using Labels = std::vector<bool>;

  Labels united(const std::vector<size_t>& which) const {
    Labels l(extents_.size());
    for (size_t k : which) {
      for (size_t i = 0; i < l.size(); ++i) l[i] = l[i] || operands_[k].has[i];
    }
    return l;
  }

  static bool inside(const Condition& c, const Labels& l) {
    return std::all_of(c.terms.begin(), c.terms.end(), [&](const auto& t) { return l[t.first]; });
  }

  std::pair<size_t, size_t> cheapest_pair() const {
    constexpr size_t most_compared = 32;  // of very long products only neighbours
    std::pair<size_t, size_t> best{0, 1};
    double least = std::numeric_limits<double>::infinity();
    const size_t n = std::min(operands_.size(), most_compared);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; b < n; ++b) {
        const Labels l = united({a, b});
        double cost = 1, kept = 1;
        for (size_t i = 0; i < l.size(); ++i) {
          if (!l[i]) continue;
          cost *= static_cast<double>(extents_[i]);
          if (needed_outside(static_cast<Label>(i), {a, b}, l)) kept *= static_cast<double>(extents_[i]);
        }
        if (cost + 2 * kept < least) {
          least = cost + 2 * kept;
          best = {a, b};
        }
      }
    }
    return best;
  }

  bool needed_outside(Label l, const std::vector<size_t>& which, const Labels& joined) const {
    if (l < outputs_) return true;
    for (size_t k = 0; k < operands_.size(); ++k) {
      if (operands_[k].has[l] && std::find(which.begin(), which.end(), k) == which.end()) return true;
    }
    return std::any_of(conditions_.begin(), conditions_.end(), [&](const Condition& c) {
      return !inside(c, joined) &&
             std::any_of(c.terms.begin(), c.terms.end(), [&](const auto& t) { return t.first == l; });
    });
  }

  // The product of some operands under the conditions on their labels alone, summed over what is not needed.
  Operand<T> step(const std::vector<size_t>& which) {
    const Labels joined = united(which);
    std::vector<Label> kept, order;
    for (Label l = 0; l < joined.size(); ++l) {
      if (joined[l] && needed_outside(l, which, joined)) kept.push_back(l);
    }
    order = kept;
    for (Label l = 0; l < joined.size(); ++l) {
      if (!joined[l] || needed_outside(l, which, joined)) continue;
      order.push_back(l);
      summed_[l] = true;
    }
    std::vector<Condition> here;
    for (const Condition& c : conditions_) {
      if (inside(c, joined)) here.push_back(c);
    }
    std::vector<T> values = loop(which, kept, order, here);
    // What it excludes is 0 now. A condition on labels that stay is kept: other factors may be undefined
    // where it does not hold, and 0 times that is not 0.
    Labels stay(extents_.size());
    for (Label l : kept) stay[l] = true;
    const auto is_done = [&](const Condition& c) { return inside(c, joined) && !inside(c, stay); };
    conditions_.erase(std::remove_if(conditions_.begin(), conditions_.end(), is_done), conditions_.end());
    return make_operand(std::make_shared<const std::vector<T>>(std::move(values)), kept, extents_,
                        extents_.size());
  }

  std::vector<T> finish() {
    std::vector<Label> kept, order;
    for (Label l = 0; l < extents_.size(); ++l) {
      if (l < outputs_) kept.push_back(l);
      if (!summed_[l]) order.push_back(l);
    }
    std::vector<size_t> which;
    if (!operands_.empty()) which.push_back(0);
    return loop(which, kept, order, conditions_);
  }

  std::vector<T> loop(const std::vector<size_t>& which, const std::vector<Label>& kept,
                      const std::vector<Label>& order, const std::vector<Condition>& conditions) {
    int64_t size = 1;
    for (Label l : kept) size *= extents_[l];
    std::vector<T> result(static_cast<size_t>(size), T(0.0));
    Operand<T> target = make_operand<T>(nullptr, kept, extents_, extents_.size());
    Nest nest(budget_, order, extents_, conditions);
    const auto base = [&](const Operand<T>& o) {
      int64_t at = 0;
      for (Label l : order) {
        if (!nest.is_innermost(l)) at += nest.at(l) * o.stride[l];
      }
      return at;
    };
    const auto inner = [&](const Operand<T>& o) { return order.empty() ? 0 : o.stride[order.back()]; };
    nest.run([&](int64_t first, int64_t last) {
      int64_t r = base(target) + first * inner(target), a = 0, b = 0;
      const int64_t dr = inner(target);
      int64_t da = 0, db = 0;
      const T *x = nullptr, *y = nullptr;
      if (!which.empty()) {
        const Operand<T>& o = operands_[which[0]];
        x = o.entries->data(), da = inner(o), a = base(o) + first * da;
      }
      if (which.size() > 1) {
        const Operand<T>& o = operands_[which[1]];
        y = o.entries->data(), db = inner(o), b = base(o) + first * db;
      }
      for (int64_t i = first; i <= last; ++i, r += dr, a += da, b += db) {
        if (y != nullptr) {
          result[static_cast<size_t>(r)] += x[a] * y[b];
        } else {
          result[static_cast<size_t>(r)] += x != nullptr ? x[a] : T(1.0);
        }
      }
    });
    return result;
  }

  Budget& budget_;
  std::vector<int64_t> extents_;
  size_t outputs_;
  std::vector<bool> summed_;  // of each label: whether a step has summed over it
  std::vector<Operand<T>> operands_;
  std::vector<Condition> conditions_;
};

}  // namespace nabla::dense

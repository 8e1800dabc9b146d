// The groups of a product while steps are taken: which labels each has, which labels a step sums over, and
// which conditions it meets.
//
// A condition is a guard or a factor of 0 and 1 (delta, shift, unit). It is met in a step that has all its
// labels; as long as they all stay, what it excludes stays excluded, and it is kept for the later steps too.
#pragma once

#include <span>
#include <vector>

#include "codegen/contraction.h"

namespace nabla {

class ContractionGroups {
 public:
  using Labels = std::vector<bool>;
  struct Group {
    size_t number;
    Labels labels;
  };
  struct Condition {
    std::vector<Label> labels;
    bool done = false;
  };
  // What a step does. Conditions are numbered: the guards, then the positions.
  struct Taken {
    Labels joined;                   // of its nest
    std::vector<Label> left;         // of its result; none: a scalar, which is no group
    std::vector<size_t> conditions;  // that are met
  };

  explicit ContractionGroups(const Contraction& c);

  const std::vector<std::vector<size_t>>& first_factors() const { return factors_; }  // of the first groups
  const std::vector<Group>& live() const { return live_; }
  const std::vector<Condition>& conditions() const { return conditions_; }
  size_t next() const { return next_; }  // the number of the result of the next step
  bool is_output(Label l) const { return l < outputs_; }

  bool sums() const;  // whether a group has a label that is no axis
  // Of the groups at these places in `live`.
  Labels united(std::span<const size_t> places) const;
  std::vector<Label> left(std::span<const size_t> places, const Labels& joined) const;

  Taken take(const ContractionStep& step);

 private:
  bool needed_outside(Label l, std::span<const size_t> places, const Labels& joined) const;

  size_t outputs_, label_count_, next_ = 0;
  std::vector<std::vector<size_t>> factors_;
  std::vector<Group> live_;
  std::vector<Condition> conditions_;
};

}  // namespace nabla

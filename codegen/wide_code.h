// The turns of an innermost loop several at once, in vectors that have functions of <cmath>
// (runtime/nabla_lanes.h): how entries are read and written there.
//
// Invariant: the numbers of a turn do not depend on where its vector begins: the last turns, fewer than a
// vector holds, are computed by the same functions, and the other numbers of their vector count for nothing.
#pragma once

#include <string>

#include "codegen/nest_code.h"

namespace nabla {

class WideCode {
 public:
  // `inner`: the label of the innermost loop.
  WideCode(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests, Label inner);

  // Of formulas: numbers are vectors.
  const NestStyle& style() const { return wide_; }
  std::string width() const { return style_.runtime + "::width<" + style_.wide + ">"; }

  // What stands for an entry, or for whether a condition holds; `left`: how many turns are left, or empty
  // where they are enough for a vector.
  std::string input(const Access& a, const std::string& left) const;
  std::string test(const NestCondition& c) const;

  // What stands before and after the formula of a turn that goes to an entry: as it is, or added to it.
  std::string before(bool adds, const std::string& entry) const;
  std::string after(const std::string& left) const { return (left.empty() ? "" : ", " + left) + ")"; }

 private:
  bool has_inner(const Place& p) const { return p.label == inner_; }
  std::string call(const std::string& function, const std::string& argument, const std::string& left) const;

  Context& ctx_;
  const NestStyle& style_;
  NestCode& nests_;
  Label inner_;
  NestStyle wide_, moved_;  // moved: the innermost label is one of a lane
};

// Whether vectors gain something for these formulas of the innermost loop, as they stand after what leaves it
// left, and can do all of them.
bool gains_from_width(Context& ctx, const std::vector<Ref>& formulas);
// Whether each entry that the nest reads can be read in a vector of turns: none lies outside its array.
bool reads_widely(const NestCode& nests, const Nest& nest);

}  // namespace nabla

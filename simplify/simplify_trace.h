// What simplify did, for people to read: which form came from which, by which rule or pass.
//
// A step is written where it is made, also one to a form that was left again. The way from one form to
// another is found among the steps afterwards; nothing is simplified a second time.
//
// Invariants: the two sides of a step are equal wherever the first has a value; a step of the parts of a node
// comes after the steps that its parts took. Not to be used across Context::keep.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "simplify/rule.h"

namespace nabla {

using RuleLetters = std::vector<std::pair<std::string, Ref>>;  // and what they stand for

struct SimplifyStep {
  Ref from, to;
  const RuleText* rule = nullptr;  // a row of the tables, or
  std::string_view pass;           // a pass, by what it does
  std::vector<Ref> parts;          // of neither: what became of each operand of `from`
  RuleLetters letters;
  std::vector<SimplifyStep> inside;  // of a pass that takes an array entry by entry: what became of an entry
};

class SimplifyTrace {
 public:
  void by_rule(Ref from, Ref to, const RuleText& rule, RuleLetters letters);
  void by_pass(Ref from, Ref to, std::string_view pass, std::vector<SimplifyStep> inside = {});
  void by_parts(Ref from, Ref to, std::span<const Ref> parts);

  // Steps by rules and passes that lead from one form to the other when each replaces what it is about
  // wherever it stands, a shortest way. What nothing was written about is one step of its own.
  std::vector<SimplifyStep> way(Context& ctx, Ref from, Ref to) const;

 private:
  struct Stretch;
  void add(SimplifyStep step);
  bool search(Context& ctx, const Stretch& stretch, std::vector<uint32_t>& path) const;

  std::vector<SimplifyStep> steps_;
  std::unordered_map<Ref, std::vector<uint32_t>> from_;  // the steps from a form
};

}  // namespace nabla

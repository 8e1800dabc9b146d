// The value of a let as a nest of loops: for each entry of the result a formula of scalars, or the sum,
// product, maximum or minimum of one over the labels that are not axes.
//
// Invariants: labels below `outputs` are the axes of the result in their order; `body` is over the
// placeholders of `accesses`, `tests` and `locals`, numbers, constants and dims; what a condition excludes is
// not evaluated and counts as nothing. An access that only a test keeps inside its array may lie outside.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"

namespace nabla {

// A position along an axis, from 0: a label and an offset, or the offset alone.
inline constexpr Label no_label = ~Label{0};
struct Place {
  Label label = no_label;
  Ref offset = zero;
  friend auto operator<=>(const Place&, const Place&) = default;
};

// One entry of an array: of a symbol or let at these places, or of iota (the position from 1 as a number).
struct Access {
  Ref array;
  std::vector<Place> at;
  Ref placeholder;
};

// sum of coefficient*label + offset RELATION 0, labels counted from 1.
struct NestCondition {
  Guard guard;
  Ref offset;
};

// Whether a condition holds, as part of a formula.
struct NestTest {
  NestCondition condition;
  Ref placeholder;
};

// An entry of a let that is computed where it is used: over placeholders and earlier locals.
struct NestLocal {
  Access of;
  Ref value;
};

// Placeholders: the same entry, or the same condition, has the same one in all nests that share this.
class NestAtoms {
 public:
  Ref entry(Context& ctx, Ref array, const std::vector<Place>& at);
  Ref test(Context& ctx, const NestCondition& condition);

 private:
  using Condition = std::tuple<Relation, std::vector<std::pair<Label, int64_t>>, Ref>;
  Ref fresh(Context& ctx);
  std::map<std::pair<Ref, std::vector<Place>>, Ref> entries_;
  std::map<Condition, Ref> tests_;
  size_t count_ = 0;
};

enum class Gathering : uint8_t { entry, sum, product, max, min };

struct Nest {
  std::vector<Ref> extents;  // of each label
  size_t outputs = 0;
  std::vector<NestCondition> conditions;
  std::vector<Access> accesses;
  std::vector<NestTest> tests;
  std::vector<NestLocal> locals;
  Ref body;
  Gathering gathering = Gathering::entry;
};

// The extents of its loops: a label that an equation settles by those before it has none.
std::vector<Ref> loop_extents(const Nest& nest);

// Of a let's value; nullopt for what is no nest: functions of matrices, reshapes, gathers, arrays.
// Failure(cannot_emit) for complex values.
std::optional<Nest> make_nest(Context& ctx, NestAtoms& atoms, Ref value);
std::optional<Nest> make_nest(Context& ctx, Ref value);

// A label counted from 0, as conditions and positions see it: the condition of a delta, shift or unit.
NestCondition position_condition(const Context& ctx, Ref factor, const std::vector<Label>& labels);

}  // namespace nabla

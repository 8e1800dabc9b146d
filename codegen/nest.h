// The value of a let as a nest of loops: for each entry of the result a formula of scalars, or the sum,
// product, maximum or minimum of one over the labels that are not axes.
//
// Invariants: labels below `outputs` are the axes of the result in their order; `body` is over the
// placeholders of `accesses`, numbers, constants and dims; what a condition excludes is not evaluated and
// counts as nothing.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"

namespace nabla {

// One entry of an array: of a symbol or let at these labels, or of iota (the label as a number).
struct Access {
  Ref array;
  std::vector<Label> labels;
  Ref placeholder;
};

// sum of coefficient*label + offset RELATION 0, labels counted from 1.
struct NestCondition {
  Guard guard;
  Ref offset;
};

enum class Gathering : uint8_t { entry, sum, product, max, min };

struct Nest {
  std::vector<Ref> extents;  // of each label
  size_t outputs = 0;
  std::vector<NestCondition> conditions;
  std::vector<Access> accesses;
  Ref body;
  Gathering gathering = Gathering::entry;
};

// Of a let's value; nullopt for what is no nest: functions of matrices, reshapes, gathers, arrays.
// Failure(cannot_emit) for complex values.
std::optional<Nest> make_nest(Context& ctx, Ref value);

// A label counted from 0, as conditions and positions see it: the condition of a delta, shift or unit.
NestCondition position_condition(const Context& ctx, Ref factor, const std::vector<Label>& labels);

}  // namespace nabla

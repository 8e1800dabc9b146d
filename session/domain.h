// Refuses results that have no real value.
#pragma once

#include <optional>
#include <span>
#include <utility>

#include "eval/dense.h"
#include "expr/context.h"
#include "session/equality.h"

namespace nabla {

// Throws Failure(outside_domain) if certified arithmetic finds a constant part of e outside the domain of its
// function, such as log(1 - pi) or (-2)^pi. Branches are not looked at.
void refuse_undefined_constants(Context& ctx, Ref e);

// Whether a condition is proved to hold wherever the names are in their domains, as x^2 - 2*x + 1 >= 0.
bool is_vacuous(Context& ctx, Ref condition);

// Whether a condition holds at a point, in every entry if it has axes; none where that is not known.
std::optional<bool> holds(Context& ctx, Ref condition, const DensePoint& point);

// Throws Failure(undefined_value) if certified arithmetic finds that a scalar has no value where its names
// have these numbers. Doubles go on from an infinite value: 1/log(0) is -0 to them.
void refuse_undefined_scalar(Context& ctx, Ref e, std::span<const std::pair<Ref, Ref>> values);

// Throws Failure(undefined_value) if the point is outside of where a name in the form has values: a condition
// u > 0 or u >= 0 of it does not hold. At corners, u != 0, derivatives have conventions.
void refuse_outside(Context& ctx, Ref form, const DensePoint& point);

// Throws Failure(undefined_value) if what was written has no value at the point. Differential operators
// around it are looked through: where a function has no value it has no derivative. Where it is not known
// nothing is thrown, and where a sufficient condition fails, such as x > 0 for x^y, only if a value is
// missing.
void refuse_undefined_value(Context& ctx, const WrittenForm& written, const DensePoint& point);

}  // namespace nabla

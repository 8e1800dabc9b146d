// Conditions as a reader wants them: truth values, of scalars or of every entry of an array, each in its
// simplest form.
//
// A condition with axes holds where every entry does. The order of its axes is of no meaning.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/print.h"

namespace nabla {

// a RELATION b, entry by entry where one of them is an array: a scalar stands for every entry.
Ref condition(Context& ctx, Relation relation, Ref a, Ref b);
Ref not_condition(Context& ctx, Ref c);
Ref and_conditions(Context& ctx, Ref a, Ref b);
Ref or_conditions(Context& ctx, Ref a, Ref b);
// The condition with its sides moved: other values for names, or what was written folded. What it says of a
// function that is worked out by then stays as it is.
Ref moved_condition(Context& ctx, Ref c, const std::function<Ref(Ref side)>& moved);
// A condition on x, y and z, in the language of the tables, of these arguments.
Ref condition_of_text(Context& ctx, std::string_view text, std::span<const Ref> arguments);

// Whether both branches have one value where the sides of their comparison are equal, one of them a name.
bool agree_at_border(Context& ctx, Ref comparison, Ref yes, Ref no);
// What is said instead of u^v != 0.
enum class PowerNotZero : uint8_t {
  nothing,   // it follows from what else is stated
  base,      // u != 0
  as_it_is,  // no more than that: 0^0 is 1
};
// A comparison with 0 as comparisons of something simpler: u^n != 0 asks for what `of_power` says, u*v != 0
// for both; 3*u > 0 for u > 0. They are appended; false: it is as simple as it gets.
bool append_simpler(Context& ctx, Ref comparison,
                    const std::function<PowerNotZero(Ref base, Ref exponent)>& of_power,
                    std::vector<Ref>& parts);

// The comparisons that a truth value is made of.
std::vector<Ref> comparisons_of(Context& ctx, Ref truth);

// "x != 0", of an array "x != 0 in every entry", of has_value (expr/array_domain.h) "sqrtm(A) has a value".
std::string condition_text(Context& ctx, Ref c, const PrintOptions& options = {});

}  // namespace nabla

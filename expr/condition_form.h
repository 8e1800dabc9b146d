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
// A condition on x, y and z, in the language of the tables, of these arguments.
Ref condition_of_text(Context& ctx, std::string_view text, std::span<const Ref> arguments);

// Whether the comparison a implies b: of the same sides, or stronger by the bound 0.
bool implies(Context& ctx, Ref a, Ref b);
// x >= 0 and x != 0 is x > 0.
std::vector<Ref> joined_conditions(Context& ctx, std::vector<Ref> list);
// Those of the list that do not say by != what one before says, or one of `before`: a - b != 0 is b - a != 0.
std::vector<Ref> stated_once(Context& ctx, const std::vector<Ref>& list, const std::vector<Ref>& before);
// Whether what is said of a product follows from what is stated of its factors: det(A*B) > 0 from det(A) > 0
// and det(B) > 0, x*y >= 0 from x > 0 and y > 0.
bool implied_by_factors(Context& ctx, Ref c, const std::vector<Ref>& stated);
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

// "x != 0", of an array "x != 0 in every entry", of has_value (expr/array_domain.h) "sqrtm(A) has a value".
std::string condition_text(Context& ctx, Ref c, const PrintOptions& options = {});

}  // namespace nabla

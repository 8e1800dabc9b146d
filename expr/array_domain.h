// Where functions of arrays have values: truth values that must hold, none where that is proved.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "expr/context.h"
#include "expr/function.h"

namespace nabla {

// Of fn at these arguments. Where no formula says it of a matrix that is not symmetric, has_value of the
// call.
std::vector<Ref> array_domain(Context& ctx, Fn fn, std::span<const Ref> arguments);

// What the function needs, in words: "a positive definite matrix".
std::string_view array_domain_text(ArrayDomain domain);

// That there is a largest of so many numbers.
std::vector<Ref> has_entries(Context& ctx, Ref extent);

// That the square matrix a is not singular: det != 0 of each of its factors.
std::vector<Ref> not_singular(Context& ctx, Ref a);

// call == call, which holds where the call has a value.
Ref has_value(Context& ctx, Ref call);
// The call of has_value(call); Ref{} of any other condition.
Ref call_with_value(const Context& ctx, Ref condition);

}  // namespace nabla

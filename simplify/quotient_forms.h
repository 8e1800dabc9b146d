// The forms that one quotient of polynomials gives a sum or product: multiplied out, in lowest terms, over
// the factors that it was written in, and factored.
//
// The same as expand, cancel, together and factor (passes.h) give, but read into polynomials once; what is
// too large to be chosen is neither computed nor written.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "expr/context.h"

namespace nabla {

// Of a scalar sum, product or power. Forms of more than `most_nodes` nodes may be left out, and all of them
// where values on the way have far more terms; none is e itself, none comes twice.
std::vector<Ref> quotient_forms(Context& ctx, Ref e, uint64_t most_nodes);

// What a trace calls one of them.
std::string_view quotient_pass(const Context& ctx, Ref form);

}  // namespace nabla

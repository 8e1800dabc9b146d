// The text columns of the tables (differentials, exact values, rules) are in Nabla's own language.
//
// Declared here because the constructors read the function table; defined by parser/, which stands above.
// This is the one call that goes up.
#pragma once

#include <span>
#include <string_view>
#include <utility>

#include "expr/context.h"

namespace nabla {

// The expression of a table text. The names x, y, z, f, dx, dy, dz are placeholders: real scalar symbols of
// role placeholder. Throws Failure when the text is not an expression (a fault of the table).
Ref parse_table_text(Context& ctx, std::string_view text);
// The same with names that stand for these expressions.
Ref parse_table_text(Context& ctx, std::string_view text,
                     std::span<const std::pair<std::string_view, Ref>> names);
Ref placeholder(Context& ctx, std::string_view name);

}  // namespace nabla

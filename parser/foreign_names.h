// What stands in Nabla for a name that it does not have: names and functions of other languages, derivatives
// by Leibniz. For the help of messages; how a text is read never depends on it.
#pragma once

#include <string>
#include <string_view>

#include "parser/names.h"
#include "parser/syntax.h"

namespace nabla {

// For the name at node `n`; empty if nothing is known of it.
std::string foreign_name_help(const SyntaxTree& tree, NodeId n, std::string_view name);
// For the function that `call` calls; empty if nothing is known of it.
std::string foreign_function_help(const SyntaxTree& tree, NodeId call, std::string_view name);

// "f(x, y)" of f(x, y) = …
std::string called_with_parameters(const Context& ctx, const Names& names, const std::string& function);

}  // namespace nabla

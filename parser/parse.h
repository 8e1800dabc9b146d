// Text to syntax tree.
//
// The parser keeps its own stack, so nesting costs heap and is bounded by Limits::nesting. Errors in a
// text never throw from parse_statements: each becomes an invalid statement, and reading goes on with the
// next one. After `most_errors` errors the rest of a text is not read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "expr/limits.h"
#include "parser/syntax.h"

namespace nabla {

inline constexpr size_t most_errors = 1000;

std::shared_ptr<const Source> make_source(std::string file, std::string text, uint32_t first_line = 1);

ParsedText parse_statements(std::shared_ptr<const Source> source, const Limits& limits = {});

// A text that is one expression, as on the command line and in tables; StatementKind::expression is its
// only statement. Newlines are blanks. Throws Failure.
ParsedText parse_expression(std::shared_ptr<const Source> source, const Limits& limits = {});
ParsedText parse_expression(std::string_view text, const Limits& limits = {});  // source "<expr>"

}  // namespace nabla

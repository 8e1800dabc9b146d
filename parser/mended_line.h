// A line of a text as it might have been meant: for messages, which show it as the line to type. How a text
// is read never depends on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/diagnostic.h"
#include "parser/token.h"

namespace nabla {

inline constexpr size_t longest_mended_line = 72;  // that is shown whole

// The line of `text` in which `offset` stands, without blanks around it.
Span line_around(std::string_view text, uint32_t offset);

// The line of `span` with `replacement` in its place; of a long line the part around it.
std::string line_with(std::string_view text, Span span, std::string_view replacement);

// The line of `offset` with '*' between operands that stand side by side: x y is x*y.
std::string with_products(std::string_view text, uint32_t offset);
// The array that begins at `offset` with ',' between its entries: [1 2; 3 4] is [1, 2; 3, 4].
std::string with_commas(std::string_view text, uint32_t offset);
// The line of `offset`, if it is a if c else b, or c ? a : b, with if, then and else; else empty.
std::string with_then_and_else(std::string_view text, uint32_t offset);

// From the bracket at `begin` to the one that closes it, or the bracket with dots inside, if that is long.
std::string bracketed(std::string_view text, uint32_t begin);

// Whether an operand may end with such a token.
bool is_operand_end(TokenKind kind);
// All tokens but the last, which ends the text. They point into it.
std::vector<Token> tokens_of(const std::string& line);

}  // namespace nabla

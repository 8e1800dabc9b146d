// What a line in the notation of another language is in Nabla's: np.dot(A.T, b) is dot(A', b), and x^{2} is
// x^(2). Messages show it as the line to type; how a text is read never depends on it.
#pragma once

#include <string>
#include <string_view>

#include "expr/diagnostic.h"

namespace nabla {

// The line of `text` in which `offset` stands, without blanks around it.
Span line_around(std::string_view text, uint32_t offset);

// That line with each spelling of another language replaced. Empty if there is none, or one that cannot be.
std::string respelled_line(std::string_view text, uint32_t offset);

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

// What '@' or '&&' is in Nabla: '*', 'and'; empty if nothing is. A character of Unicode that looks like one
// of the language stands for it.
std::string_view operator_respelled(std::string_view written);

// A name whose letters only look like Latin ones, in Latin letters: a Cyrillic 'а' is 'a'. Else empty.
std::string latin_look_alike(std::string_view name);

}  // namespace nabla

// The two spellings of a name: λ and lambda, x₁ and x_1 are one name.
//
// The ASCII spelling is the canonical one: a Greek letter that stands alone among letters has the name of
// the letter (λ_max is lambda_max, λ2 is lambda2, but Δx stays Δx), and subscript digits are written _1.
// Invariant: ascii_name(unicode_name(n)) == n for every canonical name n.
#pragma once

#include <string>
#include <string_view>

namespace nabla {

std::string ascii_name(std::string_view name);          // of an NFC-normalised name
std::string unicode_name(std::string_view name);        // "lambda_max" -> "λ_max"; digits stay as they are
std::string_view greek_letter(std::string_view ascii);  // "lambda" -> "λ", empty if there is none

}  // namespace nabla

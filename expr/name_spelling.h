// The two spellings of a name: λ and lambda, x₁ and x_1 are one name.
//
// The ASCII spelling is the canonical one. A Greek letter has the ASCII spelling of its name when no other
// letter stands next to it: λ_max is lambda_max, but Δx stays Δx. Subscript digits after a letter are
// written _1.
#pragma once

#include <string>
#include <string_view>

namespace nabla {

std::string ascii_name(std::string_view name);    // of an NFC-normalised name
std::string unicode_name(std::string_view name);  // "lambda_max" -> "λ_max"; the inverse of ascii_name
std::string_view greek_letter(std::string_view ascii);  // "lambda" -> "λ", empty if there is none

}  // namespace nabla

// The words of declarations: shapes, in the order of ShapeWord, and properties.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace nabla {

inline constexpr std::array<std::string_view, 5> shape_words = {"scalar", "vector", "row", "matrix",
                                                                "tensor"};
inline constexpr std::array<std::string_view, 12> property_words = {
    "symmetric", "skew",       "diagonal", "lower",       "upper",   "spd",
    "psd",       "orthogonal", "toeplitz", "symtoeplitz", "integer", "complex"};
inline constexpr size_t structure_words = 10;  // of the property words

// The index of the word; their number where it is none of them.
template <size_t n>
size_t position(const std::array<std::string_view, n>& words, std::string_view word) {
  return static_cast<size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

}  // namespace nabla

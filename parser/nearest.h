// The known name that a misspelt one probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nabla {

// Damerau-Levenshtein distance by code points (optimal string alignment: insert, delete, replace, swap two
// neighbours), or `limit` + 1 if it is greater than `limit`.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

// The nearest of `names` within a third of its length (at least one edit, at most three); empty if none is
// near. Of equally near ones the one that differs by doubled or swapped letters, then the one with the
// longest common beginning, then the first. Names of one letter are never near each other. What a function is
// called in other languages (ln, arcsin, trace) stands for its name here, if that is one of `names`.
std::string_view nearest(std::string_view wrong, std::span<const std::string_view> names);

// What the language calls a function that other languages and books call so: "log" for "ln"; else empty.
std::string_view usual_name(std::string_view other);

// "did you mean 'lambda'?", or empty.
std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> names);

}  // namespace nabla

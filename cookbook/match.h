// Finds rows of the cookbook from a formula, whatever its letters.
//
// A row matches if some one-to-one renaming of the formula makes it the function that the row differentiates:
// the same expression, so that the order of terms, transposes and the like do not matter.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cookbook/book.h"

namespace nabla {

struct BookMatch {
  const BookRow* row = nullptr;
  std::vector<std::pair<std::string, std::string>> letters;  // of the formula, of the row
};

// A formula with more names than this is too long to look for.
inline constexpr size_t most_matched_names = 7;

// Failure where the formula is no expression or has too many names.
std::vector<BookMatch> match_formula(std::span<const BookRow> rows, const std::string& formula);

// A text of the row in the letters of the formula.
std::string in_letters(const BookMatch& match, const std::string& text);

}  // namespace nabla

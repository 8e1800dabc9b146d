// Text for people on a page of 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace nabla::cli {

// With blanks behind it, at least one, up to `width` columns.
std::string padded(std::string_view text, size_t width);

// A title and a text beside it, on as many lines as it takes; they end where a blank follows `after`, or any
// blank if that is one.
std::string entry(std::string_view title, std::string_view text, size_t column, char after = ' ');

// Text of the width of a source file: its paragraphs are filled anew, indented lines stay as they are.
std::string paragraphs(std::string_view text);

}  // namespace nabla::cli

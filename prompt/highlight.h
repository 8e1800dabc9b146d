// Colours for a text by the lexer of the language.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "prompt/screen.h"

namespace nabla::prompt {

// Whether a name is that of a function.
using IsFunction = std::function<bool(std::string_view name)>;

// The style of each byte. The bracket before or at the cursor and the one that belongs to it are marked; a
// closing bracket without an opening one is wrong.
std::vector<Style> highlight(const std::string& text, size_t cursor, const IsFunction& is_function);

}  // namespace nabla::prompt

// The text of the headers in runtime/, from which generated code takes the functions it needs.
//
// Invariant: byte for byte the files, one after the other; the build writes the definition
// (cmake/RuntimeText.cmake).
#pragma once

#include <string_view>

namespace nabla {

std::string_view runtime_text();

}  // namespace nabla

// What is fuzzed: any bytes as a script, as `nabla run -` reads them.
//
// An input fails if it makes the library abort, or if one of these is broken: every span lies inside its
// text, at the edges of characters; no message is empty, shows a C++ name or is an internal error; rendered
// diagnostics are valid UTF-8; the session answers 1 + 1 afterwards.
#pragma once

#include <string>
#include <string_view>

namespace nabla::fuzz {

// What is wrong with the answers to this script, or empty.
std::string complaint(std::string_view script);

}  // namespace nabla::fuzz

// The entry that libFuzzer calls; it aborts after a complaint.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size);

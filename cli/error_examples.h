// For each error code a text that gives it and one that works: what `nabla explain` shows, and runs.
#pragma once

#include <string>
#include <string_view>

#include "expr/diagnostic.h"

namespace nabla::cli {

// Statements, one a line, as at the prompt, where letters are scalars; a text that begins with "$ " is a
// command line of the shell in an empty folder.
struct ErrorExample {
  Code code;
  std::string_view wrong;
  std::string_view right;
};

// Invariant: each code has an example, or a reason why there is none.
const ErrorExample* error_example(Code code);
std::string_view why_no_example(Code code);

// What the statements print when they go wrong; empty if they do not.
std::string first_error(std::string_view statements);

}  // namespace nabla::cli

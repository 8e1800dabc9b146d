// What `nabla docs` writes: pages and completions for shells, each from the tables of the program, so that
// they cannot say anything else than the program does. The committed copies are compared by a test.
#pragma once

#include <string>
#include <string_view>

namespace nabla::cli {

std::string function_page();    // docs/functions.md
std::string error_page();       // docs/errors.md
std::string man_page();         // docs/nabla.1, in the mdoc language
std::string bash_completion();  // docs/completions/nabla.bash
std::string zsh_completion();   // docs/completions/_nabla
std::string fish_completion();  // docs/completions/nabla.fish

}  // namespace nabla::cli

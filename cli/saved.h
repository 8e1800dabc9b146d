// The statements of a prompt as a script.
#pragma once

#include <string>
#include <vector>

#include "cli/prompt.h"

namespace nabla::cli {

// One statement a line. An answer that a later statement speaks of gets a name there, answer_3, as a script
// does not number what it prints.
std::string saved_text(const std::vector<Prompt::Done>& statements);

// The statement with the number of the answer, $3, where it speaks of `ans`.
std::string with_numbered_answers(const Prompt::Done& statement);

}  // namespace nabla::cli

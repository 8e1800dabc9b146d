// What is declared in a session, in the words of the language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "session/session.h"

namespace nabla::cli {

// One line for each name that was declared or defined and is not an answer of the prompt, oldest first:
// "var S : matrix[n, n] spd", "f(x) = x^2".
std::vector<std::string> declared_lines(Session& session);

// The same for one name; empty where it is not declared.
std::string declared_line(Session& session, std::string_view name);

}  // namespace nabla::cli

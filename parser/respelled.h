// What a line in the notation of another language is in Nabla's: np.dot(A.T, b) is dot(A', b), and x^{2} is
// x^(2). Messages show it as the line to type; how a text is read never depends on it.
#pragma once

#include <string>
#include <string_view>

namespace nabla {

// The line in which `offset` stands, with each spelling of another language replaced. Empty if there is none,
// or one that cannot be.
std::string respelled_line(std::string_view text, uint32_t offset);

// What '@' or '&&' is in Nabla: '*', 'and'; empty if nothing is. A character of Unicode that looks like one
// of the language stands for it.
std::string_view operator_respelled(std::string_view written);

// A name whose letters only look like Latin ones, in Latin letters: a Cyrillic 'а' is 'a'. Else empty.
std::string latin_look_alike(std::string_view name);

}  // namespace nabla

// Answers that later statements speak of by name: $3 and ans at the prompt.
#pragma once

#include <memory>
#include <string_view>

#include "session/session.h"

namespace nabla {

// Gives the answer of a statement the name `name`. What is said of the name is what would be said of an
// abbreviation of the statement, so that its conditions go on; numbers are those that were printed. False for
// answers that are no values. Throws Failure.
bool name_answer(Session& session, std::string_view name, const std::shared_ptr<const ParsedText>& text,
                 const Statement& statement, const Answer& answer);

}  // namespace nabla

// An answer as one line of text or as one JSON object.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "session/session.h"

namespace nabla::cli {

// The line for standard output. Throws Failure(result_too_long, not_yet_available).
std::string answer_text(Session& session, const Answer& answer, Format format);

// "where x != 0 and y > 0", or empty.
std::string conditions_text(Session& session, const Answer& answer, Format format);

// {"line": 3, "ok": true, "kind": "expr", …}
std::string answer_json(Session& session, const Answer& answer, uint32_t line);
}  // namespace nabla::cli

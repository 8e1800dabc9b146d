// The header for a model: what the interfaces for C++ and C have in common.
#pragma once

#include <functional>

#include "nabla/engine.h"
// What follows hides the names of the engine.
#include "nabla/nabla.hpp"

namespace nabla::engine {

// The text; or the problem, and the text that its place is in.
struct ModelHeader {
  std::string text;
  Problem problem;
  std::shared_ptr<const Source> source;
};

// The header for the statements of `text`; `adjust` changes the model before. The session keeps everything.
ModelHeader model_header(Session& session, const std::shared_ptr<const ParsedText>& text,
                         const v0::GenerateOptions& options,
                         const std::function<void(nabla::Model&)>& adjust = {});

// The same in a session of its own. `name` is that of the file.
ModelHeader model_header(std::string_view name, std::string_view text, const v0::GenerateOptions& options);

}  // namespace nabla::engine

// The engine as the files of this folder see it. nabla.hpp gives its users names that the engine has too
// (Context, Code, GenerateOptions), so that these files call the engine's by the names below; this header
// stands before nabla.hpp.
#pragma once

#include <optional>

#include "codegen/generate.h"
#include "expr/condition_form.h"
#include "expr/print.h"
#include "parser/parse.h"
#include "parser/render.h"
#include "session/answer_name.h"
#include "session/model.h"
#include "session/model_code.h"
#include "session/session.h"

namespace nabla::engine {

using nabla::CodeRequest;
using nabla::ModelLoader;
using nabla::Outcome;
using nabla::ParsedText;
using nabla::Session;
using nabla::Source;
using Codes = nabla::Code;
using HeaderOptions = nabla::GenerateOptions;
using Problem = std::optional<nabla::Diagnostic>;

}  // namespace nabla::engine

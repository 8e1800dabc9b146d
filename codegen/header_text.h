// What all generated headers begin with: where they come from, their namespace, their formulas as comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codegen/generate.h"
#include "codegen/runtime_blocks.h"

namespace nabla {

inline constexpr size_t comment_width = 100;

// What may stand in a `//` comment: no control characters, no backslash, which could continue the line, and
// no trigraph.
std::string comment_safe(std::string_view text);
void append_comment(std::string& out, std::string_view text);

// Lines with more indentation, without empty ones.
std::string deeper(const std::string& text, const std::string& indent = "  ");

std::vector<std::string> split(std::string_view text, std::string_view separator);

// The options of these names, or Failure(wrong_argument).
std::string checked_scalar(const GenerateOptions& options);
std::string checked_namespace(const Model& model, const GenerateOptions& options);

// The first lines: what made the header, from which file.
std::string origin(const Model& model);
// The namespace of the runtime functions: copied in, or that of nabla_runtime.h.
std::string runtime_namespace(const std::string& name, const RuntimeBlocks& blocks, bool copied);
// The type that keeps a template from integers.
std::string integer_guard(const std::string& guard, const std::string& scalar);
// "f and its gradient by x, y."
std::string sentence(const DerivedOutput& output, const std::string& f, const std::string& by,
                     const std::string& direction);
// "double f(double x, double y) {", broken between parameters.
std::string function_head(const std::string& name, const std::vector<std::string>& parameters);

// "f(x, y) = x*sin(y)", by the printer; a remark where it is too long.
std::string formula_text(Context& ctx, const ModelFunction& f);

}  // namespace nabla

// The canonical layout of a model file (`nabla fmt`).
//
// Spaces are made uniform: around + and - (not inside an index or a range), comparisons, '=' and words,
// after commas, none inside brackets; '*', '/' and their kin keep the author's choice, made equal on both
// sides. Line breaks, comments and up to two blank lines stay; lines inside brackets are indented by
// depth; comments behind code are aligned in neighbouring lines. '**' is written '^', and the other
// spellings of - * · ‖ and ' in Unicode are written as these.
//
// Invariants: formatting a formatted text changes nothing, and the tokens of the result are those of the
// source (this is checked before the result is handed out).
#pragma once

#include <string>
#include <vector>

#include "expr/limits.h"
#include "parser/syntax.h"

namespace nabla {

struct Formatted {
  std::string text;                // empty if there are errors
  std::vector<Diagnostic> errors;  // a text that cannot be read is not formatted
};

Formatted format(std::shared_ptr<const Source> source, const Limits& limits = {});

}  // namespace nabla

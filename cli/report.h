// A fault of the program: what a maintainer needs to find it, saved in a file.
#pragma once

#include "expr/diagnostic.h"
#include "parser/syntax.h"

namespace nabla::cli {

// Writes message, version and input to a new file nabla-report-… in $TMPDIR or /tmp and says so in
// `diagnostic.help`.
void save_report(Diagnostic& diagnostic, const Source* source);

}  // namespace nabla::cli

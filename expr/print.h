// Expressions as text: Nabla's own language in ASCII or Unicode, and LaTeX.
//
// What is printed in ASCII or Unicode, read back under the same declarations, is the same Ref. The text
// depends on the content of the expression alone. Large results with repeated parts are printed as
// `e where t1 = …, t2 = …`. A text longer than Limits::printed_characters is refused with
// Code::result_too_long; nothing is expanded before that is known.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

enum class Format : uint8_t { ascii, unicode, latex };

struct PrintOptions {
  Format format = Format::ascii;
  bool share = true;  // name repeated parts of large results, and cut texts nested too deeply to be read
};

std::string print(Context& ctx, Ref e, const PrintOptions& options = {});

// What the JSON form of a result says of it.
struct Printed {
  std::string text;  // in options.format, of which LaTeX is replaced by ASCII
  std::string latex;
  std::vector<std::string> shape;  // the extents
  uint64_t nodes = 0;
  uint64_t dag_nodes = 0;
};
Printed describe(Context& ctx, Ref e, const PrintOptions& options = {});

// One let per line, "v2 = sin(v1)", then the outputs.
std::string print_program(Context& ctx, const Program& program, const PrintOptions& options = {});

// Truth values, terms or conditions as a reader expects them: shorter and alphabetically smaller first.
void order_for_people(Context& ctx, std::vector<Ref>& list);

}  // namespace nabla

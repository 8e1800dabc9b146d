// Diagnostics for people and for programs.
//
//   model.nabla:3:5: error: unknown name 'lamda' [NB0201]
//     2*lamda + 1
//       ^^^^^
//   help: did you mean 'lambda'?
//
// The other operand of a conflict is marked by dashes in the same line:
//
//     u + w
//     -   ^
//
// Columns count code points from 1. The source line is shown with tabs expanded and wide characters given
// two columns, so that the carets stand under the exact span; of a long line only a window is shown.
// Invariant: the output is valid UTF-8 without control characters, whatever the source holds.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "expr/diagnostic.h"
#include "parser/syntax.h"

namespace nabla {

struct Position {
  uint32_t line = 1;
  uint32_t column = 1;  // in code points
  friend bool operator==(Position, Position) = default;
};

// Where the lines of a text begin. The text must outlive it.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  Position position(uint32_t offset) const;
  uint32_t line_of(uint32_t offset) const;  // from 1
  Span line_span(uint32_t line) const;      // without its end
  uint32_t line_count() const { return static_cast<uint32_t>(begins_.size()); }

 private:
  std::string_view text_;
  std::vector<uint32_t> begins_;
};

struct RenderOptions {
  bool color = false;
  uint32_t width = 100;  // of the window into a long line, in columns
  size_t columns = 0;    // of the terminal, whose lines break between words; 0: it is none
};

// The text, which begins at `column`, broken between words where a line would pass `columns`; what follows
// stands `indent` columns from the left. As it is if `columns` is 0.
std::string wrapped(std::string_view text, size_t column, size_t indent, size_t columns);

// One diagnostic as lines of text, each with its newline. `source` may be null if there is no text.
std::string render(const Source* source, const Diagnostic& diagnostic, const RenderOptions& options = {});
std::string render(const Source* source, const LineIndex& lines, const Diagnostic& diagnostic,
                   const RenderOptions& options = {});

// {"code", "message", "line", "column", "length", "help"}; without the places if there is no span.
nlohmann::ordered_json error_json(const Source* source, const Diagnostic& diagnostic);

// {"line": …, "ok": false, "error": {…}} on one line, for --format json.
std::string failure_line(uint32_t line, const Source* source, const Diagnostic& diagnostic);

// The same as render() as one line of JSON, for --diagnostics json: error_json with "file" and "notes".
std::string diagnostic_line(const Source* source, const Diagnostic& diagnostic);

}  // namespace nabla

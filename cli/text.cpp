// nabla fmt FILE and nabla deps FILE: commands that only read the syntax.
#include <algorithm>
#include <string>
#include <vector>

#include "cli/command_list.h"
#include "cli/console.h"
#include "expr/diagnostic.h"
#include "expr/limits.h"
#include "parser/format.h"
#include "parser/parse.h"
#include "session/files.h"

namespace nabla::cli {
namespace {

std::shared_ptr<const Source> read_source(const std::string& file) {
  const Limits limits;
  return file == "-" ? make_source("<stdin>", read_standard_input(limits.input_bytes))
                     : make_source(file, read_file(file, limits.input_bytes));
}

std::string folder_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// The paths that a text imports, from where the text stands.
std::vector<std::string> imports_of(Console& console, const std::shared_ptr<const Source>& source) {
  const ParsedText text = parse_statements(source);
  for (const Diagnostic& error : text.errors) console.error(error, source.get());
  std::vector<std::string> paths;
  for (const ImportSyntax& import : text.imports) {
    paths.push_back(import.path.substr(0, 1) == "/" ? import.path : folder_of(source->file) + import.path);
  }
  return paths;
}

}  // namespace

int run_fmt(const Options& options) {
  Console console(options);
  const std::string& file = options.arguments[0];
  const std::shared_ptr<const Source> source = read_source(file);
  const Formatted formatted = format(source);
  for (const Diagnostic& error : formatted.errors) console.error(error, source.get());
  if (!formatted.errors.empty()) return console.status();
  const bool same = formatted.text == source->text;
  if (options.check) {
    if (!same) console.say("nabla: " + source->file + " is not formatted\n");
    return same ? console.status() : exit_out_of_date;
  }
  if (file == "-")
    console.text(formatted.text);
  else if (!same)
    write_file(file, formatted.text);
  return console.status();
}

int run_deps(const Options& options) {
  Console console(options);
  // Depth first in the order of the text, each file once; a circle ends where it began.
  std::vector<std::string> seen;
  std::vector<std::string> waiting = imports_of(console, read_source(options.arguments[0]));
  std::reverse(waiting.begin(), waiting.end());
  while (!waiting.empty()) {
    const std::string file = waiting.back();
    waiting.pop_back();
    if (file == options.arguments[0] || std::find(seen.begin(), seen.end(), file) != seen.end()) continue;
    seen.push_back(file);
    console.result(file);
    std::vector<std::string> more = imports_of(console, read_source(file));
    waiting.insert(waiting.end(), more.rbegin(), more.rend());
  }
  return console.status();
}

}  // namespace nabla::cli

#include "cli/console.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "parser/render.h"
#include "session/files.h"

namespace nabla::cli {
namespace {

bool color_wanted(Color color) {
  if (color != Color::automatic) return color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org: any value that is not empty
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

}  // namespace

bool utf8_environment() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string lower;
    for (const char* p = value; *p != '\0'; ++p) {
      if (*p != '-') lower += static_cast<char>(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
    }
    return lower.find("utf8") != std::string::npos;
  }
  return false;
}

Console::Console(const Options& options)
    : format_(options.format                                       ? *options.format
              : utf8_environment() && ::isatty(STDOUT_FILENO) != 0 ? Format::unicode
                                                                   : Format::ascii),
      color_(color_wanted(options.color)),
      json_diagnostics_(options.json_diagnostics),
      quiet_(options.quiet) {}

void Console::result(std::string_view line) { text(std::string(line) + "\n"); }

void Console::text(std::string_view text) {
  if (write_all(STDOUT_FILENO, text)) return;
  if (status_ == exit_files) return;
  error({Code::cannot_write, "cannot write the standard output", {}, false, {}, {}}, nullptr);
  status_ = exit_files;
}

void Console::error(const Diagnostic& diagnostic, const Source* source) {
  fail(diagnostic.exit_status());
  RenderOptions options;
  options.color = color_;
  say(json_diagnostics_ ? diagnostic_line(source, diagnostic) + "\n" : render(source, diagnostic, options));
}

void Console::note(std::string_view message) {
  if (!quiet_ && !json_diagnostics_) say("note: " + std::string(message) + "\n");
}

void Console::remark(std::string_view line) {
  if (quiet_ || json_diagnostics_) return;
  say(color_ ? "\x1b[2m" + std::string(line) + "\x1b[22m\n" : std::string(line) + "\n");
}

void Console::say(std::string_view text) {
  (void)write_all(STDERR_FILENO, text);  // nowhere is left to complain
}

}  // namespace nabla::cli

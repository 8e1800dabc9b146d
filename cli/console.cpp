#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
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

size_t terminal_width(int channel) {
  winsize size{};
  if (::ioctl(channel, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::max<size_t>(20, size.ws_col);
}

Console::Console(const Options& options)
    : format_(options.format                                       ? *options.format
              : utf8_environment() && ::isatty(STDOUT_FILENO) != 0 ? Format::unicode
                                                                   : Format::ascii),
      color_(color_wanted(options.color)),
      json_diagnostics_(options.json_diagnostics),
      quiet_(options.quiet),
      error_terminal_(::isatty(STDERR_FILENO) != 0) {}

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
  options.columns = error_columns();
  if (options.columns >
      0)  // of the line that is shown: two before it, one for the mark of a cut on each side
    options.width = std::min<uint32_t>(options.width, static_cast<uint32_t>(options.columns - 4));
  say(json_diagnostics_ ? diagnostic_line(source, diagnostic) + "\n" : render(source, diagnostic, options));
}

void Console::usage_error(std::string_view message, std::string_view help) {
  say("error: " + wrapped(message, 7, 7, error_columns()) + "\n");
  if (!help.empty()) say("help: " + wrapped(help, 6, 6, error_columns()) + "\n");
}

void Console::note(std::string_view message) {
  if (!quiet_ && !json_diagnostics_) say("note: " + wrapped(message, 6, 6, error_columns()) + "\n");
}

void Console::remark(std::string_view line) {
  if (quiet_ || json_diagnostics_) return;
  const std::string text =
      wrapped(line, 0, std::min(line.find_first_not_of(' '), line.size()), error_columns());
  say(color_ ? "\x1b[2m" + text + "\x1b[22m\n" : text + "\n");
}

size_t Console::error_columns() const { return error_terminal_ ? terminal_width(STDERR_FILENO) : 0; }

void Console::say(std::string_view text) {
  (void)write_all(STDERR_FILENO, text);  // nowhere is left to complain
}

}  // namespace nabla::cli

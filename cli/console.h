// The two channels of a command: results to standard output, one per statement, and everything else to
// standard error. Nothing else in the program writes to them.
#pragma once

#include <string>
#include <string_view>

#include "cli/options.h"
#include "expr/diagnostic.h"
#include "parser/syntax.h"

namespace nabla::cli {

class Console {
 public:
  explicit Console(const Options& options);
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  Format format() const { return format_; }
  void set_format(Format format) { format_ = format; }
  void set_quiet(bool quiet) { quiet_ = quiet; }
  bool color() const { return color_; }

  // One line on standard output.
  void result(std::string_view line);
  // Text as it is on standard output.
  void text(std::string_view text);
  // A message of a command that was used wrongly, and what helps.
  void usage_error(std::string_view message, std::string_view help);
  // A diagnostic on standard error, with the source line if there is one. Remembers the first exit status.
  void error(const Diagnostic& diagnostic, const Source* source);
  // "note: …" on standard error, unless --quiet.
  void note(std::string_view message);
  // A line on standard error that explains the one before it, dim where there are colours; unless --quiet.
  void remark(std::string_view line);
  // Any text on standard error: a prompt.
  void say(std::string_view text);

  // The status of the command: that of the first error, or of a standard output that could not be written.
  int status() const { return status_; }
  void fail(int status) {
    if (status_ == exit_done) status_ = status;
  }

 private:
  size_t error_columns() const;  // of the terminal on standard error; 0: it is none

  Format format_;
  bool color_;
  bool json_diagnostics_;
  bool quiet_;
  bool error_terminal_;  // standard error is one, whose lines break between words
  int status_ = exit_done;
};

// Columns of the terminal on this channel; 80 where it is none or does not say.
size_t terminal_width(int channel);

// Whether the environment says that terminals here speak UTF-8: the first of LC_ALL, LC_CTYPE and LANG that
// is set decides, as in POSIX.
bool utf8_environment();

}  // namespace nabla::cli

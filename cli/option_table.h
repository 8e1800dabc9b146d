// The options of `nabla`, one row each: what the parser, the help, the manual page and the completions of the
// shells read. Likewise the exit statuses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace nabla::cli {

struct OptionRow {
  const char* names;    // "-o,--output", as CLI11 takes them
  const char* value;    // how the help calls the value; null: a flag
  const char* choices;  // the values there are, "text json"; null: others
  uint32_t belongs;     // to the commands that accept this bit; 0: to all
  const char* help;
  void (*store)(Options&, const std::string&);  // throws UsageError
  bool repeats = false;
};

std::span<const OptionRow> option_rows();
std::string long_name(const OptionRow& row);

// Whether `command` takes the option; null stands for `nabla` without a command.
bool accepts(const Command* command, const OptionRow& row);

struct ExitRow {
  int status;
  std::string_view meaning;
};

std::span<const ExitRow> exit_rows();

}  // namespace nabla::cli

// The command line: argv to Options. The options stand in one table, which the parser, the check of what a
// command accepts and the help all read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace nabla::cli {

// The command line is wrong: exit status 2.
struct UsageError {
  std::string message;
  std::string help;
};

struct Request {
  Options options;
  bool help = false;
  bool version = false;
};

// Throws UsageError. An argument such as -x^2 or "-sin(x)" is an expression, not an option.
Request parse_arguments(std::vector<std::string> arguments);

// What `nabla --help` or `nabla COMMAND --help` prints.
std::string help_text(const Command* command);

}  // namespace nabla::cli

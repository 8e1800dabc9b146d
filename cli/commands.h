// The commands of `nabla`, one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cli/options.h"

namespace nabla::cli {

// What a command accepts besides the options that all accept.
enum Accepts : uint32_t {
  accepts_nothing = 0,
  accepts_wrt = 1,
  accepts_order = 2,
  accepts_at = 4,
  accepts_check = 8,
  accepts_gen = 16,
  accepts_keep_going = 32,
  accepts_statements = 64,  // -e, -i: only without a command
  accepts_full = 128,
};

struct Command {
  std::string_view name;
  std::string_view usage;      // "FILE EXPR", "[NAME]"
  size_t least = 0, most = 0;  // number of arguments
  uint32_t accepts = accepts_nothing;
  std::string_view help;
  // Returns an exit status. Null: part of the language and not there yet; refused by name.
  int (*run)(const Options&) = nullptr;
};

std::span<const Command> commands();
const Command* find_command(std::string_view name);

// No command was named: -e statements, the prompt, or a script on standard input.
int run_statements(const Options& options);

}  // namespace nabla::cli

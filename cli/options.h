// What a command line asks for, after it was understood. cli/arguments.h fills it in; the commands read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nabla::cli {

// Exit statuses, as in docs/cli.md.
inline constexpr int exit_done = 0;
inline constexpr int exit_wrong_input = 1;
inline constexpr int exit_wrong_usage = 2;
inline constexpr int exit_out_of_date = 3;
inline constexpr int exit_cannot = 4;
inline constexpr int exit_internal = 70;
inline constexpr int exit_files = 74;

enum class Format : uint8_t { unicode, ascii, latex, json, cpp, python, html };
enum class Color : uint8_t { automatic, always, never };

struct Command;  // commands.h

struct Options {
  const Command* command = nullptr;  // null: -e, or the prompt, or a script on standard input
  // Global.
  std::vector<std::string> statements;  // -e
  bool interactive = false;             // -i
  bool keep_going = false;
  bool free_entries = false;
  bool raw = false;
  bool quiet = false;
  bool json_diagnostics = false;
  std::optional<Format> format;  // none: unicode on a UTF-8 terminal, else ascii
  Color color = Color::automatic;
  std::vector<std::string> let;
  double timeout = 0;  // seconds for each statement; 0: none
  uint64_t seed = 1;
  // Of commands.
  std::vector<std::string> arguments;  // what the command works on: FILE, EXPR, a name
  std::string wrt;
  std::optional<uint32_t> order;
  std::vector<std::string> at;
  bool check = false;
  bool full = false;  // of steps
  // Of gen.
  std::string output;
  std::string language = "cpp";
  std::string depfile;
  std::string stamp;
  std::string name_space;
  std::string scalar;
  std::string storage;
  std::string derive;
  std::string functions;
  bool no_stable = false;
  bool report = false;
  bool use_runtime = false;
};

}  // namespace nabla::cli

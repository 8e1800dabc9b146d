// Completions for bash, zsh and fish: commands, the options that each takes, the values of those that have a
// few, files, and the names that functions, rules and explain know, which the program itself is asked for.
#include <algorithm>
#include <cctype>
#include <vector>

#include "cli/commands.h"
#include "cli/docs.h"
#include "cli/option_table.h"

namespace nabla::cli {
namespace {

enum class Values : uint8_t { none, choices, files, json_files, other };

Values values_of(const OptionRow& row) {
  if (row.value == nullptr) return Values::none;
  if (row.choices != nullptr) return Values::choices;
  const std::string_view value = row.value;
  if (value == "FILE" || value == "OUT") return Values::files;
  return value == "VALUES" ? Values::json_files : Values::other;
}

std::vector<std::string> names_of(const OptionRow& row) {
  const std::string text = row.names;
  const size_t comma = text.find(',');
  if (comma == std::string::npos) return {text};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

bool takes_files(const Command& command) { return command.usage.find("FILE") != std::string_view::npos; }

// The words that may follow a command as they are: of "[NUMBER | match EXPR | page [FILE…]]" match and page.
std::string words_of(const Command& command) {
  std::string words;
  bool begin = true;  // of an alternative
  for (size_t i = 0; i < command.usage.size();) {
    const char c = command.usage[i];
    size_t end = i;
    while (end < command.usage.size() && std::islower(static_cast<unsigned char>(command.usage[end])) != 0)
      ++end;
    if (begin && end > i) words += (words.empty() ? "" : " ") + std::string(command.usage.substr(i, end - i));
    if (c != ' ') begin = c == '|' || (c == '[' && i == 0);
    i = std::max(end, i + 1);
  }
  return words;
}

// A command line that prints the names to complete, one a line; empty: there are none.
std::string names_command(const Command& command) {
  if (command.name == "functions" || command.name == "rules")
    return "nabla " + std::string(command.name) + " 2>/dev/null | sed -n 's/^\\([^( ][^( ]*\\).*/\\1/p'";
  if (command.name == "explain")
    return "nabla docs errors 2>/dev/null | sed -n 's/^## \\(NB[0-9]*\\).*/\\1/p'";
  return {};
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : between) + word;
  return out;
}

std::string option_words(const Command* command, bool global) {
  std::vector<std::string> words;
  for (const OptionRow& row : option_rows()) {
    if ((row.belongs == 0) != global || !accepts(command, row)) continue;
    for (const std::string& name : names_of(row)) words.push_back(name);
  }
  return joined(words, " ");
}

// The text with a backslash before each of the characters.
std::string escaped(std::string_view text, std::string_view characters) {
  std::string out;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// In single quotes, for the shells of Bourne.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

constexpr std::string_view kBashBeginning = R"(# Completion of nabla for bash; written by `nabla docs bash`.

_nabla_files() {  # _nabla_files WORD SUFFIX: folders, and files with the suffix
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -d -- "$1"; compgen -f -X "!*$2" -- "$1")
}

_nabla() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' options words i
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
)";

std::string bash_values() {
  std::string with_value, cases;
  for (const OptionRow& row : option_rows()) {
    const std::string pattern = joined(names_of(row), " | ");
    const Values values = values_of(row);
    if (values == Values::none) continue;
    with_value += (with_value.empty() ? "" : " | ") + pattern;
    std::string action = "return";
    if (values == Values::choices)
      action = "mapfile -t COMPREPLY < <(compgen -W '" + std::string(row.choices) + "' -- \"$word\"); return";
    if (values == Values::files) action = "_nabla_files \"$word\" ''; return";
    if (values == Values::json_files) action = "_nabla_files \"$word\" .json; return";
    cases += "    " + pattern + ") " + action + " ;;\n";
  }
  return "  case $before in\n" + cases +
         "  esac\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do  # the command is the first word that belongs to no "
         "option\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      " +
         with_value +
         ")\n"
         "        [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))\n"
         "        ((i++)) ;;\n"
         "      -* | =) ;;\n"
         "      *) command=${COMP_WORDS[i]}; break ;;\n"
         "    esac\n"
         "  done\n";
}

std::string bash_commands() {
  std::vector<std::string> names;
  std::string cases;
  for (const Command& row : commands()) {
    if (row.run == nullptr) continue;
    names.emplace_back(row.name);
    const std::string options = option_words(&row, false), words = words_of(row), asked = names_command(row);
    std::vector<std::string> actions;
    if (!options.empty()) actions.push_back("options='" + options + "'");
    if (!words.empty()) actions.push_back("words='" + words + "'");
    if (!asked.empty()) actions.push_back("words=$(" + asked + ")");
    if (takes_files(row)) actions.emplace_back("_nabla_files \"$word\" .nabla");
    if (!actions.empty()) cases += "    " + std::string(row.name) + ") " + joined(actions, "; ") + " ;;\n";
  }
  return "  case $command in\n    '') options='" + option_words(nullptr, false) + "'; words='" +
         joined(names, " ") + "' ;;\n" + cases + "  esac\n";
}

}  // namespace

std::string bash_completion() {
  return std::string(kBashBeginning) + bash_values() + bash_commands() +
         "  if [[ $word == -* ]]; then\n    words=\"$options " + option_words(nullptr, true) +
         " --help --version\"\n    COMPREPLY=()\n  fi\n"
         "  mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "}\n\ncomplete -F _nabla nabla\n";
}

// ---- zsh ----

namespace {

// '(-o --output)'{-o,--output}'[the file to write]:file:_files'
std::string zsh_option(const OptionRow& row) {
  const std::vector<std::string> names = names_of(row);
  std::string action;
  switch (values_of(row)) {
    case Values::none:
      break;
    case Values::choices:
      action = ":value:(" + std::string(row.choices) + ")";
      break;
    case Values::files:
      action = ":file:_files";
      break;
    case Values::json_files:
      action = ":values:_files -g \"*.json\"";
      break;
    case Values::other:
      action = ":" + std::string(row.value) + ":";
      break;
  }
  const std::string rest = "[" + escaped(row.help, "[]:\\") + "]" + action;
  const std::string star = row.repeats ? "*" : "";
  if (names.size() == 1) return quoted(star + names[0] + rest);
  return "'(" + joined(names, " ") + ")'{" + joined(names, ",") + "}" + quoted(rest);
}

std::string zsh_options(const Command* command, bool global, const std::string& indent,
                        const std::string& end = "\n") {
  std::string out;
  for (const OptionRow& row : option_rows()) {
    if ((row.belongs == 0) == global && accepts(command, row)) out += indent + zsh_option(row) + end;
  }
  return out;
}

}  // namespace

std::string zsh_completion() {
  std::string names, cases;
  for (const Command& row : commands()) {
    if (row.run == nullptr) continue;
    names += "    " + quoted(std::string(row.name) + ":" + escaped(row.help, ":\\")) + "\n";
    const std::string words = words_of(row), asked = names_command(row);
    const std::string indent(8, ' ');
    std::string lines = zsh_options(&row, false, indent);
    if (!words.empty()) lines += indent + quoted("1:word:(" + words + ")") + "\n";
    // What the program is asked for stands in double quotes, for the shell to run.
    if (!asked.empty()) lines += indent + "\"1:name:($(" + asked + "))\"\n";
    if (takes_files(row)) lines += indent + quoted("*:file:_files -g \"*.nabla\"") + "\n";
    if (words.empty() && asked.empty() && !takes_files(row)) lines += indent + "'*: :'\n";
    cases += "    " + std::string(row.name) + ")\n      own=(\n" + lines + "      ) ;;\n";
  }
  return "#compdef nabla\n# Completion of nabla for zsh; written by `nabla docs zsh`.\n\n_nabla() {\n"
         "  local curcontext=$curcontext state line\n  local -a commands global own\n  commands=(\n" +
         names + "  )\n  global=(\n" + zsh_options(nullptr, true, "    ") +
         "    '(-h --help)'{-h,--help}'[help]'\n    '--version[the version]'\n  )\n  _arguments -C $global "
         "\\\n" +
         zsh_options(nullptr, false, "    ", " \\\n") +
         "    '1: :->command' '*:: :->rest'\n  case $state in\n"
         "    command) _describe command commands; return ;;\n    rest) ;;\n    *) return ;;\n  esac\n"
         "  case $words[1] in\n" +
         cases + "    *) own=() ;;\n  esac\n  _arguments $global $own\n}\n\n_nabla \"$@\"\n";
}

// ---- fish ----

namespace {

// In single quotes, for fish.
std::string fish_quoted(std::string_view text) { return "'" + escaped(text, "'\\") + "'"; }

std::string fish_option(const OptionRow& row, const std::string& when) {
  std::string line = "complete -c nabla" + when;
  for (const std::string& name : names_of(row))
    line += name.substr(0, 2) == "--" ? " -l " + name.substr(2) : " -s " + name.substr(1);
  switch (values_of(row)) {
    case Values::none:
      break;
    case Values::choices:
      line += " -x -a " + fish_quoted(row.choices);
      break;
    case Values::files:
      line += " -r -F";
      break;
    case Values::json_files:
      line += " -x -a '(__fish_complete_suffix .json)'";
      break;
    case Values::other:
      line += " -x";
      break;
  }
  return line + " -d " + fish_quoted(row.help) + "\n";
}

}  // namespace

std::string fish_completion() {
  const std::string first = " -n __fish_use_subcommand";
  std::string out =
      "# Completion of nabla for fish; written by `nabla docs fish`.\n\ncomplete -c nabla -f\n"
      "complete -c nabla -s h -l help -d 'help'\ncomplete -c nabla -l version -d 'the version'\n";
  for (const OptionRow& row : option_rows()) {
    if (row.belongs == 0) out += fish_option(row, "");
  }
  out += "\n";
  for (const OptionRow& row : option_rows()) {
    if (row.belongs != 0 && accepts(nullptr, row)) out += fish_option(row, first);
  }
  for (const Command& row : commands()) {
    if (row.run == nullptr) continue;
    const std::string name(row.name), when = " -n '__fish_seen_subcommand_from " + name + "'";
    out += "\ncomplete -c nabla" + first + " -a " + name + " -d " + fish_quoted(row.help) + "\n";
    for (const OptionRow& option : option_rows()) {
      if (option.belongs != 0 && accepts(&row, option)) out += fish_option(option, when);
    }
    const std::string words = words_of(row), asked = names_command(row);
    if (!words.empty()) out += "complete -c nabla" + when + " -a " + fish_quoted(words) + "\n";
    if (!asked.empty()) out += "complete -c nabla" + when + " -a " + fish_quoted("(" + asked + ")") + "\n";
    if (takes_files(row)) out += "complete -c nabla" + when + " -k -a '(__fish_complete_suffix .nabla)'\n";
  }
  return out;
}

}  // namespace nabla::cli

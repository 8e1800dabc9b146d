#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands.h"
#include "cli/option_table.h"
#include "parser/nearest.h"

namespace nabla::cli {
namespace {

// Marks an argument that CLI11 would take for an option, or for a list that it splits at the commas: [x, y].
// After `--` every argument is one of these.
constexpr char expression_mark = '\x01';

// Whether an argument is an expression such as [x, y] or -x^2. The short options are -e, -i, -o and -h; after
// a command only -o takes what follows it without a blank, so that -exp(x) is an expression there.
bool is_expression(const std::string& text, const Command* command) {
  if (!text.empty() && text[0] == '[') return true;
  if (text.size() < 2 || text[0] != '-' || text[1] == '-') return false;
  if (text == "-e" || text == "-i" || text == "-o" || text == "-h") return false;
  if (command != nullptr) return text[1] != 'o' || (command->accepts & accepts_gen) == 0;
  return text[1] != 'e' && text[1] != 'i' && text[1] != 'o';
}

void mark_expressions(std::vector<std::string>& arguments) {
  const Command* command = nullptr;
  const auto options_end = std::find(arguments.begin(), arguments.end(), "--");
  for (auto it = options_end; it != arguments.end(); ++it) it->insert(it->begin(), expression_mark);
  const auto size = static_cast<size_t>(options_end - arguments.begin());
  if (options_end != arguments.end()) arguments.erase(options_end);
  for (size_t i = 0; i < size; ++i) {
    std::string& argument = arguments[i];
    if (is_expression(argument, command)) argument.insert(argument.begin(), expression_mark);
    if (command == nullptr) command = find_command(argument);
  }
}

void unmark(std::string& text) {
  if (!text.empty() && text[0] == expression_mark) text.erase(text.begin());
}

void unknown_option(std::string word) {
  unmark(word);
  word = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const OptionRow& row : option_rows()) names.push_back(long_name(row));
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string close = did_you_mean(word, views);
  throw UsageError{"unknown option '" + word + "'", close.empty() ? "nabla --help lists the options" : close};
}

void check_accepted(const OptionRow& row, const Command* command) {
  if (accepts(command, row)) return;
  const std::string option = long_name(row);
  if (command == nullptr)
    throw UsageError{"option " + option + " belongs to a command, and none is given", ""};
  throw UsageError{"'nabla " + std::string(command->name) + "' takes no option " + option,
                   "nabla " + std::string(command->name) + " --help lists its options"};
}

void find_words(Options& o, std::vector<std::string> words, bool help) {
  for (std::string& word : words) unmark(word);
  if (words.empty()) return;
  o.command = find_command(words[0]);
  if (o.command == nullptr) {
    if (words[0][0] == '-' && words[0] != "-") unknown_option(words[0]);
    std::vector<std::string_view> names;
    for (const Command& row : commands()) names.push_back(row.name);
    const std::string_view close = nearest(words[0], names);
    const bool file = words[0] == "-" || words[0].find(".nabla") != std::string::npos;
    if (file) throw UsageError{"unknown command '" + words[0] + "'", "write nabla run " + words[0]};
    throw UsageError{"unknown command '" + words[0] + "'",
                     close.empty() ? "nabla --help lists the commands; nabla -e STATEMENT runs a statement"
                                   : "did you mean 'nabla " + std::string(close) + "'?"};
  }
  words.erase(words.begin());
  o.arguments = std::move(words);
  if (help) return;
  const std::string usage = "nabla " + std::string(o.command->name) + " " + std::string(o.command->usage);
  if (o.arguments.size() < o.command->least) {
    throw UsageError{"'nabla " + std::string(o.command->name) + "' needs more arguments", "write " + usage};
  }
  if (o.arguments.size() > o.command->most) {
    throw UsageError{"one argument too many: '" + o.arguments[o.command->most] + "'",
                     "write " + usage + "; an expression with blanks stands in quotes"};
  }
}

}  // namespace

Request parse_arguments(std::vector<std::string> arguments) {
  mark_expressions(arguments);
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  Request request;
  app.add_flag("-h,--help", request.help);
  app.add_flag("--version", request.version);
  std::vector<std::string> words;
  app.add_option("words", words);
  const std::span<const OptionRow> rows = option_rows();
  std::vector<std::vector<std::string>> given(rows.size());
  std::vector<CLI::Option*> options;
  for (size_t i = 0; i < rows.size(); ++i) {
    const OptionRow& row = rows[i];
    options.push_back(row.value == nullptr ? app.add_flag(row.names)
                                           : app.add_option(row.names, given[i])->allow_extra_args(false));
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(arguments);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    throw UsageError{"option " + what.substr(0, what.find(':')) + " needs a value", "nabla --help"};
  } catch (const CLI::ParseError& error) {
    throw UsageError{error.what(), "nabla --help"};
  }
  const std::vector<std::string> rest = app.remaining();
  const Command* refused = words.empty() ? nullptr : find_command(words[0]);
  if (refused != nullptr && refused->run == nullptr) {  // whatever its options will be
    request.options.command = refused;
    return request;
  }
  if (!rest.empty()) unknown_option(rest[0]);
  find_words(request.options, std::move(words), request.help || request.version);
  for (size_t i = 0; i < rows.size(); ++i) {
    const OptionRow& row = rows[i];
    if (options[i]->count() == 0) continue;
    check_accepted(row, request.options.command);
    if (row.value == nullptr) row.store(request.options, "");
    if (given[i].size() > 1 && !row.repeats)
      throw UsageError{"option " + long_name(row) + " is given twice", ""};
    for (std::string& value : given[i]) {
      unmark(value);
      row.store(request.options, value);
    }
  }
  const Options& o = request.options;
  if (o.format == Format::html && (o.command == nullptr || o.command->name != "steps"))
    throw UsageError{"only steps are written as html", "write --format latex, or leave it out"};
  return request;
}

std::string help_text(const Command* command) {
  std::string text;
  const auto line = [&text](std::string left, std::string_view right) {
    constexpr size_t column = 30;
    left = "  " + left;
    left.append(left.size() + 2 < column ? column - left.size() : 2, ' ');
    text += left + std::string(right) + "\n";
  };
  if (command == nullptr) {
    text =
        "Nabla turns formulas into derivatives people can read and code machines can run.\n\n"
        "  nabla                       the prompt on a terminal; a script when standard input is not one\n"
        "  nabla -e STATEMENT...       run statements, print each result\n"
        "  nabla COMMAND ...           see below; nabla COMMAND --help says more\n\ncommands:\n";
    for (const Command& row : commands()) {
      std::string left(row.name);
      if (!row.usage.empty()) left += " " + std::string(row.usage);
      line(left, row.run == nullptr ? std::string(row.help) + " (not yet available)" : std::string(row.help));
    }
  } else {
    text = "nabla " + std::string(command->name) + " " + std::string(command->usage) + "\n  " +
           std::string(command->help) + "\n";
    if (command->run == nullptr) text += "  not yet available\n";
  }
  text += "\noptions:\n";
  for (const bool global : {false, true}) {
    for (const OptionRow& row : option_rows()) {
      if ((row.belongs == 0) != global || !accepts(command, row)) continue;
      line(std::string(row.names) + (row.value == nullptr ? "" : std::string(" ") + row.value), row.help);
    }
  }
  line("-h,--help", "this text");
  line("--version", "the version");
  text += "\nexit status:\n";
  for (const ExitRow& row : exit_rows()) line(std::to_string(row.status), row.meaning);
  return text;
}

}  // namespace nabla::cli

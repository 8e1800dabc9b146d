#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "cli/commands.h"
#include "parser/nearest.h"

namespace nabla::cli {
namespace {

using Store = void (*)(Options&, const std::string&);

struct OptionRow {
  const char* names;  // "-o,--output", as CLI11 takes them
  const char* value;  // how the help calls the value; null: a flag
  uint32_t belongs;   // to the commands that accept this bit; 0: to all
  const char* help;
  Store store;
  bool repeats = false;
};

[[noreturn]] void bad_value(const char* option, const std::string& value, const char* allowed) {
  throw UsageError{std::string("'") + value + "' is no value of " + option, std::string("write ") + allowed};
}

template <class T>
T number(const char* option, const std::string& text, T least, const char* allowed) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= least)) {
    bad_value(option, text, allowed);
  }
  return value;
}

void store_format(Options& o, const std::string& text) {
  constexpr std::pair<const char*, Format> formats[] = {
      {"unicode", Format::unicode}, {"ascii", Format::ascii}, {"latex", Format::latex},
      {"json", Format::json},       {"cpp", Format::cpp},     {"python", Format::python},
      {"html", Format::html}};
  for (const auto& [name, format] : formats) {
    if (text == name) {
      o.format = format;
      return;
    }
  }
  bad_value("--format", text, "unicode, ascii, latex, json, cpp or python; of steps also html");
}

void store_color(Options& o, const std::string& text) {
  if (text == "auto")
    o.color = Color::automatic;
  else if (text == "always")
    o.color = Color::always;
  else if (text == "never")
    o.color = Color::never;
  else
    bad_value("--color", text, "auto, always or never");
}

void store_diagnostics(Options& o, const std::string& text) {
  if (text != "text" && text != "json") bad_value("--diagnostics", text, "text or json");
  o.json_diagnostics = text == "json";
}

void store_language(Options& o, const std::string& text) {
  if (text != "cpp" && text != "c" && text != "python") bad_value("--lang", text, "cpp or c");
  o.language = text;
}

constexpr double longest_timeout = 1e6;

void store_timeout(Options& o, const std::string& text) {
  constexpr const char* allowed = "a number of seconds, above 0 and at most 1000000";
  o.timeout = number<double>("--timeout", text, 0.0, allowed);
  if (o.timeout == 0 || o.timeout > longest_timeout) bad_value("--timeout", text, allowed);
}

constexpr OptionRow kOptions[] = {
    {"-e", "STATEMENT", accepts_statements, "run a statement and print its result; may be repeated",
     [](Options& o, const std::string& t) { o.statements.push_back(t); }, true},
    {"-i", nullptr, accepts_statements, "then stay at the prompt",
     [](Options& o, const std::string&) { o.interactive = true; }},
    {"--keep-going", nullptr, accepts_keep_going, "go on after a statement that fails",
     [](Options& o, const std::string&) { o.keep_going = true; }},
    {"--wrt", "NAMES", accepts_wrt, "differentiate by these names: x,y",
     [](Options& o, const std::string& t) { o.wrt = t; }},
    {"--order", "N", accepts_order, "order of the derivative",
     [](Options& o, const std::string& t) { o.order = number<uint32_t>("--order", t, 0, "a whole number"); }},
    {"--at", "VALUES", accepts_at, "x=1,y=2 or the name of a .json file",
     [](Options& o, const std::string& t) { o.at.push_back(t); }, true},
    {"--full", nullptr, accepts_full, "each rule with its formula",
     [](Options& o, const std::string&) { o.full = true; }},
    {"-o,--output", "OUT", accepts_gen, "the file to write; '-' is standard output",
     [](Options& o, const std::string& t) { o.output = t; }},
    {"--check", nullptr, accepts_check, "write nothing; exit status 3 if the file is out of date",
     [](Options& o, const std::string&) { o.check = true; }},
    {"--lang", "LANGUAGE", accepts_gen, "language of the code: cpp or c", store_language},
    {"--depfile", "FILE", accepts_gen, "write the files read, as a rule for make and ninja",
     [](Options& o, const std::string& t) { o.depfile = t; }},
    {"--stamp", "FILE", accepts_gen, "write this file when all went well",
     [](Options& o, const std::string& t) { o.stamp = t; }},
    {"--namespace", "NAME", accepts_gen, "namespace of the code: my::models",
     [](Options& o, const std::string& t) { o.name_space = t; }},
    {"--scalar", "TYPE", accepts_gen, "scalar type: template, double or float",
     [](Options& o, const std::string& t) { o.scalar = t; }},
    {"--storage", "KIND", accepts_gen, "how arrays are passed: array, span or eigen",
     [](Options& o, const std::string& t) { o.storage = t; }},
    {"--derive", "OUTPUTS", accepts_gen, "outputs instead of those of the file: value,grad,hess",
     [](Options& o, const std::string& t) { o.derive = t; }},
    {"--functions", "NAMES", accepts_gen, "only these functions: f,g",
     [](Options& o, const std::string& t) { o.functions = t; }},
    {"--no-stable", nullptr, accepts_gen, "do not replace formulas by numerically stable ones",
     [](Options& o, const std::string&) { o.no_stable = true; }},
    {"--report", nullptr, accepts_gen, "say what was generated and how it was checked",
     [](Options& o, const std::string&) { o.report = true; }},
    {"--use-runtime", nullptr, accepts_gen, "include nabla_runtime.h instead of copying from it",
     [](Options& o, const std::string&) { o.use_runtime = true; }},
    {"--format", "FORM", 0, "unicode, ascii, latex, json, cpp or python", store_format},
    {"--let", "DECLARATIONS", 0, "declarations before the expression: \"var x; param a > 0\"",
     [](Options& o, const std::string& t) { o.let.push_back(t); }, true},
    {"--raw", nullptr, 0, "do not simplify", [](Options& o, const std::string&) { o.raw = true; }},
    {"--free-entries", nullptr, 0, "derivatives by the independent entries of structured variables",
     [](Options& o, const std::string&) { o.free_entries = true; }},
    {"--timeout", "SECONDS", 0, "time for each statement", store_timeout},
    {"--seed", "N", 0, "seed of the random points of checks",
     [](Options& o, const std::string& t) { o.seed = number<uint64_t>("--seed", t, 0, "a whole number"); }},
    {"--diagnostics", "FORM", 0, "text or json", store_diagnostics},
    {"--color", "WHEN", 0, "auto, always or never", store_color},
    {"--quiet", nullptr, 0, "no notes about layout and conditions",
     [](Options& o, const std::string&) { o.quiet = true; }},
};

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

std::string long_name(const OptionRow& row) {
  const std::string names = row.names;
  const size_t comma = names.find(',');
  return comma == std::string::npos ? names : names.substr(comma + 1);
}

void unknown_option(std::string word) {
  unmark(word);
  word = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const OptionRow& row : kOptions) names.push_back(long_name(row));
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string close = did_you_mean(word, views);
  throw UsageError{"unknown option '" + word + "'", close.empty() ? "nabla --help lists the options" : close};
}

void check_accepted(const OptionRow& row, const Command* command) {
  if (row.belongs == 0) return;
  const uint32_t accepted = command == nullptr ? accepts_statements | accepts_keep_going : command->accepts;
  if (accepted & row.belongs) return;
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
  std::vector<std::vector<std::string>> given(std::size(kOptions));
  std::vector<CLI::Option*> options;
  for (size_t i = 0; i < std::size(kOptions); ++i) {
    const OptionRow& row = kOptions[i];
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
  for (size_t i = 0; i < std::size(kOptions); ++i) {
    const OptionRow& row = kOptions[i];
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
  const uint32_t accepted = command == nullptr ? accepts_statements | accepts_keep_going : command->accepts;
  for (const bool global : {false, true}) {
    for (const OptionRow& row : kOptions) {
      if ((row.belongs == 0) != global || (!global && (row.belongs & accepted) == 0)) continue;
      line(std::string(row.names) + (row.value == nullptr ? "" : std::string(" ") + row.value), row.help);
    }
  }
  line("-h,--help", "this text");
  line("--version", "the version");
  text +=
      "\nexit status: 0 done, 1 wrong input, 2 wrong command line, 3 out of date (--check), 4 cannot,\n"
      "70 internal error, 74 a file cannot be read or written\n";
  return text;
}

}  // namespace nabla::cli

// The commands of the prompt, one row each. What the command line calls the same is run by the same function.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <utility>

#include "cli/arguments.h"
#include "cli/columns.h"
#include "cli/commands.h"
#include "cli/declared.h"
#include "cli/function_help.h"
#include "cli/present.h"
#include "cli/prompt.h"
#include "cli/saved.h"
#include "cli/steps.h"
#include "parser/nearest.h"
#include "session/files.h"
#include "session/whole_code.h"

namespace nabla::cli {
namespace {

using Argument = std::string_view;

struct PromptCommand {
  std::string_view name;
  std::string_view usage;
  std::string_view help;
  void (*run)(Prompt& prompt, Argument argument);
};

constexpr size_t help_width = 28;  // of the column of commands

std::span<const PromptCommand> prompt_commands();

// A command of the command line, with these words after it.
void run_by_name(Prompt& prompt, std::string_view name, std::vector<std::string> words) {
  Options options = prompt.settings();
  options.command = find_command(name);
  options.arguments = std::move(words);
  if (options.command->run != nullptr) (void)options.command->run(options);
}

std::vector<std::string> words_of(Argument argument) {
  std::vector<std::string> words;
  while (!argument.empty()) {
    const size_t begin = std::min(argument.find_first_not_of(" \t"), argument.size());
    const size_t end = std::min(argument.find_first_of(" \t", begin), argument.size());
    if (end > begin) words.emplace_back(argument.substr(begin, end - begin));
    argument.remove_prefix(end);
  }
  return words;
}

[[noreturn]] void unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const PromptCommand& row : prompt_commands()) names.push_back(row.name);
  const std::string close = did_you_mean(name, names);
  throw UsageError{"unknown command '" + std::string(name) + "'", close.empty() ? ":help lists them" : close};
}

[[noreturn]] void wrong_use(std::string_view usage) {
  throw UsageError{"this is not how the command is used", "write " + std::string(usage)};
}

// ---- help ----

// What is neither declared nor a function.
void refuse_unknown(std::string_view name) {
  const std::vector<FunctionHelp> functions = function_helps();
  std::vector<std::string_view> names;
  for (const FunctionHelp& f : functions) names.push_back(f.name);
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  std::string help = did_you_mean(name, names);
  if (name.size() == 1 && std::isalpha(static_cast<unsigned char>(name[0])) != 0)
    help = "a single letter that is not declared is a real scalar";
  else if (help.empty())
    help = ":functions lists the functions, :vars what is declared";
  throw UsageError{"'" + std::string(name) + "' is neither declared nor a function", std::move(help)};
}

void help(Prompt& prompt, Argument name) {
  if (!name.empty() && name.substr(0, 2) == "NB") return run_by_name(prompt, "explain", {std::string(name)});
  const bool command = name.substr(0, 1) == ":";
  if (!name.empty() && !command) {
    Session& session = prompt.runner().session();
    std::string line;
    (void)session.guarded([&] { line = declared_line(session, name); });
    if (!line.empty()) return prompt.console().result(line);
    refuse_unknown(name);
    return run_by_name(prompt, "functions", {std::string(name)});
  }
  if (name.empty()) {
    constexpr std::pair<std::string_view, std::string_view> lines[] = {
        {"grad(x'*A*x, x)", "a statement: its answer is [1], and $1 or ans in later statements"},
        {"var x : vector[n]", "a declaration; single letters are real scalars without one"},
        {"?sin", "what a function is; also :help sin, :help NB0201"},
        {"\\alpha then Tab", "α; Tab also completes names, functions and commands"}};
    for (const auto& [what, meaning] : lines) prompt.console().result(entry(what, meaning, help_width));
    prompt.console().result("");
  }
  bool known = !command;
  for (const PromptCommand& row : prompt_commands()) {
    if (command && row.name != name) continue;
    prompt.console().result(entry(row.usage, row.help, help_width));
    known = true;
  }
  if (!known) unknown_command(name);
}

template <size_t command>
void same_as_command(Prompt& prompt, Argument argument) {
  static constexpr std::string_view names[] = {"functions", "rules", "limits", "explain", "cookbook"};
  std::vector<std::string> words = words_of(argument);
  const Command* row = find_command(names[command]);
  if (words.size() < row->least || words.size() > row->most)
    wrong_use(":" + std::string(row->name) + " " + std::string(row->usage));
  run_by_name(prompt, names[command], std::move(words));
}

// ---- names ----

void vars(Prompt& prompt, Argument) {
  (void)prompt.runner().session().guarded([&] {
    for (const std::string& line : declared_lines(prompt.runner().session())) prompt.console().result(line);
  });
}

void let(Prompt& prompt, Argument declarations) {
  if (declarations.empty()) wrong_use(":let DECLARATIONS");
  prompt.run_lines(declarations);
}

void undo(Prompt& prompt, Argument) {
  if (prompt.done().empty()) throw UsageError{"there is nothing to undo", ""};
  const Prompt::Done last = prompt.done().back();
  prompt.done().pop_back();
  prompt.runner().session().names().forget_since(last.known_names);
  prompt.answers().resize(last.answers);
  prompt.console().remark("    undone: " + last.text);
}

// ---- files ----

void save(Prompt& prompt, Argument file) {
  if (file.empty()) wrong_use(":save FILE");
  write_file(std::string(file), saved_text(prompt.done()));
  prompt.console().remark("    " + std::to_string(prompt.done().size()) + " statements in " +
                          std::string(file));
}

void load(Prompt& prompt, Argument file) {
  if (file.empty()) wrong_use(":load FILE");
  prompt.run_lines(read_file(std::string(file), Limits{}.input_bytes));
}

// ---- answers ----

Prompt::Remembered& last_answer(Prompt& prompt) {
  if (prompt.answers().empty()) throw UsageError{"there is no answer yet", ""};
  return prompt.answers().back();
}

void more(Prompt& prompt, Argument) {
  for (const std::string& line : last_answer(prompt).lines) prompt.console().result(line);
}

// What is of symbolic size has no expression in C++, and becomes a function.
std::string cpp_text(Session& session, const Answer& answer, uint32_t number) {
  try {
    return answer_text(session, answer, Format::cpp);
  } catch (const Failure& failure) {
    if (failure.diagnostic.code != Code::not_yet_available || answer.kind != AnswerKind::expression) throw;
    std::string text = whole_code(session.context(), answer.value, "answer_" + std::to_string(number));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
}

void print_as(Prompt& prompt, Format format) {
  const Prompt::Remembered& last = last_answer(prompt);
  Session& session = prompt.runner().session();
  std::string text;
  const auto error = session.guarded([&] {
    Answer answer;
    answer.kind = last.kind;
    answer.numbers = last.numbers;
    answer.text = last.text;
    answer.notes = last.notes;
    if (last.value) answer.value = session.context().pinned(*last.value);
    for (const Context::Pin pin : last.conditions) answer.conditions.push_back(session.context().pinned(pin));
    const auto number = static_cast<uint32_t>(prompt.answers().size());
    text = format == Format::json  ? answer_json(session, answer, number)
           : format == Format::cpp ? cpp_text(session, answer, number)
                                   : answer_text(session, answer, format);
  });
  error ? prompt.runner().show_error(*error, nullptr, 1) : prompt.console().result(text);
}

template <Format format>
void print_last(Prompt& prompt, Argument) {
  print_as(prompt, format);
}

// The statement of the last answer is run once more, with a trace. What it speaks of must still mean the
// same: it is the last thing that was said, and `ans` in it is what it was then.
std::string statement_of_last_answer(Prompt& prompt) {
  const bool last = !prompt.done().empty() && prompt.done().back().answers + 1 == prompt.answers().size();
  if (!last) throw UsageError{"the last statement has no answer", "write :steps STATEMENT"};
  return with_numbered_answers(prompt.done().back());
}

void steps(Prompt& prompt, Argument argument) {
  const bool full = argument.substr(0, 4) == "full";
  if (full) argument.remove_prefix(std::min(argument.find_first_not_of(" \t", 4), argument.size()));
  const std::string text = argument.empty() ? statement_of_last_answer(prompt) : std::string(argument);
  Session& session = prompt.runner().session();
  const uint32_t known_names = session.names().now();
  std::shared_ptr<const ParsedText> parsed;
  const auto error = session.caught([&] { parsed = session.parse("<stdin>", text); });
  if (error) return prompt.runner().show_error(*error, nullptr, 1);
  if (parsed->statements.size() != 1) wrong_use(":steps STATEMENT");
  (void)show_steps(prompt.runner(), full, [&] { return session.run(parsed, parsed->statements[0]); });
  session.names().forget_since(known_names);
}

// ---- settings ----

void time(Prompt& prompt, Argument statement) {
  if (statement == "on" || statement == "off") {
    prompt.show_times = statement == "on";
    return;
  }
  if (statement.empty()) wrong_use(":time STATEMENT, :time on, :time off");
  const bool before = prompt.show_times;
  prompt.show_times = true;
  try {
    prompt.run_lines(statement);
  } catch (...) {  // a command that is not one
    prompt.show_times = before;
    throw;
  }
  prompt.show_times = before;
}

// Settings are options of the command line; those without a value are on or off.
struct SettingRow {
  std::string_view name;
  bool Options::*flag;  // null: the value is read as that of the option
  std::string_view values;
};

constexpr SettingRow kSettings[] = {
    {"format", nullptr, "unicode ascii latex json cpp python"},
    {"timeout", nullptr, "off"},
    {"seed", nullptr, ""},
    {"raw", &Options::raw, "on off"},
    {"free-entries", &Options::free_entries, "on off"},
    {"quiet", &Options::quiet, "on off"},
};

const SettingRow& setting_named(const std::string& name) {
  std::vector<std::string_view> names;
  for (const SettingRow& row : kSettings) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  const std::string close = did_you_mean(name, names);
  throw UsageError{"there is no setting '" + name + "'",
                   close.empty() ? "settings are format, timeout, seed, raw, free-entries and quiet" : close};
}

void show_settings(Prompt& prompt) {
  static constexpr std::string_view formats[] = {"unicode", "ascii",  "latex", "json",
                                                 "cpp",     "python", "html"};
  const Options& now = prompt.settings();
  std::array<char, 32> seconds{};
  (void)std::snprintf(seconds.data(), seconds.size(), "%g", now.timeout);
  for (const SettingRow& row : kSettings) {
    std::string value;
    if (row.flag != nullptr) value = now.*row.flag ? "on" : "off";
    if (row.name == "format") value = formats[static_cast<size_t>(prompt.console().format())];
    if (row.name == "timeout") value = now.timeout > 0 ? seconds.data() : "off";
    if (row.name == "seed") value = std::to_string(now.seed);
    prompt.console().result(padded(row.name, 14) + value);
  }
}

Options read_setting(const std::string& name, const std::string& value) {
  try {
    return parse_arguments({"--" + name, value}).options;
  } catch (const UsageError& error) {  // which speaks of the option
    throw UsageError{"'" + value + "' is no value of " + name,
                     name == "format" ? "write unicode, ascii, latex, json, cpp or python" : error.help};
  }
}

void set(Prompt& prompt, Argument argument) {
  const std::vector<std::string> words = words_of(argument);
  if (words.empty()) return show_settings(prompt);
  const SettingRow& row = setting_named(words[0]);
  const std::string name = ":set " + words[0];
  if (row.flag != nullptr && (words.size() != 2 || (words[1] != "on" && words[1] != "off")))
    wrong_use(name + " on, or " + name + " off");
  if (words.size() != 2) wrong_use(name + (row.name == "format" ? " latex" : " 5"));
  Options& settings = prompt.settings();
  if (row.flag != nullptr) {
    settings.*row.flag = words[1] == "on";
  } else if (row.name == "timeout" && words[1] == "off") {
    settings.timeout = 0;
  } else {
    const Options read = read_setting(words[0], words[1]);
    if (row.name == "format") settings.format = read.format;
    if (row.name == "timeout") settings.timeout = read.timeout;
    if (row.name == "seed") settings.seed = read.seed;
  }
  prompt.apply_settings();
}

void quit(Prompt& prompt, Argument) { prompt.leave(); }

constexpr PromptCommand kPromptCommands[] = {
    {":help", ":help [NAME]", "this list, or what a function, a command or an error code is", help},
    {":vars", ":vars", "what is declared and defined", vars},
    {":let", ":let DECLARATIONS", "declare names", let},
    {":undo", ":undo", "forget the last statement", undo},
    {":save", ":save FILE", "write the statements that worked to a script", save},
    {":load", ":load FILE", "run a script", load},
    {":more", ":more", "the last answer in full", more},
    {":steps", ":steps [full] [STATEMENT]", "the derivation of the last answer, or of another", steps},
    {":unicode", ":unicode", "the last answer once more, in Unicode", print_last<Format::unicode>},
    {":ascii", ":ascii", "the same in ASCII", print_last<Format::ascii>},
    {":latex", ":latex", "the same in LaTeX", print_last<Format::latex>},
    {":cpp", ":cpp", "the same in C++", print_last<Format::cpp>},
    {":python", ":python", "the same in Python", print_last<Format::python>},
    {":json", ":json", "the same as JSON", print_last<Format::json>},
    {":time", ":time STATEMENT", "how long it takes; :time on, :time off: each one", time},
    {":set", ":set [NAME VALUE]", "format, timeout, seed, raw, free-entries, quiet; alone: what they are",
     set},
    {":functions", ":functions [NAME]", "the functions of the language", same_as_command<0>},
    {":rules", ":rules [NAME | WORDS]", "the rewrite rules", same_as_command<1>},
    {":limits", ":limits", "the limits and their defaults", same_as_command<2>},
    {":explain", ":explain CODE", "explain an error code such as NB0201", same_as_command<3>},
#ifdef NABLA_COOKBOOK
    {":cookbook", ":cookbook [NUMBER | WORDS | FORMULA]", "identities of the Matrix Cookbook",
     same_as_command<4>},
#endif
    {":quit", ":quit", "leave; so does Ctrl-D", quit},
};

std::span<const PromptCommand> prompt_commands() { return kPromptCommands; }

}  // namespace

void run_prompt_command(Prompt& prompt, std::string_view text) {
  const auto trimmed = [](std::string_view s) {
    const size_t begin = s.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : s.substr(begin);
  };
  if (text[0] == '?') return help(prompt, trimmed(text.substr(1)));
  const size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view name = text.substr(0, end), argument = trimmed(text.substr(end));
  for (const PromptCommand& row : kPromptCommands) {
    if (row.name != name && (name != ":q" || row.name != ":quit")) continue;
    if (!argument.empty() && row.usage == row.name) wrong_use(row.usage);
    return row.run(prompt, argument);
  }
  unknown_command(name);
}

std::string command_meant(std::string_view statement) {
  const size_t end = std::min(statement.find_first_of(" \t\n;("), statement.size());
  const std::string_view word = statement.substr(0, end);
  if (word == "exit" || word == "bye") return ":quit";
  for (const PromptCommand& row : kPromptCommands) {
    if (row.name.substr(1) == word && word != "let") return ":" + std::string(statement);
  }
  return {};
}

std::vector<prompt::Setting> prompt_settings() {
  std::vector<prompt::Setting> settings;
  for (const SettingRow& row : kSettings) settings.push_back({std::string(row.name), words_of(row.values)});
  return settings;
}

std::vector<std::pair<std::string_view, std::string_view>> prompt_command_usages() {
  std::vector<std::pair<std::string_view, std::string_view>> usages;
  for (const PromptCommand& row : kPromptCommands) usages.emplace_back(row.usage, row.help);
  return usages;
}

std::vector<std::string> prompt_command_names() {
  std::vector<std::string> names;
  for (const PromptCommand& row : kPromptCommands) names.emplace_back(row.name);
  return names;
}

}  // namespace nabla::cli

// -e, scripts, and the prompt.
#include <unistd.h>

#include <algorithm>
#include <string>

#include "cli/command_list.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "cli/runner.h"
#include "parser/elaborator.h"
#include "prompt/edited_lines.h"
#include "session/files.h"

namespace nabla::cli {
namespace {

// What the line editor asks of a session.
prompt::Language language_of(Session& session) {
  prompt::Language language;
  language.incomplete = [&session](const std::string& text) {
    bool lacks_end = false;
    (void)session.caught([&] { lacks_end = session.parse("<stdin>", text)->incomplete; });
    return lacks_end;
  };
  language.is_function = [&session](std::string_view name) {
    const NameEntry* entry = session.names().find(name);
    if (entry == nullptr) return find_builtin(name) != nullptr;
    return entry->kind == NameKind::opaque || entry->kind == NameKind::defined;
  };
  language.words = [&session] {
    prompt::Vocabulary words;
    words.commands = prompt_command_names();
    words.settings = prompt_settings();
    for (size_t i = 0; i < code_count(); ++i) words.codes.push_back(spelling(code_at(i).code));
    for (const std::string_view name : builtin_names()) words.functions.emplace_back(name);
    for (const std::string_view name : session.names().spellings()) {
      const NameEntry* entry = session.names().find(name);
      const bool function = entry->kind == NameKind::opaque || entry->kind == NameKind::defined;
      (function ? words.functions : words.names).emplace_back(name);
    }
    for (const char* word : {"param", "const", "import", "derive", "assert", "vector", "matrix", "tensor",
                             "symmetric", "orthogonal", "diagonal", "integer", "complex"})
      words.names.emplace_back(word);
    return words;
  };
  return language;
}

// On a terminal: statements as they are typed.
void prompt_user(const Options& options, Console& console, Runner& runner) {
  Prompt prompt(options, console, runner);
  prompt::Language language = language_of(runner.session());
  if (prompt::EditedLines::possible()) {
    prompt::History history(prompt::history_file());
    runner.interrupt().keep_process(prompt::EditedLines::release_terminal);
    prompt::EditedLines lines(history, std::move(language), console.color());
    prompt.run(lines);
  } else {
    runner.interrupt().keep_process(nullptr);
    prompt::PlainLines lines(
        STDIN_FILENO, [&console](std::string_view text) { console.say(text); }, language.incomplete);
    prompt.run(lines);
  }
}

}  // namespace

int run_statements(const Options& options) {
  Console console(options);
  Runner runner(options, console, Strictness::letters);
  bool good = runner.declare_let();
  uint32_t line = 1;  // each -e begins a new line of `<expr>`
  for (const std::string& statement : options.statements) {
    if (!good && !options.keep_going) return console.status();
    good = runner.run_text("<expr>", statement, line) && good;
    line += 1 + static_cast<uint32_t>(std::count(statement.begin(), statement.end(), '\n'));
  }
  if (!options.statements.empty() && !options.interactive) return console.status();
  if (!good && !options.interactive) return console.status();
  if (::isatty(STDIN_FILENO) != 0) {
    prompt_user(options, console, runner);
  } else {
    runner.run_text("<stdin>", read_standard_input(Limits{}.input_bytes));
  }
  return console.status();
}

int run_script(const Options& options) {
  Console console(options);
  Runner runner(options, console, Strictness::letters);
  if (!runner.declare_let()) return console.status();
  const std::string& file = options.arguments[0];
  const uint64_t limit = Limits{}.input_bytes;
  if (file == "-") {
    runner.run_text("<stdin>", read_standard_input(limit));
  } else {
    runner.run_text(file, read_file(file, limit));
  }
  return console.status();
}

}  // namespace nabla::cli

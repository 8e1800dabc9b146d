// -e, scripts, and the plain prompt.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "cli/command_list.h"
#include "cli/commands.h"
#include "cli/runner.h"
#include "session/files.h"

namespace nabla::cli {
namespace {

// One more line of standard input, with its newline; false at the end.
bool read_line(std::string& line) {
  char* data = nullptr;
  size_t capacity = 0;
  const ssize_t length = ::getline(&data, &capacity, stdin);
  const std::unique_ptr<char, decltype(&std::free)> owner(data, &std::free);
  if (length < 0) return false;
  line.assign(data, static_cast<size_t>(length));
  return true;
}

// Reads statements line by line until the end of input. A statement goes on over the lines that its brackets
// need. Errors are shown and the next line is read.
void prompt(Runner& runner) {
  Console& console = runner.console();
  std::string lines_before;  // so that diagnostics count the lines of the whole session
  std::string line;
  console.say("nabla> ");
  while (read_line(line)) {
    std::shared_ptr<const ParsedText> parsed;
    std::string statement = line;
    for (;;) {
      const auto error = runner.session().caught(
          [&] { parsed = runner.session().parse("<stdin>", lines_before + statement); });
      if (error) runner.show_error(*error, nullptr, 1);
      if (error || !parsed->incomplete) break;
      console.say("  ...> ");
      if (!read_line(line)) break;
      statement += line;
    }
    lines_before.append(static_cast<size_t>(std::count(statement.begin(), statement.end(), '\n')), '\n');
    if (parsed) runner.run(parsed);
    console.say("nabla> ");
  }
  console.say("\n");
}

}  // namespace

int run_statements(const Options& options) {
  Console console(options);
  Runner runner(options, console, Strictness::letters);
  bool good = runner.declare_let();
  std::string lines_before;  // each -e begins a new line of `<expr>`
  for (const std::string& statement : options.statements) {
    if (!good && !options.keep_going) return console.status();
    good = runner.run_text("<expr>", lines_before + statement) && good;
    lines_before.append(1 + static_cast<size_t>(std::count(statement.begin(), statement.end(), '\n')), '\n');
  }
  if (!options.statements.empty() && !options.interactive) return console.status();
  if (!good && !options.interactive) return console.status();
  if (::isatty(STDIN_FILENO) != 0) {
    prompt(runner);
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

// The command `nabla`: reads the command line, runs one command, returns its exit status (docs/cli.md).
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"

namespace nabla::cli {
namespace {

// A file opened later must not take the place of a closed standard channel. What is put there fails as the
// closed one did: /dev/null opened the wrong way round.
void occupy_closed_channels() {
  for (int channel = 0; channel <= 2; ++channel) {
    if (::fcntl(channel, F_GETFD) != -1) continue;
    (void)!::open("/dev/null", channel == 0 ? O_WRONLY : O_RDONLY);
  }
}

// What there is instead of a command that is not there yet.
std::string instead_of(std::string_view command) {
  constexpr std::pair<std::string_view, std::string_view> rows[] = {
      {"limit", "where e is continuous its limit is nabla -e 'subs(e, x = a)'"},
      {"taylor", "a coefficient is nabla -e 'subs(diff(e, x, 3), x = a)/factorial(3)'"},
      {"trace", "nabla steps shows a derivation, nabla eval values, nabla check compares derivatives"},
      {"minimize", "nabla gen writes value, gradient and Hessian for an optimizer"},
      {"plot", "nabla gen writes the function for a program that plots"},
      {"stable", "nabla gen writes the forms that lose less without being asked"},
  };
  for (const auto& [name, text] : rows) {
    if (name == command) return std::string(text);
  }
  return "nabla --help lists the commands that are";
}

int refuse(const Options& options) {
  Console console(options);
  console.error({Code::not_yet_available,
                 "'nabla " + std::string(options.command->name) + "' is not yet available",
                 {},
                 false,
                 {},
                 instead_of(options.command->name)},
                nullptr);
  return console.status();
}

int run(const Request& request) {
  const Options& options = request.options;
  Console console(options);
  if (request.version) {
    console.result("nabla " NABLA_VERSION);
    return console.status();
  }
  if (request.help) {
    console.text(help_text(options.command));
    return console.status();
  }
  if (options.command == nullptr) return run_statements(options);
  return options.command->run == nullptr ? refuse(options) : options.command->run(options);
}

// What no one caught further in: files, memory, and faults of the program.
int run_guarded(const Request& request) {
  Console console(request.options);
  try {
    return run(request);
  } catch (const Failure& failure) {
    console.error(failure.diagnostic, nullptr);
  } catch (const std::bad_alloc&) {
    console.error({Code::memory_limit, "the machine refused more memory", {}, false, {}, {}}, nullptr);
  }
  return console.status();
}

}  // namespace
}  // namespace nabla::cli

int main(int argc, char** argv) {
  using namespace nabla::cli;  // NOLINT: main() itself cannot stand in a namespace
  occupy_closed_channels();
  try {
    return run_guarded(parse_arguments(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (const UsageError& error) {
    Console console{Options{}};
    console.say("nabla: error: " + error.message + "\n" +
                (error.help.empty() ? "" : "help: " + error.help + "\n"));
    return exit_wrong_usage;
  } catch (const std::exception& error) {
    Console console{Options{}};
    console.say(std::string("nabla: error: internal error: ") + error.what() + " [NB0901]\n");
    return exit_internal;
  }
}

// The prompt: how soon it is there, how long a key takes, how fast a script of small statements runs.
#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/workloads.h"
#include "parser/elaborator.h"
#include "prompt/editor.h"

namespace nabla::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::string nabla_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "nabla";
}

std::string temporary(const std::string& text) {
  std::string path = (std::filesystem::temp_directory_path() / "nabla-bench-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file >= 0) ::close(file);
  std::ofstream(path) << text;
  return path;
}

std::string statement(size_t i) {
  static constexpr const char* forms[] = {"x^",       "exp(x)*x^", "sin(x)^",    "log(x)*x^", "y*x^",
                                          "(x + 1)^", "cos(x)^",   "sqrt(x)*x^", "tan(x)^",   "1/(x + 1)^"};
  return std::string("diff(") + forms[i % std::size(forms)] + std::to_string(2 + i / 10 % 8) + ", x)";
}

prompt::Language language() {
  prompt::Language language;
  language.incomplete = [](const std::string&) { return false; };
  language.is_function = [](std::string_view name) { return find_builtin(name) != nullptr; };
  language.words = [] { return prompt::Vocabulary{}; };
  return language;
}

// Keys and the bytes that go to the terminal, seconds for each key.
double seconds_for_each(prompt::Editor& editor, prompt::Painter& painter, const std::string& bytes) {
  prompt::KeyDecoder keys;
  prompt::Frame frame;
  size_t count = 0, painted = 0;
  const auto begin = Clock::now();
  for (const char c : bytes) {
    keys.feed(std::string(1, c));
    for (prompt::Key key; keys.next(key); ++count) {
      (void)editor.handle(key);
      editor.render(frame, 80, 50);
      painted += painter.paint(frame).size();
    }
  }
  const std::chrono::duration<double> time = Clock::now() - begin;
  return painted == 0 ? 1 : time.count() / static_cast<double>(count);
}

}  // namespace

void prompt_start(Run& run, size_t lines) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) text += statement(i) + "\n";
  const std::string history = temporary(text), program = nabla_program();
  const std::string variable = "NABLA_HISTORY=" + history;
  const auto begin = Clock::now();
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    const char* arguments[] = {program.c_str(), nullptr};
    const char* variables[] = {"TERM=xterm", "LANG=C.UTF-8", variable.c_str(), nullptr};
    ::execve(program.c_str(), const_cast<char**>(arguments), const_cast<char**>(variables));  // NOLINT: posix
    ::_exit(127);
  }
  std::string shown;
  char block[4096];
  while (shown.find("nabla> ") == std::string::npos) {
    const ssize_t n = ::read(terminal, block, sizeof block);
    if (n <= 0) break;
    shown.append(block, static_cast<size_t>(n));
  }
  run.add(std::chrono::duration<double>(Clock::now() - begin).count());
  run.expect(shown.find("nabla> ") != std::string::npos, "prompt");
  (void)!::write(terminal, "\x04", 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  std::filesystem::remove(history);
}

void prompt_key(Run& run, size_t characters) {
  prompt::History history;
  prompt::Editor editor(history, language());
  prompt::Painter painter(true);
  editor.begin("nabla> ");
  std::string text;
  while (text.size() < characters) text += "sin(x_1)*cos(2*λ) + ";
  (void)seconds_for_each(editor, painter, "\x1b[200~" + text + "\x1b[201~");
  for (size_t i = 0; i < characters / 4; ++i) (void)editor.handle({prompt::KeyKind::left});
  run.add(seconds_for_each(editor, painter, "a*b+(c)-\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"));
}

void prompt_search(Run& run, size_t lines) {
  prompt::History history;
  for (size_t i = 0; i < lines; ++i) history.add(statement(i));
  prompt::Editor editor(history, language());
  prompt::Painter painter(true);
  editor.begin("nabla> ");
  run.add(seconds_for_each(editor, painter, "\x12not there"));
}

void statements(Run& run, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += statement(i) + "\n";
  const std::string script = temporary(text), program = nabla_program();
  const char* arguments[] = {program.c_str(), "run", "--quiet", script.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, const_cast<char**>(arguments),
                                  environ);  // NOLINT: posix
  posix_spawn_file_actions_destroy(&actions);
  rusage usage{};
  int status = -1;
  if (error == 0) ::wait4(child, &status, 0, &usage);
  const double seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  run.add(seconds);
  run.expect(error == 0 && status == 0, "exit status");
  run.note("statements a second", static_cast<double>(count) / seconds);
  std::filesystem::remove(script);
}

}  // namespace nabla::bench

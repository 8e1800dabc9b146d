// The time of one small answer: a process starts, differentiates, prints and exits.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

#include "bench/workloads.h"

extern char** environ;

namespace nabla::bench {
namespace {

// The command that is built beside this program.
std::string beside(std::string_view name) {
  char path[4096];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path);
  const std::string_view self(path, n > 0 ? static_cast<size_t>(n) : 0);
  return std::string(self.substr(0, self.rfind('/') + 1)) + std::string(name);
}

std::string read_all(int from) {
  std::string text;
  char block[4096];
  for (ssize_t n = 0; (n = read(from, block, sizeof block)) > 0;) text.append(block, static_cast<size_t>(n));
  return text;
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
}

// Runs a program with `input` on its standard input; its output must contain `answer`.
void spawn(Run& run, const char* const* arguments, std::string_view input, std::string_view answer) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return run.expect(false, "pipes");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, const_cast<char* const*>(arguments),
                                 environ);  // NOLINT: posix
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  if (error == 0) {
    run.expect(write(in[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()), "input");
    close(in[1]);
    const std::string text = read_all(out[0]);
    rusage usage{};
    int status = 0;
    wait4(child, &status, 0, &usage);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    run.add(seconds(usage.ru_utime) + seconds(usage.ru_stime));
    run.note("wall", wall.count());
    run.expect(status == 0, std::string("exit status of ") + arguments[0]);
    run.expect(text.find(answer) != std::string::npos, "answer '" + text + "'");
  } else {
    close(in[1]);
    run.expect(false, std::string("no program ") + arguments[0]);
  }
  close(out[0]);
}

}  // namespace

void start(Run& run, size_t) {
  const std::string nabla = beside("nabla");
  const char* const arguments[] = {nabla.c_str(), "diff",     "sin(x^2)", "--wrt",
                                   "x",           "--format", "ascii",    nullptr};
  spawn(run, arguments, "", "2*x*cos(x^2)\n");
}

void ginac::start(Run& run, size_t) {
  const char* const arguments[] = {"ginsh", nullptr};
  spawn(run, arguments, "diff(sin(x^2),x);\nquit;\n", "cos(x^2)");
}

}  // namespace nabla::bench

#include "bench/codegen/command.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nabla::bench::codegen {
namespace {

[[noreturn]] void become(const std::vector<std::string>& argv, unsigned cpu_seconds) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const rlimit limit{cpu_seconds, cpu_seconds};
  setrlimit(RLIMIT_CPU, &limit);
  const int log = open("log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(log, 1);
  dup2(log, 2);
  execvp(words[0], words.data());
  _exit(127);
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
}

}  // namespace

Cost run(const std::vector<std::string>& argv, unsigned cpu_seconds) {
  const pid_t child = fork();
  if (child == 0) become(argv, cpu_seconds);
  int status = -1;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) return {};
  return {.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime),
          .peak_mb = static_cast<double>(used.ru_maxrss) / 1024,
          .ended = status == 0};
}

}  // namespace nabla::bench::codegen

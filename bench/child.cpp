#include "bench/child.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <sstream>

namespace nabla::bench {
namespace {

// A workload is repeated in its child until this much CPU time is spent or it has run this often.
constexpr double least_seconds = 0.3;
constexpr size_t most_runs = 15;

// The main thread's stack grows up to the soft limit that stands when it grows.
void limit(int resource, size_t bound) {
  rlimit r{};
  getrlimit(resource, &r);
  r.rlim_cur = std::min<rlim_t>(bound, r.rlim_max);
  setrlimit(resource, &r);
}

void apply(const Allowance& allowance) {
  limit(RLIMIT_CORE, 0);
  if (allowance.cpu_seconds != 0) limit(RLIMIT_CPU, allowance.cpu_seconds);
  if (allowance.memory != 0) limit(RLIMIT_AS, allowance.memory);
  if (allowance.stack != 0) limit(RLIMIT_STACK, allowance.stack);
}

void send(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(to, text.data(), text.size());
    if (n <= 0) return;
    text.remove_prefix(static_cast<size_t>(n));
  }
}

// One line for each number, `key value`, and the failure behind the last.
void work(int to, Workload workload, size_t size) {
  double total = 0;
  for (size_t runs = 0; runs < most_runs && total < least_seconds; ++runs) {
    Run run;
    std::string failure;
    try {
      workload(run, size);
      failure = run.wrong();
    } catch (const std::bad_alloc&) {
      failure = "out of memory";
    } catch (const std::exception& e) {
      failure = e.what();
    }
    if (!failure.empty()) {
      send(to, "failure " + failure + "\n");
      return;
    }
    total += run.seconds();
    std::string text = fmt::format("seconds {}\npeak {}\n", run.seconds(), run.peak_mb());
    for (const auto& [name, value] : run.notes()) text += fmt::format("{} {}\n", name, value);
    send(to, text);
  }
}

std::string read_all(int from) {
  std::string text;
  char block[4096];
  for (ssize_t n = 0; (n = read(from, block, sizeof block)) > 0;) text.append(block, static_cast<size_t>(n));
  return text;
}

Measured interpret(const std::string& text) {
  Measured m;
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t blank = line.rfind(' ');
    const std::string key = line.substr(0, line.find(' '));
    if (key == "failure") {
      m.failure = line.substr(key.size() + 1);
      continue;
    }
    const double value = std::stod(line.substr(blank));
    if (key == "seconds") {
      m.seconds.push_back(value);
    } else if (key == "peak") {
      m.peak_mb = std::max(m.peak_mb, value);
    } else {
      m.notes[line.substr(0, blank)] = value;
    }
  }
  return m;
}

}  // namespace

double Run::cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void Run::add(double seconds) {
  seconds_ += seconds;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  peak_mb_ = static_cast<double>(usage.ru_maxrss) / 1024;
}

void Run::expect(bool holds, std::string_view what) {
  if (!holds && wrong_.empty()) wrong_ = "wrong: " + std::string(what);
}

void Run::expect_near(double a, double b, double scale, double tolerance, std::string_view what) {
  const bool near = std::abs(a - b) <= tolerance * scale;  // false for NaN
  expect(near, fmt::format("{}: {} instead of {}", what, a, b));
}

Measured measure(Workload workload, size_t size, const Allowance& allowance) {
  Measured m;
  int ends[2];
  std::fflush(nullptr);
  if (pipe(ends) != 0) {
    m.failure = std::strerror(errno);
    return m;
  }
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    apply(allowance);
    work(ends[1], workload, size);
    _exit(0);
  }
  close(ends[1]);
  const std::string text = child > 0 ? read_all(ends[0]) : "failure cannot fork\n";
  close(ends[0]);
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  m = interpret(text);
  if (WIFSIGNALED(status)) {
    const bool time = WTERMSIG(status) == SIGXCPU;
    m.failure = time ? fmt::format("more than {} s", allowance.cpu_seconds) : strsignal(WTERMSIG(status));
  } else if (m.seconds.empty() && m.failure.empty()) {
    m.failure = "ended without a result";
  }
  return m;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace nabla::bench

// What a workload tells about itself: CPU time, peak memory, and whether its result is right.
//
// A workload runs in a child process of its own (child.h), so that memory is its own and a crash or an
// exponential blow-up is a line of the table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace nabla::bench {

class Run {
 public:
  // Adds the CPU time of f; peak memory is that of the process when the last f has ended. What stands
  // outside prepares input or checks results.
  template <class F>
  void time(F f) {
    const double before = cpu_seconds();
    f();
    add(cpu_seconds() - before);
  }
  void add(double seconds);
  // A result that is not as expected makes the row fail. `what` names the result.
  void expect(bool holds, std::string_view what);
  // |a - b| <= tolerance * scale
  void expect_near(double a, double b, double scale, double tolerance, std::string_view what);
  void note(std::string name, double value) { notes_[std::move(name)] = value; }

  double seconds() const { return seconds_; }
  double peak_mb() const { return peak_mb_; }
  const std::string& wrong() const { return wrong_; }
  const std::map<std::string, double>& notes() const { return notes_; }

 private:
  static double cpu_seconds();  // of this process

  double seconds_ = 0;
  double peak_mb_ = 0;
  std::string wrong_;  // the first expectation that failed
  std::map<std::string, double> notes_;
};

using Workload = void (*)(Run& run, size_t size);

}  // namespace nabla::bench

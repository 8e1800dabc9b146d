// The table that is printed: one line for each row, and below it one for GiNaC at the largest size that it
// finishes, with the time of both at this size.
#pragma once

#include <benchmark/benchmark.h>

#include <limits>
#include <string>
#include <vector>

#include "bench/child.h"

namespace nabla::bench {

struct Target {
  const char* text = "";  // as it was set
  double most_seconds = std::numeric_limits<double>::infinity();
  double most_mb = std::numeric_limits<double>::infinity();
  double least_mb_per_second = 0;  // of text read
  // A row of smaller size: time and memory for each unit of size may be at most twice as large as there.
  const char* linear_from = nullptr;
  // What a note may be at least and at most.
  struct Bound {
    const char* note;
    double least, most;
  };
  std::vector<Bound> notes = {};
};

// GiNaC on the sizes up to that of the row, as far as it gets.
struct Comparison {
  size_t size = 0;  // the largest that it finished; 0: none
  double seconds = 0, peak_mb = 0;
  double ours = 0;     // Nabla's seconds at this size
  size_t stopped = 0;  // the size that it did not finish; 0: none
  std::string reason;
};

struct Row {
  const char* name;
  const char* workload;  // what is measured, for people
  size_t size;
  Workload ours;
  Workload theirs;
  std::vector<size_t> sizes;  // for GiNaC, ascending
  Target target;
  const char* published = "";  // other programs, measured elsewhere
};

struct Result {
  const Row* row = nullptr;
  std::vector<double> seconds;  // of each repetition
  double peak_mb = 0;
  std::map<std::string, double> notes;
  Comparison ginac;
  std::string failure;
};

// Prints a row as soon as Google Benchmark has repeated it.
class Table : public benchmark::BenchmarkReporter {
 public:
  explicit Table(std::vector<Result>& results) : results_(results) {}
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  size_t failures() const { return failures_; }  // rows that ended without a right result
  size_t missed() const { return missed_; }      // rows that missed their target

 private:
  void print(const Result& result);
  bool reached(const Result& result, double median) const;

  std::vector<Result>& results_;
  size_t failures_ = 0, missed_ = 0;
};

}  // namespace nabla::bench

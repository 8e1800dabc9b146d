// Runs a workload in a forked child under limits of CPU time, memory and stack.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/run.h"

namespace nabla::bench {

struct Allowance {
  unsigned cpu_seconds = 0;  // 0: no limit
  size_t memory = 0;         // bytes of address space; 0: no limit
  size_t stack = 0;          // bytes; 0: as it is
};

struct Measured {
  std::vector<double> seconds;  // of each run; a short workload is run several times in one child
  double peak_mb = 0;
  std::map<std::string, double> notes;
  std::string failure;  // empty if all went well
};

Measured measure(Workload workload, size_t size, const Allowance& allowance);

double median(std::vector<double> values);

}  // namespace nabla::bench

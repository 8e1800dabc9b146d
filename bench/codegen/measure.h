// Compares what the candidates of a workload computed and takes their times.
#pragma once

#include <map>
#include <string>

#include "bench/codegen/workload.h"

namespace nabla::bench::codegen {

struct Times {
  std::map<By, double> seconds;  // of one evaluation: the least of many blocks
  std::string disagreement;      // empty if all candidates computed the same
};

// The candidates take turns, each for about two milliseconds of CPU time, so that what slows the machine down
// for a while slows all of them; the least time of each counts.
Times measure(const Workload& workload, double cpu_seconds_each);

// Keeps this process on the processor it is on.
void stay_on_this_processor();

}  // namespace nabla::bench::codegen

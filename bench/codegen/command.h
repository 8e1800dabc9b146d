// Runs another program and says what it cost.
#pragma once

#include <string>
#include <vector>

namespace nabla::bench::codegen {

struct Cost {
  double cpu_seconds = 0;  // with that of its own children
  double peak_mb = 0;      // of the largest process
  bool ended = false;      // with status 0, within its time
};

// argv[0] is looked for on the PATH; what the program prints goes to the file "log" of the current folder.
Cost run(const std::vector<std::string>& argv, unsigned cpu_seconds);

}  // namespace nabla::bench::codegen

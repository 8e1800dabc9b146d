// Time that this process computed, for tests that bound it: others may use the machine as well.
#pragma once

#include <chrono>
#include <ctime>

namespace nabla::test {

struct ProcessorClock {
  static std::chrono::duration<double> now() {
    return std::chrono::duration<double>(static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  }
};

}  // namespace nabla::test

// The allowance of one statement: deterministic steps and a cancel flag.
//
// Every pass calls spend() for each node it handles, so that hostile input stops at the same step on every
// machine, and a signal handler or timer can stop the work from outside. The Context stays usable.
#pragma once

#include <atomic>
#include <cstdint>

#include "expr/limits.h"

namespace nabla {

class Budget {
 public:
  explicit Budget(uint64_t steps) : steps_(steps), left_(steps) {}

  void spend(uint64_t n = 1) {
    if (n > left_ || cancelled_.load(std::memory_order_relaxed)) stop(n);
    left_ -= n;
  }
  void refill() {  // before each statement
    left_ = steps_;
    cancelled_.store(false, std::memory_order_relaxed);
  }
  uint64_t spent() const { return steps_ - left_; }
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }  // async-signal-safe

 private:
  [[noreturn]] void stop(uint64_t wanted) const;  // throws Failure: cancelled or step_limit

  uint64_t steps_;
  uint64_t left_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace nabla

#include "fuzz/simplify.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/simplify_seed.h"

namespace nabla::fuzz {
namespace {

constexpr uint64_t block = 64;  // seeds that a thread takes at a time
constexpr auto between_reports = std::chrono::seconds(10);

std::string complaint(uint64_t seed) {
  try {
    return test::seed_complaint(seed);
  } catch (const std::exception& wrong) {
    return "seed " + std::to_string(seed) + ", thrown: " + wrong.what();
  }
}

// Hands out blocks of seeds. Invariant: the seeds before done_ are finished, and finished_ holds the first
// seeds of finished blocks behind it.
class Progress {
 public:
  explicit Progress(const SimplifyRun& run) : run_(run), end_(run.first + run.count) {
    done_ = run.first;
    std::ifstream file(run.state);
    uint64_t done = 0, complaints = 0;
    if (file >> done >> complaints && done >= run.first && done <= end_) {
      done_ = done;
      complaints_ = complaints;
    }
    next_ = begin_ = done_;
  }

  // The next seeds [from, to); false: there are none.
  bool take(uint64_t& from, uint64_t& to) {
    const std::lock_guard lock(mutex_);
    from = next_;
    to = next_ = std::min(from + block, end_);
    return from < to;
  }

  void finish(uint64_t from, const std::vector<std::string>& wrong) {
    const std::lock_guard lock(mutex_);
    for (const std::string& text : wrong) std::cout << text << "\n----\n" << std::flush;
    complaints_ += wrong.size();
    finished_.insert(from);
    while (finished_.erase(done_) != 0) done_ = std::min(done_ + block, end_);
    if (!run_.state.empty()) std::ofstream(run_.state) << done_ << ' ' << complaints_ << '\n';
    report();
  }

  uint64_t complaints() const { return complaints_; }

 private:
  using Clock = std::chrono::steady_clock;

  void report() {
    const auto now = Clock::now();
    if (now - reported_ < between_reports && done_ != end_) return;
    reported_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::cerr << done_ - run_.first << " of " << run_.count << " expressions, " << complaints_
              << " complaints, " << static_cast<uint64_t>(static_cast<double>(done_ - begin_) / seconds)
              << " a second\n";
  }

  SimplifyRun run_;
  uint64_t end_, begin_ = 0, next_ = 0, done_ = 0, complaints_ = 0;
  std::set<uint64_t> finished_;
  std::mutex mutex_;
  Clock::time_point start_ = Clock::now(), reported_ = start_;
};

void work(Progress& progress) {
  for (uint64_t from = 0, to = 0; progress.take(from, to);) {
    std::vector<std::string> wrong;
    for (uint64_t seed = from; seed < to; ++seed) {
      std::string text = complaint(seed);
      if (!text.empty()) wrong.push_back(std::move(text));
    }
    progress.finish(from, wrong);
  }
}

}  // namespace

uint64_t fuzz_simplify(const SimplifyRun& run) {
  Progress progress(run);
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < run.threads; ++i) threads.emplace_back([&] { work(progress); });
  work(progress);
  for (std::thread& t : threads) t.join();
  return progress.complaints();
}

}  // namespace nabla::fuzz

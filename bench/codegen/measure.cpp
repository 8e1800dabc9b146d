#include "bench/codegen/measure.h"

#include <fmt/format.h>
#include <sched.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

namespace nabla::bench::codegen {
namespace {

constexpr double block_seconds = 0.002;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double seconds_of(const Candidate& c, std::size_t times, double* out) {
  const double before = cpu_seconds();
  c.repeat(times, out);
  return cpu_seconds() - before;
}

const char* name(By by) {
  switch (by) {
    case By::nabla:
      return "Nabla";
    case By::hand:
      return "hand";
    case By::hand_fast:
      return "fast hand";
    case By::adolc:
      return "ADOL-C";
    case By::jets:
      return "Jets";
    case By::function:
      return "the function";
  }
  return "";
}

// Relative to the number itself, or to a millionth of the largest for those that are nearly 0.
std::string disagreement(const std::vector<double>& a, const std::vector<double>& b, By by) {
  double largest = 0;
  for (double x : b) largest = std::max(largest, std::fabs(x));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::fabs(a[i] - b[i]) <= 1e-9 * (std::fabs(b[i]) + 1e-6 * largest)) continue;
    return fmt::format("number {}: {:.17g} by Nabla, {:.17g} by {}", i, a[i], b[i], name(by));
  }
  return "";
}

std::string compare(const Workload& w) {
  std::vector<double> ours;
  for (const Candidate& c : w.candidates) {
    std::vector<double> out(w.outputs, std::numeric_limits<double>::quiet_NaN());
    c.repeat(1, out.data());
    if (c.deliver) c.deliver(out.data());
    if (c.by == By::function) out.resize(w.values);
    if (ours.empty()) ours = out;
    const std::vector<double> same(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(out.size()));
    if (std::string found = disagreement(same, out, c.by); !found.empty()) return found;
  }
  return "";
}

// The derivatives begin at a line of the cache: otherwise times depend on where the output happens to lie.
double* place(std::vector<double>& storage, std::size_t values) {
  void* at = storage.data();
  std::size_t space = storage.size() * sizeof(double);
  return static_cast<double*>(std::align(64, 64, at, space)) + (8 - values % 8) % 8;
}

}  // namespace

Times measure(const Workload& w, double cpu_seconds_each) {
  Times result{.seconds = {}, .disagreement = compare(w)};
  if (!result.disagreement.empty()) return result;
  std::vector<double> storage(w.outputs + 16);
  double* const out = place(storage, w.values);
  std::vector<std::size_t> times;
  for (const Candidate& c : w.candidates) {
    std::size_t n = 1;
    double took = seconds_of(c, n, out);
    while (took < block_seconds / 2) took = seconds_of(c, n *= 2, out);
    times.push_back(n);
    result.seconds[c.by] = took / static_cast<double>(n);
  }
  std::vector<double> spent(w.candidates.size());
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < w.candidates.size(); ++i) {
      const Candidate& c = w.candidates[i];
      if (spent[i] >= cpu_seconds_each) continue;
      more = true;
      const double took = seconds_of(c, times[i], out);
      spent[i] += took;
      result.seconds[c.by] = std::min(result.seconds[c.by], took / static_cast<double>(times[i]));
    }
  }
  return result;
}

void stay_on_this_processor() {
  const int here = sched_getcpu();
  if (here < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(here), &set);
  sched_setaffinity(0, sizeof set, &set);  // times are only noisier where this is not allowed
}

}  // namespace nabla::bench::codegen

#include "bench/codegen/codegen.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "bench/codegen/growth.h"
#include "bench/codegen/measure.h"
#include "bench/codegen/workload.h"

namespace nabla::bench {
namespace codegen {
namespace {

struct Row {
  const char* name;
  Workload (*workload)();
};
constexpr Row rows[] = {
    {"rosenbrock", rosenbrock},       {"product-20", product_20}, {"product-1000", product_1000},
    {"black-scholes", black_scholes}, {"logistic", logistic},     {"arm", arm},
    {"reprojection", reprojection},   {"helmholtz", helmholtz},   {"gaussian-process", gaussian_process},
    {"perceptron", perceptron},       {"mixture", mixture},       {"bundle", bundle}};

constexpr double cpu_seconds_each = 1;
constexpr double margin = 1.2;  // by which a baseline may be slower, against ADOL-C, than elsewhere

std::string time(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.1f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.4g} us", seconds * 1e6);
  return fmt::format("{:.4g} ms", seconds * 1e3);
}

std::string time_of(const Times& t, By by) {
  const auto found = t.seconds.find(by);
  return found == t.seconds.end() ? "-" : time(found->second);
}

void line(const std::string& name, const std::vector<std::string>& cells, const std::string& rest) {
  fmt::print("{:<16}", name);
  for (const std::string& cell : cells) fmt::print("{:>11}", cell);
  fmt::print("  {}\n", rest);
}

// A folder to work in, for the files of ADOL-C's tapes, while this stands.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "nabla-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made: " + name);
    std::filesystem::current_path(folder_ = name);
  }
  ~Folder() {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path(), folder_;
};

void heading() {
  fmt::print(
      "Least CPU time of one evaluation, value and derivatives, by one thread; g++ -O3 -march=native. Fast: "
      "by hand\n"
      "with -ffast-math, which calls libmvec. ADOL-C runs a recorded tape, Jets are those of Ceres. Ratio: "
      "Nabla to\n"
      "hand-written code, which counts if ADOL-C takes as many times longer as elsewhere, within 20 %.\n\n");
  line("", {"Nabla", "hand", "fast", "ADOL-C", "Jets", "function", "ratio", "target"}, "");
}

// Returns false if the candidates disagree.
bool run(const char* name, const Workload& w) {
  const Times t = measure(w, cpu_seconds_each);
  fmt::print("{}\n", w.what);
  if (!t.disagreement.empty()) {
    fmt::print("{:<16}  FAILED: {}\n", name, t.disagreement);
    return false;
  }
  const double ours = t.seconds.at(By::nabla), baseline = t.seconds.at(w.baseline), ratio = ours / baseline;
  const double adolc_over = t.seconds.at(By::adolc) / baseline;
  line(name,
       {time(ours), time_of(t, By::hand), time_of(t, By::hand_fast), time_of(t, By::adolc),
        time_of(t, By::jets), time_of(t, By::function), fmt::format("{:.2f}", ratio),
        fmt::format("{:.2f}", w.target)},
       std::round(100 * ratio) <= 100 * w.target ? "reached" : "MISSED");
  fmt::print("{:16}  to {}, of which ADOL-C takes {:.3g} (elsewhere {:.3g}): {}\n", "",
             w.baseline == By::hand ? "hand" : "fast hand", adolc_over, w.adolc_over,
             adolc_over * margin >= w.adolc_over ? "fast enough to count" : "TOO SLOW TO COUNT");
  fmt::print("{:16}  elsewhere: {}\n", "", w.others);
  if (*w.remark != '\0') fmt::print("{:16}  {}\n", "", w.remark);
  std::fflush(stdout);
  return true;
}

}  // namespace
}  // namespace codegen

int codegen_table(const std::string& wanted) {
  using namespace codegen;
  const auto is_wanted = [&](const char* name) {
    return std::string(name).find(wanted) != std::string::npos;
  };
  const Folder folder;
  stay_on_this_processor();
  // All are made before the first is measured: a sweep of ADOL-C depends on how many variables the process
  // has recorded, so a row alone would have another yardstick than the same row among others.
  std::vector<Workload> workloads;
  for (const Row& row : rows) workloads.push_back(row.workload());
  int status = 0;
  bool first = true;
  for (std::size_t i = 0; i < workloads.size(); ++i) {
    if (!is_wanted(rows[i].name)) continue;
    if (std::exchange(first, false)) heading();
    if (!run(rows[i].name, workloads[i])) status = 1;
  }
  if (is_wanted("growth")) growth_table();
  return status;
}

}  // namespace nabla::bench

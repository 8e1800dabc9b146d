#include "bench/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

namespace nabla::bench {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(": ") + 2);
  }
  return "unknown processor";
}

std::string seconds(double s) {
  return s >= 1 ? fmt::format("{:.2f} s", s) : fmt::format("{:.3g} ms", s * 1e3);
}

std::string megabytes(double mb) { return mb > 0 ? fmt::format("{:.0f}", mb) : ""; }

// "6.2e+04" is harder to read than "62000".
std::string whole(double v) { return fmt::format("{:.0f}", v); }

std::string remarks(const Result& r, double median) {
  std::string text;
  auto add = [&](const std::string& remark) { text += (text.empty() ? "" : ", ") + remark; };
  for (const auto& [name, value] : r.notes) {
    if (name == "bytes") {
      add(fmt::format("{:.1f} MB/s", value / 1e6 / median));
    } else if (name == "wall") {
      add(seconds(value) + " wall");
    } else {
      add(whole(value) + " " + name);
    }
  }
  return text;
}

void line(std::string_view name, std::string_view size, std::string_view least, std::string_view median,
          std::string_view mb, std::string_view ratio, std::string_view rest) {
  fmt::print("{:<18}{:>9}{:>11}{:>11}{:>9}{:>9}  {}\n", name, size, least, median, mb, ratio, rest);
}

}  // namespace

bool Table::ReportContext(const Context&) {
  fmt::print("CPU time on {} cores of {}. Each run has a process of its own; median of repetitions.\n",
             std::thread::hardware_concurrency(), processor());
  fmt::print("Ratio: GiNaC 1.8.6 to Nabla in this run, at the largest size that GiNaC finishes in 20 s.\n\n");
  line("row", "size", "least", "median", "peak MB", "ratio", "target; for comparison, published");
  return true;
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  const std::string name = runs.front().run_name.function_name;
  const auto result =
      std::find_if(results_.begin(), results_.end(), [&](const Result& r) { return r.row->name == name; });
  if (result == results_.end() || runs.front().run_type == Run::RT_Aggregate) return;
  for (const Run& run : runs) {
    if (!run.error_occurred) result->seconds.push_back(run.GetAdjustedRealTime() / 1e3);  // of milliseconds
  }
  print(*result);
}

bool Table::reached(const Result& r, double median) const {
  const Target& t = r.row->target;
  const auto bytes = r.notes.find("bytes");
  const double rate = bytes == r.notes.end() ? 0 : bytes->second / 1e6 / median;
  if (median >= t.most_seconds || r.peak_mb >= t.most_mb || rate < t.least_mb_per_second) return false;
  for (const Target::Bound& bound : t.notes) {
    const auto note = r.notes.find(bound.note);
    if (note == r.notes.end() || note->second < bound.least || note->second > bound.most) return false;
  }
  if (t.linear_from == nullptr) return true;
  const auto from = std::find_if(results_.begin(), results_.end(),
                                 [&](const Result& o) { return o.row->name == std::string(t.linear_from); });
  if (from == results_.end() || from->seconds.empty()) return true;  // was not run
  const double most = 2 * static_cast<double>(r.row->size) / static_cast<double>(from->row->size);
  return median < most * bench::median(from->seconds) && r.peak_mb < most * from->peak_mb;
}

void Table::print(const Result& r) {
  const Row& row = *r.row;
  const Comparison& g = r.ginac;
  if (!r.failure.empty() || r.seconds.empty()) {
    ++failures_;
    fmt::print("{:<18}{:>9}  FAILED: {}\n", row.name, row.size, r.failure);
    std::fflush(stdout);
    return;
  }
  const double least = *std::min_element(r.seconds.begin(), r.seconds.end()), middle = median(r.seconds);
  const bool met = reached(r, middle);
  if (!met) ++missed_;
  const std::string ratio = g.size == row.size ? fmt::format("{:.3g}", g.seconds / middle) : "–";
  std::string target = row.target.text;
  if (*row.target.text != '\0') target += met ? " (reached)" : " (MISSED)";
  if (*row.published != '\0') target += std::string(target.empty() ? "" : "; ") + row.published;
  fmt::print("{}\n", row.workload);
  line(row.name, std::to_string(row.size), seconds(least), seconds(middle), megabytes(r.peak_mb), ratio,
       target);
  if (const std::string more = remarks(r, middle); !more.empty()) line("", "", "", "", "", "", more);
  if (g.size != 0) {
    const std::string note = g.stopped == 0 ? "" : fmt::format("; at {}: {}", g.stopped, g.reason);
    line("  GiNaC", std::to_string(g.size), "", seconds(g.seconds), megabytes(g.peak_mb),
         fmt::format("{:.3g}", g.seconds / g.ours), fmt::format("Nabla {}{}", seconds(g.ours), note));
  } else if (g.stopped != 0) {
    line("  GiNaC", std::to_string(g.stopped), "", "–", "", "–", g.reason);
  }
  std::fflush(stdout);
}

}  // namespace nabla::bench

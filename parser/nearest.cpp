#include "parser/nearest.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "parser/unicode.h"

namespace nabla {
namespace {

constexpr size_t longest = 64;  // longer names are not compared

std::u32string code_points(std::string_view text) {
  std::u32string out;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end && out.size() <= longest;) {
    const CodePoint c = decode(p, end);
    out += c.value;
    p += c.length;
  }
  return out;
}

size_t distance(const std::u32string& a, const std::u32string& b, size_t limit) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit || a.size() > longest || b.size() > longest) return limit + 1;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], limit + 1);
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  return distance(code_points(a), code_points(b), limit);
}

std::string_view nearest(std::string_view wrong, std::span<const std::string_view> names) {
  const std::u32string target = code_points(wrong);
  std::string_view best;
  size_t best_distance = 0;
  for (const std::string_view name : names) {
    const std::u32string candidate = code_points(name);
    const size_t length = std::max(target.size(), candidate.size());
    if (length < 2) continue;
    const size_t limit = std::clamp<size_t>(length / 3, 1, 3);
    const size_t d = distance(target, candidate, limit);
    if (d > limit || d == length) continue;
    if (best.empty() || d < best_distance) {
      best = name;
      best_distance = d;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> names) {
  const std::string_view name = nearest(wrong, names);
  return name.empty() ? std::string() : "did you mean '" + std::string(name) + "'?";
}

}  // namespace nabla

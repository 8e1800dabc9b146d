#include "session/whole_equality.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "session/numbers.h"
#include "simplify/expand_tensor.h"

namespace nabla {
namespace {

constexpr uint64_t tries = 12;
constexpr int points_wanted = 2;
// Doubles: what differs by less may be rounding, what is larger the inverse of a singular matrix.
constexpr double apart = 1e-6, largest = 1e9;

bool is_defined(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::abs(v) < largest; });
}

bool are_apart(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    size = std::max({size, std::abs(a[i]), std::abs(b[i])});
  }
  return size > apart && difference > apart * size;
}

std::string text_of(Context& ctx, const DensePoint& point) {
  std::string text;
  for (const DenseBinding& b : point) {
    Numbers numbers;
    for (int64_t n : b.value.extents) numbers.extents.push_back(static_cast<uint64_t>(n));
    numbers.entries = b.value.entries;
    text += (text.empty() ? "" : ", ") + ctx.symbol(b.name).name + " = " + numbers_text(numbers);
  }
  return text;
}

// The first of the points that separate the two, if there are enough of them.
std::optional<std::string> separating_point(Context& ctx, Ref a, Ref b, uint64_t seed) {
  const std::vector<Ref> sides{a, b};
  std::vector<Ref> names, inverses;
  for (Ref r : symbols_of(ctx, sides)) {
    const Role role = ctx.symbol(r).role;
    if (ctx.symbol(r).complex) return std::nullopt;
    if (role != Role::extent && role != Role::function) names.push_back(r);
  }
  for (Ref r : nodes_below(ctx, sides)) {
    if (ctx.kind(r) == Kind::matpow && ctx.operands(r)[1] == minus_one) inverses.push_back(r);
  }
  int found = 0;
  std::string text;
  for (uint64_t i = 0; i < tries; ++i) {
    const DensePoint point = random_point(ctx, names, {}, seed + i);
    const auto value = [&](Ref e) { return dense_value(ctx, e, point).entries; };
    const bool regular =
        std::all_of(inverses.begin(), inverses.end(), [&](Ref r) { return is_defined(value(r)); });
    if (!regular) continue;
    const std::vector<double> x = value(a), y = value(b);
    if (!is_defined(x) || !is_defined(y) || !are_apart(x, y)) continue;
    if (found++ == 0) text = text_of(ctx, point);
    if (found == points_wanted) return text;
  }
  return std::nullopt;
}

}  // namespace

bool has_symbolic_size(Context& ctx, Ref a, Ref b) {
  for (Ref r : nodes_below(ctx, std::vector<Ref>{a, b})) {
    if (!constant_extents(ctx, ctx[r].shape)) return true;
  }
  return false;
}

Verdict compare_whole(Context& ctx, Ref a, Ref b, uint64_t seed) {
  if (proved_equal(ctx, a, b)) return {Verdict::Kind::proved, {}};
  try {
    if (const auto point = separating_point(ctx, a, b, seed)) return {Verdict::Kind::refuted, *point};
  } catch (const Failure& failure) {
    // Opaque functions and the like: there are no numbers to compare, and nothing is decided.
    const Code code = failure.diagnostic.code;
    if (code != Code::cannot_evaluate && code != Code::empty_domain && code != Code::missing_value &&
        code != Code::bad_value && code != Code::not_yet_available)
      throw;
  }
  return {Verdict::Kind::unknown, {}};
}

}  // namespace nabla

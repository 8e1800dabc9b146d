#include "session/whole_equality.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "session/dense_numbers.h"
#include "session/numbers.h"
#include "simplify/proved_equal.h"

namespace nabla {
namespace {

constexpr uint64_t tries = 12;
constexpr int points_wanted = 2;
// Doubles: what differs by less may be rounding, what is larger the inverse of a singular matrix.
constexpr double apart = 1e-6, largest = 1e9;

template <class T>
bool is_defined(const std::vector<T>& values) {
  return std::all_of(values.begin(), values.end(), [](const T& v) { return std::abs(v) < largest; });
}

template <class T>
bool are_apart(const std::vector<T>& a, const std::vector<T>& b) {
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
    numbers.imaginary = b.imaginary;
    text += (text.empty() ? "" : ", ") + ctx.symbol(b.name).name + " = " + numbers_text(numbers);
  }
  return text;
}

// Complex names get imaginary parts, of sizes that are known from the real ones.
void add_imaginary_parts(Context& ctx, DensePoint& point, uint64_t seed) {
  std::vector<Ref> names;
  std::vector<std::pair<Ref, int64_t>> sizes;
  for (const DenseBinding& b : point) {
    const Symbol& symbol = ctx.symbol(b.name);
    if (symbol.role == Role::extent) sizes.emplace_back(b.name, static_cast<int64_t>(b.value.entries[0]));
    if (symbol.complex) names.push_back(b.name);
  }
  for (const DenseBinding& other : random_point(ctx, names, sizes, seed)) {
    for (DenseBinding& b : point) {
      if (b.name == other.name && ctx.symbol(b.name).complex) b.imaginary = other.value.entries;
    }
  }
}

// The value of e; none where a part that is real has a value that is not, as log(x) at a negative x.
std::vector<Complex> complex_value(Context& ctx, Ref e, const DensePoint& point) {
  DenseEvaluator<Complex> evaluator(ctx);
  for (const DenseBinding& b : point) {
    std::vector<Complex> entries(b.value.entries.begin(), b.value.entries.end());
    for (size_t i = 0; i < b.imaginary.size(); ++i) entries[i].imag(b.imaginary[i]);
    evaluator.set(b.name, {b.value.extents, std::move(entries)});
  }
  std::vector<Complex> value = evaluator(e).entries;
  for (Ref r : nodes_below(ctx, e)) {
    const DenseArray<Complex>* part = evaluator.computed(r);
    if (part == nullptr || (ctx[r].facts & complex_valued)) continue;
    const bool real = std::all_of(part->entries.begin(), part->entries.end(),
                                  [](const Complex& v) { return v.imag() == 0; });
    if (!real) return {Complex(std::numeric_limits<double>::infinity())};
  }
  return value;
}

bool is_well_above(const std::vector<double>& a, const std::vector<double>& b) {
  return are_apart(a, b) && a[0] > b[0];
}

// Opaque functions and the like: there are no numbers to compare, and nothing is decided.
bool is_undecidable(Code code) {
  return code == Code::cannot_evaluate || code == Code::empty_domain || code == Code::missing_value ||
         code == Code::bad_value || code == Code::not_yet_available;
}

// The first of the points where a and b are apart (or a is well above b), if there are enough of them.
std::optional<std::string> separating_point(Context& ctx, Ref a, Ref b, uint64_t seed, bool above) {
  const bool complex = has_complex_parts(ctx, a) || has_complex_parts(ctx, b);
  const std::vector<Ref> sides{a, b};
  std::vector<Ref> names, inverses;
  for (Ref r : symbols_of(ctx, sides)) {
    const Role role = ctx.symbol(r).role;
    if (role != Role::extent && role != Role::function) names.push_back(r);
  }
  for (Ref r : nodes_below(ctx, sides)) {
    if (ctx.kind(r) == Kind::matpow && ctx.operands(r)[1] == minus_one) inverses.push_back(r);
  }
  int found = 0;
  std::string text;
  for (uint64_t i = 0; i < tries; ++i) {
    DensePoint point = random_point(ctx, names, {}, seed + i);
    if (complex) add_imaginary_parts(ctx, point, seed + i + 1000);
    const auto separates = [&](const auto& value) {
      const bool regular =
          std::all_of(inverses.begin(), inverses.end(), [&](Ref r) { return is_defined(value(r)); });
      if (!regular) return false;
      const auto x = value(a), y = value(b);
      if (!is_defined(x) || !is_defined(y)) return false;
      if constexpr (std::is_same_v<decltype(x), const std::vector<double>>) {
        if (above) return is_well_above(x, y);
      }
      return are_apart(x, y);
    };
    const bool differ = complex ? separates([&](Ref e) { return complex_value(ctx, e, point); })
                                : separates([&](Ref e) { return dense_value(ctx, e, point).entries; });
    if (!differ) continue;
    if (found++ == 0) text = text_of(ctx, point);
    if (found == points_wanted) return text;
  }
  return std::nullopt;
}

}  // namespace

bool has_no_entries(Context& ctx, Ref a, Ref b) {
  for (Ref r : nodes_below(ctx, std::vector<Ref>{a, b})) {
    if (!constant_extents(ctx, ctx[r].shape)) return true;
    const bool chosen = ctx.kind(r) == Kind::entry || ctx.kind(r) == Kind::gather;
    if (!chosen) continue;
    for (Ref place : ctx.operands(r).subspan(1)) {
      if (ctx[place].names != 0) return true;
    }
  }
  return false;
}

Verdict compare_whole(Context& ctx, Ref a, Ref b, uint64_t seed) {
  if (proved_equal(ctx, a, b)) return {Verdict::Kind::proved, {}};
  try {
    if (const auto point = separating_point(ctx, a, b, seed, false)) return {Verdict::Kind::refuted, *point};
  } catch (const Failure& failure) {
    if (!is_undecidable(failure.diagnostic.code)) throw;
  }
  return {Verdict::Kind::unknown, {}};
}

Verdict refute_whole(Context& ctx, Relation relation, Ref a, Ref b, uint64_t seed) {
  const bool ordered = relation == Relation::less || relation == Relation::less_equal;
  if (!ordered || has_complex_parts(ctx, a) || has_complex_parts(ctx, b)) return {Verdict::Kind::unknown, {}};
  try {
    if (const auto point = separating_point(ctx, a, b, seed, true)) return {Verdict::Kind::refuted, *point};
  } catch (const Failure& failure) {
    if (!is_undecidable(failure.diagnostic.code)) throw;
  }
  return {Verdict::Kind::unknown, {}};
}

}  // namespace nabla

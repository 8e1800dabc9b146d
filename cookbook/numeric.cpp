#include "cookbook/numeric.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "cookbook/reference.h"
#include "eval/dense_points.h"
#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "session/numbers.h"

namespace nabla {
namespace {

constexpr int points = 3, tries = 24;

// Finite, and not what is left of the inverse of a singular matrix: there neither form is defined.
template <class T>
bool is_defined(const std::vector<T>& values) {
  constexpr double largest = 1e9;
  return std::all_of(values.begin(), values.end(), [](const T& v) { return std::abs(v) < largest; });
}

// The largest difference, relative to the largest entry of either.
template <class T>
double relative_difference(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return 1;
  double difference = 0, size = 1e-300;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    size = std::max({size, std::abs(a[i]), std::abs(b[i])});
  }
  return size < 1e-12 ? 0 : difference / size;
}

std::string text_of(Context& ctx, std::span<const DenseBinding> point) {
  std::string text;
  for (const DenseBinding& b : point) {
    Numbers numbers;
    for (int64_t n : b.value.extents) numbers.extents.push_back(static_cast<uint64_t>(n));
    numbers.entries = b.value.entries;
    text += (text.empty() ? "" : ", ") + ctx.symbol(b.name).name + " = " + numbers_text(numbers);
  }
  return text;
}

class Comparison {
 public:
  Comparison(Context& ctx, Ref question, Ref derived, Ref stated, bool free_entries)
      : ctx_(ctx), question_(question), derived_(derived), stated_(stated), free_entries_(free_entries) {
    for (Ref r : symbols_of(ctx, std::vector<Ref>{question, derived, stated})) {
      const Role role = ctx.symbol(r).role;
      // A function that is called has no numbers, which the evaluator says; frechet(expm, X, E) only names
      // one.
      if (role != Role::extent && role != Role::function) names_.push_back(r);
      complex_ = complex_ || ctx.symbol(r).complex;
    }
    for (Ref r : nodes_below(ctx, std::vector<Ref>{derived, stated})) {
      if (ctx.kind(r) == Kind::matpow && ctx.operands(r)[1] == minus_one) inverses_.push_back(r);
    }
    complex_ = complex_ || ((ctx[derived].facts | ctx[stated].facts) & complex_valued) != 0;
  }

  // Whether the point was one where both forms are defined, and what is differentiated too.
  bool at(uint64_t seed, NumericReport& report) {
    const DensePoint point = random_point(ctx_, names_, {}, seed);
    if (complex_) {
      const DensePoint imaginary = random_point(ctx_, names_, sizes_of(point), seed + 1000);
      return at_point<Complex>(point, imaginary, report);
    }
    return at_point<double>(point, {}, report);
  }

 private:
  std::vector<std::pair<Ref, int64_t>> sizes_of(const DensePoint& point) const {
    std::vector<std::pair<Ref, int64_t>> sizes;
    for (const DenseBinding& b : point) {
      if (ctx_.symbol(b.name).role == Role::extent)
        sizes.emplace_back(b.name, static_cast<int64_t>(b.value.entries[0]));
    }
    return sizes;
  }

  template <class T>
  bool at_point(const DensePoint& point, const DensePoint& imaginary, NumericReport& report) {
    Reference<T> reference(ctx_, free_entries_);
    for (const DenseBinding& b : point) {
      DenseArray<T> value{b.value.extents, {b.value.entries.begin(), b.value.entries.end()}};
      if constexpr (std::is_same_v<T, Complex>) {
        if (ctx_.symbol(b.name).complex) {
          const auto same = [&](const DenseBinding& o) { return o.name == b.name; };
          const auto other = std::find_if(imaginary.begin(), imaginary.end(), same);
          for (size_t i = 0; i < value.entries.size(); ++i)
            value.entries[i] += Complex(0, other->value.entries[i]);
        }
      }
      reference.set(b.name, std::move(value));
    }
    for (Ref inverse : inverses_) {
      if (!is_defined(reference.value(inverse))) return false;
    }
    const std::vector<T> a = reference.value(derived_), b = reference.value(stated_);
    if (!is_defined(a) || !is_defined(b)) return false;
    report.evaluated = true;
    const double difference = relative_difference(a, b);
    if (difference > report.difference) {
      report.difference = difference;
      report.point = text_of(ctx_, point);
    }
    const auto expected = reference.differentiate(question_);
    if (!expected) return true;
    if (!is_defined(*expected)) return false;
    report.differentiated = true;
    report.error = std::max(report.error, relative_difference(a, *expected));
    return true;
  }

  Context& ctx_;
  Ref question_, derived_, stated_;
  bool free_entries_;
  std::vector<Ref> names_;
  std::vector<Ref> inverses_;
  bool complex_ = false;
};

}  // namespace

NumericReport compare_numerically(Context& ctx, Ref question, Ref derived, Ref stated, bool free_entries,
                                  uint64_t seed) {
  NumericReport report;
  try {
    Comparison comparison(ctx, question, derived, stated, free_entries);
    int found = 0;
    for (uint64_t i = 0; i < tries && found < points; ++i)
      found += comparison.at(seed + 7919 * i, report) ? 1 : 0;
    if (!report.evaluated) report.why = "no point was found where both forms are defined";
  } catch (const Failure& failure) {
    report.why = failure.diagnostic.message;
  }
  return report;
}

}  // namespace nabla

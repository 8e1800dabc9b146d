#include "eval/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/certify.h"
#include "eval/columns.h"
#include "eval/reverse.h"

namespace nabla {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr long first_precision = 128;
constexpr size_t enough_disagreements = 100;

double relative_difference(double a, double b) {
  if (!std::isfinite(a) || !std::isfinite(b)) return infinity;
  const double scale = std::max(std::abs(a), std::abs(b));
  return scale == 0 ? 0 : std::abs(a - b) / scale;
}

double unit_at(double) { return 1; }
Ball unit_at(const Ball& x) { return Ball(1).with_precision(x.precision()); }

template <class T>
std::vector<T> direction(const Along& along, size_t size, std::span<const T> point) {
  std::vector<T> v(size);
  if (along.parts.empty()) v[along.unit] = point.empty() ? T(1) : unit_at(point[0]);
  for (const auto& [component, input] : along.parts) v[component] = v[component] + point[input];
  return v;
}

template <class T, class Component>
T weighted(const Along& along, std::span<const T> point, Component component) {
  if (along.parts.empty()) return component(along.unit);
  T sum = T(0);
  for (const auto& [k, input] : along.parts) sum = sum + annihilating_product(point[input], T(component(k)));
  return sum;
}

// Derivatives of the written function at one point, one sweep for claims that stand side by side.
class Expected {
 public:
  Expected(const Tape& written) : written_(written), reverse_(written), sweep_(written.inputs().size()) {}

  void move_to(std::span<const double> point) {
    point_ = point;
    reverse_.move_to(point);
    last_ = nullptr;
  }

  double of(const Claim& c) {
    if (c.order == 0) {
      return weighted(c.outputs, point_, [&](uint32_t k) { return reverse_.value(k); });
    }
    const bool second = c.order == 2;
    const bool known =
        last_ && last_->order == c.order && last_->outputs == c.outputs && (!second || last_->v == c.v);
    if (!known) {
      const auto weights = direction(c.outputs, written_.outputs().size(), point_);
      if (second) {
        reverse_.hessian_vector(weights, direction(c.v, sweep_.size(), point_), sweep_);
      } else {
        reverse_.gradient(weights, sweep_);
      }
      last_ = &c;
    }
    return weighted(second ? c.w : c.v, point_, [&](uint32_t k) { return sweep_[k]; });
  }

 private:
  const Tape& written_;
  Reverse reverse_;
  std::span<const double> point_;
  const Claim* last_ = nullptr;  // whose sweep is held
  std::vector<double> sweep_;
};

// What balls say of a pair.
struct Pair {
  size_t claim;
  double claimed_double, expected_double;
  Ball claimed, expected;
  Agreement agreement = Agreement::undecided;
  double relative = infinity;
  bool singular = false;
};

Ball expected_ball(const Claim& c, const std::vector<Dual<Ball>>& f, std::span<const Ball> point) {
  return weighted(c.outputs, point, [&](uint32_t k) {
    if (f[k].value.is_undefined()) return f[k].value;
    return c.order == 0 ? f[k].value : c.order == 1 ? f[k].v : f[k].vw;
  });
}

// A difference below 2^-700 that 1024 bits do not tell from 0 is taken for the zero that it is.
constexpr long zero_bits = -700, zero_precision = 1024;

void decide(Pair& p, long precision) {
  const Ball &a = p.claimed, &b = p.expected;
  const auto conclude = [&](Agreement agreement, double relative) {
    p.agreement = agreement;
    p.relative = relative;
  };
  if (b.is_undefined()) {
    p.singular = true;
    return conclude(Agreement::yes, 0);
  }
  if (a.is_undefined()) {
    if (b.is_finite()) conclude(Agreement::no, infinity);
    return;
  }
  if (!a.is_finite() || !b.is_finite()) return;
  const Ball difference = a - b;
  if (difference.is_zero()) return conclude(Agreement::yes, 0);
  const Ball size = (abs(a) < abs(b)) == Truth::yes ? abs(b) : abs(a);
  const Ball ratio = abs(difference) / size;
  if (ratio.is_finite()) {
    if (ratio.lower() > check_tolerance) return conclude(Agreement::no, ratio.midpoint());
    if (ratio.upper() <= check_tolerance) return conclude(Agreement::yes, ratio.upper());
  }
  const auto bits = difference.magnitude_bits();
  if (precision >= zero_precision && bits && *bits < zero_bits && !ratio.is_finite()) {
    conclude(Agreement::yes, 0);
  }
}

class Comparison {
 public:
  Comparison(Context& ctx, const Tape& written, const Tape& claimed, std::span<const Claim> claims)
      : ctx_(ctx),
        written_(written),
        claimed_(claimed),
        claims_(claims),
        expected_(written),
        regular_(claims.size()) {}

  CheckReport run(const PointSet& points) {
    // Few points at a time when there are many claims, such as all entries of a Hessian.
    const size_t most = std::clamp<size_t>((size_t{1} << 20) / std::max<size_t>(1, claims_.size()), 1, 64);
    Columns columns(claimed_);
    std::vector<std::vector<double>> in(points.columns.size());
    for (size_t from = 0; from < points.count; from += most) {
      const size_t n = std::min(most, points.count - from);
      for (size_t k = 0; k < in.size(); ++k) {
        in[k].assign(points.columns[k].begin() + static_cast<ptrdiff_t>(from),
                     points.columns[k].begin() + static_cast<ptrdiff_t>(from + n));
      }
      const auto claimed = columns.evaluate(in, n);
      for (size_t i = 0; i < n && report_.disagreements < enough_disagreements; ++i) {
        compare_at(points.point(from + i), claimed, i);
      }
    }
    report_.points = points.count;
    for (size_t k = 0; k < claims_.size() && report_.agreement == Agreement::yes; ++k) {
      if (regular_[k] != 0) continue;
      report_.agreement = Agreement::undecided;
      report_.claim = k;
    }
    return std::move(report_);
  }

 private:
  void compare_at(const std::vector<double>& point, const std::vector<std::vector<double>>& claimed,
                  size_t i) {
    ctx_.budget().spend(written_.size() + claims_.size() / 8);
    std::vector<Pair> suspicious;
    expected_.move_to(point);
    for (size_t k = 0; k < claims_.size(); ++k) {
      const double a = claimed[k][i], b = expected_.of(claims_[k]);
      const double relative = relative_difference(a, b);
      if (relative <= check_tolerance) {
        ++regular_[k];
        note(Agreement::yes, relative, {k, a, b, {}, {}}, point, false);
      } else {
        suspicious.push_back({k, a, b, {}, {}});
      }
    }
    report_.compared += claims_.size();
    settle(suspicious, point);
  }

  void settle(std::vector<Pair>& pairs, const std::vector<double>& point) {
    report_.settled += pairs.size();
    for (long precision = first_precision; precision <= certify_precision; precision *= 2) {
      const auto open = [](const Pair& p) { return p.agreement == Agreement::undecided; };
      if (std::none_of(pairs.begin(), pairs.end(), open)) break;
      const std::vector<Ball> at = exact_balls(point, precision);
      ctx_.budget().spend(claimed_.size() * static_cast<uint64_t>(precision / 32));
      const auto claimed = forward(claimed_, at, {}, {}, precision);
      const Claim* last = nullptr;
      std::vector<Dual<Ball>> derivatives;
      for (Pair& p : pairs) {
        if (!open(p)) continue;
        const Claim& c = claims_[p.claim];
        if (!last || last->order != c.order || last->v != c.v || last->w != c.w) {
          derivatives = expected_balls(c, at, precision);
          last = &c;
        }
        p.claimed = claimed[p.claim].value;
        p.expected = expected_ball(c, derivatives, at);
        decide(p, precision);
      }
    }
    for (const Pair& p : pairs) {
      report_.singular += p.singular;
      regular_[p.claim] += !p.singular;
      report_.disagreements += p.agreement == Agreement::no;
      report_.undecided += p.agreement == Agreement::undecided;
      note(p.agreement, p.relative, p, point, true);
    }
  }

  std::vector<Dual<Ball>> expected_balls(const Claim& c, std::span<const Ball> at, long precision) {
    ctx_.budget().spend(written_.size() * static_cast<uint64_t>(precision / 32));
    std::vector<Ball> v, w;
    if (c.order >= 1) v = direction(c.v, at.size(), at);
    if (c.order >= 2) w = direction(c.w, at.size(), at);
    return forward(written_, at, v, w, precision);
  }

  static int rank(Agreement a) { return a == Agreement::no ? 2 : a == Agreement::undecided ? 1 : 0; }

  void note(Agreement agreement, double relative, const Pair& p, const std::vector<double>& point,
            bool settled) {
    const int now = rank(agreement), before = rank(report_.agreement);
    if (noted_ && (now < before || (now == before && relative <= report_.relative))) return;
    noted_ = true;
    report_.agreement = agreement;
    report_.relative = relative;
    report_.claim = p.claim;
    report_.point = point;
    report_.claimed = p.claimed_double;
    report_.expected = p.expected_double;
    report_.claimed_digits = settled ? p.claimed.to_string() : std::string();
    report_.expected_digits = settled ? p.expected.to_string() : std::string();
  }

  Context& ctx_;
  const Tape& written_;
  const Tape& claimed_;
  std::span<const Claim> claims_;
  Expected expected_;
  CheckReport report_;
  bool noted_ = false;
  std::vector<size_t> regular_;  // of each claim: points where the derivative exists
};

}  // namespace

CheckReport compare_derivatives(Context& ctx, const Tape& written, const Tape& claimed,
                                std::span<const Claim> claims, const PointSet& points) {
  return Comparison(ctx, written, claimed, claims).run(points);
}

std::vector<Claim> value_claims(size_t outputs) {
  std::vector<Claim> claims(outputs);
  for (uint32_t k = 0; k < outputs; ++k) claims[k].outputs.unit = k;
  return claims;
}

std::vector<Claim> jacobian_claims(size_t outputs, std::span<const uint32_t> variables) {
  std::vector<Claim> claims;
  for (uint32_t k = 0; k < outputs; ++k) {
    for (uint32_t v : variables) claims.push_back({1, {k, {}}, {v, {}}, {}});
  }
  return claims;
}

std::vector<Claim> hessian_claims(size_t output, std::span<const uint32_t> variables) {
  std::vector<Claim> claims;
  for (uint32_t v : variables) {
    for (uint32_t w : variables) claims.push_back({2, {static_cast<uint32_t>(output), {}}, {v, {}}, {w, {}}});
  }
  return claims;
}

}  // namespace nabla

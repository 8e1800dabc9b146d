#include "simplify/real_points.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "expr/ball.h"
#include "expr/relation.h"
#include "expr/walk.h"

namespace nabla {
namespace {

constexpr size_t draws = 4'000, fewest_draws = 100, node_visits = 2'000'000;
constexpr int certified_draws = 6;
constexpr long precisions[] = {64, 192, 512};

// Splitmix64 (Steele, Lea and Flood, 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  int64_t below(int64_t n) { return static_cast<int64_t>(next() % static_cast<uint64_t>(n)); }

 private:
  uint64_t state_;
};

class Sampler {
 public:
  Sampler(Context& ctx, std::span<const Ref> roots, uint64_t seed) : ctx_(ctx), random_(seed) {
    for (Ref r : nodes_below(ctx, roots, [&](Ref n) { return is_scalar_or_comparison(n); }))
      order_.push_back(r);
    for (Ref r : order_) {
      if (is_free(r)) free_.push_back(r);
      if (is_free(r) && name_of(r) == nullptr) has_opaque_ = true;
    }
    size_t size = 0;
    for (Ref r : roots) size = std::max<size_t>(size, r.id + 1);
    doubles_.emplace(size);
  }

  bool has_opaque() const { return has_opaque_; }
  size_t size() const { return order_.size(); }

  bool draw(int kind) {
    point_.clear();
    for (Ref r : free_) {
      const auto v = coordinate(r, kind);
      if (!v) return false;
      point_.push_back(*v);
    }
    return true;
  }

  // Whether all parts are real and the conditions hold, in doubles.
  bool is_real() {
    ctx_.budget().spend(order_.size());
    size_t next = 0;
    RefMap<double>& v = *doubles_;
    for (Ref r : order_) {
      const Node& n = ctx_[r];
      if (n.kind == Kind::compare) {
        if (!relation_holds(static_cast<Relation>(n.tag), v[n.operand(0)], v[n.operand(1)])) return false;
        continue;
      }
      v[r] = is_free(r) ? point_[next++].to_double() : value(n, r);
      if (!std::isfinite(v[r])) return false;
    }
    return true;
  }

  // The value of the root in certified arithmetic; undefined if some part is.
  Ball certified(Ref root, long precision) {
    ctx_.budget().spend(order_.size() * 8);
    size_t next = 0;
    std::vector<Ball> balls(order_.size());
    RefMap<uint32_t> index(order_.back().id + 1);
    for (size_t i = 0; i < order_.size(); ++i) {
      const Ref r = order_[i];
      const Node& n = ctx_[r];
      index[r] = static_cast<uint32_t>(i);
      const auto at = [&](Ref o) -> const Ball& { return balls[index[o]]; };
      if (n.kind == Kind::compare) {
        if (!certainly(static_cast<Relation>(n.tag), at(n.operand(0)), at(n.operand(1))))
          return Ball::unknown();
        continue;
      }
      balls[i] = is_free(r) ? Ball(point_[next++], precision) : ball(n, r, at, precision);
      if (!balls[i].is_finite()) return Ball::unknown();
    }
    return balls[index[root]];
  }

 private:
  bool is_scalar_or_comparison(Ref r) const {
    return ctx_.kind(r) == Kind::compare || ctx_[r].shape == scalar_shape;
  }

  // The name that r is, or that r is an entry of, where entries are independent; else none.
  const Symbol* name_of(Ref r) const {
    if (ctx_.kind(r) == Kind::symbol) return &ctx_.symbol(r);
    if (ctx_.kind(r) != Kind::entry || ctx_.kind(ctx_.operands(r)[0]) != Kind::symbol) return nullptr;
    const Symbol& tensor = ctx_.symbol(ctx_.operands(r)[0]);
    return tensor.structure == Structure::none ? &tensor : nullptr;
  }

  // Whether a value must be drawn.
  bool is_free(Ref r) const {
    const Node& n = ctx_[r];
    switch (n.kind) {
      case Kind::number:
      case Kind::sum:
      case Kind::long_sum:
      case Kind::product:
      case Kind::long_product:
      case Kind::power:
      case Kind::compare:
        return false;
      case Kind::constant:
        return static_cast<Constant>(n.tag) == Constant::im;
      case Kind::function:
        return row(ctx_.function_of(r)).value == nullptr ||
               std::any_of(n.operands().begin(), n.operands().end(),
                           [&](Ref o) { return ctx_[o].shape != scalar_shape; });
      default:
        return true;
    }
  }

  static bool certainly(Relation relation, const Ball& a, const Ball& b) {
    switch (relation) {
      case Relation::less:
        return (a < b) == Truth::yes;
      case Relation::less_equal:
        return (a <= b) == Truth::yes;
      case Relation::equal:
        return (a == b) == Truth::yes;
      case Relation::not_equal:
        return (a == b) == Truth::no;
    }
    return false;
  }

  // Many expressions are real only in a corner: numbers of several sizes, with and without signs.
  std::optional<Rational> coordinate(Ref r, int kind) {
    const Symbol* name = name_of(r);
    const Domain domain = name ? name->domain : Domain{};
    for (Ref bound : {domain.lower, domain.upper}) {
      if (bound && !ctx_.is_number(bound)) return std::nullopt;
    }
    const bool extent = name && name->role == Role::extent;
    const bool integer = domain.integer || extent || (ctx_[r].facts & integer_valued) != 0;
    const Rational size =
        integer ? Rational(1 + random_.below(6)) : Rational::fraction(1 + random_.below(999), sizes(kind));
    Rational v = size;
    if (domain.lower && domain.upper) {
      const Rational &low = ctx_.value(domain.lower), &high = ctx_.value(domain.upper);
      v = low + (high - low) * Rational::fraction(1 + random_.below(62), 64);
    } else if (domain.lower) {
      v = ctx_.value(domain.lower) + size;
    } else if (domain.upper) {
      v = ctx_.value(domain.upper) - size;
    } else if (!extent && kind % 2 == 1 && random_.below(2) == 0) {
      v = -size;
    }
    if (integer) v = v.floor();
    const Facts facts = ctx_[r].facts;
    if ((facts & nonnegative) && v.sign() < 0) v = -v;
    if ((facts & nonpositive) && v.sign() > 0) v = -v;
    if (v.is_zero()) return std::nullopt;
    return v;
  }

  // 999 steps of these are at most 3, 1, 4 and 30.
  static int64_t sizes(int kind) {
    constexpr int64_t list[] = {333, 250, 1'000, 33};
    return list[(kind / 2) % 4];
  }

  double value(const Node& n, Ref r) {
    RefMap<double>& v = *doubles_;
    switch (n.kind) {
      case Kind::number:
        return ctx_.value(r).to_double();
      case Kind::constant:
        return static_cast<Constant>(n.tag) == Constant::pi ? 3.14159265358979323846 : 2.71828182845904523536;
      case Kind::sum: {
        double total = 0;
        for (size_t i = 0; i < n.count; i += 2) total += v[n.operand(i)] * v[n.operand(i + 1)];
        return total;
      }
      case Kind::long_sum: {
        double total = 0;
        for (Ref o : n.operands()) total += v[o];
        return total;
      }
      case Kind::power:
        return std::pow(v[n.operand(0)], v[n.operand(1)]);
      case Kind::function: {
        double arguments[4] = {};
        for (size_t i = 0; i < n.count && i < 4; ++i) arguments[i] = v[n.operand(i)];
        return row(ctx_.function_of(r)).value(arguments);
      }
      default: {
        double total = 1;
        for (Ref o : n.operands()) total *= v[o];
        return total;
      }
    }
  }

  template <class At>
  Ball ball(const Node& n, Ref r, At at, long precision) {
    switch (n.kind) {
      case Kind::number:
        return Ball(ctx_.value(r), precision);
      case Kind::constant:
        return static_cast<Constant>(n.tag) == Constant::pi ? Ball::pi(precision) : Ball::e(precision);
      case Kind::sum: {
        Ball total = Ball(0).with_precision(precision);
        for (size_t i = 0; i < n.count; i += 2) total += at(n.operand(i)) * at(n.operand(i + 1));
        return total;
      }
      case Kind::long_sum: {
        Ball total = Ball(0).with_precision(precision);
        for (Ref o : n.operands()) total += at(o);
        return total;
      }
      case Kind::power:
        if (ctx_.is_number(n.operand(1))) return pow(at(n.operand(0)), ctx_.value(n.operand(1)));
        return pow(at(n.operand(0)), at(n.operand(1)));
      case Kind::function: {
        std::vector<Ball> arguments;
        for (Ref o : n.operands()) arguments.push_back(at(o));
        return row(ctx_.function_of(r)).ball(arguments.data(), precision);
      }
      default: {
        Ball total = Ball(1).with_precision(precision);
        for (Ref o : n.operands()) total *= at(o);
        return total;
      }
    }
  }

  Context& ctx_;
  Random random_;
  std::vector<Ref> order_, free_;
  std::vector<Rational> point_;
  std::optional<RefMap<double>> doubles_;
  bool has_opaque_ = false;
};

}  // namespace

RealPoint find_real_point(Context& ctx, Ref e, std::span<const Ref> conditions, uint64_t seed) {
  std::vector<Ref> roots{e};
  roots.insert(roots.end(), conditions.begin(), conditions.end());
  Sampler sampler(ctx, roots, seed);
  int certified = 0;
  RealPoint answer = RealPoint::none;
  const size_t most = std::clamp(node_visits / sampler.size(), fewest_draws, draws);
  for (size_t i = 0; i < most && certified < certified_draws; ++i) {
    if (!sampler.draw(static_cast<int>(i)) || !sampler.is_real()) continue;
    ++certified;
    for (long precision : precisions) {
      const Ball value = sampler.certified(e, precision);
      if (!value.is_finite()) continue;
      if (!value.contains_zero() && !sampler.has_opaque()) return RealPoint::not_zero;
      answer = RealPoint::found;
      break;
    }
    if (answer == RealPoint::found && certified >= 2) break;
  }
  return answer;
}

std::optional<Ball> value_at_real_point(Context& ctx, Ref e, std::span<const Ref> conditions, Ref of,
                                        uint64_t seed) {
  std::vector<Ref> roots{e, of};
  roots.insert(roots.end(), conditions.begin(), conditions.end());
  Sampler sampler(ctx, roots, seed);
  const size_t most = std::clamp(node_visits / sampler.size(), fewest_draws, draws);
  for (size_t i = 0; i < most; ++i) {
    if (!sampler.draw(static_cast<int>(i)) || !sampler.is_real()) continue;
    const Ball value = sampler.certified(of, precisions[1]);
    if (value.is_finite()) return value;
  }
  return std::nullopt;
}

}  // namespace nabla

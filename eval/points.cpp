#include "eval/points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

#include "eval/columns.h"
#include "eval/switches.h"
#include "expr/diagnostic.h"

namespace nabla {

uint64_t Random::bits() {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Without the functions of <cmath> that round differently on different machines.
double Random::magnitude() {
  for (;;) {
    const int octave = static_cast<int>(bits() % 20) - 10;
    const double x = std::ldexp(1 + unit(), octave);
    if (x >= 1e-3 && x <= 1e3) return x;
  }
}

double Random::real() {
  const uint64_t choice = bits();
  if (choice & 1) return uniform(-2, 2);
  return choice & 2 ? magnitude() : -magnitude();
}

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Draws each name inside its domain; bounds are expressions over names that are drawn before.
class Drawing {
 public:
  Drawing(Context& ctx, std::span<const Ref> inputs) : ctx_(ctx) {
    for (Ref name : inputs) add(name);
    for (size_t i = 0; i < names_.size(); ++i) {  // grows while it runs
      const Domain d = domain_of(names_[i]);
      bounds_.push_back({d, bound(d.lower), bound(d.upper)});
    }
    for (size_t i = 0; i < names_.size(); ++i) order_.push_back(i);
    // The bounds of a domain are older than the symbol that has it.
    std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return std::pair(symbol_of(names_[a]), a) < std::pair(symbol_of(names_[b]), b);
    });
  }

  std::vector<double> draw(Random& random) const {
    std::vector<double> at(names_.size());
    for (size_t i : order_) at[i] = draw_one(random, i, at);
    return at;
  }

 private:
  struct Bound {
    Tape tape;
    std::vector<size_t> names;  // of the inputs of the tape
  };
  struct Bounds {
    Domain domain;
    const Bound* lower;
    const Bound* upper;
  };

  void add(Ref name) {
    if (place_.emplace(name, names_.size()).second) names_.push_back(name);
  }

  Ref symbol_of(Ref name) const { return ctx_.kind(name) == Kind::entry ? ctx_[name].operand(0) : name; }

  Domain domain_of(Ref name) const {
    const Ref s = symbol_of(name);
    if (ctx_.kind(s) != Kind::symbol) return {};
    Domain d = ctx_.symbol(s).domain;
    if (ctx_.symbol(s).role == Role::extent) {
      d.integer = true;
      if (!d.lower) d.lower = one;
    }
    return d;
  }

  const Bound* bound(Ref e) {
    if (!e) return nullptr;
    const auto [at, fresh] = compiled_.try_emplace(e);
    if (fresh) {
      const std::vector<Ref> names = inputs_of(ctx_, {&e, 1});
      at->second.tape = compile(ctx_, {&e, 1}, names);
      for (Ref name : names) {
        add(name);
        at->second.names.push_back(place_[name]);
      }
    }
    return &at->second;
  }

  static double value(const Bound& b, std::span<const double> at) {
    std::vector<double> point;
    for (size_t i : b.names) point.push_back(at[i]);
    return values_at(b.tape, point)[b.tape.outputs()[0]];
  }

  double draw_one(Random& random, size_t i, std::span<const double> at) const {
    const Bounds& b = bounds_[i];
    const double lower = b.lower ? value(*b.lower, at) : -infinity;
    const double upper = b.upper ? value(*b.upper, at) : infinity;
    if (std::isnan(lower) || std::isnan(upper)) return std::numeric_limits<double>::quiet_NaN();
    for (int tries = 0; tries < 1000 && lower <= upper; ++tries) {
      const double x = b.domain.integer ? whole(random, b.domain, lower, upper) : real(random, lower, upper);
      const bool below = b.domain.lower_open ? x <= lower : x < lower;
      const bool above = b.domain.upper_open ? x >= upper : x > upper;
      if (!below && !above && !(b.domain.not_zero && x == 0)) return x;
    }
    throw Failure(Code::empty_domain,
                  "no value was found inside the domain of '" + short_text(ctx_, names_[i]) + "'",
                  "check its bounds");
  }

  static double real(Random& random, double lower, double upper) {
    if (lower == -infinity && upper == infinity) return random.real();
    if (upper == infinity) return lower + distance(random);
    if (lower == -infinity) return upper - distance(random);
    return random.uniform(lower, upper);
  }

  // From the end of a half-infinite interval.
  static double distance(Random& random) {
    return random.bits() & 1 ? random.uniform(0, 2) : random.magnitude();
  }

  static double whole(Random& random, const Domain& d, double lower, double upper) {
    const double first = d.lower_open ? std::floor(lower) + 1 : std::ceil(lower);
    const double last = d.upper_open ? std::ceil(upper) - 1 : std::floor(upper);
    if (first == -infinity && last == infinity) return std::round(random.real());
    if (last == infinity) return first + std::floor(distance(random));
    if (first == -infinity) return last - std::floor(distance(random));
    return first + std::floor(random.uniform(0, last - first + 1));
  }

  Context& ctx_;
  std::vector<Ref> names_;  // the inputs first
  std::unordered_map<Ref, size_t> place_;
  std::vector<size_t> order_;
  std::map<Ref, Bound> compiled_;
  std::vector<Bounds> bounds_;
};

// Draws in rounds, evaluates whole columns, keeps what is valid.
class Collection {
 public:
  Collection(Context& ctx, const Tape& tape, uint64_t seed)
      : ctx_(ctx),
        tape_(tape),
        drawing_(ctx, tape.inputs()),
        random_(seed),
        columns_(tape),
        switches_(ctx, tape) {}

  PointSet collect(size_t count) {
    result_.columns.resize(tape_.inputs().size());
    while (result_.count < count && result_.drawn < check_draws) {
      round(std::min(std::max<size_t>(count + count / 4, 16), check_draws - result_.drawn), count);
    }
    for (size_t i = 0; i < reserve_.size() && result_.count < count; ++i) {
      result_.near_switch.push_back(result_.count);
      keep(reserve_[i]);
    }
    if (result_.count < count) refuse(count);
    return std::move(result_);
  }

 private:
  void keep(std::span<const double> point) {
    for (size_t k = 0; k < result_.columns.size(); ++k) result_.columns[k].push_back(point[k]);
    ++result_.count;
  }

  void round(size_t n, size_t count) {
    ctx_.budget().spend(n * tape_.size() / 8);
    std::vector<std::vector<double>> in(tape_.inputs().size(), std::vector<double>(n));
    for (size_t i = 0; i < n; ++i) {
      const std::vector<double> at = drawing_.draw(random_);
      for (size_t k = 0; k < in.size(); ++k) in[k][i] = at[k];
    }
    const auto out = columns_.evaluate(in, n);
    std::vector<double> point(in.size());
    for (size_t i = 0; i < n && result_.count < count; ++i) {
      ++result_.drawn;
      for (size_t k = 0; k < in.size(); ++k) point[k] = in[k][i];
      const auto bad =
          std::find_if(out.begin(), out.end(), [i](const auto& c) { return !std::isfinite(c[i]); });
      if (bad != out.end()) {
        blame(point, static_cast<size_t>(bad - out.begin()));
      } else if (switches_.any() && switches_.near(values_at(tape_, point)) != tape_.size()) {
        if (reserve_.size() < count) reserve_.push_back(point);
      } else {
        keep(point);
      }
    }
  }

  void blame(std::span<const double> point, size_t output) {
    constexpr size_t enough = 200;
    if (blamed_ == enough) return;
    ++blamed_;
    ++causes_[undefined_part(tape_, values_at(tape_, point), tape_.outputs()[output])];
  }

  [[noreturn]] void refuse(size_t count) const {
    uint32_t cause = causes_.begin()->first;
    for (const auto& [instruction, times] : causes_) {
      if (times > causes_.at(cause)) cause = instruction;
    }
    const std::string part = short_text(ctx_, tape_.origin(cause));
    throw Failure(Code::never_defined,
                  "'" + part + "' is undefined at nearly all of the points that were drawn (" +
                      std::to_string(result_.count) + " of the " + std::to_string(count) +
                      " points of the check were found in " + std::to_string(result_.drawn) + " attempts)",
                  "declare the domains of the names in it, such as: param a : scalar > 0");
  }

  Context& ctx_;
  const Tape& tape_;
  Drawing drawing_;
  Random random_;
  Columns columns_;
  Switches switches_;
  PointSet result_;
  std::vector<std::vector<double>> reserve_;  // valid, but near a switch
  std::map<uint32_t, size_t> causes_;         // undefined instruction, how often
  size_t blamed_ = 0;
};

}  // namespace

std::vector<double> PointSet::point(size_t i) const {
  std::vector<double> at;
  for (const auto& column : columns) at.push_back(column[i]);
  return at;
}

PointSet draw_points(Context& ctx, const Tape& written, size_t count, uint64_t seed) {
  return Collection(ctx, written, seed).collect(count);
}

}  // namespace nabla

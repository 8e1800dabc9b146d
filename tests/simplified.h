// What simplify promises, on one expression: the value stays, certified at exact points; what was defined
// stays defined; the result is not heavier, by its weight; simplifying it again gives the
// same, unless a note said that it ended early; and the work stays within the budget. An expression with
// which it breaks one of them is made smaller, as long as it breaks the same one.
#pragma once

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "eval/certify.h"
#include "eval/dense_points.h"
#include "eval/points.h"
#include "expr/count.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/substitute.h"
#include "expr/walk.h"
#include "simplify/simplify.h"
#include "simplify/weight.h"

namespace nabla::test {

struct BrokenPromise {
  std::string name;    // empty: all were kept
  std::string detail;  // the point, the weights, the message
  explicit operator bool() const { return !name.empty(); }
};

struct Pass {
  std::string name;
  std::function<Ref(Context&, Ref, Notes&)> rewrite;
  bool lighter = false;  // promises that the result is not heavier
  bool wider = true;     // promises that what was defined stays defined, without conditions
};

inline const Pass simplifying{
    "simplify", [](Context& ctx, Ref e, Notes& notes) { return simplify(ctx, e, &notes); }, true};

class Simplified {
 public:
  static constexpr double most_seconds = 2;  // of the processor, for one call

  // `sizes`: a name whose shape has all dims, for matrices of symbolic size; Ref{} for scalars.
  Simplified(Context& ctx, uint64_t seed, Ref sizes = {}, Pass pass = simplifying)
      : ctx_(ctx), seed_(seed), sizes_(sizes), pass_(std::move(pass)) {}

  BrokenPromise broken(Ref e) {
    ctx_.budget().refill();
    const double start = thread_seconds();
    try {
      Notes notes;
      const Ref s = pass_.rewrite(ctx_, e, notes);
      const double seconds = thread_seconds() - start;
      if (seconds > most_seconds) return {"time", std::to_string(seconds) + " s"};
      if (BrokenPromise b = shape(e, s)) return b;
      if (BrokenPromise b = weight(e, s)) return b;
      // What ended at the bound of its work may go on.
      if (BrokenPromise b = notes.empty() ? again(s) : BrokenPromise{}) return b;
      ctx_.budget().refill();
      return s == e ? BrokenPromise{} : sizes_ ? whole_value(e, s) : value(e, s);
    } catch (const Failure& f) {
      if (f.diagnostic.code == Code::division_by_zero) return {};  // e has no value anywhere
      return {"failure", f.diagnostic.message};
    }
  }

  // The smallest expression found in `seconds`, from e down, with which the same promise is broken.
  Ref smallest(Ref e, const std::string& promise, double seconds = 10) {
    stop_ = thread_seconds() + seconds;
    for (;;) {
      const std::optional<Ref> next = smaller(e, promise);
      if (!next) return e;
      e = *next;
    }
  }

 private:
  static double thread_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  uint64_t nodes(Ref e) { return count_nodes(ctx_, e).nodes; }
  std::string text(Ref e) {
    try {
      return print(ctx_, e, {Format::ascii, true});
    } catch (const Failure& f) {
      return "(" + f.diagnostic.message + ")";
    }
  }

  BrokenPromise shape(Ref e, Ref s) {
    if (ctx_[e].shape == ctx_[s].shape) return {};
    return {"shape", text(s)};
  }
  BrokenPromise weight(Ref e, Ref s) {
    Weight of(ctx_);
    const uint64_t before = of(e), after = of(s);
    if (after <= before || !pass_.lighter) return {};
    return {"weight", std::to_string(before) + " to " + std::to_string(after) + " in weight: " + text(s)};
  }
  BrokenPromise again(Ref s) {
    Notes notes;
    const Ref twice = pass_.rewrite(ctx_, s, notes);
    if (twice == s) return {};
    return {"idempotent", text(s) + "  then  " + text(twice)};
  }

  // ---- scalars: exact points, certified values ----

  BrokenPromise value(Ref e, Ref s) {
    const Ref sides[] = {e, s};
    const std::vector<Ref> inputs = inputs_of(ctx_, sides);
    std::optional<Tape> tape;
    try {
      tape = compile(ctx_, sides, inputs);
    } catch (const Failure& f) {
      if (f.diagnostic.code != Code::cannot_evaluate) throw;
      return {};  // opaque functions, complex values
    }
    constexpr int tries = 16, wanted = 4;
    Random random(seed_);
    for (int i = 0, found = 0; i < (inputs.empty() ? 1 : tries) && found < wanted; ++i) {
      std::vector<Rational> point;
      for (Ref input : inputs) point.push_back(coordinate(input, random, i % 2 == 0));
      const Ball x = certify(ctx_.budget(), *tape, 0, point, {}, {}, 64, 512);
      if (!x.is_finite()) continue;
      ++found;
      Ball y = certify(ctx_.budget(), *tape, 1, point, {}, {}, 64, 512);
      if (!y.is_finite() && !y.is_undefined()) y = value_of_numbers(s, inputs, point);
      if (y.is_finite() && !((x == y) == Truth::no)) continue;
      std::string at;
      for (size_t k = 0; k < inputs.size(); ++k) at += " " + text(inputs[k]) + " = " + point[k].to_string();
      // Around both branches where a condition without a value is not decided.
      const bool undecided = x.radius() > 1e-9 * std::max(1.0, std::abs(x.midpoint()));
      if (!y.is_finite() && (!pass_.wider || undecided)) continue;
      if (!y.is_finite()) return {"domain", "undefined at" + at + ": " + text(s)};
      return {"value", "differs at" + at + ": " + text(s)};
    }
    return {};
  }

  // With exact numbers in place of the names, which the constructors fold: a ball around an exponent does not
  // tell that it is an integer, and one around a zero that it is 0.
  Ball value_of_numbers(Ref s, const std::vector<Ref>& inputs, const std::vector<Rational>& point) {
    std::vector<std::pair<Ref, Ref>> numbers;
    for (size_t k = 0; k < inputs.size(); ++k) numbers.emplace_back(inputs[k], ctx_.number(point[k]));
    try {
      const Ref v = substitute(ctx_, s, numbers);
      return certify(ctx_.budget(), compile(ctx_, {&v, 1}, {}), 0, {}, {}, {}, 64, 512);
    } catch (const Failure&) {
      return Ball::unknown();
    }
  }

  // Small fractions, as a person tries them and where denominators vanish; otherwise ones that hit nothing.
  Rational coordinate(Ref input, Random& random, bool nice) {
    const Symbol& symbol = ctx_.symbol(ctx_.kind(input) == Kind::symbol ? input : ctx_.operands(input)[0]);
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(random.bits() % n); };
    Rational v = symbol.domain.integer ? Rational(below(9) - 4)
                 : nice                ? Rational::fraction(below(17) - 8, 4)
                                       : Rational::fraction(below(400'001) - 200'000, 99'991);
    const bool positive = symbol.domain.lower && ctx_.is_number(symbol.domain.lower);
    if (positive && !(ctx_.value(symbol.domain.lower) < v)) v = ctx_.value(symbol.domain.lower) - v + 1;
    return v;
  }

  // ---- matrices of symbolic size: doubles, at two points ----

  BrokenPromise whole_value(Ref e, Ref s) {
    const Ref all[] = {e, s, sizes_};
    std::vector<Ref> names;
    for (Ref r : symbols_of(ctx_, all)) {
      const Role role = ctx_.symbol(r).role;
      if (role == Role::function) return {};
      if (role != Role::extent) names.push_back(r);
    }
    int apart = 0, lost = 0;
    for (uint64_t i = 0; i < 6; ++i) {
      std::vector<double> x, y;
      DensePoint point;
      try {
        point = random_point(ctx_, names, {}, seed_ + i);
        x = dense_value(ctx_, e, point).entries;
        if (!defined(x)) continue;
        y = dense_value(ctx_, s, point).entries;
      } catch (const Failure&) {
        return {};  // what has no numbers: an empty domain, a size that no point has
      }
      if (!defined(y)) {
        if (is_stable(e, point, x, 0) && has_moderate_parts(e, point) && ++lost == 2)
          return {"domain", "undefined at random points: " + text(s)};
      } else if (differ(x, y) && is_stable(e, point, x) && has_moderate_parts(e, point) && ++apart == 2) {
        return {"value", "differs at random points: " + text(s)};
      }
    }
    return {};
  }
  // Whether no function in e takes a number from rounding: what inverts a singular matrix is huge, and its
  // singular vectors have entries like any other. Nor from infinity, as sigmoid(acsch(0)) does.
  bool has_moderate_parts(Ref e, const DensePoint& point) {
    const std::vector<Ref> nodes = nodes_below(ctx_, {&e, 1});
    return std::all_of(nodes.begin(), nodes.end(), [&](Ref r) {
      const Kind k = ctx_.kind(r);
      return (k != Kind::function && k != Kind::matpow) || defined(dense_value(ctx_, r, point).entries);
    });
  }
  // Whether the value is no matter of rounding, as that of log(tr(A - A')) or sign(x'*K*x) for a skew K is:
  // it stays nearly the same when all that is computed on the way, and every given number, is off by a
  // little, also where a structure makes entries equal, opposite or 0.
  // So must the functions inside be, or else they may have no value, as polar(x*y') has none.
  // With least = 0 also those of what is nearly 0, as mod(n, sum(K)) is, which has no value.
  bool is_stable(Ref e, const DensePoint& point, const std::vector<double>& value, double least = 1e-6) {
    constexpr uint64_t draws = 8;
    for (uint64_t i = 0; i < draws; ++i) {
      Random random(seed_ + i);
      const std::vector<double> other = disturbed_value(e, point, random, least);
      if (!defined(other) || differ(value, other)) return false;
    }
    return true;
  }
  // Nothing where a function inside has quite another value.
  std::vector<double> disturbed_value(Ref e, const DensePoint& point, Random& random, double least) {
    DenseEvaluator<double> evaluate(ctx_), exactly(ctx_);
    for (const DenseBinding& b : point) {
      const bool exact = ctx_.symbol(b.name).role == Role::extent;
      exactly.set(b.name, b.value);
      evaluate.set(b.name, exact ? b.value : disturbed(b.value, random));
    }
    for (const Ref r : nodes_below(ctx_, {&e, 1})) {
      if (!is_rounded(r)) continue;
      try {
        const DenseArray<double> v = evaluate(r);
        const bool function = ctx_.kind(r) == Kind::function || ctx_.kind(r) == Kind::matpow;
        if (function && differ(v.entries, exactly(r).entries, least)) return {std::nan("")};
        evaluate.set(r, disturbed(v, random));
      } catch (const Failure&) {
        // A branch that is not taken, the name of a function.
      }
    }
    return evaluate(e).entries;
  }
  // Sizes and positions are integers.
  bool is_rounded(Ref r) const {
    const Kind k = ctx_.kind(r);
    return (ctx_[r].facts & integer_valued) == 0 &&
           (k == Kind::function || k == Kind::matpow || k == Kind::indexed || k == Kind::sum ||
            k == Kind::product || k == Kind::power);
  }
  // A symmetric matrix stays one: what is defined for symmetric matrices only has a value near it, too.
  DenseArray<double> disturbed(DenseArray<double> a, Random& random) {
    std::vector<double>& v = a.entries;
    double size = 0;
    for (const double x : v) size = std::max(size, std::abs(x));
    const std::vector<double> before = v;
    for (double& x : v) x += 1e-12 * size * random.uniform(-1, 1);
    const size_t n =
        a.extents.size() == 2 && a.extents[0] == a.extents[1] ? static_cast<size_t>(a.extents[0]) : 0;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (before[i * n + j] == before[j * n + i]) v[i * n + j] = v[j * n + i];
      }
    }
    return a;
  }
  static bool defined(const std::vector<double>& v) {
    return std::all_of(v.begin(), v.end(), [](double x) { return std::abs(x) < 1e9; });
  }
  // By more than a millionth of the largest entry, or of `least` if that is larger.
  static bool differ(const std::vector<double>& a, const std::vector<double>& b, double least = 1e-6) {
    double difference = 0, size = least;
    for (size_t i = 0; i < a.size(); ++i) {
      difference = std::max(difference, std::abs(a[i] - b[i]));
      size = std::max({size, std::abs(a[i]), std::abs(b[i])});
    }
    return difference > 1e-6 * size;
  }

  // ---- smaller expressions ----

  // e with one part replaced by one of its own operands or by a name or number.
  std::optional<Ref> smaller(Ref e, const std::string& promise) {
    const uint64_t size = nodes(e);
    const std::vector<Ref> parts = nodes_below(ctx_, {&e, 1});
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      for (const Ref by : replacements(*part, parts)) {
        const std::optional<Ref> candidate = replaced(e, *part, by);
        if (!candidate || *candidate == e || nodes(*candidate) >= size) continue;
        if (thread_seconds() > stop_) return std::nullopt;
        if (broken(*candidate).name == promise) return candidate;
      }
    }
    return std::nullopt;
  }

  std::optional<Ref> replaced(Ref e, Ref part, Ref by) {
    try {
      if (part == e) return by;
      const std::pair<Ref, Ref> pair{part, by};
      return substitute(ctx_, e, {&pair, 1});
    } catch (const Failure&) {
      return std::nullopt;  // a division by zero, log(-1)
    }
  }

  std::vector<Ref> replacements(Ref part, const std::vector<Ref>& parts) {
    std::vector<Ref> list;
    if (ctx_.is_number(part)) return list;
    const ShapeId shape = ctx_[part].shape;
    for (Ref o : ctx_.operands(part)) {
      if (ctx_[o].shape == shape && !is_truth(o)) list.push_back(o);
    }
    // A sum or product without one of its terms or factors.
    if (ctx_.kind(part) == Kind::sum || ctx_.kind(part) == Kind::product) {
      const auto operands = ctx_.operands(part);
      const size_t step = ctx_.kind(part) == Kind::sum ? 2 : 1;
      for (size_t i = 0; i + step <= operands.size() && operands.size() > step; i += step) {
        std::vector<Ref> rest(operands.begin(), operands.end());
        rest.erase(rest.begin() + static_cast<ptrdiff_t>(i), rest.begin() + static_cast<ptrdiff_t>(i + step));
        if (ctx_[rest.back()].shape != shape) continue;
        try {
          list.push_back(ctx_.rebuild(part, rest));
        } catch (const Failure&) {
        }
      }
    }
    for (Ref p : parts) {
      if (p < part && ctx_.kind(p) == Kind::symbol && ctx_[p].shape == shape && !is_function(p))
        list.push_back(p);
    }
    if (shape == scalar_shape && !is_truth(part) && !ctx_.is_number(part))
      list.insert(list.end(), {one, zero});
    return list;
  }
  bool is_function(Ref r) { return ctx_.symbol(r).role == Role::function; }
  bool is_truth(Ref r) {
    const Kind k = ctx_.kind(r);
    return k == Kind::truth || k == Kind::compare || k == Kind::connective;
  }

  Context& ctx_;
  uint64_t seed_;
  Ref sizes_;
  Pass pass_;
  double stop_ = 0;
};

}  // namespace nabla::test

#include "codegen/tensor_check.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "codegen/compressed_check.h"
#include "codegen/cpp_number.h"
#include "codegen/entry.h"
#include "codegen/layout.h"
#include "codegen/requests.h"
#include "eval/dense_points.h"
#include "eval/points.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

using Array = DenseArray<double>;

constexpr size_t wanted_points = 8;
constexpr size_t most_draws = 400;
constexpr size_t most_single = 256;  // entries that are taken one by one
constexpr size_t probes = 6;         // random directions where they are not
constexpr double tolerance = 1e-8;

// Two arrays to be equal, and how large their numbers are.
struct Pair {
  size_t output = 0;
  std::vector<double> claimed, expected;
  double scale = 0;  // of what was added up
};

double largest(const std::vector<double>& list) {
  double most = 0;
  for (double v : list) most = std::isnan(v) ? v : std::max(most, std::abs(v));
  return most;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

bool all_finite(const std::vector<double>& list) {
  return std::all_of(list.begin(), list.end(), [](double v) { return std::isfinite(v); });
}

class PointCheck {
 public:
  PointCheck(Context& ctx, const TensorEntry& entry, DensePoint point, uint64_t seed)
      : ctx_(ctx), e_(entry), point_(std::move(point)), seed_(seed) {
    formula_ = entry.function->written ? entry.function->written : entry.function->body;
  }

  // False where the function is undefined.
  bool evaluate() {
    value_ = dense_value(ctx_, formula_, point_);
    if (!all_finite(value_.entries)) return false;
    DenseEvaluator<double> evaluator(ctx_);
    for (const DenseBinding& b : point_) evaluator.set(b.name, b.value);
    for (const Let& l : e_.program.lets) {
      const Array v = evaluator(l.value);
      evaluator.set(l.name, v);
    }
    outputs_.clear();
    claimed_.clear();
    std::vector<Array> diagonals;
    for (const TensorOutput& o : e_.program.outputs) {
      Array v = evaluator(o.value);
      if (o.is_diagonal) {
        diagonals.push_back(std::move(v));
      } else {
        claimed_.push_back(o);
        outputs_.push_back(std::move(v));
      }
    }
    for (const CompressedBlock& b : e_.matrix.blocks) add_block(b, diagonals);
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const TensorOutput& output = claimed_[o];
      if (e_.layout.lower && e_.matrix.blocks.empty() && output.name == "hess" &&
          output.by[0] == output.by[1])
        mirror(outputs_[o]);
    }
    return true;
  }

  std::vector<Pair> pairs() {
    std::vector<Pair> out;
    for (size_t o = 0; o < outputs_.size(); ++o) append(o, out);
    return out;
  }

  // Whether a derivative by a variable with structure lies in it: the first output that does not.
  std::optional<size_t> outside_structure() const {
    for (size_t o = 0; o < outputs_.size(); ++o) {
      const TensorOutput& output = claimed_[o];
      if (output.by.empty()) continue;
      const Structure s = ctx_.symbol(output.by.back()).structure;
      const Array& at = value_of(output.by.back());
      const size_t n = at.entries.size();
      if (s == Structure::none || s == Structure::orthogonal) continue;
      const double rounding = 1e-12 * largest(outputs_[o].entries);  // a part that is 0 is rounding errors
      for (size_t first = 0; first + n <= outputs_[o].entries.size(); first += n) {
        const auto from = outputs_[o].entries.begin() + static_cast<ptrdiff_t>(first);
        const std::vector<double> part(from, from + static_cast<ptrdiff_t>(n));
        if (largest(part) > rounding && !has_structure({at.extents, part}, s, 1e-8)) return o;
      }
    }
    return std::nullopt;
  }

  const TensorOutput& output(size_t o) const { return claimed_[o]; }
  double size_of_value() const { return largest(value_.entries); }

 private:
  // A block of a compressed matrix, whole and with the axes of the value first.
  void add_block(const CompressedBlock& b, const std::vector<Array>& diagonals) {
    const CompressedSide &lines = e_.matrix.lines[b.line], &across = e_.matrix.across[b.across];
    const auto extents_of = [&](const CompressedSide& side) {
      return side.variable ? value_of(side.variable).extents : value_.extents;
    };
    Array whole = whole_block(b, diagonals, extents_of(lines), extents_of(across));
    if (!across.variable) whole = with_first_axes_last(whole, extents_of(lines).size());
    TensorOutput output;
    output.name = output_name(e_.kind);
    for (Ref x : {lines.variable, across.variable}) {
      if (x) output.by.push_back(x);
    }
    claimed_.push_back(std::move(output));
    outputs_.push_back(std::move(whole));
  }
  // A lower half as the whole.
  static void mirror(Array& half) {
    const size_t n = half.extents.empty() ? 0 : static_cast<size_t>(half.extents[0]);
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < i; ++j) half.entries[j * n + i] += half.entries[i * n + j];
    }
  }
  const Array& value_of(Ref name) const {
    return std::find_if(point_.begin(), point_.end(), [&](const DenseBinding& b) { return b.name == name; })
        ->value;
  }
  bool is_plain(Ref x) const { return ctx_.symbol(x).structure == Structure::none; }
  Array direction(Ref x) { return random_direction(ctx_, x, value_of(x), ++seed_, true); }
  // Random ones; along single entries too where there is no structure: the outermost ones and some others.
  std::vector<Array> directions(Ref x) {
    std::vector<Array> out;
    for (size_t k = 0; k < probes; ++k) out.push_back(direction(x));
    if (!is_plain(x)) return out;
    const size_t n = value_of(x).entries.size();
    for (size_t k : {size_t{0}, size_t{1}, n / 5, n / 3, n / 2, n - 2, n - 1}) {
      out.push_back(value_of(x));
      std::fill(out.back().entries.begin(), out.back().entries.end(), 0.0);
      out.back().entries[k] = 1;
    }
    return out;
  }
  Array along(const std::vector<DenseBinding>& d) {
    return directional_derivative(ctx_, formula_, point_, d);
  }
  Array twice(const std::vector<DenseBinding>& v, const std::vector<DenseBinding>& w) {
    return second_derivative(ctx_, formula_, point_, v, w);
  }
  std::vector<DenseBinding> given_directions() const {
    std::vector<DenseBinding> d;
    for (size_t k = 0; k < e_.wrt.size(); ++k) d.push_back({e_.wrt[k], value_of(e_.directions[k])});
    return d;
  }

  void append(size_t o, std::vector<Pair>& out) {
    const TensorOutput& output = claimed_[o];
    const std::vector<double>& claimed = outputs_[o].entries;
    if (output.name == "value") return out.push_back({o, claimed, value_.entries, 0});
    if (output.name == "jvp") return out.push_back({o, claimed, along(given_directions()).entries, 0});
    if (output.name == "hess") return second(o, output.by[0], output.by[1], out);
    const Ref x = output.by[0];
    if (output.name == "hvp") return products(o, x, out);
    const bool weighted = output.name == "vjp";
    const size_t n = value_of(x).entries.size();
    if (is_plain(x) && n <= most_single) {
      const Array j = jacobian(ctx_, formula_, point_, x);
      return out.push_back({o, claimed, weighted ? weighted_rows(j.entries, claimed.size()) : j.entries, 0});
    }
    for (const Array& d : directions(x)) {
      const std::vector<double> expected = along({{x, d}}).entries;
      if (weighted) {
        out.push_back({o, {dot(claimed, d.entries)}, {dot(expected, value_of(e_.directions[0]).entries)}, 0});
      } else {
        out.push_back({o, by_rows(claimed, d.entries), expected, largest(claimed)});
      }
    }
  }

  // u' * J
  std::vector<double> weighted_rows(const std::vector<double>& j, size_t n) const {
    const std::vector<double>& u = value_of(e_.directions[0]).entries;
    std::vector<double> out(n);
    for (size_t i = 0; i < u.size(); ++i) {
      for (size_t k = 0; k < n; ++k) out[k] += u[i] * j[i * n + k];
    }
    return out;
  }

  // Each row times d.
  static std::vector<double> by_rows(const std::vector<double>& m, const std::vector<double>& d) {
    std::vector<double> out;
    for (size_t first = 0; first + d.size() <= m.size(); first += d.size()) {
      double sum = 0;
      for (size_t k = 0; k < d.size(); ++k) sum += m[first + k] * d[k];
      out.push_back(sum);
    }
    return out;
  }

  void second(size_t o, Ref x, Ref y, std::vector<Pair>& out) {
    for (size_t k = 0; k < probes; ++k) {
      const Array v = direction(x), w = direction(y);
      const double claimed = dot(by_rows(outputs_[o].entries, w.entries), v.entries);
      out.push_back({o, {claimed}, twice({{x, v}}, {{y, w}}).entries, largest(outputs_[o].entries)});
    }
  }

  void products(size_t o, Ref x, std::vector<Pair>& out) {
    for (size_t k = 0; k < probes; ++k) {
      const Array w = direction(x);
      out.push_back({o,
                     {dot(outputs_[o].entries, w.entries)},
                     twice(given_directions(), {{x, w}}).entries,
                     largest(outputs_[o].entries)});
    }
  }

  Context& ctx_;
  const TensorEntry& e_;
  DensePoint point_;
  uint64_t seed_;
  Ref formula_;
  Array value_;
  std::vector<Array> outputs_;         // what is compared: of a compressed matrix whole blocks
  std::vector<TensorOutput> claimed_;  // of each
};

std::string output_text(Context& ctx, const TensorOutput& o) {
  std::string out = o.name;
  for (size_t k = 0; k < o.by.size(); ++k) out += (k == 0 ? " by " : " and ") + ctx.symbol(o.by[k]).name;
  return out;
}

class EntryChecker {
 public:
  EntryChecker(Context& ctx, const TensorEntry& entry, uint64_t seed) : ctx_(ctx), e_(entry), seed_(seed) {}

  TensorCheck run() {
    size_t unsettled = 0;
    for (size_t draw = 0; draw < most_draws && out_.points < wanted_points; ++draw) {
      const std::optional<DensePoint> point = drawn(draw);
      if (!point || !defined(*point, draw)) continue;
      if (!compare(*point, draw)) ++unsettled;
    }
    if (out_.points >= wanted_points) return std::move(out_);
    if (unsettled >= wanted_points) {
      refuse(Code::undecided,
             request_text({e_.kind, e_.layout}) + " of '" + e_.function->name +
                 "' could not be checked: rounding hides it at the points drawn",
             {});
    }
    refuse(Code::never_defined, "'" + e_.function->name + "' is undefined at nearly all points drawn",
           "declare the domains of its names: param a : scalar > 0");
  }

 private:
  [[noreturn]] void refuse(Code code, std::string message, std::string help) const {
    throw Failure(code, e_.function->span, std::move(message), std::move(help));
  }

  // The first point has all sizes 1, where that is allowed.
  std::optional<DensePoint> drawn(size_t draw) {
    std::vector<Ref> names = e_.dims;
    names.insert(names.end(), e_.arguments.begin(), e_.arguments.end());
    names.insert(names.end(), e_.directions.begin(), e_.directions.end());
    std::vector<std::pair<Ref, int64_t>> dims;
    if (draw == 0) {
      for (Ref d : e_.dims) {
        if (!ctx_.symbol(d).domain.lower || ctx_.symbol(d).domain.lower == one) dims.emplace_back(d, 1);
      }
      if (dims.empty()) return std::nullopt;
    }
    DensePoint point = random_point(ctx_, names, dims, seed_ * 1009 + draw);
    // Directions by a variable with structure lie in it.
    for (size_t k = 0; k < e_.directions.size() && e_.kind != Output::vjp; ++k) {
      const auto at = [&](Ref name) {
        return std::find_if(point.begin(), point.end(),
                            [&](const DenseBinding& b) { return b.name == name; });
      };
      at(e_.directions[k])->value =
          random_direction(ctx_, e_.wrt[k], at(e_.wrt[k])->value, seed_ * 31 + draw * 7 + k, true);
    }
    return point;
  }

  bool defined(const DensePoint& point, size_t draw) {
    check_.emplace(ctx_, e_, point, seed_ + draw);
    try {
      return check_->evaluate();
    } catch (const Failure& failure) {
      const Code c = failure.diagnostic.code;
      if (c != Code::empty_reduction && c != Code::bad_value) throw;
      return false;
    }
  }

  // False where nothing can be said.
  bool compare(const DensePoint& point, size_t draw) {
    const std::vector<Pair> pairs = check_->pairs();
    for (const Pair& p : pairs) {
      if (!all_finite(p.expected)) return true;  // the derivative is undefined: not counted
    }
    std::optional<Pair> wrong;
    double worst = 0;
    size_t worst_output = 0, compared = 0;
    for (const Pair& p : pairs) {
      const double scale =
          std::max({largest(p.expected), p.scale, 1e-3 * std::max(1.0, check_->size_of_value())});
      for (size_t k = 0; k < p.expected.size(); ++k) {
        const double error = std::abs(p.claimed[k] - p.expected[k]) / scale;
        ++compared;
        if (!(error <= tolerance) && !wrong) wrong = p;
        if (!(error <= worst)) worst = error, worst_output = p.output;
      }
    }
    if (wrong && hidden(point, pairs, draw)) return false;
    if (wrong) disagree(point, *wrong);
    if (const auto outside = check_->outside_structure()) {
      refuse(Code::check_failed,
             output_text(ctx_, check_->output(*outside)) + " of '" + e_.function->name +
                 "' does not have the structure of its variable",
             "nothing was written; please report this model");
    }
    ++out_.points;
    out_.compared += compared;
    if (worst >= out_.worst) {
      out_.worst = worst;
      out_.where = output_text(ctx_, check_->output(worst_output));
    }
    return true;
  }

  // Whether rounding of the inputs moves what is expected as much as the two sides differ.
  bool hidden(DensePoint point, const std::vector<Pair>& pairs, size_t draw) {
    Random random(seed_ + 977 * draw);
    for (DenseBinding& b : point) {
      if (ctx_.symbol(b.name).role == Role::extent || ctx_.symbol(b.name).domain.integer) continue;
      if (ctx_.symbol(b.name).structure != Structure::none) continue;
      for (double& v : b.value.entries) v *= 1 + 1e-12 * random.uniform(-1, 1);
    }
    PointCheck moved(ctx_, e_, point, seed_ + draw);
    if (!moved.evaluate()) return true;
    const std::vector<Pair> other = moved.pairs();
    for (size_t p = 0; p < pairs.size(); ++p) {
      for (size_t k = 0; k < pairs[p].expected.size(); ++k) {
        const double error = std::abs(pairs[p].claimed[k] - pairs[p].expected[k]);
        const double spread = std::abs(other[p].expected[k] - pairs[p].expected[k]);
        const double scale =
            std::max(largest(pairs[p].expected), 1e-3 * std::max(1.0, check_->size_of_value()));
        if (!(error <= tolerance * scale) && !(error <= 10 * spread)) return false;
      }
    }
    return true;
  }

  [[noreturn]] void disagree(const DensePoint& point, const Pair& wrong) const {
    size_t k = 0;
    while (k + 1 < wrong.expected.size() &&
           std::abs(wrong.claimed[k] - wrong.expected[k]) <= tolerance * largest(wrong.expected)) {
      ++k;
    }
    Diagnostic d{Code::check_failed,
                 output_text(ctx_, check_->output(wrong.output)) + " of '" + e_.function->name +
                     "' is wrong: the generated code gives " + shortest(wrong.claimed[k]) +
                     ", automatic differentiation of the formula gives " + shortest(wrong.expected[k]),
                 e_.function->span,
                 true,
                 {},
                 {}};
    std::string sizes;
    for (const DenseBinding& b : point) {
      if (ctx_.symbol(b.name).role != Role::extent) continue;
      sizes += (sizes.empty() ? "" : ", ") + ctx_.symbol(b.name).name + " = " + shortest(b.value.entries[0]);
    }
    d.notes.push_back({sizes.empty() ? "at a random point" : "at a random point with " + sizes, {}, false});
    d.help = "nothing was written; please report this model";
    throw Failure(std::move(d));
  }

  Context& ctx_;
  const TensorEntry& e_;
  uint64_t seed_;
  TensorCheck out_;
  std::optional<PointCheck> check_;
};

}  // namespace

std::vector<TensorCheck> check_tensor_entries(Context& ctx, const std::vector<TensorEntry>& entries,
                                              uint64_t seed) {
  std::vector<TensorCheck> out;
  for (size_t i = 0; i < entries.size(); ++i) {
    out.push_back(
        placed(entries[i].function->span, [&] { return EntryChecker(ctx, entries[i], seed).run(); }));
    out.back().entry = i;
  }
  return out;
}

std::string check_line(const TensorEntry& entry, const TensorCheck& check) {
  char digits[32];
  const auto end =
      std::to_chars(digits, digits + sizeof digits, check.worst, std::chars_format::scientific, 1);
  return request_text({entry.kind, entry.layout}) + " of '" + entry.function->name +
         (entry.batch ? "' for many points: " : "': ") + std::to_string(check.compared) + " numbers at " +
         std::to_string(check.points) + " points agree, the worst to " + std::string(digits, end.ptr) + " (" +
         check.where + ")";
}

}  // namespace nabla

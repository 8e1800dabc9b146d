#include "session/equality.h"

#include <algorithm>
#include <optional>

#include "eval/certify.h"
#include "eval/points.h"
#include "eval/tape.h"
#include "expr/ball.h"
#include "expr/conditions.h"
#include "expr/diagnostic.h"
#include "expr/scalarize.h"
#include "expr/walk.h"
#include "session/bounds.h"
#include "session/dense_numbers.h"
#include "session/whole_equality.h"
#include "simplify/proved_equal.h"
#include "simplify/simplify.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

constexpr int tries = 24;
constexpr long bits_asked = 64, most_bits = 512;

using Kind_ = Verdict::Kind;

// Whether points of the name can be drawn at all: bounds are numbers, and the entries are independent.
bool can_draw(Context& ctx, const Symbol& symbol) {
  const auto known = [&](Ref bound) { return !bound || ctx.is_number(bound); };
  return symbol.structure == Structure::none && known(symbol.domain.lower) && known(symbol.domain.upper);
}

bool lies_in(Context& ctx, const Rational& v, const Domain& domain) {
  if (domain.integer && !v.is_integer()) return false;
  if (domain.not_zero && v.is_zero()) return false;
  if (domain.lower) {
    const Rational& low = ctx.value(domain.lower);
    if (v < low || (domain.lower_open && v == low)) return false;
  }
  if (domain.upper) {
    const Rational& high = ctx.value(domain.upper);
    if (high < v || (domain.upper_open && v == high)) return false;
  }
  return true;
}

// Points with small exact coordinates inside the declared domains, as a person would try them.
class Sampler {
 public:
  Sampler(Context& ctx, std::span<const Ref> inputs, uint64_t seed)
      : ctx_(ctx), inputs_(inputs), random_(seed) {}

  bool possible() const {
    return std::all_of(inputs_.begin(), inputs_.end(),
                       [&](Ref input) { return can_draw(ctx_, symbol_of(input)); });
  }

  // None if a coordinate was not found inside its domain.
  std::optional<std::vector<Rational>> next() {
    std::vector<Rational> point;
    for (Ref input : inputs_) {
      const Symbol& symbol = symbol_of(input);
      constexpr int attempts = 8;
      Rational v = coordinate(symbol);
      for (int i = 1; i < attempts && !lies_in(ctx_, v, symbol.domain); ++i) v = coordinate(symbol);
      if (!lies_in(ctx_, v, symbol.domain)) return std::nullopt;
      point.push_back(v);
    }
    return point;
  }

  // Larger by powers of ten, beyond where branches may begin; what has two bounds stays within them.
  static constexpr int far_points = 24;
  std::optional<std::vector<Rational>> far(int which) {
    constexpr int64_t magnitudes[] = {100, 10'000, 1'000'000, 10'000'000'000, 10'000'000'000'000};
    auto point = next();
    for (size_t i = 0; point && i < point->size(); ++i) {
      const Symbol& symbol = symbol_of(inputs_[i]);
      const Rational v =
          (*point)[i] * Rational(magnitudes[static_cast<size_t>(which) % std::size(magnitudes)]);
      if (symbol.role != Role::extent && lies_in(ctx_, v, symbol.domain)) (*point)[i] = v;
    }
    return point;
  }

  // 0, the lower or the upper bound for each name, where these are in its domain.
  static constexpr int corners = 3;
  std::optional<std::vector<Rational>> corner(int which) {
    std::vector<Rational> point;
    for (Ref input : inputs_) {
      const Symbol& symbol = symbol_of(input);
      const Rational nearest = symbol.role == Role::extent ? Rational(1) : Rational(0);
      const auto wanted = which == 1   ? bound(symbol.domain.lower)
                          : which == 2 ? bound(symbol.domain.upper)
                                       : std::nullopt;
      Rational v = wanted.value_or(nearest);
      if (!lies_in(ctx_, v, symbol.domain)) v = coordinate(symbol);
      if (!lies_in(ctx_, v, symbol.domain)) return std::nullopt;
      point.push_back(v);
    }
    return point;
  }

 private:
  const Symbol& symbol_of(Ref input) const {
    return ctx_.symbol(ctx_.kind(input) == Kind::symbol ? input : ctx_.operands(input)[0]);
  }

  int64_t below(uint64_t n) { return static_cast<int64_t>(random_.bits() % n); }

  std::optional<Rational> bound(Ref r) const {
    if (!r) return std::nullopt;
    return ctx_.value(r);
  }

  Rational coordinate(const Symbol& symbol) {
    const Domain& domain = symbol.domain;
    const auto low = bound(domain.lower), high = bound(domain.upper);
    const bool integer = domain.integer || symbol.role == Role::extent;
    const Rational step = integer ? Rational(1 + below(8)) : Rational::fraction(1 + below(16), 4);
    Rational value;
    if (low && high)
      value = *low + (*high - *low) * Rational::fraction(1 + below(15), 16);
    else if (low)
      value = *low + step;
    else if (high)
      value = *high - step;
    else
      value = symbol.role == Role::extent || below(2) == 0 ? step : -step;
    return integer ? value.floor() : value;
  }

  Context& ctx_;
  std::span<const Ref> inputs_;
  Random random_;
};

std::string text_of(Context& ctx, std::span<const Ref> inputs, std::span<const Rational> point) {
  constexpr size_t shown = 12;
  std::string text;
  for (size_t i = 0; i < inputs.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + short_text(ctx, inputs[i]) + " = " + point[i].to_string();
  }
  return inputs.size() > shown ? text + ", ..." : text;
}

struct Point {
  std::string text;
  bool constants = false;  // there are no names, so this is the only point
};

// Which points are tried: small ones; where inequalities turn into equalities; what is large.
enum class Points { near, near_and_corners, far };

// The first point where both sides are defined and `holds` gives yes for the balls around their values.
template <class Holds>
std::optional<Point> find_point(Context& ctx, Ref a, Ref b, uint64_t seed, const WrittenSides& written,
                                Points points, Holds holds) {
  std::vector<Ref> sides{a, b};
  if (written.a && written.b) sides.insert(sides.end(), {written.a, written.b});
  const std::vector<Ref> inputs = inputs_of(ctx, sides);
  std::optional<Tape> tape;
  try {
    tape = compile(ctx, sides, inputs);
  } catch (const Failure& failure) {
    // Opaque functions, complex values: there are no numbers to compare, and nothing is decided.
    if (failure.diagnostic.code != Code::cannot_evaluate) throw;
    return std::nullopt;
  }
  Sampler sampler(ctx, inputs, seed);
  if (!sampler.possible()) return std::nullopt;
  const bool far = points == Points::far, corners = points == Points::near_and_corners && !inputs.empty();
  const int drawn_points = inputs.empty() ? 1 : far ? Sampler::far_points : tries;
  for (int i = 0; i < drawn_points + (corners ? Sampler::corners : 0); ++i) {
    const auto drawn = far                ? sampler.far(i)
                       : i < drawn_points ? sampler.next()
                                          : sampler.corner(i - drawn_points);
    if (!drawn) continue;
    const std::vector<Rational>& point = *drawn;
    const Ball x = certify(ctx.budget(), *tape, 0, point, {}, {}, bits_asked, most_bits);
    if (!x.is_finite()) continue;
    const Ball y = certify(ctx.budget(), *tape, 1, point, {}, {}, bits_asked, most_bits);
    if (!y.is_finite()) continue;
    bool defined = true;
    for (size_t k = 2; k < sides.size() && defined; ++k) {
      defined = certify(ctx.budget(), *tape, k, point, {}, {}, 1, most_bits).is_finite();
    }
    if (!defined) continue;
    if (holds(x, y) == Truth::yes) return Point{text_of(ctx, inputs, point), inputs.empty()};
  }
  return std::nullopt;
}

bool has_axes_below(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx[r].shape != scalar_shape; });
}

Verdict compare_scalars(Context& ctx, Ref a, Ref b, uint64_t seed, const WrittenSides& written) {
  const Ref whole = ctx.subtract(a, b);
  if (whole == zero) return {Kind_::proved, {}};
  if (has_axes_below(ctx, whole) && proved_equal(ctx, a, b)) return {Kind_::proved, {}};
  a = scalarize(ctx, a);
  b = scalarize(ctx, b);
  if (ctx.subtract(a, b) == zero) return {Kind_::proved, {}};
  const auto differ = [](const Ball& x, const Ball& y) { return !(x == y); };
  const auto point = find_point(ctx, a, b, seed, written, Points::near, differ);
  if (point) return {Kind_::refuted, point->text};
  // A constant may be too small to be seen beside the sides.
  if (const Ref difference = ctx.subtract(a, b); ctx[difference].names == 0) {
    const WrittenSides sides = written.a && written.b ? written : WrittenSides{a, b};
    const auto apart = find_point(ctx, difference, zero, seed, sides, Points::near, differ);
    if (apart) return {Kind_::refuted, apart->text};
  }
  ZeroTest test = test_zero(ctx, ctx.subtract(a, b), conditions_of_comparison(ctx, a, b, written));
  const bool proved = test.answer == ZeroTest::Answer::proved;
  if (proved && test.where.empty()) return {Kind_::proved, {}, {}, test.complex_values};
  // Where more is asked for than values, the small points may all lie in one branch.
  if (const auto far = find_point(ctx, a, b, seed, written, Points::far, differ))
    return {Kind_::refuted, far->text};
  if (proved) return {Kind_::proved, {}, std::move(test.where), test.complex_values};
  // Branches that are abs(x), and what the rules know besides.
  if (simplify(ctx, a) == simplify(ctx, b)) return {Kind_::proved, {}};
  const auto corner = find_point(ctx, a, b, seed, written, Points::near_and_corners, differ);
  return corner ? Verdict{Kind_::refuted, corner->text} : Verdict{};
}

// a < b, a <= b, a != b.
Verdict decide_relation(Context& ctx, Relation relation, Ref a, Ref b, uint64_t seed,
                        const WrittenSides& written) {
  if (holds_by_bounds(ctx, relation, a, b)) return {Kind_::proved, {}};
  if (has_no_entries(ctx, a, b)) return refute_whole(ctx, relation, a, b, seed);
  a = scalarize(ctx, a);
  b = scalarize(ctx, b);
  const auto truth = [relation](const Ball& x, const Ball& y) {
    return relation == Relation::less ? x < y : relation == Relation::less_equal ? x <= y : !(x == y);
  };
  const auto against = find_point(ctx, a, b, seed, written, Points::near_and_corners,
                                  [&](const Ball& x, const Ball& y) { return !truth(x, y); });
  if (against) return {Kind_::refuted, against->text};
  const auto support = find_point(ctx, a, b, seed, written, Points::near, truth);
  if (support && support->constants) return {Kind_::proved, {}};
  return {Kind_::unknown, {}};
}

// The sides of a written comparison of this relation; those of > and >= are swapped as in the canonical one.
WrittenSides sides_of(Context& ctx, Ref written) {
  if (!written || ctx.kind(written) != Kind::compare) return {};
  const WrittenSides sides{ctx.operands(written)[0], ctx.operands(written)[1]};
  return ((ctx[sides.a].facts | ctx[sides.b].facts) & has_operation) ? WrittenSides{} : sides;
}

Verdict decide_one(Context& ctx, Ref truth, uint64_t seed, const WrittenSides& written) {
  const Node& n = ctx[truth];
  if (n.kind == Kind::truth) return {n.tag != 0 ? Kind_::proved : Kind_::refuted, {}};
  if (n.kind != Kind::compare) return {Kind_::unknown, {}};
  return decide_comparison(ctx, static_cast<Relation>(n.tag), n.operand(0), n.operand(1), seed, written);
}

bool is_conjunction(const Node& n) {
  return n.kind == Kind::connective && n.tag == static_cast<uint16_t>(Connective::conjunction);
}

// Both hold: neither is refuted.
void join(Verdict& verdict, const Verdict& other) {
  if (other.kind == Kind_::unknown) verdict = {};
  if (verdict.kind == Kind_::unknown) return;
  for (Ref c : other.where) {
    if (std::find(verdict.where.begin(), verdict.where.end(), c) == verdict.where.end()) {
      verdict.where.push_back(c);
    }
  }
  verdict.complex_values = verdict.complex_values || other.complex_values;
}

}  // namespace

Verdict compare_values(Context& ctx, Ref a, Ref b, uint64_t seed, const WrittenSides& written) {
  if (a == b) return {Kind_::proved, {}};
  if (has_no_entries(ctx, a, b) || has_complex_parts(ctx, a) || has_complex_parts(ctx, b)) {
    return compare_whole(ctx, a, b, seed);
  }
  if (ctx.shape_of(a).order() == 0) return compare_scalars(ctx, a, b, seed, written);
  if (proved_equal(ctx, a, b)) return {Kind_::proved, {}};
  const std::vector<Ref> left = entries(ctx, a), right = entries(ctx, b);
  std::vector<Ref> written_left, written_right;
  if (written.a && written.b) written_left = entries(ctx, written.a), written_right = entries(ctx, written.b);
  Verdict verdict{Kind_::proved, {}};
  for (size_t i = 0; i < left.size(); ++i) {
    const bool known = i < written_left.size() && i < written_right.size();
    const WrittenSides sides = known ? WrittenSides{written_left[i], written_right[i]} : WrittenSides{};
    Verdict one = compare_scalars(ctx, left[i], right[i], seed, sides);
    if (one.kind == Kind_::refuted) return one;
    join(verdict, one);
  }
  return verdict;
}

Verdict decide_comparison(Context& ctx, Relation relation, Ref a, Ref b, uint64_t seed,
                          const WrittenSides& written) {
  if (relation == Relation::equal) return compare_values(ctx, a, b, seed, written);
  const Ref folded = ctx.compare(relation, a, b);
  if (ctx.kind(folded) == Kind::truth) return {ctx[folded].tag != 0 ? Kind_::proved : Kind_::refuted, {}};
  return decide_relation(ctx, relation, a, b, seed, written);
}

Verdict decide(Context& ctx, Ref truth, uint64_t seed, Ref written) {
  struct Part {
    Ref truth, written;
  };
  std::vector<Part> parts{{truth, written}};
  Verdict verdict{Kind_::proved, {}};
  while (!parts.empty()) {
    const Part part = parts.back();
    parts.pop_back();
    if (is_conjunction(ctx[part.truth])) {
      const bool same = part.written && is_conjunction(ctx[part.written]);
      for (size_t k = 0; k < 2; ++k) {
        parts.push_back({ctx.operands(part.truth)[k], same ? ctx.operands(part.written)[k] : Ref{}});
      }
      continue;
    }
    Verdict one = decide_one(ctx, part.truth, seed, sides_of(ctx, part.written));
    if (one.kind == Kind_::refuted) return one;
    join(verdict, one);
  }
  return verdict;
}

std::vector<Ref> conditions_of_comparison(Context& ctx, Ref a, Ref b, const WrittenSides& written) {
  if (!written.a || !written.b) return {};
  std::vector<Ref> list = conditions(ctx, written.a, b, false);
  for (Ref c : conditions(ctx, written.b, a, false)) {
    if (std::find(list.begin(), list.end(), c) == list.end()) list.push_back(c);
  }
  return list;
}

std::vector<Ref> conditions_of_verdict(Context& ctx, const Verdict& proved, Ref a, Ref b,
                                       const WrittenSides& written) {
  std::vector<Ref> list = conditions_of_comparison(ctx, a, b, written);
  for (Ref c : proved.where) {
    if (std::find(list.begin(), list.end(), c) == list.end()) list.push_back(c);
  }
  return list;
}

}  // namespace nabla

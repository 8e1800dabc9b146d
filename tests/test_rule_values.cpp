// Rewriting keeps values: left sides of rules with random parts, in random surroundings, and the written form
// compared with the result in certified arithmetic.
#include <catch2/catch.hpp>
#include <string>

#include "eval/certify.h"
#include "eval/points.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/print.h"
#include "simplify/rewrite.h"
#include "simplify/rule.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

class RandomText {
 public:
  explicit RandomText(uint64_t seed) : random_(seed) {}

  size_t below(size_t n) { return static_cast<size_t>(random_.bits() % n); }

  // The left side of a rule, or a sum or product of two, with the letters replaced and something around it.
  std::string make(std::span<const RuleText> rules) {
    const std::string one = instance(rules), m = part();
    switch (below(7)) {
      case 0:
        return "(" + one + ")";
      case 1:
        return m + "*(" + one + ") + " + part();
      case 2:
        return "(" + one + ")^2*" + m;
      case 3:
        return "(" + one + ")/(1 + (" + instance(rules) + ")^2)";
      case 4:
        return "(" + one + ")*(" + instance(rules) + ")";
      case 5:
        return "sqrt(1 + (" + one + ")^2) - " + m;
      default:
        return "3*(" + one + ") - 2*(" + instance(rules) + ")";
    }
  }

 private:
  std::string part() {
    constexpr const char* parts[] = {"x",      "y",       "p",      "n",       "(2*x)", "(x + y)",
                                     "(-y)",   "(x*y)",   "exp(x)", "(1 + p)", "x^2",   "(n + 1)",
                                     "sin(y)", "(x - 1)", "(p*q)",  "sqrt(p)", "(1/y)", "abs(x)"};
    return parts[below(std::size(parts))];
  }

  std::string instance(std::span<const RuleText> rules) {
    const RuleText& rule = rules[below(rules.size())];
    std::string values[6];
    for (std::string& v : values) v = part();
    return filled(rule.from, values);
  }

  static std::string filled(std::string_view text, const std::string* values) {
    constexpr std::string_view letters = "abcdkn";
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      const size_t k = letters.find(text[i]);
      const bool word = (i > 0 && letter(text[i - 1])) || (i + 1 < text.size() && letter(text[i + 1]));
      if (k != std::string_view::npos && !word) {
        out += values[k];
      } else {
        out += text[i];
      }
    }
    return out;
  }

  Random random_;
};

std::vector<Rational> random_point(RandomText& random) {
  const auto any = [&](int64_t low, int64_t high) {
    const auto span = static_cast<size_t>(high - low);
    return Rational::fraction(8 * low + static_cast<int64_t>(random.below(8 * span)), 8);
  };
  return {any(-3, 3), any(-3, 3), any(1, 4), any(1, 4), Rational(static_cast<int64_t>(random.below(7)) - 3)};
}

}  // namespace

TEST_CASE("rewriting by rules keeps values and domains", "[rules]") {
  RandomText random(7);
  size_t compared = 0, changed = 0;
  for (size_t i = 0; i < 1500; ++i) {
    World world("var x, y; var p, q > 0; var n : scalar integer");
    const std::string text = random.make(scalar_rules());
    INFO(text);
    Ref written, canonical;
    try {
      written = world(text, Mode::written);
      canonical = world(text);
    } catch (const Failure&) {
      continue;  // an instance without a value, such as 1/(n - n)
    }
    Weight weight(world.ctx);
    const Ref result = rewrite_by_rules(world.ctx, weight, canonical);
    INFO(print(world.ctx, result));
    CHECK(weight(result) <= weight(canonical));
    CHECK(rewrite_by_rules(world.ctx, weight, result) == result);
    changed += result != canonical;
    std::vector<Ref> names;
    for (const char* name : {"x", "y", "p", "q", "n"}) names.push_back(world(name));
    const Ref both[] = {written, result};
    const Tape tape = compile(world.ctx, both, names);
    for (size_t k = 0; k < 6; ++k) {
      const std::vector<Rational> point = random_point(random);
      const Ball before = certify(world.ctx.budget(), tape, 0, point, {}, {}, 40, 1024);
      if (before.is_undefined() || !before.is_finite()) continue;
      const Ball after = certify(world.ctx.budget(), tape, 1, point, {}, {}, 40, 1024);
      std::string at;
      for (const Rational& q : point) at += q.to_string() + " ";
      INFO("at " << at << ": " << before.to_string() << " -> " << after.to_string());
      CHECK_FALSE(after.is_undefined());
      if (after.is_finite()) CHECK(before.overlaps(after));
      ++compared;
    }
  }
  CHECK(compared > 3000);
  CHECK(changed > 1000);
}

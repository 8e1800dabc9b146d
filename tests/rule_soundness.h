// Whether a rewrite rule of scalars is sound: its two texts are evaluated in certified arithmetic by
// tests/formula.h, which knows nothing of the parser and the constructors.
//
// At dyadic points sums and products are exact. A difference that a ball certifies is a proof that the row
// is wrong; agreement to many bits at all points is not a proof that it is right.
#pragma once

#include <string>
#include <vector>

#include "eval/points.h"
#include "simplify/rule.h"
#include "tests/formula.h"

namespace nabla::test {

struct RuleVerdict {
  std::string wrong;   // a point where the sides differ; empty: none
  std::string narrow;  // a point where only the left side has a value
  std::string wide;    // a point where only the right side has a value
  size_t agreed = 0;   // points where both have one, the same
};

class RuleChecker {
 public:
  explicit RuleChecker(const RuleText& rule) : rule_(rule) {
    for (const char* name : {"a", "b", "c", "d", "k", "n"}) {
      if (mentions(rule.from, name)) names_.push_back(name);
    }
  }

  RuleVerdict check() {
    const std::vector<Ball> nice = nice_numbers();
    size_t all = 1;
    for (size_t i = 0; i < names_.size(); ++i) all *= nice.size();
    const size_t count = std::min<size_t>(all, 3000);
    for (size_t i = 0; i < count; ++i) {  // all of them, or some of them spread evenly
      size_t index = all / count * i + (count == all ? 0 : i % 7);
      std::vector<Ball> point;
      for (size_t k = 0; k < names_.size(); ++k, index /= nice.size())
        point.push_back(nice[index % nice.size()]);
      at(point);
    }
    Random random(42);
    for (size_t i = 0; i < 300; ++i) {
      std::vector<Ball> point;
      for (size_t k = 0; k < names_.size(); ++k) {
        point.push_back(drawn(random, i));
      }
      at(point);
    }
    return verdict_;
  }

 private:
  static bool mentions(std::string_view text, std::string_view name) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i, name.size()) == name && (i == 0 || !letter(text[i - 1])) &&
          (i + name.size() >= text.size() || !letter(text[i + name.size()])))
        return true;
    }
    return false;
  }

  static std::vector<Ball> nice_numbers() {
    std::vector<Ball> list;
    for (int n : {0, 1, -1, 2, -2, 3, -3, 5}) list.emplace_back(n);
    for (double x : {0.5, -0.5, 0.25, 1.5, -2.5}) list.emplace_back(x);
    const long bits = 2 * most_precision;
    const Ball pi = Ball::pi(bits);
    list.push_back(pi);
    list.push_back(-pi);
    list.push_back(pi / Ball(2));
    list.push_back(-pi / Ball(4));
    list.push_back(Ball(2) * pi / Ball(3));
    list.push_back(Ball::fraction(1, 3, bits));
    return list;
  }

  static Ball drawn(Random& random, size_t i) {
    switch (i % 4) {
      case 0:
        return dyadic(random.uniform(-1, 1));
      case 1:
        return dyadic(random.uniform(0, 4));
      case 2:
        return dyadic(random.real());
      default:
        return Ball(static_cast<int>(random.uniform(-20, 20)));
    }
  }
  static Ball dyadic(double x) { return Ball(std::ldexp(std::round(std::ldexp(x, 20)), -20)); }

  void at(const std::vector<Ball>& point) {
    for (long precision = 128; precision <= most_precision; precision *= 2) {
      Names names;
      for (size_t k = 0; k < names_.size(); ++k) names.emplace(names_[k], point[k]);
      if (!rule_.when.empty() && Formula(rule_.when, names, precision).truth() != Truth::yes) return;
      const Ball from = Formula(rule_.from, names, precision).value();
      const Ball to = Formula(rule_.to, names, precision).value();
      if (decided(from, to, point, precision == most_precision)) return;
    }
  }

  // At a multiple of pi a ball never tells that the tangent has a pole: what is not finite with all the
  // precision there is counts as undefined.
  bool decided(const Ball& from, const Ball& to, const std::vector<Ball>& point, bool last) {
    const auto has_none = [&](const Ball& b) { return b.is_undefined() || (last && !b.is_finite()); };
    if (has_none(from) && has_none(to)) return true;
    const auto note = [&](std::string& where) {
      if (where.empty()) where = said(point) + from.to_string() + " -> " + to.to_string();
      return true;
    };
    if (from.is_finite() && has_none(to)) return note(verdict_.narrow);
    if (has_none(from) && to.is_finite()) return note(verdict_.wide);
    if (!from.is_finite() || !to.is_finite()) return false;
    if (!from.overlaps(to)) return note(verdict_.wrong);
    const Ball difference = from - to;
    const bool close =
        difference.upper() - difference.lower() <= 1e-20 * std::max(1.0, std::abs(from.midpoint()));
    if (close) ++verdict_.agreed;
    return close;
  }

  std::string said(const std::vector<Ball>& point) const {
    std::string text;
    for (size_t k = 0; k < names_.size(); ++k) text += names_[k] + " = " + point[k].to_string(6) + ", ";
    return text;
  }

  static constexpr long most_precision = 4096;
  const RuleText& rule_;
  std::vector<std::string> names_;
  RuleVerdict verdict_;
};

}  // namespace nabla::test

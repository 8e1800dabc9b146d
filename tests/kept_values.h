// Whether a pass keeps the values of random rational functions, exactly.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "expr/diagnostic.h"
#include "expr/substitute.h"
#include "tests/texts.h"

namespace nabla::test {

// Random rational functions of x, y and z, as text: sums, products, small powers, quotients.
class RandomText {
 public:
  explicit RandomText(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  std::string operator()(int depth) {
    const uint64_t kind = depth == 0 ? next() % 2 : 2 + next() % 6;
    switch (kind) {
      case 0:
        return std::string(1, "xyz"[next() % 3]);
      case 1:
        return std::to_string(1 + next() % 5);
      case 2:
      case 3:
        return "(" + (*this)(depth - 1) + (next() % 2 ? " + " : " - ") + (*this)(depth - 1) + ")";
      case 4:
      case 5:
        return (*this)(depth - 1) + "*" + (*this)(depth - 1);
      case 6:
        return "(" + (*this)(depth - 1) + ")^" + std::to_string(2 + next() % 3);
      default:
        return "(" + (*this)(depth - 1) + ")/(" + (*this)(depth - 1) + ")";
    }
  }
  int64_t number(int64_t most) {
    return static_cast<int64_t>(next() % static_cast<uint64_t>(2 * most + 1)) - most;
  }

 private:
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    return (state_ ^= state_ << 17) >> 11;
  }
  uint64_t state_;
};

// The exact value at a rational point; none where a denominator is 0.
inline Ref exact_value(Texts& t, Ref e, const std::vector<Ref>& point) {
  const char* names[] = {"x", "y", "z"};
  std::vector<std::pair<Ref, Ref>> pairs;
  for (size_t i = 0; i < 3; ++i) pairs.emplace_back(t(names[i]), point[i]);
  try {
    return substitute(t.ctx, e, pairs);
  } catch (const Failure&) {
    return {};
  }
}

// Random texts, each a value at random points before and after a pass.
template <class Pass>
void check_values(Pass pass) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Texts t;
    RandomText random(seed);
    const std::string text = random(3 + static_cast<int>(seed % 2));
    INFO("seed " << seed << ": " << text);
    Ref e, result;
    try {
      e = t(text);
      result = pass(t.ctx, e);
    } catch (const Failure& failure) {
      CHECK(failure.diagnostic.code == Code::division_by_zero);
      continue;
    }
    CHECK(pass(t.ctx, result) == result);
    for (int k = 0; k < 3; ++k) {
      std::vector<Ref> point;
      for (int i = 0; i < 3; ++i)
        point.push_back(t.ctx.number(Rational(random.number(50)) / Rational(7 + random.number(6))));
      const Ref before = exact_value(t, e, point);
      if (before) CHECK(exact_value(t, result, point) == before);
    }
  }
}

}  // namespace nabla::test

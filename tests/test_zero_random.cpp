// Proofs and numbers never disagree: random differences that are often 0, or 0 but for a sign or a branch,
// are handed to the field of kernels without the points that refute most of them; whatever it proves is
// replayed in certified arithmetic, and does not differ from 0 by residues.
#include <catch2/catch.hpp>
#include <functional>
#include <optional>
#include <string>

#include "expr/diagnostic.h"
#include "simplify/elementary.h"
#include "simplify/kernel_field.h"
#include "simplify/residue_test.h"
#include "tests/replay.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

class Differences {
 public:
  explicit Differences(uint64_t seed) : random_(seed) {}

  std::string next() {
    const std::string p = part(1), q = part(static_cast<int>(below(2)));
    const auto of = [&](const char* left, const char* right) {
      return fill(left, p, q) + "-(" + fill(right, p, q) + ")";
    };
    static constexpr const char* pairs[][2] = {
        {"sqrt(P*Q)", "sqrt(P)*sqrt(Q)"},
        {"log(P*Q)", "log(P) + log(Q)"},
        {"(P^2)^(Q/2)", "P^Q"},
        {"sqrt(P/Q)", "sqrt(P)/sqrt(Q)"},
        {"P^Q", "exp(Q*log(P))"},
        {"sqrt(P^2*Q)", "P*sqrt(Q)"},
        {"sqrt(P^2*Q)", "abs(P)*sqrt(Q)"},
        {"sqrt(1 - cos(P)^2)", "abs(sin(P))"},
        {"sqrt(1 - cos(P)^2)", "sin(P)"},
        {"(P*Q)^y", "P^y*Q^y"},
        {"P^(1/3)", "cbrt(P)"},
        {"log(P^Q)", "Q*log(P)"},
        {"sqrt(1 - P)*sqrt(1 + P)", "sqrt(1 - P^2)"},
        {"(P^Q)^(1/2)", "P^(Q/2)"},
        {"sqrt(P + sqrt(Q))*sqrt(P - sqrt(Q))", "sqrt(P^2 - Q)"},
        {"cos(2*asin(P))", "1 - 2*P^2"},
        {"sin(P + Q)", "sin(P)*cos(Q) + cos(P)*sin(Q)"},
        {"abs(P)*sign(Q)", "P*sign(P*Q)"},
        {"atanh(P)", "log((1 + P)/(1 - P))/2"},
        {"acosh(P)", "log(P + sqrt(P^2 - 1))"},
        {"asin(P)", "atan(P/sqrt(1 - P^2))"},
        {"acos(P)", "2*atan(sqrt((1 - P)/(1 + P)))"},
        {"atan(P) + atan(1/P)", "pi/2"},
        {"atan(P) + atan(Q)", "atan((P + Q)/(1 - P*Q))"},
        {"asin(2*P/(1 + P^2))", "2*atan(P)"},
        {"asin(P)", "pi/2 - asin(sqrt(1 - P^2))"},
    };
    const auto& pair = pairs[below(std::size(pairs))];
    const std::string text = of(pair[0], pair[1]);
    switch (below(3)) {  // another domain
      case 0:
        return "(" + text + ")*sqrt(" + part(0) + ")";
      case 1:
        return "(" + text + ")*log(" + part(0) + ")";
      default:
        return text;
    }
  }

 private:
  uint64_t below(uint64_t n) { return random_.bits() % n; }

  static std::string fill(std::string text, const std::string& p, const std::string& q) {
    std::string filled;
    for (char c : text) filled += c == 'P' ? p : c == 'Q' ? q : std::string(1, c);
    return filled;
  }

  std::string part(int depth) {
    static constexpr const char* atoms[] = {"x",    "y",       "2",     "(1/2)",     "(x + 1)",   "(x - 1)",
                                            "(-x)", "(x^2-1)", "(x*y)", "(1 - x^2)", "(1 + x^2)", "(x - y)"};
    static constexpr const char* functions[] = {"exp",  "log",  "sin",  "cos",  "tan",   "abs",
                                                "sign", "cbrt", "asin", "atan", "asinh", "atanh",
                                                "tanh", "cosh", "sqrt", "acos"};
    static constexpr const char* exponents[] = {"(1/2)", "(1/3)", "(3/2)",   "2",    "(-1)",
                                                "x",     "y",     "(y + 1)", "(y/2)"};
    if (depth == 0) return atoms[below(std::size(atoms))];
    switch (below(6)) {
      case 0:
        return "(" + part(0) + "+" + part(0) + ")";
      case 1:
        return "(" + part(0) + "*" + part(0) + ")";
      case 2:
        return "(" + part(0) + "^" + exponents[below(std::size(exponents))] + ")";
      default:
        return std::string(functions[below(std::size(functions))]) + "(" + part(0) + ")";
    }
  }

  Random random_;
};

std::optional<std::vector<Ref>> zero_where(Context& ctx, Ref e, Reading reading) {
  FieldSize size;
  for (int i = 0; i < 20; ++i) {
    try {
      return KernelField(ctx, reading, size).zero_where(e, {});
    } catch (const KernelField::Restart&) {
    } catch (const KernelField::Undecided&) {
      return std::nullopt;
    } catch (const KernelField::NoRealPoint&) {
      return std::nullopt;
    } catch (const TooLarge&) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("what the field of kernels proves is 0 at random points", "[equality]") {
  Differences differences(7);
  int proved = 0, points = 0;
  for (int i = 0; i < 3'000; ++i) {
    Texts t;
    const std::string text = differences.next();
    Ref e;
    try {
      e = t(text);
    } catch (const Failure&) {  // no value anywhere, such as log(-x^2)
      continue;
    }
    if (e == zero) continue;
    const Ref elementary = by_elementary_functions(t.ctx, e);
    for (const Reading reading : {Reading::real, Reading::principal}) {
      const auto where = zero_where(t.ctx, elementary, reading);
      if (!where) continue;
      INFO(text);
      ++proved;
      CHECK_FALSE(differs_by_residues(t.ctx, e));
      points += test::replay(t.ctx, e, *where, static_cast<uint64_t>(i), 6, 300);
    }
  }
  CHECK(proved > 1'500);
  CHECK(points > 8'000);
}

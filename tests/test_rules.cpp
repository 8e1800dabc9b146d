// The rows of the rules: each is sound, each lowers the weight, each fires; wrong rows are found.
#include <catch2/catch.hpp>
#include <optional>
#include <string>

#include "expr/diagnostic.h"
#include "expr/print.h"
#include "expr/table_text.h"
#include "parser/parse.h"
#include "simplify/prove.h"
#include "simplify/rewrite.h"
#include "simplify/rule.h"
#include "simplify/rule_step.h"
#include "tests/rule_soundness.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

constexpr const char* letters[] = {"a", "b", "c", "d", "k", "n"};
constexpr const char* declared_domains[] = {
    "", "> 0", ">= 0", "< 0", "!= 0", "integer", "integer >= 1", "> 1", "in (-1, 1)", "in [-1, 1]", "= 3"};

// Declarations of the letters under which the condition of the rule is proved and it has something to do.
std::optional<std::string> provable(const RuleText& rule) {
  const size_t domains = std::size(declared_domains);
  for (size_t combination = 0; combination < domains * domains * domains; ++combination) {
    std::string text;
    size_t left = combination;
    for (const char* letter : letters) {
      const bool asked = rule.when.find(letter) != std::string_view::npos;
      const std::string domain = asked ? declared_domains[left % domains] : "";
      if (asked) left /= domains;
      const bool number = domain == "= 3";
      text +=
          (number ? "const " : "var ") + std::string(letter) + (number ? " " : " : scalar ") + domain + "; ";
    }
    if (rule.when.empty()) return text;
    World world(text);
    if (proved(world.ctx, world(rule.when)) && world(rule.from) != world(rule.to)) return text;
  }
  return std::nullopt;
}

std::string rewritten(World& world, const char* text) {
  return print(world.ctx, rewrite_by_rules(world.ctx, world(text)));
}

}  // namespace

TEST_CASE("every rule is sound", "[rules]") {
  for (const RuleText& rule : scalar_rules()) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    const RuleVerdict v = RuleChecker(rule).check();
    CHECK(v.wrong == "");
    CHECK(v.narrow == "");
    CHECK(v.agreed >= 20);
    if (rule.domains == Domains::same) {
      CHECK(v.wide == "");
    } else {
      CHECK(v.wide != "");
    }
  }
}

TEST_CASE("wrong rules are found", "[rules]") {
  const RuleText planted[] = {
      {"root_of_square", "sqrt(a^2)", "a", "", Domains::wider, ""},
      {"log_of_product", "log(a*b)", "log(a) + log(b)", "", Domains::wider, ""},
      {"log_of_square", "log(a^2)", "2*log(a)", "", Domains::wider, ""},
      {"atan_of_tan", "atan(tan(a))", "a", "", Domains::wider, ""},
      {"asin_of_sin", "asin(sin(a))", "a", "a >= 0", Domains::wider, ""},
      {"power_of_power", "(a^b)^c", "a^(b*c)", "", Domains::wider, ""},
      {"sign_of_exponent", "exp(a)*exp(b)", "exp(a - b)", "", Domains::wider, ""},
      {"abs_times_sign", "abs(a)*sign(a)", "abs(a)", "", Domains::wider, ""},
      {"root_of_product", "sqrt(a*b)", "sqrt(a)*sqrt(b)", "", Domains::wider, ""},
      {"product_of_roots", "sqrt(a)*sqrt(b)", "sqrt(a*b)", "", Domains::same, ""},  // wider and silent
      {"root_of_cosine", "sqrt(1 - sin(a)^2)", "cos(a)", "", Domains::wider, ""},
      {"cube_root", "cbrt(a)", "a^(1/3)", "", Domains::wider, ""},
      {"floor_of_sum", "floor(a + b)", "floor(a) + floor(b)", "", Domains::wider, ""},
      {"two_arctangents", "atan(a) + atan(1/a)", "pi/2", "", Domains::wider, ""},
      {"gamma_recurrence", "gamma(a + 1)/gamma(a)", "a + 1", "", Domains::wider, ""},
      {"quotient", "a/a", "1", "", Domains::same, ""},  // wider and silent
      {"maximum", "max(a, b)", "a", "a > b or b > 0", Domains::wider, ""},
      {"open_end", "abs(a - 1)", "a - 1", "a >= 0", Domains::wider, ""},
  };
  for (const RuleText& rule : planted) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    const RuleVerdict v = RuleChecker(rule).check();
    const bool silent = rule.domains == Domains::same && !v.wide.empty();
    CHECK((!v.wrong.empty() || !v.narrow.empty() || silent));
  }
}

TEST_CASE("every rule fires on its left side and lowers the weight", "[rules]") {
  for (const RuleText& rule : scalar_rules()) {
    INFO(rule.name << ": " << rule.from << " -> " << rule.to);
    const auto declarations = provable(rule);
    REQUIRE(declarations);
    World world(*declarations);
    const RuleSet alone({&rule, 1});
    Weight weight(world.ctx);
    const Ref from = world(rule.from), to = world(rule.to);
    CHECK(weight(to) <= weight(from));
    RuleStep step(world.ctx, weight, alone);
    CHECK(step.lighter(to, from));
    INFO(print(world.ctx, from));
    const Ref stepped = step(from);
    REQUIRE(stepped);
    CHECK_FALSE(step.lighter(to, stepped));  // cosh(b - a) is as good as cosh(a - b)
  }
}

TEST_CASE("rules find their left side within sums and products", "[rules]") {
  World world("var a, b, c, x, y, z; var p, q > 0; var n : scalar integer");
  const std::pair<const char*, const char*> rows[] = {
      {"sin(x)^2 + cos(x)^2", "1"},
      {"b*sin(x)^2 + y + b*cos(x)^2", "y + b"},
      {"3*sin(x)^2 + 5*cos(x)^2", "2*cos(x)^2 + 3"},
      {"(x + y) - (x + y)*sin(z)^2", "(x + y)*cos(z)^2"},
      {"sin(x)^3 + sin(x)*cos(x)^2", "sin(x)"},
      {"y*sin(x)^2/cos(x)^2", "y*tan(x)^2"},
      {"y + 2*z*sin(x)*cos(x)", "y + z*sin(2*x)"},
      {"exp(x)*exp(-x)", "1"},
      {"exp(x)*exp(y)*exp(z)", "exp(x + y + z)"},
      {"log(p) + log(q) + x", "log(p*q) + x"},
      {"x*exp(y)*exp(z)", "x*exp(y + z)"},
      {"exp(x)^2*exp(y)", "exp(2*x + y)"},
      {"log(x) + log(y)", "log(x) + log(y)"},
      {"gamma(n + 1)/gamma(n)", "n"},
      {"x*gamma(y)/gamma(y - 1)", "x*(y - 1)"},
      {"x*y", "x*y"},
      {"1 - sin(x)", "1 - sin(x)"},
  };
  for (const auto& [from, to] : rows) {
    INFO(from);
    CHECK(rewritten(world, from) == print(world.ctx, world(to)));
  }
}

TEST_CASE("conditions are proved from the declared domains", "[rules]") {
  World world(
      "var x, y; var p > 0; var q >= 0; var r in (-1, 1); var s in [-pi/2, pi/2]; var t in (0, pi); var n : "
      "scalar integer");
  const auto holds = [&](const char* text) { return proved(world.ctx, world(text)); };
  for (const char* text : {"p > 0", "p + q > 0", "q >= 0", "r < 1", "r > -1", "-pi/2 < r and r < pi/2",
                           "s <= pi/2", "sin(t/2) >= -1", "t < pi", "2*t < 7", "1 - r > 0", "n == floor(n)",
                           "x^2 + 1 > 0", "3 - r^2 > 0", "exp(r) > 1/3", "t != 0", "x > 0 or p > 0"}) {
    INFO(text);
    CHECK(holds(text));
  }
  for (const char* text : {"x > 0", "q > 0", "s < pi/2", "r < 1/2", "1 - r^2 > 0", "x == floor(x)", "x != y",
                           "not x > 0", "x > 0 and p > 0", "r > -1/2 or t > 3"}) {
    INFO(text);
    CHECK_FALSE(holds(text));
  }
}

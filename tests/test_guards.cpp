// A guard limits the range of an index: what it leaves out is never formed, so it need not have a value.
// Expected values are the sums written out, as exact fractions or by the loop that they say.
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "eval/columns.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/scalarize.h"
#include "tests/texts.h"

using namespace nabla;
using nabla::test::Texts;

namespace {

Rational fraction(int64_t a, int64_t b = 1) { return Rational::fraction(a, b); }

struct Row {
  const char* text;
  std::vector<Rational> values;  // row-major
};

const Row rows[] = {
    {"sum(1/(i-j) for i in 1:3, j in 1:3 if j != i)", {fraction(0)}},
    {"sum(1/(i-j)^2 for i in 1:3, j in 1:3 if j != i)", {fraction(9, 2)}},
    {"sum(1/(i-j) for i in 1:3, j in 1:i if j < i)", {fraction(5, 2)}},
    {"sum(1/(i-j+1) for i in 1:3, j in 1:i)", {fraction(13, 3)}},
    {"sum(1/(i-2) for i in 1:4 if i != 2)", {fraction(1, 2)}},
    {"prod(i-j for i in 1:3, j in 1:3 if j != i)", {fraction(-4)}},
    {"prod(1/(i-j) for i in 1:3, j in 1:3 if j < i)", {fraction(1, 2)}},
    {"max(1/(i-j) for i in 1:3, j in 1:3 if j != i)", {fraction(1)}},
    {"min(1/(i-2) for i in 1:4 if i != 2)", {fraction(-1)}},
    {"[1/(i-j) for i in 1:2, j in 1:2 if j != i]", {fraction(0), fraction(-1), fraction(1), fraction(0)}},
    {"[sum(1/(i-j) for j in 1:3 if j != i) for i in 1:3]", {fraction(-3, 2), fraction(0), fraction(3, 2)}},
    {"[prod(1/(i-j) for j in 1:3 if j != i) for i in 1:3]", {fraction(1, 2), fraction(-1), fraction(1, 2)}},
    {"[max(1/(i-j) for j in 1:3 if j != i) for i in 1:3]", {fraction(-1, 2), fraction(1), fraction(1)}},
    {"[sum(1/(i-j) for j in 1:i if j < i) for i in 1:3]", {fraction(0), fraction(1), fraction(3, 2)}},
    {"sum(if i == j then 0 else 1/(i-j)^2 for i in 1:3, j in 1:3)", {fraction(9, 2)}},
    {"[if i > 1 then 1/(i-1) else 7 for i in 1:3]", {fraction(7), fraction(1), fraction(1, 2)}},
    {"sum(if i > j then 1/(i-j) else 0 for i in 1:3, j in 1:3 if j != i)", {fraction(5, 2)}},
    {"sum(i/(i-j) for i in 1:3, j in 1:3 if i != j and i + j != 5)", {fraction(2)}},
    {"sum(1/(i-j)*sum(1/(k-i) for k in 1:3 if k != i) for i in 1:3, j in 1:3 if j != i)", {fraction(-9, 2)}},
    {"max(sum(1/(i-j) for j in 1:3 if j != i) for i in 1:3)", {fraction(3, 2)}},
    // Nothing is left: 0 and 1.
    {"sum(x for i in 1:0)", {fraction(0)}},
    {"prod(x for i in 1:0)", {fraction(1)}},
    {"sum(x for i in 1:3 if i > 3)", {fraction(0)}},
    {"prod(x for i in 1:3 if i < 1)", {fraction(1)}},
    {"[sum(x for j in 1:i-1 if j != j) for i in 1:2]", {fraction(0), fraction(0)}},
    {"[prod(2 for j in 1:i-1) for i in 1:3]", {fraction(1), fraction(2), fraction(4)}},
};

Code code_of(std::string_view text) {
  Texts t;
  try {
    entries(t.ctx, t(text));
  } catch (const Failure& f) {
    INFO(f.diagnostic.message);
    CHECK(f.diagnostic.message == "the largest or smallest of nothing has no value");
    return f.diagnostic.code;
  }
  return Code::internal_error;
}

}  // namespace

TEST_CASE("guards: what they leave out is never formed", "[tensor]") {
  for (const Row& c : rows) {
    for (const bool written : {false, true}) {
      INFO(c.text << (written ? ", as written" : ""));
      Texts t;
      std::vector<Ref> list = entries(t.ctx, written ? t.written(c.text) : t(c.text));
      REQUIRE(list.size() == c.values.size());
      const Tape tape = compile(t.ctx, list, {});
      const std::vector<double> values = values_at(tape, {});
      for (size_t i = 0; i < list.size(); ++i) {
        if (!written) CHECK(list[i] == t.ctx.number(c.values[i]));
        CHECK(values[tape.outputs()[i]] == Approx(c.values[i].to_double()).margin(1e-15));
      }
    }
  }
}

TEST_CASE("guards: the largest of nothing is refused", "[tensor]") {
  for (const char* text :
       {"max(x for i in 1:0)", "min(x for i in 1:0)", "max(i for i in 1:3 if i > 3)", "min(i for i in 2:1)",
        "[max(i*j for j in 1:i-1) for i in 1:3]", "max(i for i in 1:3 if i != i)"}) {
    INFO(text);
    CHECK(code_of(text) == Code::empty_reduction);
  }
}

TEST_CASE("guards: with a symbolic size they stay conditions on the range", "[tensor]") {
  Texts t;
  Symbol n;
  n.name = "n";
  n.role = Role::extent;
  n.domain.integer = true;
  n.domain.lower = one;
  t.names.declare_symbol("n", t.ctx.symbol(n));
  const Ref r = t("sum(1/(i - j) for i in 1:n, j in 1:n if j != i)");
  REQUIRE(t.ctx.kind(r) == Kind::indexed);
  CHECK(t.ctx.labelling(r).guards.size() == 1);
  for (Ref f : view_indexed(t.ctx, r).factors) CHECK(t.ctx.kind(f) != Kind::select);
}

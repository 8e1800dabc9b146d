// Lowering of large sums and products: every let is one operation over atoms.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "diff/reverse.h"
#include "expr/program.h"

using namespace nabla;

namespace {

std::vector<Ref> variables(Context& ctx, size_t n) {
  std::vector<Ref> list;
  for (size_t i = 0; i < n; ++i) list.push_back(ctx.variable("x" + std::to_string(i)));
  return list;
}

// Lets that are more than one operation over atoms.
size_t nested_lets(const Context& ctx, const Program& p) {
  size_t count = 0;
  for (const Let& let : p.lets) {
    for (Ref r : ctx.operands(let.value)) {
      if (!is_atom(ctx, r)) {
        ++count;
        break;
      }
    }
  }
  return count;
}

// Adjoints that are lost are numbers.
size_t constant_entries(const Context& ctx, const ProgramOutput& gradient) {
  size_t count = 0;
  for (Ref r : gradient.entries) count += ctx.is_number(r);
  return count;
}

}  // namespace

TEST_CASE("lets are single operations where a tree of operands has a node of many children", "[program]") {
  constexpr size_t n = 100'000;  // among so many, some inner node has more than `flat_operands` children
  Context ctx;
  const std::vector<Ref> x = variables(ctx, n);
  SECTION("product") {
    const Program p = gradient_program(ctx, ctx.product(x), x);
    CHECK(nested_lets(ctx, p) == 0);
    CHECK(constant_entries(ctx, p.outputs[1]) == 0);
  }
  SECTION("sum") {
    std::vector<Ref> terms;
    for (Ref v : x) terms.push_back(ctx.power(v, 2));
    const Program p = gradient_program(ctx, ctx.sum(terms), x);
    CHECK(nested_lets(ctx, p) == 0);
    CHECK(constant_entries(ctx, p.outputs[1]) == 0);
  }
}

TEST_CASE("sums that grow in turns are built on each other", "[program]") {
  // The state of a pendulum by Euler's method: every step adds one term to each of two sums.
  Context ctx;
  Program p;
  const Ref x0 = ctx.variable("x"), y0 = ctx.variable("y");
  p.inputs = {x0, y0};
  Ref x = x0, y = y0;
  constexpr size_t steps = 400;
  for (size_t k = 0; k < steps; ++k) {
    x = ctx.add(x, ctx.function(Fn::sin, {y}));
    y = ctx.add(y, ctx.function(Fn::sin, {x}));
  }
  Lowering lowering(ctx, p);
  const Ref roots[2] = {x, y};
  lowering.lower_all(roots);
  CHECK(p.lets.size() <= 2 * 2 * steps + 200);  // a sine and a sum each; the first sums are short
}

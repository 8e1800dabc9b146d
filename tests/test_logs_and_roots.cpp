// Logarithms, powers and roots written in another way. Expected: the laws of exponents and logarithms where
// their conditions hold, and surds that square to what stands under the root.
#include <catch2/catch.hpp>
#include <string>

#include "eval/certify.h"
#include "eval/tape.h"
#include "expr/print.h"
#include "simplify/logs_and_powers.h"
#include "simplify/radicals.h"
#include "tests/world.h"

using namespace nabla;
using namespace nabla::test;

namespace {

struct Row {
  Ref (*pass)(Context&, Ref);
  const char *from, *to;
};

const Row rows[] = {
    {expand_logs, "log(p*q)", "log(p) + log(q)"},
    {expand_logs, "log(p^3*q/x)", "3*log(p) + log(q) - log(x)"},
    {expand_logs, "log(x*y)", "log(x*y)"},
    {expand_logs, "log(x^2)", "log(x^2)"},
    {expand_logs, "log(p*x^2)", "log(p) + log(x^2)"},
    {expand_logs, "x*log(sqrt(p*q))", "x*(log(p)/2 + log(q)/2)"},
    {contract_logs, "2*log(p) - log(q) + x", "log(p^2/q) + x"},
    {contract_logs, "y*log(p) + y*log(x) + log(q)", "y*log(p*x) + log(q)"},
    {contract_logs, "log(x) + log(y)", "log(x) + log(y)"},
    {contract_logs, "2*log(x) + log(p)", "2*log(x) + log(p)"},
    {contract_logs, "log(p)/2 + log(q)/2", "log(sqrt(p)*sqrt(q))"},
    {expand_powers, "sqrt(p*q)", "sqrt(p)*sqrt(q)"},
    {expand_powers, "sqrt(p*x)", "sqrt(p)*sqrt(x)"},
    {expand_powers, "sqrt(x*y)", "sqrt(x*y)"},
    {expand_powers, "(p*q)^x", "p^x*q^x"},
    {expand_powers, "exp(x + 2*y - 1)", "exp(x)*exp(2*y)*exp(-1)"},
    {combine_powers, "sqrt(p)*sqrt(q)*x", "sqrt(p*q)*x"},
    {combine_powers, "sqrt(p)*sqrt(x)", "sqrt(p*x)"},
    {combine_powers, "sqrt(x)*sqrt(y)", "sqrt(x)*sqrt(y)"},
    {combine_powers, "y*exp(x)*exp(y)^2/exp(p)", "y*exp(x + 2*y - p)"},
    {radicals, "sqrt(3 + 2*sqrt(2))", "1 + sqrt(2)"},
    {radicals, "sqrt(3 - 2*sqrt(2))", "sqrt(2) - 1"},
    {radicals, "sqrt(5 + 2*sqrt(6))", "sqrt(2) + sqrt(3)"},
    {radicals, "sqrt(5 + sqrt(3))", "sqrt(5 + sqrt(3))"},
    {radicals, "1/(1 + sqrt(2))", "sqrt(2) - 1"},
    {radicals, "x/(sqrt(5) - sqrt(3))", "x*(sqrt(5)/2 + sqrt(3)/2)"},
    {radicals, "1/sqrt(3 + 2*sqrt(2))", "sqrt(2) - 1"},
    {radicals, "sqrt(x + sqrt(2))", "sqrt(x + sqrt(2))"},
};

}  // namespace

TEST_CASE("logarithms, powers and roots in another form", "[passes]") {
  for (const Row& row : rows) {
    INFO(row.from);
    World world("var x, y; var p, q > 0");
    const Ref e = world(row.from), result = row.pass(world.ctx, e);
    CHECK(print(world.ctx, result) == print(world.ctx, world(row.to)));
    const Ref both[] = {e, result};
    const Ref names[] = {world("x"), world("y"), world("p"), world("q")};
    const Tape tape = compile(world.ctx, both, names);
    for (int x : {-2, 1, 3}) {
      const Rational point[] = {x, Rational(2 * x) + Rational::fraction(1, 3), 2, Rational::fraction(5, 7)};
      const Ball before = certify(world.ctx.budget(), tape, 0, point, {}, {}, 60);
      const Ball after = certify(world.ctx.budget(), tape, 1, point, {}, {}, 60);
      CHECK((before.is_undefined() || before.overlaps(after)));
    }
  }
}

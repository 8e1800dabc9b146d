#include "expr/first_quadrant.h"

namespace nabla {
namespace {

// Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 4.3.44: which of the three symmetries a
// function keeps, and which change its sign.
struct Quadrants {
  Fn fn;
  int half_turn;   // f(x + pi)/f(x)
  int supplement;  // f(pi - x)/f(x)
};
constexpr Quadrants circular[] = {
    {Fn::sin, -1, 1}, {Fn::cos, -1, -1}, {Fn::tan, 1, -1},
    {Fn::csc, -1, 1}, {Fn::sec, -1, -1}, {Fn::cot, 1, -1},
};

}  // namespace

Ref in_first_quadrant(Context& ctx, Fn f, Ref angle) {
  const Term t = ctx.split_coefficient(angle);
  if (t.body != ctx.constant(Constant::pi)) return {};
  for (const Quadrants& q : circular) {
    if (q.fn != f) continue;
    const Rational given = ctx.value(t.coefficient), half_turns = given.floor();
    Rational turns = given - half_turns;  // of pi, from 0 to 1
    int sign = (half_turns / Rational(2)).is_integer() ? 1 : q.half_turn;
    if (Rational::fraction(1, 2) < turns) {
      turns = Rational(1) - turns;
      sign *= q.supplement;
    }
    const bool pole = (turns.is_zero() && (f == Fn::csc || f == Fn::cot)) ||
                      (turns == Rational::fraction(1, 2) && (f == Fn::sec || f == Fn::tan));
    if (turns == given || pole) return {};
    const Ref value = ctx.function(f, {ctx.scale(ctx.number(turns), t.body)});
    return sign < 0 ? ctx.negate(value) : value;
  }
  return {};
}

}  // namespace nabla

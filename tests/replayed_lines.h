// The lines of a derivation that each replay goes through: check(a, b) tells whether the values of a and b
// are known, and asserts then that they agree.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "diff/trace.h"
#include "expr/print.h"
#include "expr/shape_text.h"
#include "session/simplification.h"

namespace nabla::test {

// Of X'*X and X*X' with X : matrix[m, n] one is singular: which, is for the formulas to say.
enum class Sizes { n_above_m, m_above_n };

inline int64_t drawn_extent(Context& ctx, Ref e, Sizes sizes) {
  if (ctx.is_number(e)) return *ctx.value(e).as_int();
  const std::string name = extent_text(ctx, e);
  return 2 + (sizes == Sizes::n_above_m ? static_cast<int64_t>(name[0]) : 'z' - name[0]) % 3;
}

// The number of steps of forward mode that could be replayed: check(derivative, part).
template <class Check>
size_t replay_steps(Context& ctx, const Derivation& d, const Check& check) {
  if (d.way != Way::forward) return 0;
  size_t count = 0;
  for (const Step& step : d.steps) {
    INFO("derivative of " << print(ctx, step.part) << " by " << print(ctx, d.by) << " = "
                          << print(ctx, step.derivative));
    count += check(step.derivative, step.part);
  }
  return count;
}

// The number of forms that could be compared, of those that simplify went through: check(before, form).
template <class Check>
size_t replay_forms(Context& ctx, const StatementTrace& trace, Ref answer, const Check& check) {
  size_t count = 0;
  Ref before = trace.raw;
  for (const FormStep& line : simplification_of(ctx, trace, answer, true)) {
    INFO(print(ctx, before) << " = " << print(ctx, line.form));
    count += check(before, line.form);
    before = line.form;
  }
  return count;
}

}  // namespace nabla::test

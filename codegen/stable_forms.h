// Formulas in forms that lose less: log(1 + x) as log1p(x), 1/(1 + exp(-x)) as sigmoid(x), and so on, the
// stable forms in the table of functions (expr/functions*.def).
//
// Invariant: the value is the same wherever the formula has one, and no form loses more than the formula as
// written. So a form stands for a whole sum, not for some of its terms: exp(x) - 1 + y is left alone, as
// expm1(x) + y would lose small exp(x) where y is 1.
#pragma once

#include <functional>
#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

class StableForms {
 public:
  explicit StableForms(Context& ctx) : ctx_(ctx) {}

  std::vector<Ref> operator()(std::span<const Ref> roots);
  Ref operator()(Ref e) { return (*this)({&e, 1})[0]; }
  // Derivatives with sigmoid(-x) for 1 - sigmoid(x), which is 0 from x = 37 on. `value`: of a let.
  std::vector<Ref> in_derivatives(std::span<const Ref> roots, const std::function<Ref(Ref)>& value);
  // "log1p(x) for log(1 + x)", …: those that were found.
  const std::set<std::string>& found() const { return found_; }

 private:
  struct Parts;
  Ref better(Ref e);
  Ref logarithm(Ref log);
  Ref logarithm_of_sum(Ref log, Ref sum);
  Ref sum_with_number(Ref sum);
  Ref complement(const Parts& p, Ref sigmoid);
  Ref power_of_sum(Ref power);
  Ref product(Ref e);
  Ref quotient_sinc(Ref e, std::span<const Ref> factors);

  Parts parts_of(Ref sum);
  bool is_one(Ref body) const;
  Ref call(Fn f, std::initializer_list<Ref> arguments);
  Ref scaled(const Rational& k, Ref e);
  Ref noted(const char* form, Ref e);

  Context& ctx_;
  std::set<std::string> found_;
};

// The same for the lets of a program of scalars; adds to `found`.
Program with_small_slopes(Context& ctx, Program program, std::set<std::string>& found);

// For the comment of a function: which forms it has; empty for none.
std::string forms_note(const std::set<std::string>& forms);

}  // namespace nabla

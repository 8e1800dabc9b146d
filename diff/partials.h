// The local derivatives of a function, read from its row: the differential of `sin` is cos(x) .* dx, so its
// partial derivative is the text with dx = 1.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "expr/context.h"

namespace nabla {

class Trace;

// A factor of u in log(u), of which d log(u) is the sum: coefficient*d(operand)/operand, or, of exp(operand),
// coefficient*d(operand).
struct LogPart {
  Ref coefficient, operand;
  bool is_exponent = false;
};
std::vector<LogPart> log_parts(Context& ctx, Ref u);
// The logarithm of a real scalar that has such factors.
bool is_log_of_factors(const Context& ctx, Ref r);

// Makes ∂f/∂(argument k) for given arguments. The texts are parsed once per Context; making one costs a
// few constructor calls.
class Partials {
 public:
  // Whoever differentiates with these partials writes its steps to `trace`, if there is one.
  explicit Partials(Context& ctx, Trace* trace = nullptr) : ctx_(ctx), trace_(trace) {}
  Context& context() const { return ctx_; }
  Trace* trace() const { return trace_; }
  void set_trace(Trace* trace) { trace_ = trace; }

  // Lets of a Program that are norms: where one is 0, 1/norm counts as 0 in its derivatives, so that these
  // are 0 there, which is a subgradient, and not 0/0.
  void set_norms(std::unordered_set<Ref> norms) { norms_ = std::move(norms); }
  bool is_norm(Ref let) const { return norms_.count(let) != 0; }
  bool divided_by_norms() const { return divided_by_norms_; }
  void divide_by_norm() { divided_by_norms_ = true; }

  // `arguments` and `result` (the call itself, or the let that holds it) are what x, y, z and f stand for.
  // Throws Failure(cannot_differentiate) where the table has no derivative in argument k.
  Ref operator()(Fn fn, size_t k, std::span<const Ref> arguments, Ref result);
  // What d(part.operand) is multiplied with in d log(u), besides the coefficient.
  Ref of_log(const LogPart& part);

 private:
  struct Step {
    Ref node;                       // what to rebuild
    std::vector<int16_t> operands;  // step that makes each operand; negative: -1-i is a placeholder
  };
  struct Template {
    bool read = false;
    uint32_t version = 0;
    std::vector<Step> steps;
    int16_t root = 0;
    std::vector<Ref> made;  // working memory
  };
  Template& get(Fn fn, size_t k);
  void read(Template& t, Fn fn, size_t k);

  Context& ctx_;
  Trace* trace_;
  std::unordered_map<size_t, Template> templates_;
  std::unordered_set<Ref> norms_;
  bool divided_by_norms_ = false;
};

// Failure(cannot_differentiate) where a function that is not analytic has complex arguments.
void refuse_complex_arguments(const Context& ctx, Fn fn, std::span<const Ref> arguments);

// log(b) in the derivative b^e*log(b) by the exponent; 0 for b = 0, as 0^e is 0 for e > 0. A power of a
// negative number has values at isolated exponents only: Failure(outside_domain).
Ref log_of_base(Context& ctx, Ref base);

// A branch on `==` or `!=` of the variable has no derivative: Failure(equality_condition).
[[noreturn]] void throw_equality_condition();
// Throws that where `condition` compares so something that depends on the variable.
void refuse_equality_condition(Context& ctx, Ref condition, const std::function<bool(Ref)>& depends);

}  // namespace nabla

// What the differentiator did, step by step: the derivation that people read.
//
// Steps are written where the engine computes them, and what a step says is the value that the engine goes on
// with; nothing is derived a second time. A derivation goes forward, from the parts of an expression to the
// whole, where each step is the derivative of a part by the variable; or backward, from the whole to its
// variables, where each step is the derivative of the whole by a part (reverse mode).
//
// Invariants: forward, a step comes after those of the parts that it is made from; backward, after those of
// the parts that it is a part of. The derivative in the last step of a derivation is its value, unless there
// are no steps: then nothing depends on the variable, or the expression is the variable.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "expr/context.h"

namespace nabla {

class Partials;

enum class StepRule : uint8_t {
  constant_factor,
  sum,
  product,   // of scalars
  quotient,  // likewise; its two parts have steps of their own
  power,     // with a constant exponent
  reciprocal,
  exponential,    // with a constant base
  general_power,  // with neither
  function,       // by the differential of its row in the table
  logarithm,      // of a product: the sum of those of its factors
  opaque,         // of a declared function
  branch,
  linear,          // in each factor: products of several axes, sums over an index
  matrix_product,  // and dots, x'*A*y
  elementwise_product,
  trace,
  sum_of_entries,
  reduction,  // prod, max or min over an index
  matrix_power,
  inverse,
  structural,  // entries, arrays, reshaping, what stands in every entry
  variable,    // backward: what has come together at a variable
};

struct Step {
  Ref part;
  Ref derivative;
  StepRule rule = StepRule::sum;  // by which `part` is differentiated
  std::vector<Ref> uses;          // forward: the parts whose derivatives come in
  // Backward: the parts that it hands on to, and the derivative by each as far as it is known after this
  // step.
  std::vector<std::pair<Ref, Ref>> passed;
};

enum class Way : uint8_t {
  forward,      // the derivative of each part by the variable
  directional,  // that of each part where the variables move in given directions; `by` is one of them
  backward,     // the derivative of the whole by each part
};

struct Derivation {
  Way way = Way::forward;
  Ref of, by;
  Ref value;     // as the steps give it
  Ref in_space;  // in the space of a variable with structure; Ref{}: the same
  std::vector<Step> steps;
};

class Trace {
 public:
  void begin(Ref of, Ref by, Way way);
  void add(Step step) { derivations_.back().steps.push_back(std::move(step)); }
  Step& last_step() { return derivations_.back().steps.back(); }
  void finish(Ref value) { derivations_.back().value = value; }
  void move_to_space(Ref value);

  const std::vector<Derivation>& derivations() const { return derivations_; }
  // For a road that was left: what was written since size() was n is forgotten.
  size_t size() const { return derivations_.size(); }
  void forget_since(size_t n) { derivations_.resize(n); }

 private:
  std::vector<Derivation> derivations_;
};

// For as long as it lives nothing is written.
class WithoutTrace {
 public:
  explicit WithoutTrace(Partials& partials);
  WithoutTrace(const WithoutTrace&) = delete;
  WithoutTrace& operator=(const WithoutTrace&) = delete;
  ~WithoutTrace();

 private:
  Partials& partials_;
  Trace* trace_;
};

// Forward: adds the step of a scalar, and, if it is a quotient u/v, before it those of u and v as wholes.
// `known` is the derivative of a part.
void add_scalar_step(Context& ctx, Trace& trace, Step step, const std::function<Ref(Ref)>& known);

// The rule for a part of which `dependent` operands (as Step::uses) depend on the variable.
StepRule rule_for(const Context& ctx, Ref part, std::span<const Ref> dependent);

}  // namespace nabla

// One step of a plan as a C++ expression over the texts of its operands.
//
// Invariant: the text is right wherever its precedence says; it never divides integers, never mixes T with
// another arithmetic type, and both sides of a conditional expression have type T.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "codegen/plan.h"

namespace nabla {

struct EmitNames;

enum class Precedence : uint8_t { conditional, logical, comparison, sum, product, unary, primary };

// An expression that waits for its place in a larger one. A quotient is kept in two halves, so that
// x*(1/y) reads x / y.
struct CppText {
  std::string text;
  Precedence precedence = Precedence::primary;
  std::string divisor;  // a product; empty if there is none
  bool divisor_is_product = false;
  bool starts_with_fraction = false;  // a product of T(1) / T(3) and more, which must not follow a factor
  bool is_name = false;               // a name or one input: costs nothing to repeat
  bool is_scalar = true;              // its type is T itself, not what an operator or function of T returns
  bool is_truth = false;
  uint32_t operators = 0;

  static CppText name(std::string text, bool is_truth);
  size_t size() const { return text.size() + divisor.size(); }
  std::string whole() const;               // the expression
  std::string at(Precedence least) const;  // in parentheses unless it binds at least as tightly
};

class CppWriter {
 public:
  CppWriter(const Plan& plan, Context& ctx, const EmitNames& names);

  CppText write(StepId s, std::vector<CppText> operands);

  const std::set<std::string>& std_functions() const { return std_functions_; }
  const std::set<std::string>& runtime_functions() const { return runtime_functions_; }
  const std::set<std::string>& on_lanes() const { return on_lanes_; }
  const std::vector<bool>& inputs_read() const { return inputs_read_; }

 private:
  CppText sum(StepId s, const std::vector<CppText>& operands) const;
  CppText product(StepId s, const std::vector<CppText>& operands) const;
  CppText call(Fn fn, const std::vector<CppText>& operands);
  CppText compare(StepId s, const std::vector<CppText>& operands) const;
  CppText select(const std::vector<CppText>& operands);
  CppText constant(Ref c) const;

  const Plan& plan_;
  Context& ctx_;
  const EmitNames& names_;
  std::string lane_call(const std::string& function);

  std::set<std::string> std_functions_, runtime_functions_, on_lanes_;
  std::vector<bool> inputs_read_;
};

}  // namespace nabla

// A tape: the straight-line program of some scalar expressions, compiled once and run on many points.
//
// It is compiled from any scalar expression, the written form included, and keeps what was written: nothing
// is simplified but exact arithmetic between numbers. Numbers are kept exactly and as the nearest double.
// Evaluators: columns.h (many points), dual.h (forward mode), reverse.h (reverse mode), certify.h (balls).
//
// Invariants: an instruction's operands are earlier instructions; truth values are 1, 0 or, undefined, NaN;
// the order of instructions is a function of the content of the expressions. Origins are Refs of the Context
// at the time of compilation, valid until Context::keep.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

enum class TapeOp : uint8_t {
  input,          // number `a` of the inputs
  number,         // number `a` of the numbers
  constant,       // tag: Constant, pi or e
  add,            // a + b
  subtract,       // a - b
  multiply,       // a * b
  divide,         // a / b, undefined at b = 0
  negate,         // -a
  scale,          // number b times a
  shift,          // a plus number b
  power_integer,  // a^k, k = the signed value of b, never 0 or 1; undefined at a = 0 for k < 0
  power_half,     // a^(k/2), k = the signed value of b, odd; for a >= 0
  power,          // a^b by the real semantics of the language
  function,       // tag: Fn; a, b, c
  compare,        // tag: Relation; a, b
  negation,       // not a
  conjunction,    // a and b; false if one is false, even where the other is undefined
  disjunction,    // a or b, likewise
  select,         // if a then b else c; the branch not taken has no influence
};

struct Instruction {
  TapeOp op{};
  uint8_t count = 0;  // operands among a, b, c that are instructions
  uint16_t tag = 0;
  uint32_t a = 0, b = 0, c = 0;

  uint32_t operand(size_t i) const { return i == 0 ? a : i == 1 ? b : c; }
  int32_t exponent() const { return static_cast<int32_t>(b); }
  Fn fn() const { return static_cast<Fn>(tag); }
  Relation relation() const { return static_cast<Relation>(tag); }
};

class Tape {
 public:
  size_t size() const { return code_.size(); }
  std::span<const Instruction> code() const { return code_; }
  const Instruction& operator[](size_t i) const { return code_[i]; }
  std::span<const Ref> inputs() const { return inputs_; }
  std::span<const uint32_t> outputs() const { return outputs_; }  // the instruction of each root
  double number(uint32_t i) const { return numbers_[i]; }
  const Rational& exact(uint32_t i) const { return exact_[i]; }
  Ref origin(size_t i) const { return origins_[i]; }  // the sub-expression an instruction computes or ends

 private:
  friend class TapeBuilder;
  std::vector<Instruction> code_;
  std::vector<Ref> origins_;
  std::vector<Ref> inputs_;
  std::vector<uint32_t> outputs_;
  std::vector<double> numbers_;
  std::vector<Rational> exact_;
};

// The tape of `roots` as functions of `inputs` (scalar symbols and entries; not all need to occur).
// Failure: missing_value for a name that is no input, cannot_evaluate for tensors, opaque functions,
// complex values and operators.
Tape compile(Context& ctx, std::span<const Ref> roots, std::span<const Ref> inputs);
// The entries of all outputs of a program, in order. `inputs` defaults to the inputs of the program.
Tape compile(Context& ctx, const Program& program, std::span<const Ref> inputs);
Tape compile(Context& ctx, const Program& program);

// The scalar symbols and the entries of tensors below `roots`, in order of name and index.
std::vector<Ref> inputs_of(Context& ctx, std::span<const Ref> roots);

// How a message names a sub-expression: its text, shortened.
std::string short_text(Context& ctx, Ref e);

}  // namespace nabla

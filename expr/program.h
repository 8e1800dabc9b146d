// A Program: a list of lets, v7 = exp(v3), each over inputs, constants and earlier lets. It is the Wengert
// list of the automatic differentiation literature (Griewank and Walther, 2008, section 2.2).
//
// Invariant: the value of a let is one operation over symbols, entries, numbers and earlier lets. Lets are
// opaque to the constructors, so what two outputs share stays shared and nothing is flattened back.
// Inlining the lets gives the closed form that a person reads.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

struct Let {
  Ref name;   // Kind::let, its payload is the index in Program::lets
  Ref value;  // over inputs and earlier lets
};

struct Output {
  std::string name;
  ShapeId shape = scalar_shape;
  std::vector<Ref> entries;  // row-major; each a let, an input or a constant
};

struct Program {
  std::vector<Ref> inputs;  // scalar symbols and entries of tensors, in the order of declaration
  std::vector<Let> lets;
  std::vector<Output> outputs;
};

// Turns expressions into lets, one operation each, sharing equal sub-expressions. Adding to a program keeps
// its lets, so that value, gradient and Hessian share their work.
class Lowering {
 public:
  Lowering(Context& ctx, Program& program) : ctx_(ctx), program_(program) {}

  // The let (or input, or constant) that holds e.
  Ref lower(Ref e) { return lower_all({&e, 1})[0]; }
  std::vector<Ref> lower_all(std::span<const Ref> roots);
  // A new let for an operation whose operands are lowered already; an atom is itself.
  Ref name(Ref value);

 private:
  Context& ctx_;
  Program& program_;
  std::unordered_map<Ref, Ref> names_;  // value over lets -> let; expression -> let
};

// The closed form of each of `roots`: lets replaced by their values.
std::vector<Ref> inline_lets(Context& ctx, const Program& program, std::span<const Ref> roots);

// Drops lets that no output needs and renumbers the rest.
void drop_dead_lets(Context& ctx, Program& program);

}  // namespace nabla

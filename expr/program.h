// A Program: a list of lets, v7 = exp(v3), each over inputs, constants and earlier lets. It is the Wengert
// list of the automatic differentiation literature (Griewank and Walther, 2008, section 2.2).
//
// Invariant: the value of a let is one operation over symbols, entries, numbers and earlier lets, and no two
// lets have the same value. Lets are opaque to the constructors, so what two outputs share stays shared and
// nothing is flattened back. Inlining the lets gives the closed form that a person reads.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

struct Let {
  Ref name;   // Kind::let; its payload is the index in Program::lets
  Ref value;  // over inputs and earlier lets
};

struct ProgramOutput {
  std::string name;
  ShapeId shape = scalar_shape;
  std::vector<Ref> entries;  // row-major; each a let, an input or a constant
};

struct Program {
  std::vector<Ref> inputs;  // scalar symbols and entries of tensors, in the order of declaration
  std::vector<Let> lets;
  std::vector<ProgramOutput> outputs;
};

// What stands for itself in a Program: numbers, constants, symbols, entries and lets.
bool is_atom(const Context& ctx, Ref e);

// Turns expressions into lets, one operation each, sharing equal sub-expressions. Lowering more into one
// program keeps its lets, so that value, gradient and Hessian share their work.
class Lowering {
 public:
  Lowering(Context& ctx, Program& program);

  Context& context() { return ctx_; }
  Program& program() { return program_; }
  // The let, input or constant that holds e.
  Ref lower(Ref e) { return lower_all({&e, 1})[0]; }
  std::vector<Ref> lower_all(std::span<const Ref> roots);
  // The let that holds `value`, an operation over atoms and lets; a new one if there is none.
  Ref name(Ref value);

 private:
  Ref& slot(Ref e);
  Ref atom_of(Ref e) { return is_atom(ctx_, e) ? e : slot(e); }
  // The let that holds `value`, made of atoms by a constructor: which may have collected equal atoms into a
  // power, or have cut a long list of them into a tree.
  Ref hold(Ref value);
  // Lowers e, whose operands are lowered unless they are parts of a long sum or product.
  void lower_one(Ref e);
  void lower_long(Ref e);
  void lower_parts(Ref e);

  Context& ctx_;
  Program& program_;
  std::vector<Ref> names_;           // by id of an expression or of a let's value
  std::vector<Ref> recent_long_[2];  // the long sums and products lowered last
};

// The closed form of each of `roots`: lets replaced by their values.
std::vector<Ref> inline_lets(Context& ctx, const Program& program, std::span<const Ref> roots);

// Drops the lets that no output needs and numbers the rest anew.
void drop_dead_lets(Context& ctx, Program& program);

}  // namespace nabla

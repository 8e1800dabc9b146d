// Programs over whole arrays: a list of lets, each one loop nest or one function of a matrix, over symbols
// and earlier lets. What an entry point of symbolic size computes, and what the check reads back.
//
// Invariants: the value of a let is one of
//   - a formula entry by entry over atoms (sums, powers, functions of scalars, branches, products over labels
//     that are all axes of the result), one nest without a sum;
//   - a product over labels with at most two groups of factors (a group has one set of labels), or a
//     reduction, of such formulas;
//   - a function of matrices, a matrix power, a reshape, a gather or an array, of atoms.
// What several outputs share is one let. Chains of products are contracted in the order that costs least, as
// A*(B*x), and each intermediate result is a let of its own. Extents stay expressions over dims.
#pragma once

#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "codegen/contraction_plan.h"
#include "codegen/contraction_report.h"
#include "expr/context.h"
#include "expr/indexed.h"
#include "expr/program.h"

namespace nabla {

struct TensorOutput {
  std::string name;     // "value", "grad", …
  std::vector<Ref> by;  // the variables by which it is a derivative: none, one, of hess two
  ShapeId shape = scalar_shape;
  Ref value;                 // an atom
  bool is_diagonal = false;  // of a compressed matrix; these come last, in the order of its blocks
};

struct TensorProgram {
  std::vector<Let> lets;
  std::vector<TensorOutput> outputs;
  std::vector<ContractedProduct> contracted;
};

// What computes in one nest over labels, entry by entry: formulas of scalars in tensors, fills, structural
// factors and products without a sum or a guard.
bool is_entrywise(const Context& ctx, Ref r);
// A factor whose entries are 0 and 1: a condition on its labels.
bool is_position(const Context& ctx, Ref factor);
// An extent or a position that is a polynomial over dims and integer parameters.
bool is_index(const Context& ctx, Ref e);

class TensorLowering {
 public:
  // Lets are numbered from the number of `program.lets` on.
  TensorLowering(Context& ctx, TensorProgram& program) : ctx_(ctx), program_(program), plan_(ctx) {}

  // The atoms that hold the roots. What several of them share is computed once.
  std::vector<Ref> lower_all(std::span<const Ref> roots);
  // A let of another numbering that the roots speak of, and its value, which is older than the let.
  void define(Ref let, Ref value) { meanings_.emplace(let, value); }

 private:
  struct Home {
    Ref kernel;         // the nest in which a node is computed; itself if it is a let
    bool seen = false;  // has a user
  };

  using Homes = std::unordered_map<Ref, Home>;

  Ref process(Ref value);
  void plan_contractions(const std::vector<Ref>& order, const Homes& homes, Ref unnamed);
  void visit(std::span<const Ref> roots, Ref unnamed);
  Ref lower(Ref e);  // a part that was made on the way
  void find_homes(const std::vector<Ref>& order, std::span<const Ref> roots);
  void use(Ref user, Ref operand, bool inside);
  void use_operands(Ref r);
  Ref build(Ref r);
  Ref known_transpose(Ref r);
  Ref contract(Ref r);
  Ref reduction(Ref r);
  Ref name(Ref value);
  bool conforms(Ref value) const;
  bool is_kernel(Ref value) const;
  Ref form(Ref r);   // as it stands in the nest of its user
  Ref atom(Ref r);   // as a let
  Ref index(Ref e);  // an extent or offset

  Context& ctx_;
  TensorProgram& program_;
  std::unordered_map<Ref, Ref> forms_, lets_;
  Homes homes_;
  std::map<Ref, Ref> meanings_;
  ContractionPlan plan_;
  std::unordered_set<Ref> products_;           // that are lets, or will be
  std::unordered_map<Ref, Ref> intermediate_;  // of contractions, by what they are: their atoms
};

// Drops the lets that no output needs.
void drop_dead_lets(Context& ctx, TensorProgram& program);

}  // namespace nabla

// Reverse mode for vectors, matrices and tensors of any size: cotangents run from an expression back to its
// variables, each the transpose of a linear map (Laue, Mitterreiter and Giesen, 2018 and 2020).
//
// The cotangent of a node is the derivative by that node, with the axes of what is differentiated first and
// those of the node after them: for a scalar it has the shape of the node (Giles, 2008), for anything else it
// is a Jacobian. What passes a branch is kept with the condition of that branch until it is an operand of
// more than one entry, so that the derivative of a branch stays inside it.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "diff/rules.h"

namespace nabla {

class Cotangents {
 public:
  // `leading`: the extents of the axes that all cotangents begin with; none for a gradient. `name`, if there
  // is one, may put lets for (parts of) the cotangents of nodes, so that products do not grow from node to
  // node; the results are over these lets then.
  Cotangents(Partials& partials, std::vector<Ref> leading, std::function<Ref(Ref)> name = {});

  // The derivatives by `variables` (symbols, lets, entries) where that by `root` is `seed`, which has the
  // leading axes and those of root. Each result has the leading axes and those of its variable.
  // Throws Failure: cannot_differentiate (names the operation), equality_condition.
  std::vector<Ref> pull_back(Ref root, Ref seed, std::span<const Ref> variables);

 private:
  struct Part {
    Ref condition;  // Ref{}: none
    std::vector<Term> terms;
  };

  void visit(Ref r, Ref condition, Ref g);
  void product(Ref r, Ref condition, Ref g);
  void long_product(Ref r, Ref condition, Ref g);
  void entrywise(Ref r, Ref condition, Ref g);
  void select(Ref r, Ref condition, Ref g);
  void opaque(Ref r, Ref condition, Ref g);
  void visit_whole(Ref r, Ref g);  // what mixes entries
  void indexed(Ref r, Ref g);
  void gather(Ref r, Ref g);
  void array(Ref r, Ref g);
  void entry(Ref r, Ref g);
  void by_rule(Ref r, Ref g);

  bool depends(Ref r) const { return dependent_.count(r) > 0; }
  void begin_trace(Ref root, Ref variable);
  void add_step(Ref r);
  void add_passed();
  void find_dependent(Ref root, std::span<const Ref> variables);
  void add(Ref r, Ref condition, Ref coefficient, Ref g);
  Ref joined(Ref r);  // the parts of a cotangent as one
  Ref total(Ref r, const Part& p);
  std::vector<Term> guarded_terms(Ref g);
  // g .* local, where local has the shape of r or is a scalar.
  Ref times(Ref r, Ref g, Ref local);
  // The same, and the sum over the axes of r.
  Ref contracted(Ref r, Ref g, Ref local);
  std::vector<Ref> extents_of(Ref r) const;  // leading and own
  ShapeId shape_of(Ref r);
  Ref named(Ref g) const { return name_ ? name_(g) : g; }

  Context& ctx_;
  Partials& partials_;
  Rules rules_;
  std::vector<Ref> leading_;
  std::function<Ref(Ref)> name_;
  std::vector<Ref> order_;
  std::unordered_map<Ref, bool> dependent_;
  std::unordered_map<Ref, std::vector<Part>> parts_;
  bool tracing_ = false;
  std::vector<Ref> received_;  // what the node that is visited handed something to; only for a trace
};

}  // namespace nabla

// The choice of a form for vectors, matrices and tensors that are computed entry by entry: each entry is one
// scalar formula of the entries of other tensors, and that formula is simplified, with names for the entries.
// So 1 .- tanh(x).^2 becomes sech(x).^2, and u .* v beside a matrix, in A'*(u .* v), is treated alike.
//
// Invariant: a form replaces another only where it is lighter.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "simplify/simplify_trace.h"
#include "simplify/weight.h"

namespace nabla {

class EntrywiseForms {
 public:
  EntrywiseForms(Context& ctx, Weight& weight, SimplifyTrace* trace = nullptr)
      : ctx_(ctx), weight_(weight), trace_(trace) {}
  // The lightest form of a node whose operands have theirs.
  Ref operator()(Ref e);
  // Whether the entries of e, of this shape, are computed from those of its operands at the same place.
  bool is_computed(Ref e, ShapeId shape) const;

 private:
  Ref best_form(Ref e);
  Ref of_tensor(Ref tensor);
  Ref simplified(Ref formula, ShapeId shape);
  Ref of_diagonals(Ref sum);
  Ref of_groups(Ref product);
  Ref of_sums(Ref sum);
  std::vector<Ref> entry_operands(Ref e) const;
  Ref formula(Ref tensor);
  Ref entry_of(Ref e, const std::unordered_map<Ref, Ref>& entries);
  Ref name_of(Ref e);
  bool has_tensors(Ref scalar);
  Ref tensor_of(Ref formula, ShapeId shape);
  Ref lighter(Ref a, Ref b) { return weight_(b) < weight_(a) ? b : a; }

  Context& ctx_;
  Weight& weight_;
  SimplifyTrace* trace_;
  std::vector<SimplifyStep> inside_;  // for the trace: of the formulas of the form that is being found
  std::unordered_map<Ref, Ref> known_;
  // Of one formula: the name of an entry and the tensor or scalar, and whether one of these is complex.
  std::vector<std::pair<Ref, Ref>> names_;
  bool complex_ = false;
};

}  // namespace nabla

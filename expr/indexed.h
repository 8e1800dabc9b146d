// The product that knows its indices: dot, outer, Hadamard and matrix products, transposes, traces,
// diagonals, broadcasts and sums over an index are one kind of node (Laue, Mitterreiter and Giesen, 2018 and
// 2020).
//
// Node: Kind::indexed, payload: its Labelling (Context::labelling); operands: factors, one extent per label,
// one offset per guard. Factors of order 0 are one scalar at most. Invariants: no numeric coefficient (that
// is Context::scale), no factor that is itself an indexed product, no delta but between output labels, no
// order-0 component (each is a scalar node of its own); equal factors on the same labels are one power.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "expr/context.h"
#include "expr/labelling.h"

namespace nabla {

// Constant factors.
enum class Structural : uint16_t {
  delta,  // matrix[n, n], no operands: the identity
  iota,   // vector[n], no operands: 1, 2, …, n
  shift,  // matrix[m, n], an offset c: 1 where column = row + c
  unit,   // vector[n], an index k: 1 at k
};

// A binder other than the sum. Node: Kind::reduce, payload: its Labelling with one factor; operands: the
// body, one extent per label, one offset per guard.
enum class Reduction : uint16_t { prod, max, min };

Ref delta(Context& ctx, Ref n);
Ref iota(Context& ctx, Ref n);
Ref shift(Context& ctx, Ref m, Ref n, Ref offset);
Ref unit(Context& ctx, Ref n, Ref k);
inline bool is_structural(const Context& ctx, Ref r, Structural s) {
  return ctx.kind(r) == Kind::structural && ctx[r].tag == static_cast<uint16_t>(s);
}

// A view of an indexed product or a reduction.
struct IndexedView {
  const Labelling* labelling;
  std::span<const Ref> factors, extents, offsets;
};
IndexedView view_indexed(const Context& ctx, Ref node);

// Collects factors and guards, simplifies and makes the canonical node.
class IndexedBuilder {
 public:
  explicit IndexedBuilder(Context& ctx) : ctx_(ctx) {}

  Label label(Ref extent);
  // A tensor with one label per axis; a label may occur twice (a diagonal). Scalars have none.
  void factor(Ref e, std::span<const Label> labels);
  void factor(Ref e, std::initializer_list<Label> labels) {
    factor(e, std::span(labels.begin(), labels.size()));
  }
  // sum of coefficient*label + offset RELATION 0
  void guard(Relation relation, std::span<const std::pair<Label, int64_t>> terms, Ref offset);

  // The product with these output axes, each label once; `row` for one axis.
  Ref build(std::span<const Label> output, bool row = false);
  Ref build(std::initializer_list<Label> output, bool row = false) {
    return build(std::span(output.begin(), output.size()), row);
  }

 private:
  struct Item {
    Ref factor;
    std::vector<Label> labels;
  };
  struct Condition {
    Guard guard;
    Ref offset;
  };

  Label find(Label l) {
    while (parent_[l] != l) l = parent_[l] = parent_[parent_[l]];
    return l;
  }
  void open(Ref e, std::vector<Label> labels);
  void merge_deltas(std::span<const Label> output);
  bool settle_labels(std::span<const Label> output);  // false: a guard never holds
  bool settle_guards();                               // the same
  bool equal_labels();
  void split_units();
  void collect_powers();
  bool combine_matrix_powers();  // whether one was found
  bool cancel_orthogonal();
  bool collect_branches();    // whether some were found
  bool absorb_into_branch();  // the same
  bool cut_branches(Label cut);
  std::vector<uint8_t> uses_of_labels() const;
  bool solve_guards();
  void count_guarded();
  void place_units();
  Ref named_sum(const Item& item);
  std::vector<std::vector<Ref>> splits_of_labels(std::vector<bool>& opened);
  Ref build_split(std::span<const Label> output, ShapeId shape);  // Ref{}: no axes are fused alike
  void drop_unused(std::span<const Label> output);
  void split_components(std::span<const Label> output);
  bool is_itself(const Item& item, std::span<const Label> output, ShapeId shape) const;
  Ref finish(std::vector<Item> items, std::vector<Condition> guards, std::span<const Label> output,
             ShapeId shape);

  Context& ctx_;
  static constexpr size_t most_branch_factors = 64;

  std::vector<Ref> extents_;
  std::vector<Label> parent_;
  std::vector<Item> items_;
  std::vector<Item> deltas_;
  std::vector<Condition> guards_;
  std::vector<Ref> scalars_;
  std::vector<Label> output_;
  std::vector<Label> gone_;  // between matrices whose powers were added
};

// A reduction of a tensor over the labels that are not in the output.
Ref reduce(Context& ctx, Reduction op, Ref body, const Labelling& labelling, std::span<const Ref> extents,
           std::span<const Ref> offsets);

// Whether a part has no value everywhere: a root, a quotient, a function with a domain.
bool may_be_undefined(Context& ctx, Ref e);

// The same node with other operands.
Ref rebuild_indexed(Context& ctx, Ref e, std::span<const Ref> operands);

}  // namespace nabla

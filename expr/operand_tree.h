// Long sums and products as trees of shared parts.
//
// The operands, ordered by structural hash, are cut into runs after every operand whose hash has a given
// pattern; the runs are cut again by a rarer pattern, and so on until one node is left. The shape is thus a
// function of the set of operands alone (as in a skip list or a prolly tree): the same set is the same
// node, and adding one operand makes O(log n) new nodes and shares the rest, so that s = s + t in a loop
// costs O(log n) a step. Leaves are ordinary flat sums and products; inner nodes are long_sum and
// long_product, which passes treat as sums and products of their children. An inner node's tag is its
// level, its payload the upper half of the hash of the last operand below.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

// A summand (key: body, value: coefficient) or a factor (key: base, value: exponent).
struct KeyedOperand {
  uint64_t hash;  // of the key
  Ref key;
  Ref value;
  Ref factor{};  // base ^ exponent; none for a summand
};

class OperandTree {
 public:
  OperandTree(Context& ctx, bool product, ShapeId shape = scalar_shape)
      : ctx_(ctx), product_(product), shape_(shape) {}

  bool before(const KeyedOperand& a, const KeyedOperand& b) const {
    return a.hash != b.hash ? a.hash < b.hash : a.key != b.key && ctx_.compare_structure(a.key, b.key) < 0;
  }
  // About the number of operands below an inner node: 4^level on average.
  size_t size_of(Ref inner) const { return std::max(flat_operands, size_t{1} << 2 * level_of(inner)); }
  bool is_inner(Ref r) const { return ctx_.kind(r) == (product_ ? Kind::long_product : Kind::long_sum); }

  // The canonical node of operands that are sorted, distinct and non-trivial: flat when short.
  Ref build(std::span<const KeyedOperand> operands);
  // `root` with more operands, or nullopt when some of them meet an operand with the same key (then the
  // caller collects and builds anew).
  std::optional<Ref> insert(Ref root, std::span<const KeyedOperand> more);
  // The operands that `larger` has beyond `smaller`, if it has all of those and at most `most` more: what a
  // loop s = s + t added. Costs O(log n), since the two share all but one path.
  std::optional<std::vector<KeyedOperand>> beyond(Ref larger, Ref smaller, size_t most);
  // Appends the operands of a tree or of any leaf, in order.
  void append(Ref root, std::vector<KeyedOperand>& out);

 private:
  struct Parts {
    Ref left;
    Ref right;      // none unless the node was cut
    int cut_level;  // the level of the operand before the cut
  };
  static int level(uint64_t hash);
  Ref leaf(std::span<const KeyedOperand> operands);
  Ref inner(int level, std::span<const Ref> children);
  int level_of(Ref r) const { return is_inner(r) ? ctx_[r].tag : 0; }
  KeyedOperand last(Ref r);
  uint32_t last_hash(Ref r);  // the upper half
  bool ends_before(Ref r, const KeyedOperand& item);
  KeyedOperand operand_of(Ref leaf_item);
  void leaf_operands(Ref leaf, std::vector<KeyedOperand>& out);
  std::optional<Parts> insert_at(Ref node, int level, const KeyedOperand& item);

  Context& ctx_;
  bool product_;
  ShapeId shape_;
};

}  // namespace nabla

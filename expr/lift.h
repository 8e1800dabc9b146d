// A body with index placeholders as a tensor; internal to comprehension.cpp.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expr/comprehension.h"
#include "expr/indexed.h"

namespace nabla {

// An axis for an index: label l stands for the value l + offset, l in 1 … extent.
struct IndexAxis {
  Ref name;
  Ref offset;
  Ref extent;
};

// A tensor whose first axes are those of `axes`, ascending positions in the list of indices; its own axes
// follow.
struct Lifted {
  Ref tensor;
  std::vector<size_t> axes;
};

class Lifter {
 public:
  Lifter(Context& ctx, std::span<const IndexAxis> indices);

  Lifted lift(Ref body);
  // sum of coefficient*index + offset RELATION 0 as a guard over labels[position].
  bool add_guard(IndexedBuilder& b, Relation relation, Ref difference, std::span<const Label> labels);
  bool depends(Ref r);

 private:
  Lifted node(Ref r);
  Lifted elementwise(Ref r);
  Lifted function(Ref r);  // lift_function.cpp
  Ref sum_of_own(Ref tensor, size_t indices);
  Lifted product(Ref r);
  Lifted entry(Ref r);
  Lifted indexed(Ref r);
  Lifted reduction(Ref r);
  Lifted structural(Ref r);
  Lifted array(Ref r);
  Lifted of(Ref r) const;
  // The tensor with all of `axes` and, where it has none of its own, the own axes of `shape`.
  Ref aligned(const Lifted& l, std::span<const size_t> axes, const Shape& own);
  std::vector<size_t> common_axes(std::span<const Ref> parts) const;
  Ref value_of(size_t index);  // the index as a number along its axis
  [[noreturn]] void refuse(std::string_view what) const;

  Context& ctx_;
  std::vector<IndexAxis> indices_;
  std::vector<Ref> names_;
  uint64_t bloom_ = 0;
  std::unordered_map<Ref, Lifted> lifted_;
};

}  // namespace nabla

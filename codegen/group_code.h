// A group of steps that share loops as C++.
//
// Sums run in lanes: in blocks of turns of the innermost loop, turn k adds to part k, the turns that are left
// to one number, and the parts are added to it at the end in a fixed order. That is the same on any machine,
// loses less to rounding than one chain, and is what compilers turn into vector instructions without being
// allowed to reorder sums. Where tests bound the innermost label, turns inside the bounds run without them.
#pragma once

#include <functional>
#include <string>

#include "codegen/line_stores.h"
#include "codegen/loop_program.h"
#include "codegen/nest_code.h"

namespace nabla {

inline constexpr int lane_count = 16;

struct GroupTargets {
  std::function<std::string(Ref let, const std::vector<std::string>& positions)> entry;  // of an array
  std::function<std::string(Ref let)> scalar;
  std::function<std::string(Ref let)> parts;  // the array of the lanes of a sum
  std::function<bool(Ref let)> is_added;      // what is assigned to an entry goes to a sum
  std::vector<LineStores> lines;              // arrays that are not stored but appended to a matrix
};

// The loops, and around them the declaration of what they sum up and its end.
struct GroupCode {
  std::string before, loops, after;
  bool appends = true;  // false: lines were to be appended, and the loops cannot
};

// `temporaries`: how many of t1, t2, … the function has named so far; `outside` and `inside`: the indents
// around and of the loops.
GroupCode group_code(Context& ctx, const NestStyle& style, CodeNeeds& needs, NestCode& nests,
                     const LoopGroup& group, const GroupTargets& targets, size_t& temporaries,
                     const std::string& outside, const std::string& inside);

}  // namespace nabla

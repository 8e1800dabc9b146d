// A program of tensors as the loops that compute it: which lets share a loop, which are computed where they
// are used and never stored, and in which order all of it runs.
//
// Invariants: the steps of a group come after those they read; what a group reads of other groups lies in
// earlier ones. In a group that shares loops each step is an entry, or the sum or product over all labels, of
// one formula over the labels of the group; a local step is read by its own group alone, at the entry where
// the loops stand.
#pragma once

#include <optional>
#include <unordered_set>
#include <vector>

#include "codegen/nest.h"
#include "codegen/tensor_program.h"

namespace nabla {

// The product of an inverse, or of its transpose, with a vector or a matrix: solved with the factors that the
// step of the inverse leaves in its place.
struct SolveStep {
  Ref inverse, right;
  bool transposed = false;
};

struct LoopStep {
  Ref name, value;           // as in the TensorProgram
  std::optional<Nest> nest;  // none: a call of a function
  bool is_local = false;
  Ref without{};  // of a call: an array, of which the step has the products of all entries but one
  std::optional<SolveStep> solve = {};
  bool is_factored = false;  // an inverse that is not formed: its place has the factors of the matrix
};

struct LoopGroup {
  std::vector<Ref> extents;  // of the loops that are shared; none for scalars
  std::vector<LoopStep> steps;
  bool shares = false;  // else it is one step with loops of its own
};

// Groups that run one after the other: once, or for each block of `block_turns` positions along one axis, so
// that what lies on that axis and is read here alone needs room for a block only and stays in the cache. Then
// sums over the axis are added up block by block.
struct LoopStage {
  Ref extent;  // of the axis; none: once
  std::vector<LoopGroup> groups;
};
inline constexpr int64_t block_turns = 64;

struct LoopProgram {
  std::vector<LoopStage> stages;
  // What is not stored and not computed as a let: its value, for comments.
  std::vector<std::pair<Ref, Ref>> inlined;
};

// Of a step in a stage with that axis: whether it has an entry for each position, or sums over the axis.
bool lies_along(const Context& ctx, const LoopStep& step, Ref extent);
bool sums_along(const Context& ctx, const LoopStep& step, Ref extent);

// `solves`: inverses that only multiply are not formed.
LoopProgram plan_loops(Context& ctx, const TensorProgram& program, bool solves = true);

// The weighted operations of one turn.
uint64_t operations_of(Context& ctx, const Nest& nest);

// The lets that the outputs are or read: the value of an output may be x[v], where v is a let.
std::unordered_set<Ref> lets_of_outputs(Context& ctx, const TensorProgram& program);
// The lets that a step reads, each once, ascending.
std::vector<Ref> lets_read(Context& ctx, const LoopStep& step);
// Whether the step is read in the loops of `user` at the entry where they stand, and only there.
bool reads_aligned(Context& ctx, const LoopStep& user, Ref let);

}  // namespace nabla

// Where the arrays of a program of tensors live: in the caller's memory for results, or in the workspace, in
// which places are used again once nothing reads them any more.
//
// Invariant: no two arrays that are alive at the same time share memory; the size of the workspace and each
// offset are expressions over dims.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/loop_program.h"

namespace nabla {

struct Storage {
  struct Location {
    bool in_work = false;
    size_t output = 0;  // of TensorProgram::outputs, where it is written directly
    Ref offset;         // in the workspace
  };
  std::unordered_map<Ref, Location> places;  // of lets that are stored arrays
  std::unordered_map<Ref, Ref> blocks;       // of those with room for a block only: the extent that is cut
  std::unordered_map<Ref, Ref> scratch;      // of lets whose computation needs memory: its offset
  Ref work;                                  // the size; zero: none
  std::vector<bool> direct;                  // by output: written where it is computed
};

// The number of entries.
Ref entry_count(Context& ctx, ShapeId shape);

// `scratch_size`: how many entries the computation of a let's value needs besides, zero for none.
Storage place_arrays(Context& ctx, const LoopProgram& loops, const std::vector<TensorOutput>& outputs,
                     const std::function<Ref(Ref value)>& scratch_size);

}  // namespace nabla

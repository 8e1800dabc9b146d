// Numbers of a compressed matrix that are written where they belong as soon as they are computed: where all
// diagonals of the same lines are computed in one loop over the lines, it appends them line by line.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/formula_code.h"
#include "codegen/loop_program.h"
#include "codegen/tensor_names.h"

namespace nabla {

// What a loop over the lines of one variable, or of the value, appends.
struct LineStores {
  struct Number {
    Ref let;
    std::string first, end;  // of the positions that have it; empty: all from the first on, or to the last
  };
  std::string matrix, next;     // the array, and the variable that says where its next number goes
  std::string before;           // where the first goes
  std::vector<Number> numbers;  // of a line, in order

  // Statements that append the line at `position`, of which no number is lacking if it is `whole`.
  void append(FormulaCode& code, const std::unordered_map<Ref, Ref>& values, const std::string& position,
              bool whole) const;
};
bool is_appended(const std::vector<LineStores>& lines, Ref let);

// By the loops that append them; nothing where some diagonal is not computed so, or is read elsewhere.
using LineLoops = std::map<const LoopGroup*, std::vector<LineStores>>;
LineLoops line_stores(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                      const TensorNames& names, const LoopProgram& loops);

}  // namespace nabla

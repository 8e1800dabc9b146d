// The turns of the innermost loop in which nothing has to be tested, and their bounds as C++.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "codegen/line_stores.h"
#include "codegen/loop_program.h"
#include "codegen/nest_code.h"

namespace nabla {

// The turns in which all tests hold and no line of a matrix lacks a number: from the last of `firsts` to
// before the first of `ends`, each of which occurs once. Empty: from the first turn, to the last.
struct InsideTurns {
  std::vector<std::string> firsts, ends;
  std::vector<std::pair<Ref, Ref>> decided;  // the tests, and that they hold

  // "p >= 1 && p >= k": whether turn p is one of them or comes after. Empty: always.
  std::string has_begun(const std::string& p) const;
  // Whether `count` turns from p on are.
  std::string holds_block(const std::string& p, const std::string& count, const std::string& extent) const;
  // "std::min<std::ptrdiff_t>({n, m})", the turn after them.
  std::string end(const std::string& extent) const;
};

// Of the loop with label `l`, the innermost one.
InsideTurns inside_turns(Context& ctx, const NestCode& nests, const LoopGroup& group,
                         const std::vector<LineStores>& lines, Label l);

}  // namespace nabla

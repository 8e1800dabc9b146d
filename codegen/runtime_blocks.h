// Which functions of the runtime a text needs, cut out of the headers in runtime/.
//
// Invariant: the blocks come in the order of the files, each once, with everything they need. Calls of
// <cmath> lose their `std::`, so that types with functions of their own work; `using_declarations` brings the
// names in.
#pragma once

#include <set>
#include <string>

namespace nabla {

struct RuntimeBlocks {
  std::string using_declarations;  // "using std::abs;\nusing std::exp;\n"
  std::string text;
  bool needs_limits = false;  // <limits>
};

RuntimeBlocks runtime_blocks(const std::set<std::string>& functions);

// The same blocks as they stand in the files; `names` receives their names.
std::string runtime_source(const std::set<std::string>& functions, std::set<std::string>& names);

}  // namespace nabla

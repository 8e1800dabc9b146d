// Which functions of the runtime a text needs, cut out of the headers in runtime/.
//
// Invariant: the blocks come in the order of the files, each once, with everything they need. Functions of
// <cmath> are called by their bare names, so that types with functions of their own work;
// `using_declarations` brings the names in.
#pragma once

#include <set>
#include <string>

namespace nabla {

struct RuntimeBlocks {
  std::string using_declarations;  // "using std::abs;\nusing std::exp;\n"
  std::string text;
  bool needs_limits = false;  // <limits>
  bool needs_cstring = false;
  bool needs_utility = false;  // <utility>
  bool needs_array = false;    // <array>
};

// `on_lanes`: functions of the runtime and of <cmath> that are called with lanes, the vectors of
// nabla_lanes.h. `any_type`: numbers may be of a class.
RuntimeBlocks runtime_blocks(const std::set<std::string>& functions,
                             const std::set<std::string>& on_lanes = {}, bool any_type = false);

// The block that gives fabs to classes.
inline constexpr const char* fabs_of_class = "fabs_of_class";

// Whether a function of the runtime takes lanes as well as numbers.
bool runs_on_lanes(const std::string& function);

// Whether a function of the runtime or of <cmath> calls vector variants of libmvec where it gets lanes.
bool has_vector_function(const std::string& function);

// Whether FUNCTION_each computes several calls of a function of <cmath> at once.
bool computes_several(const std::string& function);

// The same blocks as they stand in the files.
struct RuntimeSource {
  std::string text;
  std::set<std::string> names;  // of the blocks
  std::set<std::string> cmath;  // the functions of <cmath> that any block may call
};
RuntimeSource runtime_source(const std::set<std::string>& functions);

}  // namespace nabla

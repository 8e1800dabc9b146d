// Whether two expressions are equal: proved, refuted with a point, or unknown; never a guess.
//
// Proved: the canonical difference is 0, perhaps under conditions that are given. Refuted: at some exact
// point inside the declared domains both sides are defined and certified arithmetic separates them. Otherwise
// unknown.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

struct Verdict {
  enum class Kind : uint8_t { proved, refuted, unknown };
  Kind kind = Kind::unknown;
  std::string point;            // of refuted: "x = 1, y = -1/2"; empty between constants
  std::vector<Ref> where = {};  // of proved: the conditions of the proof, beside those of the written sides
  bool complex_values =
      false;  // of proved: of complex principal values; no point was found where all is real
};

// What a text says, untouched: what its conditions are found from.
struct WrittenForm {
  Ref by_entries;  // of Mode::written; Ref{} where there is none, as for arrays of symbolic size
  Ref whole;       // of Mode::whole where there are arrays, else Ref{}

  Ref for_conditions() const { return whole ? whole : by_entries; }
};

// What the user wrote for the two sides, where it is known: nothing is refuted at a point where a part of it
// is undefined, such as sqrt(x)^2 at x = -1.
struct WrittenSides {
  Ref a, b;
};

// Two expressions of one shape. `seed` draws the points.
Verdict compare_values(Context& ctx, Ref a, Ref b, uint64_t seed, const WrittenSides& written = {});

// The scalar comparison a < b, a <= b, a == b or a != b, which is true between constants if certified and
// refuted by one point where it is false.
Verdict decide_comparison(Context& ctx, Relation relation, Ref a, Ref b, uint64_t seed,
                          const WrittenSides& written = {});

// An assertion: a truth value. Comparisons are decided as above, and `and` joins. `written` is its untouched
// form, where it is known.
Verdict decide(Context& ctx, Ref truth, uint64_t seed, Ref written = {});

// Where a proof about a and b holds: what the one needs as written and the other does not imply. The sides
// may be whole and contain operators.
std::vector<Ref> conditions_of_comparison(Context& ctx, Ref a, Ref b, const WrittenSides& written);
// The same with the conditions of the proof itself.
std::vector<Ref> conditions_of_verdict(Context& ctx, const Verdict& proved, Ref a, Ref b,
                                       const WrittenSides& written);

}  // namespace nabla

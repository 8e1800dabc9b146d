// The cheapest of several ways to compute the same outputs.
//
// Each way is simplified, lets that are equal as functions become one (codegen/equal_lets.h), and equal parts
// are shared (codegen/sharing.h); the least weighted cost wins, the first among equals.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "codegen/equal_lets.h"
#include "codegen/known_forms.h"
#include "codegen/plan.h"

namespace nabla {

struct Candidate {
  std::string name;  // "reverse mode"
  std::function<Program()> program;
};

// How the code of an entry point was found.
struct Choice {
  struct Tried {
    std::string name;
    Cost written, shared;          // before and after equal parts were shared
    size_t zeros = 0, equals = 0;  // lets proved to be 0, or equal to another
    bool too_long = false;         // and not followed
  };
  std::vector<Tried> tried;
  size_t taken = 0;  // index in tried
};

struct Chosen {
  Program program;
  Plan plan;
  Choice how;
};

// What was found out about one model holds for all its entry points, and for all ways to compute them.
struct KnownFacts {
  explicit KnownFacts(Context& ctx) : coefficients(ctx), forms(coefficients) {}
  KnownFacts(const KnownFacts&) = delete;  // the forms refer to the coefficients
  Coefficients coefficients;
  KnownForms forms;
  KnownZeros zeros;
};

// At least one candidate. Those that cost more than `most` before equal parts are shared are not followed; if
// that is true of all, the plan is empty.
Chosen cheapest(KnownFacts& known, const std::vector<Candidate>& candidates, uint64_t most = ~uint64_t{0});

}  // namespace nabla

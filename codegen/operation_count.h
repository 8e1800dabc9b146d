// How many operations a function on whole arrays runs, as formulas of its sizes.
//
// An operation is what Cost (plan.h) counts, once for each turn of the loops around it. A sum of n numbers is
// n additions: the one to 0 counts, those that bring the lanes of a sum together at its end do not. Copies,
// positions and comparisons of positions are none. Calls of the runtime count what runs in them, those of
// Eigen what textbooks say of them (runtime_counts.h, eigen_counts.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codegen/nest.h"
#include "codegen/plan.h"

namespace nabla {

// Turns of loops: the product of `factors`.
struct Turns {
  std::vector<Ref> factors;
  bool at_most = false;  // conditions leave fewer
};

// The operations, and the calls of functions of numbers among them.
struct Tally {
  Ref operations = zero, functions = zero;
  bool at_most = false;
};

// How a matrix is factored: one that is positive definite by Cholesky's method where the code has it, another
// one by elimination.
enum class Factoring : uint8_t { elimination, cholesky };

// What one call runs either way; the same twice where no matrix is factored, or only one way.
struct CallCount {
  Tally elimination, cholesky;
};

class OperationCount {
 public:
  // Along an axis that is cut into blocks all loops run once for each block; none: no axis is cut.
  void cut(Ref extent) { cut_ = extent; }
  void add(Context& ctx, const Cost& cost, const Turns& turns);
  void add(Context& ctx, const OperationCount& more);
  // A call of the runtime or of Eigen; one whose operations depend on the numbers has no count.
  void add_call(Context& ctx, const std::string& name, const std::optional<CallCount>& count,
                const Turns& turns = {});

  const Tally& tally(Factoring f) const { return f == Factoring::elimination ? elimination_ : cholesky_; }
  bool depends_on_factoring() const;
  const std::set<std::string>& calls() const { return calls_; }

 private:
  void add(Context& ctx, const CallCount& call, const Turns& turns);
  Ref times(Context& ctx, const Turns& turns) const;

  Ref cut_;
  Tally elimination_, cholesky_;
  std::set<std::string> calls_;
};

// How often the formula of a nest is met.
Turns turns_of(Context& ctx, const Nest& nest);
// The formula of a nest, for one turn, with what adds it to a sum.
Cost cost_of(Context& ctx, const Nest& nest);

}  // namespace nabla

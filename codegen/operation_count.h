// How many operations a function on whole arrays runs, as formulas of its sizes.
//
// An operation is what Cost (plan.h) counts, once for each turn of the loops around it. A sum of n numbers is
// n additions: the one to 0 counts, those that bring the lanes of a sum together at its end do not. Copies,
// positions and comparisons of positions are none.
#pragma once

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

class OperationCount {
 public:
  // Along an axis that is cut into blocks all loops run once for each block; none: no axis is cut.
  void cut(Ref extent) { cut_ = extent; }
  void add(Context& ctx, const Cost& cost, const Turns& turns);
  void add(Context& ctx, const OperationCount& more);
  // A call of the runtime or of Eigen that is not counted.
  void add_call(std::string name) { calls_.insert(std::move(name)); }

  Ref operations() const { return operations_; }
  Ref functions() const { return functions_; }  // calls of functions of numbers, among the operations
  bool at_most() const { return at_most_; }
  const std::set<std::string>& calls() const { return calls_; }

 private:
  Ref cut_, operations_ = zero, functions_ = zero;
  bool at_most_ = false;
  std::set<std::string> calls_;
};

// How often the formula of a nest is met.
Turns turns_of(Context& ctx, const Nest& nest);
// The formula of a nest, for one turn, with what adds it to a sum.
Cost cost_of(Context& ctx, const Nest& nest);

// "9*n + 5 operations, n of them functions; 2.3 times the 4*n of f for large sizes." What is not counted is
// named. `value`: of the function alone, where it is wanted.
std::string operations_text(Context& ctx, const OperationCount& count,
                            const std::optional<OperationCount>& value, const std::string& function);
// "9*n operations a point, and d once; …".
std::string operations_text(Context& ctx, const OperationCount& point, const OperationCount& once,
                            const std::optional<OperationCount>& value, const std::string& function);

}  // namespace nabla

// How a function over many points looks from outside.
//
// Layout: the arrays have one number after the other for the points: entry k of an argument that differs from
// point to point stands at [k*points + p] for point p, and so do entry k of a value or derivative by point.
// What is shared by the points is passed as in one call: numbers by value, arrays row-major. Where a variable
// of the derivative is shared, the function is the sum over the points: its value and its derivatives by
// shared variables are sums, those by other variables are by point.
//
// A compressed Jacobian is that of the points' functions one below the other: the numbers of each point come
// one after the other, as the pattern of one point has them, and so do the entries of its value. A compressed
// Hessian has the same layout. By variables of which some are shared it has sums first (batch_pattern.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codegen/batch_pattern.h"
#include "codegen/entry.h"
#include "codegen/identifiers.h"

namespace nabla {

// Names inside all functions over points; the same in each.
struct BatchNames {
  std::string points, lanes, first, left, begin, end, total;
  std::map<std::string, std::string> others;  // by what they were wished to be
};
BatchNames batch_names(Identifiers& names);

struct BatchParameter {
  std::string name;
  size_t entries = 1;
  bool by_point = false;
  bool is_array = false;           // a pointer
  std::vector<std::string> lanes;  // by entry: the local variable for the numbers of a vector of points
};

// An entry above the diagonal of a lower half.
inline constexpr size_t always_zero = ~size_t{0};

// One array of results: a block of an output of the program.
struct BatchResult {
  std::string name;  // empty: returned
  size_t output = 0;
  std::vector<size_t> entries;  // of that output, or `always_zero`
  bool by_point = false;
  bool is_packed = false;  // by point, and entry k for point p at [first + p*entries.size() + k]
  size_t first = 0;
  bool continues = false;  // the array before, whose numbers are sums
};

struct BatchSignature {
  std::vector<BatchParameter> parameters;  // the arguments, then the directions
  std::vector<BatchResult> results;
  std::optional<BatchPattern> pattern;  // of a compressed matrix of all points
};

BatchSignature batch_signature(Context& ctx, const EntryPoint& entry, BatchNames& known, Identifiers& names);

// Whether the function is the sum over the points.
bool is_summed(const std::vector<Ref>& wrt, const std::vector<Ref>& points);

// What the comment above the function says: which names are by point, the same for all, sums; "" for none.
std::string layout_text(const std::string& by_point, const std::string& shared, const std::string& sums);
// And which lie point after point: "jac at [5*p + k]".
std::string packed_text(const std::string& packed);

}  // namespace nabla
